"""Projection: a session's ledger as files beside its transcript, and the index made from them.

`overrides/overrides.jsonl` holds one line per correction in the wire form of `core.wire`; a line
whose payload was erased keeps its number, user, timestamp and `undoes`, and says `"erased": true`.
`overrides/overrides_index.json` is made from those lines alone. Both are drawn from the ledger in
the library, which is the truth, whenever the session is written; nothing reads them back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from earwitness.core.errors import UsageError
from earwitness.core.files import disk_faults, write_atomic
from earwitness.core.fold import find_undone
from earwitness.core.override import Override, VoiceTarget
from earwitness.core.wire import from_wire, to_wire
from earwitness.store.overrides import Entry

FOLDER: Final = "overrides"
LOG: Final = "overrides.jsonl"
INDEX: Final = "overrides_index.json"
SCHEMA: Final = "earwitness/overrides-index@1"


def write_projection(entries: Iterable[Entry], folder: Path) -> tuple[Path, ...]:
    """Write a ledger into a session's folder; without corrections, take older files away.

    Args:
        entries: The whole ledger.
        folder: The session's folder; exists.

    Returns:
        The two files; nothing when there are no corrections.

    Raises:
        DiskFull: No space; files that were there stay as they were.
        StoreError: The folder cannot be written.
    """
    log = log_of(entries)
    paths = folder / FOLDER / LOG, folder / FOLDER / INDEX
    with disk_faults("the corrections cannot be written"):
        if not log:
            for path in paths:
                path.unlink(missing_ok=True)
            with suppress(OSError):  # not there, or somebody keeps a file of their own in it
                (folder / FOLDER).rmdir()
            return ()
        (folder / FOLDER).mkdir(exist_ok=True)
    for path, text in zip(paths, (log, index_of(log)), strict=True):
        write_atomic(path, text.encode("utf-8"))
    return paths


def log_of(entries: Iterable[Entry]) -> str:
    """`overrides.jsonl`: one line per correction, in order of seq; the same ledger, the same text.

    Characters outside ASCII are escaped, so that any line end is a line's end.
    """
    return "".join(json.dumps(_row(entry)) + "\n" for entry in entries)


def index_of(log: str) -> str:
    """`overrides_index.json`, made from the lines of `overrides.jsonl` alone.

    It says which corrections are undone or erased, which one of each utterance (or whole voice)
    and field was the last in force, and where each line stands in the file (offset and length in
    bytes).

    Raises:
        UsageError: A line is none of ours. The message says which, never what it holds.
    """
    said: list[Override] = []
    erased: list[int] = []
    lines: dict[str, list[int]] = {}
    offset = 0
    for number, line in enumerate(log.splitlines(keepends=True), start=1):
        found = _read(line, number)
        if isinstance(found, Override):
            said.append(found)
        else:
            erased.append(found)
        seq = found.seq if isinstance(found, Override) else found
        lines[str(seq)] = [offset, len(line)]
        offset += len(line)
    undone = find_undone(said)
    last: dict[str, dict[str, int]] = {}
    voices: dict[str, dict[str, int]] = {}
    for override in said:
        if override.undoes is None and override.seq not in undone:
            if isinstance(override.target, VoiceTarget):
                fields = voices.setdefault(override.target.voice, {})
            else:
                fields = last.setdefault(str(override.target.utterance), {})
            fields[str(override.field)] = override.seq
    index = {
        "schema": SCHEMA,
        "log": {"sha256": hashlib.sha256(log.encode()).hexdigest(), "bytes": offset},
        "count": len(lines),
        "undone": sorted(undone),
        "erased": erased,
        "utterances": last,
        "voices": voices,
        "lines": lines,
    }
    rows = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in index.items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


def _row(entry: Entry) -> dict[str, object]:
    if isinstance(entry.said, Override):
        return dict(to_wire(entry.said))
    return {
        "seq": entry.seq,
        "user": entry.by,
        "timestamp": _utc(entry.at),
        "undoes": entry.undoes,
        "erased": True,
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _read(line: str, number: int) -> Override | int:
    """A correction, or the number of an erased one."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise UsageError(f"line {number} of {LOG} is not JSON") from error
    if not isinstance(row, dict):
        raise UsageError(f"line {number} of {LOG} is no object")
    if row.get("erased") is True and type(row.get("seq")) is int:
        return int(row["seq"])
    try:
        return from_wire(row)
    except UsageError as error:
        raise UsageError(f"line {number} of {LOG}: {error}", hint=error.hint) from error
