"""Any noun the store may be given: a strategy for each kind that stages make or exporters read."""

from __future__ import annotations

from datetime import timedelta, timezone
from functools import reduce
from operator import or_
from typing import TypeVar, get_args

from hypothesis import strategies as st

from earwitness.core.claims import Labels, Moments, Refusal, Why
from earwitness.core.clip import Clipped
from earwitness.core.moment import MOMENT_KINDS, Moment
from earwitness.core.note import Cited, Composed, Note, Section, Sections, Sentence, Slot, Template
from earwitness.core.people import Character, Person
from earwitness.core.reading import Reading
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
from earwitness.core.summary import Gist, Summary
from earwitness.core.transcript import Label, Record, Report, Transcript, Utterance

T = TypeVar("T")

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
SUMMARIES = st.builds(
    Summary,
    sentences=tuples(
        st.builds(
            Gist,
            text=TEXT.filter(str.strip),
            evidence=st.sets(TIMES, min_size=1, max_size=3).map(lambda ids: tuple(sorted(ids))),
        ),
        1,
    ),
    by=TEXT,
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


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    kind = draw(st.sampled_from(MOMENT_KINDS))
    pair = kind == "relationship"
    said = TEXT.filter(lambda text: bool(text.strip()))
    return Moment(
        kind,
        draw(SPANS),
        tuple(sorted(draw(st.sets(TIMES, min_size=1, max_size=3)))),
        draw(said),
        draw(NAMES),
        draw(TEXT),
        draw(st.tuples(TEXT, TEXT)) if pair else draw(tuples(TEXT)),
        draw(TEXT) if pair else None,
        draw(SHARES),
        draw(TEXT),
    )


def ordered_labels(found: list[Label]) -> tuple[Label, ...]:
    by_place = {(each.utterance, each.scheme): each for each in found}
    return tuple(by_place[place] for place in sorted(by_place))


LABELS = st.builds(Label, utterance=TIMES, scheme=TEXT, value=TEXT, confidence=SHARES, by=TEXT)
REFUSALS = st.builds(Refusal, why=st.sampled_from(get_args(Why)), count=TIMES)
PEOPLE = st.builds(
    Person,
    key=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,9}", fullmatch=True),
    name=st.sampled_from(["Ann", "Wout van Dijk"]),
    aliases=tuples(st.sampled_from(["Annie", "W."])),
    characters=tuples(st.builds(Character, name=st.sampled_from(["Mira", "Thorin"]))),
)

SLOTS = st.lists(st.sampled_from(["plan", "story", "open"]), min_size=1, unique=True)
CITING = st.sets(st.integers(0, 99), min_size=1, max_size=3).map(lambda ids: tuple(sorted(ids)))
SENTENCES = st.builds(
    Sentence,
    text=TEXT.filter(lambda text: bool(text.strip())),
    evidence=CITING,
    quoted=st.booleans(),
    confidence=SHARES,
)


@st.composite
def sections(draw: st.DrawFn) -> Sections:
    keys = draw(SLOTS)
    return Sections(
        tuple(Section(key, draw(tuples(SENTENCES))) for key in keys), draw(tuples(REFUSALS))
    )


@st.composite
def notes(draw: st.DrawFn) -> Note:
    filled = draw(sections())
    slots = tuple(Slot(each.key, draw(TEXT), draw(TEXT)) for each in filled.sections)
    named = {id for each in filled.sections for told in each.sentences for id in told.evidence}
    return Note(
        Template(draw(TEXT), draw(TEXT), "en", slots, draw(st.sampled_from(["everyone", "dm"]))),
        filled.sections,
        tuple(Cited(id, draw(SPANS), draw(NAMES), draw(TEXT)) for id in sorted(named)),
        draw(TEXT),
        draw(st.booleans()),
        draw(TEXT),
        draw(TEXT),
        filled.refused,
    )


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
    Clipped: st.builds(Clipped),
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
    Labels: st.builds(
        Labels, labels=st.lists(LABELS, max_size=3).map(ordered_labels), refused=tuples(REFUSALS)
    ),
    Moments: st.builds(Moments, moments=tuples(moments()), refused=tuples(REFUSALS)),
    Sections: sections(),
    Composed: st.builds(Composed, note=sections()),
    Note: notes(),
    Reading: st.builds(
        Reading,
        transcript=transcripts(),
        language=NAMES,
        cast=tuples(PEOPLE),
        vocabulary=tuples(TEXT),
        roles=tuples(st.tuples(TEXT, TEXT)),
    ),
    Report: st.builds(Report, engines=tuples(st.tuples(TEXT, TEXT)), warnings=tuples(TEXT)),
    Record: st.builds(
        Record,
        session=SESSIONS,
        transcript=transcripts(),
        turns=tuples(TURNS),
        engines=tuples(st.tuples(TEXT, TEXT)),
        warnings=tuples(TEXT),
        moments=tuples(moments()),
        summary=st.none() | SUMMARIES,
    ),
}
