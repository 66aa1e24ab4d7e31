"""Every kind of waste, made by the program itself: killed where it hurts, sources taken away."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import wave
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import av
import numpy as np

import earwitness

EXAMPLE = Path(__file__).parent.parent / "src" / "earwitness" / "examples" / "tavern.flac"
SOUNDS: Final[tuple[str, ...]] = (
    "good",
    "gone",
    "corrected",
    "deleted",
    "stopped",
    "old",
    "later",
    "broken",
    "twice",
    "other",
    "quiet",
    "torn",
)
SCRIPTED = ("--transcriber", "scripted", "--language", "en")

KILLED = """
import os, re, signal, sys
event, part, count = {event!r}, {part!r}, {count}
def hook(name, arguments):
    global count
    if name == event and isinstance(arguments[{which}], (str, bytes, os.PathLike)) and re.search(
        part, os.fsdecode(arguments[{which}])
    ):
        count -= 1
        if count == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
from earwitness.cli.failures import run
sys.exit(run({tokens!r}))
"""


@cache
def _samples() -> np.ndarray:
    with av.open(str(EXAMPLE)) as source:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=16_000)
        frames = [f for frame in source.decode(audio=0) for f in resampler.resample(frame)]
    joined: np.ndarray = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    return joined


def recording(path: Path, number: int, seconds: int = 19) -> Path:
    """A stretch of the shipped scene as a file of its own; every number gives other bytes."""
    sound = _samples()[: seconds * 16_000].astype(np.int32) * (100 - number) // 100
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(sound.astype("<i2").tobytes())
    return path


@dataclass(frozen=True)
class Squalor:
    """A library that is treated badly.

    Attributes:
        base: Folder of everything.
        database: Address of a PostgreSQL database; None: a file.
    """

    base: Path
    database: str | None = None

    @property
    def home(self) -> Path:
        return self.base / "home"

    @property
    def output(self) -> Path:
        return self.base / "output"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("COVERAGE", "EARWITNESS"))}
        more = {"EARWITNESS_DATABASE": self.database} if self.database else {}
        return {
            **kept,
            **more,
            "EARWITNESS_HOME": str(self.home),
            "EARWITNESS_OUTPUT": str(self.output),
            "EARWITNESS_OFFLINE": "true",
        }

    def run(self, *tokens: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """One command, as a person gives it."""
        return subprocess.run(
            [sys.executable, "-m", "earwitness", *tokens],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    def answer(self, *tokens: str) -> dict[str, object]:
        """One command's answer to programs."""
        done = self.run(*tokens, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        told = json.loads(done.stdout)
        assert isinstance(told, dict)
        return told

    def process(self, path: Path, *, playbook: str = "meeting") -> str:
        """A recording becomes a session; its id."""
        done = earwitness.process(
            path,
            transcriber="scripted",
            language="en",
            playbook=playbook,
            home=self.home,
            output=self.output,
        )
        return done.session.id

    def killed(
        self, tokens: tuple[str, ...], event: str, part: str, *, count: int = 1, which: int = 0
    ) -> None:
        """Kill -9 a command just before it touches such a file for the n-th time.

        Args:
            tokens: The command.
            event: What it does to the file, as Python's audit hooks call it.
            part: Expression that is found in the file's path.
            count: Which time.
            which: Which argument of the event is the path.
        """
        code = KILLED.format(event=event, part=part, count=count, which=which, tokens=[*tokens])
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr

    def stopped(self, path: Path, *more: str, after: int = 1) -> str:
        """A recording whose run was killed in transcription; the session's id."""
        before, run = set(self.sessions()), newest_run(self.home)
        with subprocess.Popen(
            [sys.executable, "-m", "earwitness", "process", str(path), *self.slowly(), *more],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as started:
            wait_for_chunks(self.home, started, after, run)
            started.kill()
        added = set(self.sessions()) - before
        return next(iter(added)) if added else ""

    def slowly(self, wait_ms: int = 700) -> tuple[str, ...]:
        """A transcriber that takes its time over every chunk after the first ones."""
        script = self.base / "slow.json"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(json.dumps({"words": [], "language": "en", "wait_ms": wait_ms}))
        flags = ("--transcriber", "scripted", "--model", str(script), "--language", "en")
        return *flags, "--workers", "1"

    def sessions(self) -> list[str]:
        """Ids of all sessions, the newest first."""
        return [row.session.id for row in earwitness.sessions(home=self.home)]

    def age(self, session: str, days: int) -> None:
        """Let a session have rested for so long: the one thing nobody can wait for."""
        with closing(sqlite3.connect(self.home / "library.db")) as connection:
            for table, column in (
                ("session", "created_at"),
                ("run", "started_at"),
                ("run", "finished_at"),
                ("event", "at"),
            ):
                key = "id" if table == "session" else "session"
                rows = connection.execute(
                    f"select rowid, {column} from {table} where {key} = ?", (session,)
                ).fetchall()
                for row, moment in rows:
                    if moment is not None:
                        older = datetime.fromisoformat(moment) - timedelta(days=days)
                        connection.execute(
                            f"update {table} set {column} = ? where rowid = ?",
                            (older.isoformat(), row),
                        )
            parts = connection.execute(
                "select recording from session_recording where session = ?", (session,)
            ).fetchall()
            connection.commit()
        for (name,) in parts:
            folder = self.home / "scratch" / name
            for path in (*folder.rglob("*"), folder):
                moment_s = path.stat().st_mtime - days * 86_400
                os.utime(path, (moment_s, moment_s))


def newest_run(home: Path) -> int:
    """The number of the newest run; 0 when there is none."""
    try:
        return ask(home, "select coalesce(max(n), 0) from run")
    except sqlite3.OperationalError:
        return 0  # it is just being made


def wait_for_chunks(home: Path, started: subprocess.Popen[str], count: int, run: int) -> None:
    """Return once so many chunks of the run after `run` were computed."""
    question = (
        "select count(*) from step where stage = 'transcribe' and chunk is not null"
        f" and not hit and run in (select id from run where n > {run} and outcome is null)"
    )
    pause = threading.Event()
    while newest_run(home) <= run or ask(home, question) < count:
        assert started.poll() is None, "it ended before it could be killed"
        pause.wait(0.02)


def ask(home: Path, question: str) -> int:
    """A number from a library's database."""
    address = f"file:{home / 'library.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
        (found,) = connection.execute(question).fetchone()
        return int(found)


def every_kind(base: Path) -> tuple[Squalor, dict[str, str]]:
    """A library with every kind of waste, and which session is which."""
    squalor = Squalor(base)
    sounds = {
        name: recording(base / "sounds" / f"{name}.wav", number)
        for number, name in enumerate(SOUNDS)
    }
    named = {name: squalor.process(sounds[name]) for name in SOUNDS[:4]}
    lines = squalor.answer("sessions", "lines", named["corrected"])["lines"]
    assert isinstance(lines, list)
    first = str(lines[0]["id"])
    done = squalor.run("edit", "text", named["corrected"], first, "what was really said")
    assert done.returncode == 0, done.stderr
    for name in ("gone", "corrected"):
        sounds[name].unlink()
    named["stopped"] = squalor.stopped(sounds["stopped"])
    named["old"] = squalor.stopped(sounds["old"])
    squalor.age(named["old"], 9)
    named["later"] = squalor.process(sounds["later"])
    squalor.stopped(sounds["later"], "--speakers", "3")
    squalor.age(named["later"], 10)
    named["broken"] = failing(squalor, sounds["broken"])
    named["twice"] = squalor.process(sounds["twice"])
    named["other"] = squalor.process(sounds["twice"], playbook="screen")
    named["again"] = again(squalor, sounds["twice"])
    tokens = ("process", str(sounds["other"]), *SCRIPTED)
    squalor.killed(tokens, "shutil.rmtree", "scratch")
    named["quiet"] = squalor.sessions()[0]
    tokens = ("process", str(sounds["quiet"]), *SCRIPTED)
    squalor.killed(tokens, "os.rename", str(squalor.output), which=1)
    tokens = ("process", str(sounds["torn"]), *SCRIPTED)
    squalor.killed(tokens, "open", "/blobs/..$", count=3)
    named["torn"] = squalor.sessions()[0]
    squalor.killed(("sessions", "delete", named["deleted"], "--yes"), "os.remove", "blobs", count=2)
    return squalor, named


def failing(squalor: Squalor, path: Path) -> str:
    """A session whose run failed; its id."""
    script = squalor.base / "broken.json"
    script.write_text("no script")
    flags = ("--transcriber", "scripted", "--model", str(script), "--language", "en")
    done = squalor.run("process", str(path), *flags)
    assert done.returncode == 6, done.stdout + done.stderr
    return squalor.sessions()[0]


def again(squalor: Squalor, path: Path) -> str:
    """The same recording, processed as a session of its own; its id."""
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from earwitness.app.library import open_library\n"
        "from earwitness.app.running.process import process\n"
        "from earwitness.app.request import read_request\n"
        "from earwitness.app.settings import read_settings\n"
        "settings = read_settings(transcriber='scripted', language='en')\n"
        "request = read_request((Path(sys.argv[1]),), settings, title='')\n"
        "with open_library(settings) as library:\n"
        "    print(process(library, request, new_session=True).session.id)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env=squalor.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def folder_hash(*folders: Path) -> str:
    """SHA-256 over every name and every byte below; a folder that is not there counts, too."""
    digest = hashlib.sha256()
    for folder in folders:
        digest.update(str(folder.exists()).encode())
        for path in sorted(folder.rglob("*")):
            status = path.lstat()
            digest.update(f"{path} {status.st_mode} {status.st_mtime_ns}\n".encode())
            digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def bytes_of(folder: Path) -> int:
    """Sizes of all files below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
