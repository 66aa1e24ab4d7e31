"""Stretches: a long recording is diarized in parts, whose voices are then found to be the same.

Libraries that take a whole recording compare every ten seconds of it with all others: memory and
time grow with the square of its length. Parts of bounded length cost the same each; what joins
them is the mean voice of each voice of each part, a few dozen vectors in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from earwitness.core.span import Span, union
from earwitness.core.speech import Diarization, Speech, Turn, VoicePrint
from earwitness.engines.clustering import average_linkage, cut

Vector = NDArray[np.float32]

SEEK = 4
"""A cut is sought in the last quarter of a part."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of a recording holds.

    Attributes:
        turns: In session time; voices have names of this part alone.
        prints: The mean voice of those that have one.
    """

    turns: tuple[Turn, ...]
    prints: dict[str, Vector]


def parts(speech: Sequence[Speech], duration_ms: int, limit_ms: int) -> tuple[Span, ...]:
    """Parts of at most `limit_ms` that cover all speech, cut at long pauses where there are any.

    Args:
        speech: From the detector.
        duration_ms: Of the recording.
        limit_ms: Longest part.

    Returns:
        In order of time; a part in which nobody speaks is left out.
    """
    heard = union([span for one in speech for span in one.spans if span.start_ms < duration_ms])
    edges = [0]
    while duration_ms - edges[-1] > limit_ms:
        latest = edges[-1] + limit_ms
        edges.append(_pause(heard, latest - limit_ms // SEEK, latest))
    whole = [Span(*bounds) for bounds in pairwise([*edges, duration_ms]) if bounds[0] < bounds[1]]
    return tuple(part for part in whole if any(part & span for span in heard))


def joined(found: Sequence[Part], speakers: int | None, *, same: float, model: str) -> Diarization:
    """One diarization of all parts.

    Args:
        found: In order of time.
        speakers: As many voices are left, when there are at least as many; None: free.
        same: Voices of two parts are one when the cosine distance of their means is below this.
            Two voices of one part are one only to come down to `speakers`.
        model: What made the prints.

    Returns:
        Voices `S1`, `S2`, ... in order of first appearance; turns that touch at a cut are one.
    """
    keys = [(index, voice) for index, part in enumerate(found) for voice in _voices(part)]
    if not keys:
        return Diarization(())
    labels = _labels(found, keys, speakers, same)
    home = dict(zip(keys, labels, strict=True))
    turns = sorted(
        ((turn.span, home[index, turn.voice]) for index, part in enumerate(found)
         for turn in part.turns),
        key=lambda one: (one[0], one[1]),
    )  # fmt: skip
    names: dict[int, str] = {}
    for _, label in turns:
        names.setdefault(label, f"S{len(names) + 1}")
    spans = {label: union([span for span, other in turns if other == label]) for label in names}
    told = sorted((span, names[label]) for label, mine in spans.items() for span in mine)
    prints = []
    for label, name in names.items():
        speech_ms = sum(span.duration_ms for span in spans[label])
        mean = _mean(found, [key for key in keys if home[key] == label])
        if mean is not None:
            prints.append(VoicePrint(name, tuple(mean.tolist()), model, speech_ms))
    return Diarization(tuple(Turn(span, name) for span, name in told), tuple(prints))


def _pause(heard: list[Span], earliest_ms: int, latest_ms: int) -> int:
    """The middle of the longest pause between two moments, or the later one."""
    quiet: list[Span] = []
    at_ms = earliest_ms
    for span in heard:
        if span.end_ms <= earliest_ms:
            continue
        if span.start_ms >= latest_ms:
            break
        if span.start_ms > at_ms:
            quiet.append(Span(at_ms, span.start_ms))
        at_ms = max(at_ms, span.end_ms)
    if at_ms < latest_ms:
        quiet.append(Span(at_ms, latest_ms))
    return max(quiet, key=lambda span: span.duration_ms).middle_ms if quiet else latest_ms


def _voices(part: Part) -> list[str]:
    return list(dict.fromkeys(turn.voice for turn in part.turns))


def _labels(
    found: Sequence[Part], keys: list[tuple[int, str]], speakers: int | None, same: float
) -> list[int]:
    """Which voices of all parts are one."""
    if len(found) == 1 and (speakers is None or len(keys) <= speakers):
        return list(range(len(keys)))
    vectors = [found[index].prints.get(voice) for index, voice in keys]
    size = max((len(vector) for vector in vectors if vector is not None), default=1)
    # A voice without a print is as far from all others as two unlike voices are.
    table = np.stack([np.zeros(size, np.float32) if v is None else v for v in vectors])
    apart = (1.0 - table @ table.T).astype(np.float32)
    rooms = np.array([index for index, _ in keys])
    apart[rooms[:, None] == rooms[None, :]] = 2.0
    weights = np.array([_spoken_ms(found[index], voice) for index, voice in keys], np.float32)
    merges = average_linkage(apart, weights)
    if speakers is None:
        return [int(label) for label in cut(merges, height=same)]
    return [int(label) for label in cut(merges, groups=min(speakers, len(keys)))]


def _spoken_ms(part: Part, voice: str) -> int:
    return sum(turn.span.duration_ms for turn in part.turns if turn.voice == voice)


def _mean(found: Sequence[Part], keys: list[tuple[int, str]]) -> Vector | None:
    """The mean voice of one label, each part counted by its speech; None without any print."""
    total: Vector | None = None
    for index, voice in keys:
        vector = found[index].prints.get(voice)
        if vector is not None:
            more = vector * np.float32(_spoken_ms(found[index], voice))
            total = more if total is None else total + more
    length = 0.0 if total is None else float(np.linalg.norm(total))
    return None if total is None or length < 1e-9 else total / np.float32(length)


def normal(vector: Sequence[float] | NDArray[np.floating]) -> Vector | None:
    """A vector of length 1, or None for one that says nothing."""
    made = np.asarray(vector, np.float32).reshape(-1)
    length = float(np.linalg.norm(made))
    if not np.isfinite(length) or length < 1e-9:
        return None
    return made / np.float32(length)
