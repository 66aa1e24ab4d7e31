"""Crash fuzz: workers are killed at random while they drain a queue; then everything is counted."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
import wave
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlalchemy import func, select

from earwitness.app.request import read_request
from earwitness.app.running.enqueue import enqueue
from earwitness.app.settings import Settings, read_settings
from earwitness.core.queue import LOSSES
from earwitness.core.run import Step
from earwitness.media.decode import decode
from earwitness.store import schema
from earwitness.store.library import Library

CHUNK_MS = 5_000
Key = tuple[str, str, int | None]
"""A recording's bytes, a stage, a chunk."""


def recordings(tavern: Path, folder: Path, count: int, chunks: int) -> list[Path]:
    """Different stretches of one scene, each about as many chunks long."""
    folder.mkdir()
    decoded = decode(tavern, folder, name="scene.pcm")
    sound = (folder / "scene.pcm").read_bytes()
    width, length_ms = 2 * decoded.channels, chunks * CHUNK_MS
    step = (len(sound) // width // 16 - length_ms) // max(1, count)
    made = []
    for number in range(count):
        first = number * step * 16 * width
        path = folder / f"scene-{number:02d}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(decoded.channels)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(sound[first : first + length_ms * 16 * width])
        made.append(path)
    return made


class Workers:
    """Worker commands that share one library; a killed one is replaced."""

    def __init__(self, settings: Settings, database: str | None, *, crews: int) -> None:
        self._settings = settings
        self._crews = crews
        self._environment = {n: v for n, v in os.environ.items() if not n.startswith("COVERAGE")}
        self._environment["EARWITNESS_LEASE_S"] = "15"
        if database:
            self._environment["EARWITNESS_DATABASE"] = database
        self._running: list[subprocess.Popen[bytes]] = []

    def refill(self) -> None:
        """Begin as many as there should be."""
        self._running = [each for each in self._running if each.poll() is None]
        command = [sys.executable, "-m", "earwitness", "worker", "--until-empty"]
        command += ["--parallel", "2", "--home", str(self._settings.home)]
        while len(self._running) < self._crews:
            self._running.append(
                subprocess.Popen(
                    command,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=self._environment,
                )
            )

    def processes(self) -> list[psutil.Process]:
        """The commands, and the children that work."""
        found = []
        for each in self._running:
            try:
                command = psutil.Process(each.pid)
                found += [command, *(c for c in command.children() if _works(c))]
            except psutil.NoSuchProcess:
                continue
        return found

    def wait(self) -> None:
        """Until all have ended by themselves."""
        for each in self._running:
            each.wait()

    def kill(self) -> None:
        """End what is left, whatever went wrong."""
        for each in self._running:
            each.kill()
            each.wait()


def _works(process: psutil.Process) -> bool:
    try:
        return "earwitness.app.running.crew_child" in process.cmdline()
    except psutil.Error:
        return False


@contextmanager
def told(settings: Settings, database: str | None) -> Iterator[Library]:
    """The library the workers work on."""
    with Library.open(settings.home, database=database) as library:
        yield library


def settings_for(base: Path, script: Path, wait_ms: int) -> Settings:
    """A scripted transcriber that hears a word every 400 ms, and takes its time."""
    words = [{"text": f"w{at}", "start_ms": at, "end_ms": at + 300} for at in range(0, 90_000, 400)]
    script.write_text(json.dumps({"words": words, "language": "en", "wait_ms": wait_ms}))
    return read_settings(
        home=base / "home",
        output=base / "output",
        transcriber="scripted",
        model=str(script),
        language="en",
        formats="json",
        offline=True,
        workers=2,
    )


def submit(settings: Settings, database: str | None, files: list[Path]) -> None:
    """Queue every file as a session."""
    with told(settings, database) as library:
        for file in files:
            enqueue(library, read_request((file,), settings))


def kill_at_random(
    settings: Settings, database: str | None, *, kills: int, chance: random.Random
) -> int:
    """Drain the queue while workers are killed -9; returns how many were.

    A third of the kills come at any moment; before the others a few steps are done, so that runs
    are met in the midst of their chunks and not only at their beginning.
    """
    workers = Workers(settings, database, crews=2)
    pause, done = threading.Event(), 0
    try:
        with told(settings, database) as library:
            workers.refill()
            due = 0
            while library.any_open():
                pause.wait(chance.uniform(0.05, 0.4))
                if done < kills and _step_count(library) >= due:
                    victim = _victim(library, workers, chance)
                    if victim is not None:
                        victim.kill()
                        done += 1
                        due = _step_count(library) + chance.choice([0, 1, 2, 4, 6, 8])
                workers.refill()
        workers.wait()
    finally:
        workers.kill()
    return done


def _step_count(library: Library) -> int:
    with library._database.read() as connection:
        return connection.scalar(select(func.count()).select_from(schema.step)) or 0


def _victim(library: Library, workers: Workers, chance: random.Random) -> psutil.Process | None:
    """A child that works on a run, or the command it belongs to; None when nobody works.

    A run that lost two workers without having done anything in between is spared: with one more it
    would rightly be given up, for it cannot be told from one that kills its workers.
    """
    running = [row.job for row in library.jobs() if row.job.owner is not None]
    busy = {job.owner.pid for job in running if job.owner is not None}
    tried = {job.owner.pid for job in running if job.owner is not None and job.losses >= LOSSES - 1}
    choice = []
    for each in workers.processes():
        held = busy & {each.pid, *_below(each)}
        if held and not held & tried:
            choice.append(each)
    return chance.choice(choice) if choice else None


def _below(process: psutil.Process) -> set[int]:
    try:
        return {child.pid for child in process.children()}
    except psutil.NoSuchProcess:
        return set()


def steps(library: Library) -> dict[str, list[Step]]:
    """The ledger of every run, by the recording it heard; one session each."""
    found = {}
    for row in library.sessions():
        (recording,) = row.session.recordings
        (run,) = library.runs(row.session.id)
        assert run.outcome is not None, f"run {run.id} never ended"
        assert run.outcome.kind == "done", f"{run.outcome.kind}: {run.outcome.why}"
        found[recording.id] = list(library.steps(run.id))
    return found


def results(ledger: dict[str, list[Step]]) -> dict[Key, set[str]]:
    """Digests of everything that was made, by what it is; reports tell of times."""
    found: dict[Key, set[str]] = {}
    for recording, each in ledger.items():
        for step in each:
            if step.digest is not None and step.stage != "report":
                key = (recording, step.stage, step.chunk)
                found.setdefault(key, set()).add(step.digest)
    return found


def redone(ledger: dict[str, list[Step]]) -> Counter[Key]:
    """Parts that were computed more than once although their result was there."""
    made: Counter[Key] = Counter(
        (recording, step.stage, step.chunk)
        for recording, each in ledger.items()
        for step in each
        if step.digest is not None and not step.hit and step.stage != "report"
    )
    return Counter({key: count for key, count in made.items() if count > 1})


def leftovers(library: Library) -> dict[str, set[str]]:
    """Rows without what they name, blobs without rows, files in the making, decoded sound."""
    with library._database.read() as connection:

        def column(table: object, name: str) -> set[str]:
            rows = connection.execute(table.select())  # type: ignore[attr-defined]
            return {getattr(row, name) for row in rows}

        named = column(schema.artifact, "digest")
        rows = column(schema.blob, "digest")
        keys = column(schema.artifact, "key")
        wanted = column(schema.reference, "key")
        removals = column(schema.removal, "path")
    files = set(library._blobs.digests())
    return {
        "blobs without a row": files - rows,
        "rows without a blob": rows - files,
        "blobs nobody names": rows ^ named,
        "artifacts nobody needs": keys ^ wanted,
        "removals": removals,
        "files in the making": {path.name for path in library.home.rglob("*.part")},
        "decoded sound": {path.name for path in (library.home / "scratch").iterdir()},
    }


def crash_fuzz(
    tavern: Path,
    base: Path,
    *,
    database: str | None,
    sessions: int,
    chunks: int,
    kills: int,
    seed: int,
    wait_ms: int = 250,
    say: Callable[[str], None] = lambda _line: None,
) -> None:
    """Kill workers at random, and see that the results are those of a run that nobody disturbed."""
    files = recordings(tavern, base / "sound", sessions, chunks)
    calm = settings_for(base / "calm", base / "script.json", wait_ms)
    submit(calm, None, files)
    kill_at_random(calm, None, kills=0, chance=random.Random(seed))
    wild = settings_for(base / "wild", base / "script.json", wait_ms)
    submit(wild, database, files)
    began = time.monotonic()
    killed = kill_at_random(wild, database, kills=kills, chance=random.Random(seed))
    took_s = time.monotonic() - began
    with told(calm, None) as library:
        expected = results(steps(library))
    with told(wild, database) as library:
        library.sweep(stale_seconds=0)
        ledger = steps(library)
        found = results(ledger)
        assert {key: digests for key, digests in found.items() if len(digests) > 1} == {}
        assert found == expected, "results are others than those of a calm run"
        assert redone(ledger) == {}
        pieces = [key for key in found if key[1] == "transcribe" and key[2] is not None]
        left = {name: what for name, what in leftovers(library).items() if what}
        assert not left, left
        assert library.job_counts() == {"queued": 0, "running": 0, "done": sessions}
    written = [path.name for path in wild.output.glob("*/transcript.json")]
    assert len(written) == sessions
    assert not list(wild.output.rglob("*.part"))
    assert killed == kills, "it ended before all were killed: give it more to do"
    again = sum(step.hit for each in ledger.values() for step in each)
    assert again > 0, "nobody was killed in the midst of a run"
    say(
        f"{killed} kills over {sessions} sessions with {len(pieces)} chunks in {took_s:.0f} s, "
        f"{again} results of killed workers found again"
    )
