"""Profile one `process` of a recording: where time goes in all threads, and memory per stage.

    python tools/profiler.py --input session.m4a --output profile.prof [--transcriber scripted]

The profile is cProfile's and opens in snakeviz or `python -m pstats profile.prof`. Every thread is
profiled, the workers too: what a thread waits for is in it as waiting. Child processes (decoding,
pocketsphinx) are not; the table of stages, drawn from the run's own ledger, tells their processor
time and memory. Everything is done afresh, in a library of its own that is removed afterwards.

From Python 3.12 on, cProfile watches one thread at a time; there the same profile is made by
`profile`, which is slower: compare shares then, not seconds.
"""

from __future__ import annotations

import argparse
import cProfile
import functools
import profile
import pstats
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

Profiler = cProfile.Profile | profile.Profile
SHOWN = 12


def one_profiler() -> Profiler:
    """For one thread."""
    if sys.version_info >= (3, 12):
        return profile.Profile(time.perf_counter)
    return cProfile.Profile()


class Threads:
    """Profiles of all threads that begin and end inside of `watching`, and of `call`."""

    def __init__(self) -> None:
        self._ended: list[Profiler] = []
        self._lock = threading.Lock()

    def call(self, work: Callable[[], T]) -> T:
        """Run work in this thread, profiled."""
        profiler = one_profiler()
        try:
            return profiler.runcall(work)
        finally:
            with self._lock:
                self._ended.append(profiler)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Profile every thread that is begun."""
        plain = threading.Thread.run

        @functools.wraps(plain)
        def run(thread: threading.Thread) -> None:
            self.call(lambda: plain(thread))

        threading.Thread.run = run  # type: ignore[method-assign]
        try:
            yield
        finally:
            threading.Thread.run = plain  # type: ignore[method-assign]

    def stats(self) -> pstats.Stats:
        """All of them together."""
        with self._lock:
            ended = list(self._ended)
        for each in ended:
            each.create_stats()
        first, *others = [each for each in ended if each.stats]  # type: ignore[union-attr]
        return pstats.Stats(first).add(*others)


def profiled(given: argparse.Namespace, home: Path) -> tuple[Threads, str]:
    """Process the recording; the session's id and the profiles."""
    import earwitness

    threads = Threads()
    with threads.watching():
        done = threads.call(
            lambda: earwitness.process(
                given.input,
                language=given.language,
                transcriber=given.transcriber,
                model=given.model,
                workers=given.workers,
                offline=True,
                home=home,
                output=home / "output",
            )
        )
    return threads, done.session.id


def show_stages(session: str, home: Path) -> None:
    """Time and memory of every stage, from the ledger."""
    import earwitness

    _, steps = earwitness.show_session(session, home=home).runs[0]
    print(f"{'stage':<12}{'parts':>7}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    whole = [step for step in steps if step.chunk is None and step.stage != "report"]
    for step in whole:
        mine = [each for each in steps if each.stage == step.stage]
        parts = sum(each.chunk is not None for each in mine) or 1
        cpu = "" if step.cpu_ms is None else f"{step.cpu_ms / 1000:.1f}"
        peak = max(each.peak_bytes or 0 for each in mine) / 1e6
        print(f"{step.stage:<12}{parts:>7}{step.wall_ms / 1000:>9.1f}{cpu:>9}{peak:>9.0f}")


def main() -> int:
    """Profile, write, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=Path, required=True, help="a recording")
    parser.add_argument("--output", type=Path, required=True, help="the profile to write")
    parser.add_argument("--transcriber", help="as of `earwitness process`")
    parser.add_argument("--model")
    parser.add_argument("--language", default="en")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="profile-") as folder:
        threads, session = profiled(given, Path(folder))
        show_stages(session, Path(folder))
    stats = threads.stats()
    stats.dump_stats(given.output)
    print()
    stats.strip_dirs().sort_stats("tottime").print_stats(SHOWN)
    print(f"{given.output}: snakeviz {given.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
