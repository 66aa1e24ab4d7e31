"""What the library promises to runs: the Ledger, over every kind of result that stages make."""

from __future__ import annotations

import inspect
import json
import pkgutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.deep import examples
from tests.nouns import KINDS

import earwitness.runs
import earwitness.stages
from earwitness.core.errors import CorruptStore, NotFound
from earwitness.core.ledger import Ledger
from earwitness.core.run import DONE, Event, Run, Step
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import (
    Diarization,
    Heard,
    Segment,
    Word,
)
from earwitness.store.codec import decode, encode
from earwitness.store.library import Library

AT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


@given(st.sampled_from(list(KINDS)).flatmap(lambda kind: st.tuples(st.just(kind), KINDS[kind])))
@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_readers_get_what_writers_put(pair: tuple[type, object]) -> None:
    kind, value = pair
    data = encode(value)
    read: object = decode(data, kind)
    assert read == value
    assert encode(read) == data
    assert decode(encode((value, value)), tuple[kind, ...]) == (value, value)  # type: ignore[valid-type]


def stage_kinds() -> Iterator[tuple[str, type]]:
    """What every stage of ours says it makes."""
    for room in (earwitness.stages, earwitness.runs):
        for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            for name, found in inspect.getmembers(import_module(module.name), inspect.isclass):
                if is_dataclass(found) and {"makes", "piece"} <= {f.name for f in fields(found)}:
                    for field in fields(found):
                        if field.name in ("makes", "piece"):
                            yield name, field.default  # type: ignore[misc]


def test_every_kind_that_stages_make_is_tried_above() -> None:
    made = dict(stage_kinds())
    assert len(made) >= 5
    assert {kind for _, kind in stage_kinds()} <= set(KINDS)


# The Ledger, over real libraries.


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def library(home: Path, address: str | None) -> Iterator[Library]:
    with Library.open(home, database=address) as opened:
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
def run(library: Library, session: Session) -> Run:
    return library.start_run(session.id, "request")


def heard(text: str) -> Heard:
    return Heard((Segment(Span(0, 900), (Word(text, Span(0, 900)),)),))


def test_the_library_keeps_the_port(library: Library) -> None:
    port: Ledger = library
    assert port.find("nothing") is None


def test_an_artifact_is_found_read_and_referred_to(
    library: Library, new_session: Callable[[str], Session]
) -> None:
    one, two = new_session("aaaaaa"), new_session("bbbbbb")
    digest = library.put("key", "transcribe", one.id, heard("hello"))
    assert library.find("key") == digest
    assert library.get(digest, Heard) == heard("hello")
    library.refer("key", two.id)
    library.refer("key", two.id)
    library.delete_session(one.id)
    assert library.get(digest, Heard) == heard("hello")
    library.delete_session(two.id)
    assert library.find("key") is None


def test_the_first_commit_of_a_key_wins(
    library: Library, new_session: Callable[[str], Session]
) -> None:
    one, two = new_session("aaaaaa"), new_session("bbbbbb")
    first = library.put("key", "transcribe", one.id, heard("first"))
    assert library.put("key", "transcribe", two.id, heard("second")) == first
    assert library.get(first, Heard) == heard("first")
    assert list(library._blobs.digests()) == [first], "the loser's bytes stayed"
    library.delete_session(one.id)
    assert library.find("key") == first, "the second session held no reference"


def test_nothing_is_put_or_referred_to_without_a_session(
    library: Library, session: Session
) -> None:
    with pytest.raises(NotFound):
        library.put("key", "transcribe", "2026-11-20-zzzzzz", heard("lost"))
    assert library.find("key") is None
    assert list(library._blobs.digests()) == []
    with pytest.raises(NotFound):
        library.refer("key", session.id)
    library.put("key", "transcribe", session.id, heard("there"))
    with pytest.raises(NotFound):
        library.refer("key", "2026-11-20-zzzzzz")


def test_damaged_bytes_are_never_handed_out(library: Library, session: Session) -> None:
    digest = library.put("key", "transcribe", session.id, heard("hello"))
    path = library._folder.path(digest)
    path.write_bytes(path.read_bytes().replace(b"hello", b"jello"))
    with pytest.raises(CorruptStore, match="damaged"):
        library.get(digest, Heard)
    assert library.put("key", "transcribe", session.id, heard("hello")) == digest
    assert library.get(digest, Heard) == heard("hello"), "the same result did not mend it"
    with pytest.raises(CorruptStore, match="not a Diarization"):
        library.get(digest, Diarization)


def test_threads_use_one_library_at_once(library: Library, session: Session, run: Run) -> None:
    barrier = threading.Barrier(8)

    def work(worker: int) -> list[int]:
        barrier.wait()
        numbers = []
        for chunk in range(12):
            key = f"chunk {chunk}"
            digest = library.put(key, "transcribe", session.id, heard(f"{worker} {chunk}"))
            assert library.find(key) == digest
            assert library.get(digest, Heard).segments[0].words[0].text.endswith(f" {chunk}")
            library.note_step(Step(run.id, "transcribe", chunk, key, digest, False, DONE, AT, 1))
            event = Event(0, AT, session.id, run.id, "chunk.done", "transcribe", chunk)
            numbers.append(library.append(event).seq)
        return numbers

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(n for found in pool.map(work, range(8)) for n in found)
    assert numbers == list(range(1, 97))
    assert [event.seq for event in library.events(session.id)] == numbers
    assert len(library.steps(run.id)) == 96
    assert len(set(library._blobs.digests())) == 12


RACER = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from earwitness.core.run import Event
from earwitness.core.span import Span
from earwitness.core.speech import Heard, Segment, Word
from earwitness.store.library import Library

home, session, run, name, address = sys.argv[1:]
with Library.open(Path(home), database=address or None) as library:
    print("ready", flush=True)
    sys.stdin.readline()
    won, numbers = {}, []
    for chunk in range(40):
        value = Heard((Segment(Span(0, 9), (Word(f"{name}-{chunk}", Span(0, 9)),)),))
        digest = library.put(f"chunk {chunk}", "transcribe", session, value)
        won[chunk] = library.get(digest, Heard).segments[0].words[0].text
        event = Event(0, datetime.now(UTC), session, run, "chunk.done", "transcribe", chunk)
        numbers.append(library.append(event).seq)
    print(json.dumps([won, numbers]))
"""


def test_two_processes_race_for_the_same_keys(
    library: Library, home: Path, session: Session, run: Run, address: str | None
) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(home), session.id, run.id, name, address or ""],
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
    told = [json.loads(racer.communicate()[0]) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0]
    assert told[0][0] == told[1][0], "two processes got different results for one key"
    assert sorted(told[0][1] + told[1][1]) == list(range(1, 81))
    assert len(list(library._blobs.digests())) == 40
    for chunk, text in told[0][0].items():
        digest = library.find(f"chunk {chunk}")
        assert digest is not None
        assert library.get(digest, Heard) == Heard(
            (Segment(Span(0, 9), (Word(text, Span(0, 9)),)),)
        )
