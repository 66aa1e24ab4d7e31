"""Batch watch: recordings come into a folder; one that is still being written is left alone."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from earwitness.app.batch.gather import Found

Signature = tuple[tuple[str, int, int], ...]
"""Name, size and time of change of a file, or of all files in a folder."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """When a source was first seen as it is."""

    signature: Signature
    since_s: float


class Watch:
    """Tells which sources have come to rest; each is told once, and again when it has changed.

    Args:
        settle_s: So long nothing of a source may have changed.
    """

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._seen: dict[Path, _Sight] = {}
        self._taken: dict[Path, Signature] = {}

    def ready(self, found: Iterable[Found], now_s: float) -> list[Found]:
        """Of the sources that are there now those that may be begun.

        An empty file is not: somebody has only just made it.

        Args:
            found: What is there now.
            now_s: Of a clock that never goes back.
        """
        sights: dict[Path, _Sight] = {}
        rested = []
        for each in found:
            signature = signature_of(each.path)
            seen = self._seen.get(each.path)
            if seen is None or seen.signature != signature:
                seen = _Sight(signature, now_s)
            sights[each.path] = seen
            if self._taken.get(each.path) == signature or not any(part[1] for part in signature):
                continue
            if now_s - seen.since_s >= self._settle_s:
                self._taken[each.path] = signature
                rested.append(each)
        self._seen = sights
        return rested


def signature_of(path: Path) -> Signature:
    """What changes while a source is being written; empty when it is gone."""
    if not path.is_dir():
        return _signed(path, path.name)
    files = sorted(each for each in path.rglob("*") if each.is_file())
    return tuple(part for each in files for part in _signed(each, str(each.relative_to(path))))


def _signed(path: Path, name: str) -> Signature:
    with suppress(OSError):
        stat = path.stat()
        return ((name, stat.st_size, stat.st_mtime_ns),)
    return ()
