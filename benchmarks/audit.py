"""How long an audit of a large library takes: python benchmarks/audit.py [sessions].

Rows and files are laid directly, as runs of that many sessions would take hours: what is measured
is looking. A tenth of the sessions is orphaned, a tenth stopped half way.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from earwitness.app.cleanup.audit import Looked, Rules, audit
from earwitness.app.settings import read_settings
from earwitness.store import schema
from earwitness.store.library import Library

RESULTS = 10
AT = datetime.now(UTC) - timedelta(days=1)


def lay(base: Path, count: int) -> None:
    """A library of so many sessions."""
    rows: dict[str, list[dict[str, object]]] = {}
    (base / "sounds").mkdir()
    home = base / "home"
    for number in range(count):
        session, run = f"2026-11-20-{number:06d}", f"{number:012d}"
        recording = hashlib.sha256(f"recording {number}".encode()).hexdigest()
        path = base / "sounds" / f"{number}.wav"
        is_orphan, is_open = number % 10 == 0, number % 10 == 1
        if not is_orphan:
            path.write_bytes(b"sound")
        seen = {"name": path.name, "size_bytes": 5, "seen_ns": 1}
        mtime_ns = 0 if is_orphan else path.stat().st_mtime_ns
        add(rows, "recording", id=recording, size_bytes=5, duration_ms=1, channels=1, rate_hz=16000)
        add(rows, "source", path=bytes(path), recording=recording, mtime_ns=mtime_ns, **seen)
        shown = {"title": "", "playbook": "meeting", "language": None, "held_at": None}
        add(rows, "session", id=session, local_only=False, created_at=AT, shown_run=None, **shown)
        parts = {"role": None, "person": None, "offset_ms": None, "said": None, "name": path.name}
        add(rows, "session_recording", session=session, ordinal=0, recording=recording, **parts)
        outcome = None if is_open else "done"
        told = {"outcome": outcome, "why": "", "instead": "", "hint": "", "finished_at": None}
        add(rows, "run", id=run, session=session, request="r", started_at=AT, **told)
        for each in range(RESULTS):
            data = f"result {number} {each}".encode()
            digest = hashlib.sha256(data).hexdigest()
            file = home / "blobs" / digest[:2] / digest
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            add(rows, "blob", digest=digest, size_bytes=len(data))
            add(rows, "artifact", key=digest, stage="transcribe", digest=digest, made_at=AT)
            add(rows, "reference", session=session, key=digest)
            spent = {"wall_ms": 1, "hit": False, "outcome": "done", "started_at": AT}
            add(rows, "step", run=run, stage="transcribe", chunk=each, digest=digest, **spent)
            event = {"type": "chunk.done", "stage": "transcribe", "segments": "[]"}
            add(rows, "event", session=session, seq=each + 1, run=run, at=AT, chunk=each, **event)
    with Library.open(home) as library, library._database.write() as connection:
        for name, values in rows.items():
            connection.execute(insert(schema.metadata.tables[name]), values)


def add(rows: dict[str, list[dict[str, object]]], table: str, **values: object) -> None:
    rows.setdefault(table, []).append(values)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    base = Path(tempfile.mkdtemp(prefix="earwitness-audit-"))
    try:
        lay(base, count)
        settings = read_settings(home=base / "home", output=base / "output")
        times = []
        for _ in range(3):
            began = time.perf_counter()
            looked: Looked = audit(settings, Rules())
            times.append(time.perf_counter() - began)
        size = (base / "home" / "library.db").stat().st_size / 1e6
        found = {each.category for each in looked.audit.waste}
        print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
        print(f"{looked.audit.sessions:,} sessions, {RESULTS} results each, database {size:.0f} MB")
        print(f"{len(looked.audit.waste):,} found ({', '.join(sorted(found))})")
        print(f"audit: {min(times):.2f} s (best of three; {max(times):.2f} s the slowest)")
        print(f"per 1,000 sessions: {min(times) / count * 1e6:.0f} ms")
    finally:
        shutil.rmtree(base)


if __name__ == "__main__":
    main()
