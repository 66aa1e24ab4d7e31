"""JSON: keeps its published schema, and nothing of a record is lost on the way back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.nouns import SUMMARIES

from earwitness.core.doubt import REASONS
from earwitness.core.errors import UnsupportedSource
from earwitness.core.ports import ExportOptions
from earwitness.core.session import Recording, Session, Track
from earwitness.core.span import Span
from earwitness.core.speech import Turn, Word
from earwitness.core.transcript import SCHEMA, Label, Record, Transcript, Utterance
from earwitness.exporters.json import Json
from earwitness.importers.reading import parse

SCHEMA_TEXT = (files("earwitness.exporters") / "schema" / "transcript@1.json").read_text("utf-8")
REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "json.md"

words_of_people = st.text(min_size=1, max_size=12).filter(lambda text: text == text.strip())
moments = st.integers(0, 40_000_000)
shares = st.none() | st.floats(0, 1)
doubts = st.sampled_from([None, *REASONS])
voices = st.sampled_from(["S1", "S2", "S3"])
languages = st.sampled_from([None, "en", "nl", "ja"])
spans = st.builds(lambda start, length: Span(start, start + length), moments, st.integers(1, 9_999))
recordings = st.builds(
    Recording,
    id=st.sampled_from(["0" * 64, "af" * 32]),
    name=st.text(max_size=20),
    size_bytes=st.integers(0, 2**40),
    duration_ms=st.none() | st.integers(0, 10**9),
    channels=st.integers(1, 8),
    rate_hz=st.integers(1, 192_000),
)
tracks = st.builds(
    Track,
    person=st.none() | st.text(min_size=1, max_size=12),
    offset_ms=st.none() | st.integers(-(10**8), 10**8),
    is_mix=st.sampled_from([False, None]),
    said=st.booleans(),
)
zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
sessions = st.builds(
    Session,
    id=st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z0-9]{6}", fullmatch=True),
    title=st.text(max_size=20),
    playbook=st.sampled_from(["meeting", "tabletop", "therapy", "screen"]),
    language=languages,
    recordings=st.lists(recordings, min_size=1, max_size=3).map(tuple),
    held_at=st.none() | st.datetimes(min_value=datetime(1970, 1, 2), timezones=zones),
    local_only=st.booleans(),
).flatmap(
    lambda session: st.lists(
        tracks, min_size=len(session.recordings), max_size=len(session.recordings)
    ).map(lambda said: replace(session, tracks=tuple(said) if said[0].said else ()))
)


@st.composite
def heard(draw: st.DrawFn) -> tuple[Word, ...]:
    cuts = sorted(draw(st.lists(moments, min_size=2, max_size=6, unique=True)))
    return tuple(
        Word(
            draw(words_of_people), Span(start, end), draw(shares), draw(st.booleans()), draw(doubts)
        )
        for start, end in pairwise(cuts)
    )


@st.composite
def records(draw: st.DrawFn) -> Record:
    ids = draw(st.lists(st.integers(0, 99), max_size=5, unique=True))
    said = [
        Utterance(
            id=number,
            span=words[0].span | words[-1].span,
            words=words,
            voice=draw(st.none() | voices),
            person=draw(st.none() | st.text(max_size=8)),
            uncertain=draw(st.booleans()),
            language=draw(languages),
        )
        for number, words in ((number, draw(heard())) for number in ids)
    ]
    said.sort(key=lambda u: (u.span.start_ms, u.id))
    label = st.builds(
        Label,
        st.sampled_from(ids or [0]),
        st.text(max_size=5),
        st.text(max_size=5),
        shares,
        st.text(),
    )
    return Record(
        session=draw(sessions),
        transcript=Transcript(tuple(said), tuple(draw(st.lists(label, max_size=3))) if ids else ()),
        turns=tuple(
            draw(
                st.lists(st.builds(Turn, spans, voices, st.none() | st.integers(0, 9)), max_size=4)
            )
        ),
        engines=tuple(
            draw(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=3))
        ),
        warnings=tuple(draw(st.lists(st.text(max_size=20), max_size=3))),
        summary=draw(st.none() | SUMMARIES),
    )


def closed(schema: dict[str, object]) -> dict[str, object]:
    """The same schema, in which nothing may stand that it does not describe."""
    made = {
        key: closed(value) if isinstance(value, dict) else value for key, value in schema.items()
    }
    return made | {"additionalProperties": False} if "required" in schema else made


def written(record: Record) -> str:
    return Json().export(record, ExportOptions())


def sample() -> Record:
    word = Word("Secretword", Span(0, 500), 0.5)
    return Record(
        session=Session(
            id="2026-11-20-abcdef",
            title="Game",
            playbook="tabletop",
            language="en",
            recordings=(Recording("0" * 64, "game.mp3", 10, 60_000, 1, 16_000),),
            held_at=datetime(2026, 11, 20, 19, 30, tzinfo=UTC),
        ),
        transcript=Transcript(
            (Utterance(0, Span(0, 500), (word,), "S1", "Ann", language="en"),),
            (Label(0, "stance", "IC", 0.75, "rules"),),
        ),
        turns=(Turn(Span(0, 600), "S1"), Turn(Span(500, 900), "S1"), Turn(Span(900, 999), "S2", 1)),
        engines=(("transcribe", "scripted 1 (draft)"),),
        warnings=("The file was cut.",),
    )


@given(records())
@settings(deadline=None)
def test_nothing_is_lost_and_the_schema_is_kept(record: Record) -> None:
    text = written(record)
    assert parse(text) == record
    jsonschema.validate(json.loads(text), closed(json.loads(SCHEMA_TEXT)))
    assert text.encode("utf-8").decode("utf-8") == text


def test_the_schema_is_a_schema_of_the_version_that_is_written() -> None:
    schema = json.loads(SCHEMA_TEXT)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema"]["const"] == schema["title"] == SCHEMA


def test_the_reference_names_every_field() -> None:
    reference = REFERENCE.read_text("utf-8")

    def names(schema: dict[str, object]) -> set[str]:
        found: set[str] = set()
        for key, value in schema.items():
            if isinstance(value, dict):
                found |= names(value) | (set(value) if key == "properties" else set())
        return found

    missing = {name for name in names(json.loads(SCHEMA_TEXT)) if f"`{name}`" not in reference}
    assert not missing
    assert f"`{SCHEMA}`" in reference


def test_voices_tell_who_they_are_and_how_long_they_spoke() -> None:
    voices_written = json.loads(written(sample()))["voices"]
    assert voices_written == [
        {"voice": "S1", "person": "Ann", "talk_ms": 900, "turns": 2, "words": 1},
        {"voice": "S2", "person": None, "talk_ms": 99, "turns": 1, "words": 0},
    ]


def test_list_items_stand_on_a_line_each() -> None:
    lines = written(sample()).splitlines()
    assert sum('"start_ms": 500, "end_ms": 900, "voice": "S1"' in line for line in lines) == 1


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"uncertain": false', '"uncertain": 0'),
        ('"confidence": 0.5', '"confidence": 1.5'),
        ('"confidence": 0.5', '"confidence": NaN'),
        ('"confidence": 0.5', '"confidence": true'),
        ('"text": "Secretword", "start_ms": 0', '"text": "Secretword", "start_ms": 0.0'),
        ('"text": "Secretword", "start_ms": 0', '"text": " Secretword", "start_ms": 0'),
        ('"text": "Secretword", "start_ms": 0', '"text": 5, "start_ms": 0'),
        ('"text": "Secretword", "start_ms"', '"text": "Secretword", "started"'),
        ('"end_ms": 900', '"end_ms": 400'),
        ('"end_ms": 900', '"end_ms": true'),
        ('"utterance": 0', '"utterance": 7'),
        ('"held_at": "2026-11-20T19:30:00+00:00"', '"held_at": "yesterday"'),
        ('"held_at": "2026-11-20T19:30:00+00:00"', '"held_at": "2026-11-20T19:30:00"'),
        ('"id": "2026-11-20-abcdef"', '"id": "Secretword"'),
        ('"channels": 1', '"channels": 0'),
        ('"warnings": [\n "The file was cut."\n]', '"warnings": [5]'),
        ('"warnings": [\n "The file was cut."\n]', '"warnings": null'),
        ('"engines": [\n {', '"engines": [\n 5, {'),
        ("transcript@1", "transcript@2"),
        ("earwitness/transcript@1", "another/format@1"),
    ],
)
def test_a_broken_file_is_refused_with_a_hint_and_without_what_was_said(was: str, now: str) -> None:
    text = written(sample())
    assert was in text
    with pytest.raises(UnsupportedSource) as refused:
        parse(text.replace(was, now, 1))
    assert refused.value.hint
    assert "Secretword" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"text"', "[" * 100_000, "1" * 5_000, "{}"]
)
def test_what_is_no_transcript_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedSource):
        parse(text)


def test_a_newer_version_says_so() -> None:
    with pytest.raises(UnsupportedSource) as refused:
        parse(written(sample()).replace("transcript@1", "transcript@2", 1))
    assert "update" in refused.value.hint


def test_fields_of_tomorrow_are_ignored() -> None:
    text = written(sample()).replace('"schema":', '"mood": "good", "schema":', 1)
    assert parse(text) == sample()
