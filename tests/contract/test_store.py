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
from datetime import UTC, datetime, timedelta, timezone
from functools import reduce
from importlib import import_module
from operator import or_
from pathlib import Path
from typing import TypeVar, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import earwitness.runs
import earwitness.stages
from earwitness.core.errors import CorruptStore, NotFound
from earwitness.core.ledger import Ledger
from earwitness.core.run import DONE, Event, Run, Step
from earwitness.core.session import Document, Recording, Session, Track
from earwitness.core.sound import Listening, Place, Reel, Reels
from earwitness.core.span import Span
from earwitness.core.speech import (
    Chunk,
    Crosstalk,
    Cut,
    Detection,
    Diarization,
    Doubt,
    Guarded,
    Heard,
    Remark,
    Segment,
    Settled,
    Speech,
    Turn,
    VoicePrint,
    Word,
)
from earwitness.core.transcript import Label, Record, Report, Transcript, Utterance
from earwitness.store.codec import decode, encode
from earwitness.store.library import Library

T = TypeVar("T")
AT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.none() | TEXT
TRACKS = st.none() | st.integers(0, 7)
SHARES = st.none() | st.floats(0, 1)
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
TIMES = st.integers(0, 10**9)
SPANS = st.builds(lambda start, length: Span(start, start + length), TIMES, st.integers(1, 10**7))


def tuples(of: st.SearchStrategy[T], least: int = 0) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(of, min_size=least, max_size=3).map(tuple)


WORDS = st.builds(
    Word,
    text=TEXT.map(str.strip).filter(bool),
    span=SPANS,
    confidence=SHARES,
    glued=st.booleans(),
    doubt=st.none() | st.sampled_from(get_args(Doubt)),
)


def spoken(words: list[Word]) -> tuple[Span, tuple[Word, ...]]:
    """Words in order of time, and the span that covers them."""
    ordered = sorted(words, key=lambda word: (word.span.start_ms, word.span.end_ms))
    return reduce(or_, (word.span for word in ordered)), tuple(ordered)


SPOKEN = st.lists(WORDS, min_size=1, max_size=3).map(spoken)
SEGMENTS = st.builds(
    lambda said, language, track: Segment(said[0], said[1], language, track),
    SPOKEN,
    NAMES,
    TRACKS,
)
CHUNKS = st.builds(Chunk, index=TIMES, span=SPANS, track=TRACKS, speech=tuples(SPANS))
TURNS = st.builds(Turn, span=SPANS, voice=TEXT, track=TRACKS)
PRINTS = st.builds(
    VoicePrint,
    voice=TEXT,
    vector=tuples(st.floats(allow_nan=False, allow_infinity=False)),
    model=TEXT,
    speech_ms=TIMES,
)
RECORDINGS = st.builds(
    Recording,
    id=DIGESTS,
    name=TEXT,
    size_bytes=TIMES,
    duration_ms=st.none() | TIMES,
    channels=st.integers(1, 8),
    rate_hz=st.integers(1, 192_000),
)
DOCUMENTS = st.builds(
    Document, id=DIGESTS, name=TEXT, size_bytes=TIMES, format=TEXT.filter(bool), part=TEXT
)
PLACES = st.builds(
    Place,
    track=st.integers(0, 7),
    offset_us=TIMES,
    drift_ppb=st.integers(-500_000, 500_000),
    is_mix=st.booleans(),
    confidence=SHARES,
)
REMARKS = st.builds(
    Remark, span=SPANS, kind=st.sampled_from(["language", "fallback", "sound", "times"]), told=TEXT
)
SESSIONS = st.builds(
    Session,
    id=st.from_regex(
        r"\d{4}-\d{2}-\d{2}-[a-z0-9]{6}", fullmatch=True, alphabet=st.characters(codec="ascii")
    ),
    title=TEXT,
    playbook=TEXT,
    language=NAMES,
    recordings=tuples(RECORDINGS, 1),
    held_at=st.none()
    | st.datetimes(timezones=st.integers(-840, 840).map(lambda m: timezone(timedelta(minutes=m)))),
    local_only=st.booleans(),
    documents=tuples(DOCUMENTS),
)
REELS = st.builds(
    Reel,
    recording=DIGESTS,
    digest=DIGESTS,
    samples=TIMES,
    channels=st.integers(1, 8),
    tracks=tuples(st.integers(0, 7)),
    declared_ms=st.none() | TIMES,
    damage=NAMES,
    notices=tuples(TEXT),
)


@st.composite
def speeches(draw: st.DrawFn) -> Speech:
    edges = sorted(draw(st.sets(TIMES, max_size=8)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return Speech(draw(TRACKS), tuple(Span(start, end) for start, end in pairs))


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    said = sorted(draw(st.lists(SPOKEN, max_size=3)), key=lambda pair: pair[0].start_ms)
    utterances = tuple(
        Utterance(
            id=place,
            span=span,
            words=words,
            voice=draw(NAMES),
            person=draw(NAMES),
            uncertain=draw(st.booleans()),
            language=draw(NAMES),
        )
        for place, (span, words) in enumerate(said)
    )
    labels = tuple(
        Label(place, draw(TEXT), draw(TEXT), draw(SHARES), draw(TEXT))
        for place in range(len(utterances))
    )
    return Transcript(utterances, labels)


KINDS: dict[type, st.SearchStrategy[object]] = {
    Span: SPANS,
    Word: WORDS,
    Segment: SEGMENTS,
    Turn: TURNS,
    VoicePrint: PRINTS,
    Recording: RECORDINGS,
    Session: SESSIONS,
    Reel: REELS,
    Speech: speeches(),
    Transcript: transcripts(),
    Chunk: CHUNKS,
    Cut: st.builds(Cut, chunks=tuples(CHUNKS)),
    Settled: st.builds(Settled, turns=tuples(TURNS), prints=tuples(PRINTS)),
    Detection: st.builds(Detection, tracks=tuples(speeches())),
    Heard: st.builds(Heard, segments=tuples(SEGMENTS), remarks=tuples(REMARKS)),
    Crosstalk: st.builds(Crosstalk, tracks=tuples(speeches())),
    Guarded: st.builds(Guarded, segments=tuples(SEGMENTS)),
    Diarization: st.builds(Diarization, turns=tuples(TURNS), prints=tuples(PRINTS)),
    Listening: st.builds(
        Listening, reels=tuples(REELS, 1), places=tuples(PLACES), notices=tuples(TEXT)
    ),
    Reels: st.builds(Reels, reels=tuples(REELS, 1), tracks=tuples(st.integers(0, 7))),
    Track: st.builds(
        Track,
        person=NAMES,
        offset_ms=st.none() | TIMES,
        is_mix=st.none() | st.booleans(),
        said=st.booleans(),
    ),
    Report: st.builds(Report, engines=tuples(st.tuples(TEXT, TEXT)), warnings=tuples(TEXT)),
    Record: st.builds(
        Record,
        session=SESSIONS,
        transcript=transcripts(),
        turns=tuples(TURNS),
        engines=tuples(st.tuples(TEXT, TEXT)),
        warnings=tuples(TEXT),
    ),
}


@given(st.sampled_from(list(KINDS)).flatmap(lambda kind: st.tuples(st.just(kind), KINDS[kind])))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
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
def library(home: Path) -> Iterator[Library]:
    with Library.open(home) as opened:
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
    path = library._blobs.path(digest)
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

home, session, run, name = sys.argv[1:]
with Library.open(Path(home)) as library:
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
    library: Library, home: Path, session: Session, run: Run
) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(home), session.id, run.id, name],
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
