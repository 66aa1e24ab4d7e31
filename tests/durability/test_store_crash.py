"""The library after kill -9 and on a full disk: what was committed is whole, nothing else stays."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Heard, Segment, Word
from earwitness.store.library import Library
from earwitness.store.schema import reference

KILLS = 8

BUILDERS = """
import itertools, os, sys
from pathlib import Path
from earwitness.core.span import Span
from earwitness.core.speech import Heard, Segment, Word
from earwitness.store.library import Library

def heard(text):
    return Heard((Segment(Span(0, 900), (Word(text, Span(0, 900)),)),))
"""

PUTTER = (
    BUILDERS
    + """
home, session, first = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with Library.open(home) as library:
    for n in itertools.count(first):
        library.put(f"key {n}", "transcribe", session, heard(f"word-{n}-" + "x" * 20_000))
        sys.stdout.write(f"{n}\\n")
        sys.stdout.flush()
"""
)

DELETER = (
    BUILDERS
    + """
class Dying(Library):
    def settle(self):
        os._exit(9)

with Library.open(Path(sys.argv[1])) as library:
    Dying(library._place, library._database).delete_session(sys.argv[2])
"""
)

FULL = (
    BUILDERS
    + """
import resource
from earwitness.core.errors import DiskFull

home, session, grow = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with Library.open(home) as library:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    done = 0
    try:
        for n in itertools.count():
            library.put(f"key {n}", "transcribe", session, heard(f"word-{n}-" + "x" * (n * grow)))
            done += 1
    except DiskFull as error:
        sys.stdout.write(f"{done} {error.exit_code}")
"""
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def new_session(home: Path) -> Callable[[str], str]:
    def add(suffix: str) -> str:
        recording = Recording("a" * 64, "scene.wav", 1, None, 1, 16_000)
        session = Session(f"2026-11-20-{suffix}", "A scene", "meeting", None, (recording,))
        with Library.open(home) as library:
            library.add_session(session)
        return session.id

    return add


def heard(text: str) -> Heard:
    return Heard((Segment(Span(0, 900), (Word(text, Span(0, 900)),)),))


def child(script: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", script, *arguments]


def unmeasured() -> dict[str, str]:
    """The environment without coverage, whose own file a kill would break."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}


def numbers(process: subprocess.Popen[str]) -> Iterator[int]:
    assert process.stdout is not None
    for line in process.stdout:
        if line.endswith("\n"):
            yield int(line)


def everything(home: Path) -> set[str]:
    """Names of all files but SQLite's own, the lock, and blobs that a row names."""
    with Library.open(home) as library:
        digests = set(library._blobs.digests())
    names = {path.name for path in home.rglob("*") if path.is_file()}
    return names - digests - {"library.db", "library.db-wal", "library.db-shm", "library.lock"}


def test_killed_in_the_middle_of_puts(home: Path, new_session: Callable[[str], str]) -> None:
    session = new_session("aaaaaa")
    chance = random.Random(7)
    told: list[int] = []
    for _ in range(KILLS):
        first = told[-1] + 1 if told else 0
        with subprocess.Popen(
            child(PUTTER, str(home), session, str(first)),
            stdout=subprocess.PIPE,
            text=True,
            env=unmeasured(),
        ) as process:
            stop = first + chance.randrange(1, 12)
            for n in numbers(process):
                told.append(n)
                if n >= stop:
                    # It goes on writing, syncing, renaming and committing meanwhile.
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(chance.uniform(0, 0.03))
                    process.kill()
                    break
            told += numbers(process)
    with Library.open(home) as library:
        library.sweep(stale_seconds=0)
        for n in told:
            digest = library.find(f"key {n}")
            assert digest is not None, f"key {n} was told as committed"
            assert library.get(digest, Heard) == heard(f"word-{n}-" + "x" * 20_000)
        with library._database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            keys = {row.key for row in connection.execute(reference.select())}
        assert {f"key {n}" for n in told} <= keys
        named = {library.find(key) for key in keys}
        assert set(library._blobs.digests()) == named
    assert everything(home) == set()
    assert len(told) > KILLS


def test_killed_between_a_deletion_and_its_files(
    home: Path, new_session: Callable[[str], str]
) -> None:
    doomed, kept = new_session("aaaaaa"), new_session("bbbbbb")
    with Library.open(home) as library:
        gone = [library.put(f"{n}", "transcribe", doomed, heard(f"secret-{n}")) for n in range(5)]
        stays = library.put("kept", "transcribe", kept, heard("kept"))
    dead = subprocess.run(child(DELETER, str(home), doomed), check=False, env=unmeasured())
    assert dead.returncode == 9
    assert all((home / "blobs" / digest[:2] / digest).exists() for digest in gone)
    with Library.open(home) as library:
        assert list(library._blobs.digests()) == [stays]
        assert [row.session.id for row in library.sessions()] == [kept]
        assert library.get(stays, Heard) == heard("kept")
    files = [path for path in home.rglob("*") if path.is_file()]
    assert not [path.name for path in files if b"secret-" in path.read_bytes()]


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file sizes there")
@pytest.mark.parametrize("grow", [60_000, 1])
def test_no_room_is_told_and_loses_nothing(
    home: Path, new_session: Callable[[str], str], grow: int
) -> None:
    """No file may pass 200 kB: growing results stop at a blob, small ones at the database's log."""
    session = new_session("aaaaaa")
    told = subprocess.run(
        child(FULL, str(home), session, str(grow)), capture_output=True, text=True, check=True
    )
    done, exit_code = (int(number) for number in told.stdout.split())
    assert exit_code == 9
    assert done == 4 if grow > 1 else done > 4
    with Library.open(home) as library:
        assert len(set(library._blobs.digests())) == done
        for n in range(done):
            digest = library.find(f"key {n}")
            assert digest is not None
            assert library.get(digest, Heard) == heard(f"word-{n}-" + "x" * (n * grow))
        assert library.find(f"key {done}") is None
        library.put(f"key {done}", "transcribe", session, heard("room again"))
        assert library.sweep(stale_seconds=0).blobs == 0
    assert everything(home) == set()
