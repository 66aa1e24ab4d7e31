"""Artifacts keep what they promise wherever their bytes lie: in the home folder, or in a bucket."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.objects import ObjectServer

from earwitness.core.errors import CorruptStore, NotFound
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Diarization, Heard, Segment, Word
from earwitness.store.blobs import Blobs, digest_of
from earwitness.store.bucket import Bucket
from earwitness.store.library import Library

Damage = Callable[[str, bytes], None]


def heard(text: str) -> Heard:
    return Heard((Segment(Span(0, 900), (Word(text, Span(0, 900)),)),))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(params=["folder", "bucket"])
def bucket(request: pytest.FixtureRequest) -> Bucket | None:
    if request.param == "folder":
        return None
    server: ObjectServer = request.getfixturevalue("object_server")
    return server.new_bucket()


@pytest.fixture
def library(home: Path, bucket: Bucket | None) -> Iterator[Library]:
    with Library.open(home, artifacts=bucket) as opened:
        yield opened


@pytest.fixture
def new_session(library: Library) -> Callable[[str], Session]:
    def add(suffix: str) -> Session:
        recording = Recording("a" * 64, "scene.wav", 1, None, 1, 16_000)
        made = Session(f"2026-11-20-{suffix}", "A scene", "meeting", None, (recording,))
        library.add_session(made)
        return made

    return add


@pytest.fixture
def session(new_session: Callable[[str], Session]) -> Session:
    return new_session("aaaaaa")


@pytest.fixture
def damage(library: Library) -> Damage:
    """Put other bytes in the place of a blob, and take away copies."""

    def put(digest: str, data: bytes) -> None:
        if library._objects is None:
            library._folder.path(digest).write_bytes(data)
            return
        assert library._cache is not None
        library._cache.drop(digest)
        name = library._object_of(digest)
        assert name is not None
        library._objects.put(name, data)

    return put


def lying(library: Library) -> list[str]:
    return list(library._blobs.digests())


def test_bytes_come_back(library: Library) -> None:
    blobs: Blobs = library._blobs
    laid = blobs.lay(b"bytes")
    assert (laid.digest, laid.size_bytes) == (digest_of(b"bytes"), 5)
    assert list(blobs.digests()) == [laid.digest]
    assert (laid.object is None) == (library._objects is None)
    blobs.assure(laid, b"bytes")
    assert list(blobs.digests()) == [laid.digest]


def test_an_artifact_is_found_read_and_referred_to(
    library: Library, new_session: Callable[[str], Session]
) -> None:
    one, two = new_session("aaaaaa"), new_session("bbbbbb")
    digest = library.put("key", "transcribe", one.id, heard("hello"))
    assert library.find("key") == digest
    assert library.get(digest, Heard) == heard("hello")
    library.refer("key", two.id)
    library.delete_session(one.id)
    assert library.get(digest, Heard) == heard("hello")
    receipt = library.delete_session(two.id)
    assert (receipt.blobs, receipt.complete) == (1, True)
    assert receipt.bytes_freed > 0
    assert library.find("key") is None
    assert lying(library) == []


def test_the_first_commit_of_a_key_wins(
    library: Library, new_session: Callable[[str], Session]
) -> None:
    one, two = new_session("aaaaaa"), new_session("bbbbbb")
    first = library.put("key", "transcribe", one.id, heard("first"))
    assert library.put("key", "transcribe", two.id, heard("second")) == first
    assert library.get(first, Heard) == heard("first")
    assert lying(library) == [first], "the loser's bytes stayed"


def test_the_same_bytes_under_two_keys_lie_once(
    library: Library, new_session: Callable[[str], Session]
) -> None:
    one, two = new_session("aaaaaa"), new_session("bbbbbb")
    digest = library.put("key", "transcribe", one.id, heard("same"))
    assert library.put("other", "transcribe", two.id, heard("same")) == digest
    if library._objects is not None:
        assert len(list(library._objects.listed(""))) == 1
    library.delete_session(one.id)
    assert library.get(digest, Heard) == heard("same")
    assert lying(library) == [digest]
    library.delete_session(two.id)
    assert lying(library) == []


def test_nothing_is_put_without_a_session(library: Library, session: Session) -> None:
    with pytest.raises(NotFound):
        library.put("key", "transcribe", "2026-11-20-zzzzzz", heard("lost"))
    assert library.find("key") is None
    assert lying(library) == []
    library.put("key", "transcribe", session.id, heard("there"))


def test_damaged_bytes_are_never_handed_out_and_are_mended(
    library: Library, session: Session, damage: Damage
) -> None:
    digest = library.put("key", "transcribe", session.id, heard("hello"))
    damage(digest, b"jello")
    with pytest.raises(CorruptStore, match="damaged"):
        library.get(digest, Heard)
    assert library.put("key", "transcribe", session.id, heard("hello")) == digest
    assert library.get(digest, Heard) == heard("hello"), "the same result did not mend it"
    assert lying(library) == [digest]
    with pytest.raises(CorruptStore, match="not a Diarization"):
        library.get(digest, Diarization)


def test_bytes_of_a_deleted_session_can_be_put_again(
    library: Library, new_session: Callable[[str], Session]
) -> None:
    for suffix in ("aaaaaa", "bbbbbb", "cccccc"):
        session = new_session(suffix)
        digest = library.put("key", "transcribe", session.id, heard("again"))
        assert library.get(digest, Heard) == heard("again")
        assert library.delete_session(session.id).complete
    assert lying(library) == []


def test_threads_put_and_delete_the_same_bytes(
    library: Library, new_session: Callable[[str], Session]
) -> None:
    """What is committed is there, whoever deletes the same bytes at the same time."""
    stays = new_session("stays1")
    barrier = threading.Barrier(4)

    def churn(worker: int) -> None:
        barrier.wait()
        for turn in range(5):
            session = new_session(f"w{worker}t{turn}xx")
            digest = library.put(f"{worker} {turn}", "transcribe", session.id, heard("same"))
            assert library.get(digest, Heard) == heard("same")
            library.delete_session(session.id)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(churn, range(4)))
    digest = library.put("kept", "transcribe", stays.id, heard("same"))
    assert library.get(digest, Heard) == heard("same")
    assert lying(library) == [digest]


RACER = """
import json, sys
from pathlib import Path
from earwitness.core.span import Span
from earwitness.core.speech import Heard, Segment, Word
from earwitness.store.bucket import Bucket
from earwitness.store.library import Library

home, session, name, told = sys.argv[1:]
bucket = Bucket(**json.loads(told)) if told else None
with Library.open(Path(home), artifacts=bucket) as library:
    print("ready", flush=True)
    sys.stdin.readline()
    won = {}
    for chunk in range(12):
        value = Heard((Segment(Span(0, 9), (Word(f"{name}-{chunk}", Span(0, 9)),)),))
        digest = library.put(f"chunk {chunk}", "transcribe", session, value)
        won[chunk] = library.get(digest, Heard).segments[0].words[0].text
    print(json.dumps(won))
"""


def test_two_processes_race_for_the_same_keys(
    library: Library, home: Path, session: Session, bucket: Bucket | None
) -> None:
    told = json.dumps(asdict(bucket)) if bucket else ""
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(home), session.id, name, told],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [json.loads(racer.communicate()[0]) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0]
    assert won[0] == won[1], "two processes got different results for one key"
    assert len(lying(library)) == 12
    for chunk, text in won[0].items():
        digest = library.find(f"chunk {chunk}")
        assert digest is not None
        assert library.get(digest, Heard).segments[0].words[0].text == text
