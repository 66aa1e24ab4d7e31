"""What the ledger costs: a run of thousands of tiny pieces with and without measuring, one library.

    python benchmarks/metering.py [pieces [rounds]]

Prints ratios of one run; rounds alternate, so that a busy machine hits both alike.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

from earwitness.core.session import Recording, Session
from earwitness.core.sound import Reels
from earwitness.core.stage import Made
from earwitness.media.disk import of_thread
from earwitness.runs.meter import Meter, Window
from earwitness.runs.work import Bench, Job
from earwitness.store.library import Library

ROUNDS = 5
WORK_S = 0.002


class Blind(Meter):
    """Looks at nothing."""

    def begin(self) -> object:
        return None

    def end(self, mark: object) -> Window:
        return Window(0, 0, None)

    def _watch(self) -> None:
        self._ended.wait()

    def _look(self) -> None:
        pass


def busy() -> Made:
    """A tiny piece of work."""
    until = time.thread_time() + WORK_S
    while time.thread_time() < until:
        pass
    return Made(Reels((), ()))


def go(library: Library, session: str, meter: Meter, pieces: int, number: int) -> float:
    """Processor seconds of one run."""
    run = library.start_run(session, f"request {number}")
    began = time.process_time()
    with meter:
        bench = Bench(run, library, meter)
        for piece in range(pieces):
            bench.perform(Job("tiny", piece, f"{number}-{piece}", busy))
    return time.process_time() - began


def main() -> None:
    pieces = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as home, Library.open(Path(home)) as library:
        recording = Recording("a" * 64, "a.wav", 1, 1, 1, 16_000)
        library.add_session(Session("2026-11-25-aaaaaa", "", "meeting", None, (recording,)))
        session = "2026-11-25-aaaaaa"
        ratios, looks = [], []
        for number in range(rounds):
            meter = Meter()
            seen = go(library, session, meter, pieces, 2 * number)
            blind = go(library, session, Blind(), pieces, 2 * number + 1)
            taken = meter.taken()
            ratios.append(seen / blind)
            looks.append((taken.meter_ms or 0) / taken.wall_ms)
    began = time.perf_counter()
    for _ in range(2_000):
        of_thread()
    each_us = (time.perf_counter() - began) / 2_000 * 1e6
    print(f"{pieces} pieces of {WORK_S * 1000:.0f} ms, {rounds} rounds")
    print(f"processor time with measuring / without: {statistics.median(ratios):.4f} (median)")
    print(f"looks at memory: {100 * max(looks):.2f} % of elapsed time at most")
    print(f"disk counters of a thread: {each_us:.0f} µs a look, two a piece")


if __name__ == "__main__":
    main()
