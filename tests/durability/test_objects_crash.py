"""Results in a bucket after kill -9: what was committed is whole, nothing else stays, on machines
that share nothing but the database and the bucket.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.objects import ObjectServer

from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Heard, Segment, Word
from earwitness.store.bucket import Bucket
from earwitness.store.library import Library
from earwitness.store.objects import Objects, digest_in

KILLS = 6

OPEN = """
import itertools, json, os, sys
from pathlib import Path
from earwitness.core.span import Span
from earwitness.core.speech import Heard, Segment, Word
from earwitness.store.bucket import Bucket
from earwitness.store.library import Library

def heard(text):
    return Heard((Segment(Span(0, 900), (Word(text, Span(0, 900)),)),))

home, address, told, session, *rest = sys.argv[1:]
library = Library.open(
    Path(home), database=address or None, artifacts=Bucket(**json.loads(told))
)
"""

PUTTER = (
    OPEN
    + """
for n in itertools.count(int(rest[0])):
    library.put(f"key {n}", "transcribe", session, heard(f"word-{n}-" + "x" * 20_000))
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()
"""
)

DEAD_BETWEEN = (
    OPEN
    + """
put = library._objects.put

def put_and_die(name, data):
    put(name, data)
    os._exit(9)

library._objects.put = put_and_die
library.put("never committed", "transcribe", session, heard("secret"))
"""
)

DEAD_DELETING = (
    OPEN
    + """
library._objects.delete = lambda names: os._exit(9)
library.delete_session(session)
"""
)


def heard(text: str) -> Heard:
    return Heard((Segment(Span(0, 900), (Word(text, Span(0, 900)),)),))


@pytest.fixture
def bucket(object_server: ObjectServer) -> Bucket:
    return object_server.new_bucket()


def opened(home: Path, address: str | None, bucket: Bucket) -> Library:
    return Library.open(home, database=address, artifacts=bucket)


def new_session(library: Library, suffix: str = "aaaaaa") -> str:
    recording = Recording("a" * 64, "scene.wav", 1, None, 1, 16_000)
    made = Session(f"2026-11-20-{suffix}", "A scene", "meeting", None, (recording,))
    library.add_session(made)
    return made.id


def command(script: str, home: Path, address: str | None, bucket: Bucket, *told: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        script,
        str(home),
        address or "",
        json.dumps(asdict(bucket)),
        *told,
    ]


def unmeasured() -> dict[str, str]:
    """The environment without coverage, whose own file a kill would break."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}


def digests_in(bucket: Bucket) -> list[str]:
    return sorted(digest_in(each.name) or "" for each in Objects(bucket).listed(""))


def test_killed_in_the_middle_of_puts(tmp_path: Path, address: str | None, bucket: Bucket) -> None:
    """On a server every worker has a home of its own; a file is one home's."""
    with opened(tmp_path / "0", address, bucket) as library:
        session = new_session(library)
    chance = random.Random(7)
    told: list[int] = []
    for kill in range(KILLS):
        home = tmp_path / ("0" if address is None else str(kill))
        first = told[-1] + 1 if told else 0
        with subprocess.Popen(
            command(PUTTER, home, address, bucket, session, str(first)),
            stdout=subprocess.PIPE,
            text=True,
            env=unmeasured(),
        ) as process:
            assert process.stdout is not None
            stop = first + chance.randrange(1, 8)
            for line in process.stdout:
                told.append(int(line))
                if told[-1] >= stop:
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(chance.uniform(0, 0.03))
                    process.kill()
                    break
            told += [int(line) for line in process.stdout if line.endswith("\n")]
    with opened(tmp_path / "0", address, bucket) as library:
        library.sweep(stale_seconds=0, grace_seconds=0)
        for n in told:
            digest = library.find(f"key {n}")
            assert digest is not None, f"key {n} was told as committed"
            assert library.get(digest, Heard) == heard(f"word-{n}-" + "x" * 20_000)
        more = [library.find(f"key {n}") for n in range(told[-1] + 2)]
        assert digests_in(bucket) == sorted(digest for digest in more if digest)
        assert library.delete_session(session).complete
    assert digests_in(bucket) == []
    assert len(told) > KILLS


def test_killed_between_the_object_and_its_row(
    tmp_path: Path, address: str | None, bucket: Bucket
) -> None:
    with opened(tmp_path / "one", address, bucket) as library:
        session = new_session(library)
        kept = library.put("kept", "transcribe", session, heard("kept"))
    where = tmp_path / ("one" if address is None else "two")
    dead = subprocess.run(
        command(DEAD_BETWEEN, where, address, bucket, session), check=False, env=unmeasured()
    )
    assert dead.returncode == 9
    assert len(digests_in(bucket)) == 2
    with opened(tmp_path / "one", address, bucket) as library:
        library.sweep()
        assert len(digests_in(bucket)) == 2, "an object that may be named any moment was deleted"
        assert library.find("never committed") is None
        library.sweep(grace_seconds=0)
        assert digests_in(bucket) == [kept]
        assert library.get(kept, Heard) == heard("kept")


def test_killed_between_a_deletion_and_its_objects(
    tmp_path: Path, address: str | None, bucket: Bucket
) -> None:
    with opened(tmp_path / "one", address, bucket) as library:
        doomed, kept = new_session(library), new_session(library, "bbbbbb")
        for n in range(5):
            library.put(f"{n}", "transcribe", doomed, heard(f"secret-{n}"))
        stays = library.put("kept", "transcribe", kept, heard("kept"))
    where = tmp_path / ("one" if address is None else "two")
    dead = subprocess.run(
        command(DEAD_DELETING, where, address, bucket, doomed), check=False, env=unmeasured()
    )
    assert dead.returncode == 9
    assert len(digests_in(bucket)) == 6
    with opened(tmp_path / "one", address, bucket) as library:
        assert library.settle().complete
        assert digests_in(bucket) == [stays]
        library.sweep()
        assert library.get(stays, Heard) == heard("kept")
    files = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert not [path.name for path in files if b"secret-" in path.read_bytes()]
