"""Ten thousand queued sessions: how fast they are put in and worked off, and how quick a look is.

    python benchmarks/queued.py [--sessions 10000] [--drain 10000] [--parallel 2]
        [--database postgresql://...] [--json queued.json]

Every session is one of a few known recordings with a script of its own, so that all its chunks are
transcribed, and what comes after them is made, anew; decoding and finding voices is remembered from
the first session of each recording. The path is the real one: `enqueue`, and a `Crew` of child
processes. A task is a step that was done, not one that was found again. Printed beside the rates:
what the same work costs without the queue, one run after another in this process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from earwitness.app.request import Request, read_request
from earwitness.app.running.crew import Crew
from earwitness.app.running.enqueue import enqueue
from earwitness.app.running.execute import execute
from earwitness.app.running.jobs import look
from earwitness.app.settings import Settings, read_settings
from earwitness.core.run import Run
from earwitness.media.decode import decode
from earwitness.store import schema
from earwitness.store.library import Library

RECORDINGS = 4
SECONDS = 30
SAMPLE = 40
"""Sessions that are also carried out without queue and crew, for the ratio."""

EXAMPLE = Path(__file__).parent.parent / "src" / "earwitness" / "examples" / "tavern.flac"


def sounds(folder: Path) -> list[Path]:
    """Stretches of the example, six chunks long each."""
    decoded = decode(EXAMPLE, folder, name="scene.pcm")
    data = (folder / "scene.pcm").read_bytes()
    width = 2 * decoded.channels
    made = []
    for number in range(RECORDINGS):
        first = number * 15 * 16_000 * width
        path = folder / f"scene-{number}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(decoded.channels)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(data[first : first + SECONDS * 16_000 * width])
        made.append(path)
    return made


def script(folder: Path, number: int) -> str:
    """What one session's transcriber hears: words of its own."""
    words = [
        {"text": f"w{number}", "start_ms": at, "end_ms": at + 500}
        for at in range(0, SECONDS * 1000, 900)
    ]
    path = folder / f"{number}.json"
    path.write_text(json.dumps({"words": words, "language": "en"}))
    return str(path)


def requests(folder: Path, settings: Settings, count: int) -> list[Request]:
    """A session each."""
    files = sounds(folder)
    scripts = folder / "scripts"
    scripts.mkdir()
    made = []
    for number in range(count):
        mine = settings.model_copy(update={"model": script(scripts, number)})
        made.append(read_request((files[number % len(files)],), mine))
    return made


def tasks(library: Library) -> int:
    """Steps that were done so far."""
    step = schema.step.c
    done = select(func.count()).where(step.digest.is_not(None), step.hit.is_(False))
    with library._database.read() as connection:
        return connection.scalar(done) or 0


class Looking:
    """Somebody who lists the queue and asks for one run all the time; a context manager."""

    def __init__(self, library: Library, run: str) -> None:
        self._library = library
        self._run = run
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.list_ms: list[float] = []
        self.status_ms: list[float] = []

    def __enter__(self) -> Looking:
        self._thread.start()
        return self

    def __exit__(self, *_about: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.2):
            self.list_ms.append(timed_ms(lambda: look(self._library, ended=True)))
            self.status_ms.append(timed_ms(lambda: self._library.job_row(self._run)))


def timed_ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def spread(values: list[float]) -> dict[str, float]:
    """Median, 95th and last percentile."""
    ranked = sorted(values)
    return {
        "p50": round(statistics.median(ranked), 1),
        "p95": round(ranked[int(len(ranked) * 0.95)], 1),
        "max": round(ranked[-1], 1),
    }


def directly(library: Library, settings: Settings, wanted: list[Request]) -> float:
    """Tasks a second of runs carried out here, one after another."""
    runs = [enqueue(library, request, new_session=True) for request in wanted]
    before, began = tasks(library), time.monotonic()
    for run in runs:
        execute(library, run.id, settings)
    return (tasks(library) - before) / (time.monotonic() - began)


def measure(arguments: argparse.Namespace, base: Path) -> dict[str, object]:
    settings = read_settings(
        home=base / "home",
        output=base / "output",
        transcriber="scripted",
        language="en",
        formats="json",
        offline=True,
        workers=2,
    )
    if arguments.database:
        settings = read_settings(**{**settings.model_dump(), "database": arguments.database})
    with Library.open(settings.home, database=arguments.database) as library:
        wanted = requests(base, settings, arguments.sessions + RECORDINGS + SAMPLE)
        warm, wanted = wanted[: RECORDINGS + SAMPLE], wanted[RECORDINGS + SAMPLE :]
        directly(library, settings, warm[:RECORDINGS])
        alone = directly(library, settings, warm[RECORDINGS:])
        began = time.monotonic()
        runs: list[Run] = []
        for request in wanted:
            runs.append(enqueue(library, request, new_session=True))
        submit_s = time.monotonic() - began
        print(f"submitted {len(runs)} sessions in {submit_s:.1f} s", flush=True)
        before, began = tasks(library), time.monotonic()
        ended = 0
        with (
            Looking(library, runs[-1].id) as looking,
            Crew(library, settings, parallel=arguments.parallel) as crew,
        ):
            for each in crew.drain():
                assert each.outcome is not None, each
                assert each.outcome.kind == "done", each
                ended += 1
                if ended == arguments.drain:
                    crew.leave()
                    break
            drain_s = time.monotonic() - began
        done = tasks(library) - before
    return {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
        "database": "PostgreSQL" if arguments.database else "SQLite",
        "sessions": len(runs),
        "submit_s": round(submit_s, 1),
        "submit_ms_each": round(submit_s / len(runs) * 1000, 2),
        "drained": ended,
        "drain_s": round(drain_s, 1),
        "tasks": done,
        "tasks_per_s": round(done / drain_s, 1),
        "sessions_per_s": round(ended / drain_s, 1),
        "tasks_per_s_without_queue_one_process": round(alone, 1),
        "crew_by_one_process": round(done / drain_s / alone, 2),
        "list_ms": spread(looking.list_ms),
        "status_ms": spread(looking.status_ms),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--drain", type=int, default=None)
    parser.add_argument("--parallel", type=int, default=2)
    parser.add_argument("--database", default=None)
    parser.add_argument("--json", type=Path, default=None)
    arguments = parser.parse_args()
    arguments.drain = arguments.drain or arguments.sessions
    with tempfile.TemporaryDirectory() as base:
        told = measure(arguments, Path(base))
    text = json.dumps(told, indent=2)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n")
    sys.exit(0)


if __name__ == "__main__":
    main()
