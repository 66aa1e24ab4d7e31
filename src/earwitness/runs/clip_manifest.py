"""The manifest of a session's clips: `clips/manifest.json` in its folder, for any reader.

    {"session_id": "...", "status": "in_progress", "total_clips": null, "format": "m4a",
     "padding": 0.15, "of": "lines", "clips": [{"id": "0000-000",
     "file": "0000-000_00-00-01.250.m4a", "speaker": "S1", "start": 1.25, "end": 4.1,
     "status": "ready"}]}

Clips of moments have their `kind`, too. Written whole and atomically, so that any process may read
it at any time. Names of people stand here alone, never in names of files.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from earwitness.core.clip import (
    CLIP_FORMATS,
    CLIP_STATUSES,
    CLIPS_OF,
    MANIFEST_STATUSES,
    ClipRow,
    ClipWish,
    Manifest,
)
from earwitness.core.files import disk_faults, write_atomic
from earwitness.core.moment import MOMENT_KINDS
from earwitness.core.span import Span
from earwitness.core.transcript import Utterance

T = TypeVar("T")

FOLDER: Final = "clips"
MANIFEST: Final = "manifest.json"

_FILE: Final = re.compile(r"\d{4,}-\d{3,}_\d{2,}-\d\d-\d\d\.\d{3}(_[a-z_]+)?\.(wav|m4a|opus)")
_READ_TRIES: Final = 6
_BEHIND_MS: Final = 600_000
"""Lines that ended so long before a clip have nothing in common with it."""


def write_manifest(clips: Path, manifest: Manifest) -> None:
    """Write the manifest into the folder of the clips.

    Raises:
        DiskFull: No space; the old one is untouched.
        StoreError: It cannot be written.
    """
    rows = [
        {
            "id": row.id,
            "file": row.file,
            "speaker": row.speaker,
            "start": row.span.start_ms / 1000,
            "end": row.span.end_ms / 1000,
            "status": row.status,
        }
        | ({"kind": row.kind} if row.kind else {})
        for row in manifest.clips
    ]
    told = {
        "session_id": manifest.session,
        "status": manifest.status,
        "total_clips": len(rows) if manifest.status == "complete" else None,
        "format": manifest.wish.format,
        "padding": manifest.wish.padding_ms / 1000,
        "of": manifest.wish.of,
        "clips": rows,
    }
    write_atomic(clips / MANIFEST, json.dumps(told, ensure_ascii=False).encode())


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in a session's folder; None when there is none, or it is none of ours.

    Raises:
        StoreError: It cannot be read.
    """
    with disk_faults("the manifest of the clips cannot be read"):
        data = _bytes(folder / FOLDER / MANIFEST)
    try:
        return None if data is None else _manifest(json.loads(data))
    except (KeyError, TypeError, ValueError):
        return None


def remove_clips(folder: Path) -> int:
    """Remove a session's clips as far as their manifest lists them; returns the bytes freed.

    Raises:
        StoreError: The system refuses.
    """
    manifest, clips = read_manifest(folder), folder / FOLDER
    if manifest is None:
        return 0
    freed = 0
    with disk_faults("the clips cannot be removed"):
        for name in [*(row.file for row in manifest.clips), MANIFEST]:
            path = clips / name
            if path.is_file():
                freed += path.stat().st_size
                path.unlink()
        if not any(clips.iterdir()):
            clips.rmdir()
    return freed


def with_speakers(manifest: Manifest, lines: Iterable[Utterance]) -> Manifest:
    """The manifest with the names people read now; no sound is cut again.

    A clip is the line it has most in common with; what a person split or merged keeps its clips.
    """
    said = sorted(lines, key=lambda line: line.span.start_ms)
    padding_ms = manifest.wish.padding_ms
    rows = []
    first = 0
    for row in manifest.clips:
        while first < len(said) and said[first].span.end_ms < row.span.start_ms - _BEHIND_MS:
            first += 1
        best, most = None, 0.0
        for line in said[first:]:
            if line.span.start_ms >= row.span.end_ms:
                break
            common = _common(row.span, line.span, padding_ms)
            if common > most:
                best, most = line, common
        rows.append(replace(row, speaker=best.speaker) if best is not None else row)
    return replace(manifest, clips=tuple(rows))


def _common(clip: Span, line: Span, padding_ms: int) -> float:
    """Share of both that is common, 0 to 1: lines of two tracks may be said at once."""
    start_ms = min(clip.start_ms + padding_ms, clip.end_ms - 1)
    inner = Span(start_ms, max(start_ms + 1, clip.end_ms - padding_ms))
    common_ms = inner.overlap_ms(line)
    return common_ms / (inner.duration_ms + line.duration_ms - common_ms)


def _bytes(path: Path) -> bytes | None:
    """On Windows a file that is being replaced cannot be opened for a moment."""
    for attempt in range(_READ_TRIES):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except PermissionError:
            if attempt == _READ_TRIES - 1:
                raise
            time.sleep(0.02)
    return None


def _manifest(told: dict[str, object]) -> Manifest:
    session, padding, listed = told["session_id"], told["padding"], told["clips"]
    if not (
        isinstance(session, str) and isinstance(padding, int | float) and isinstance(listed, list)
    ):
        raise TypeError("no manifest of ours")
    status = _one_of(MANIFEST_STATUSES, told["status"])
    wish = ClipWish(
        _one_of(CLIP_FORMATS, told["format"]),
        round(padding * 1000),
        _one_of(CLIPS_OF, told.get("of", "lines")),
    )
    return Manifest(session, status, wish, tuple(_row(each) for each in listed))


def _row(told: dict[str, object]) -> ClipRow:
    name, file, speaker = told["id"], told["file"], told["speaker"]
    start, end = told["start"], told["end"]
    if not (
        isinstance(name, str)
        and isinstance(file, str)
        and _FILE.fullmatch(file)
        and file.startswith(f"{name}_")
        and (speaker is None or isinstance(speaker, str))
        and isinstance(start, int | float)
        and isinstance(end, int | float)
    ):
        raise ValueError("no clip of ours")
    span = Span(round(start * 1000), round(end * 1000))
    kind = _one_of(MOMENT_KINDS, told["kind"]) if "kind" in told else None
    return ClipRow(name, file, speaker, span, _one_of(CLIP_STATUSES, told["status"]), kind)


def _one_of(known: tuple[T, ...], told: object) -> T:
    found = next((each for each in known if each == told), None)
    if found is None:
        raise ValueError("no word of ours")
    return found
