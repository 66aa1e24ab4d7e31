"""Keys: what an artifact's content depends on, as one digest."""

from __future__ import annotations

import hashlib
import json

from earwitness.core.stage import Part, Stage


def part_key(stage: Stage, part: Part, inputs: tuple[str, ...], salt: str) -> str:
    """The key of one part: stage, version, engine and options, input digests, part, salt.

    Args:
        stage: Which stage.
        part: Which part; its place in the order plays no part, unless in its identity.
        inputs: Digests of `stage.part_needs`, in that order.
        salt: Empty, or the run's id when the result is wanted afresh.
    """
    return _digest("part", stage, [*inputs], part.identity, salt)


def stage_key(stage: Stage, pieces: dict[int | None, str], inputs: tuple[str, ...]) -> str:
    """The key of a joined stage: its pieces' digests with their places, and its inputs."""
    places = [[-1 if index is None else index, digest] for index, digest in pieces.items()]
    return _digest("stage", stage, [*inputs], json.dumps(sorted(places)), "")


def instead_key(stage: Stage, inputs: tuple[str, ...]) -> str:
    """The key of what stands in for a stage that failed: made of the same inputs."""
    return _digest("instead", stage, [*inputs], "", "")


def _digest(level: str, stage: Stage, inputs: list[str], what: str, salt: str) -> str:
    parts = [level, stage.name, stage.version, stage.identity, inputs, what, salt]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
