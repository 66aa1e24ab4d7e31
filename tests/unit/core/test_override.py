"""Override: what a correction may say, how it is made, and its form on the wire."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core import edit
from earwitness.core.errors import UsageError
from earwitness.core.override import Field, Override, Stamp, Target, Value
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Transcript, Utterance
from earwitness.core.wire import from_wire, to_wire

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
HERE = Target(7, Span(61_200, 64_800), "so we go in")
THERE = Target(8, Span(65_000, 66_000))
GOOD: list[tuple[Field, Value, Value]] = [
    (Field.VOICE, "S1", "S2"),
    (Field.VOICE, None, "S2"),
    (Field.VOICE, "S1", None),
    (Field.PERSON, None, "Ann"),
    (Field.CHARACTER, "Mira", None),
    (Field.STANCE, None, "OOC"),
    (Field.STANCE, "NARRATION", "MECHANICS"),
    (Field.UNCERTAIN, False, True),
    (Field.TEXT, "so we go\tin", "So we go in."),
    (Field.SPLIT, "so we go in", ("so we", "go in")),
    (Field.MERGE, None, THERE),
]
BAD: list[tuple[Field, Value, Value]] = [
    (Field.VOICE, "S1", ""),
    (Field.VOICE, True, "S1"),
    (Field.PERSON, None, " Ann"),
    (Field.PERSON, None, "Ann\nBea"),
    (Field.PERSON, None, True),
    (Field.CHARACTER, None, ("a", "b")),
    (Field.STANCE, None, "in character"),
    (Field.STANCE, "maybe", "IC"),
    (Field.UNCERTAIN, None, True),
    (Field.UNCERTAIN, False, "yes"),
    (Field.TEXT, "so", ""),
    (Field.TEXT, "so", None),
    (Field.TEXT, "so", "a\x00b"),
    (Field.TEXT, "so", "a\ud800b"),
    (Field.TEXT, "", "so"),
    (Field.TEXT, None, "so"),
    (Field.SPLIT, "so we go in", ("so we", "go")),
    (Field.SPLIT, "so we go in", ("so we go in", "")),
    (Field.SPLIT, None, ("so we", "go in")),
    (Field.MERGE, None, "S1"),
    (Field.MERGE, "so", THERE),
    (Field.UNDO, None, None),
]


def override(field: Field, was: Value, now: Value, undoes: int | None = None) -> Override:
    return Override(3, "ann", AT, "misheard", HERE, field, was, now, undoes)


def said(number: int, voice: str | None = "S1") -> Utterance:
    span = Span(number * 1_000, number * 1_000 + 300)
    words = [Word(text, Span(span.start_ms + at, span.start_ms + at + 100)) for at, text in
             ((0, "so"), (100, "we"), (200, "go"))]  # fmt: skip
    return Utterance(number, span, tuple(words), voice)


@pytest.mark.parametrize(("field", "was", "now"), GOOD)
def test_what_fits_is_taken_and_comes_back_from_the_wire(
    field: Field, was: Value, now: Value
) -> None:
    made = override(field, was, now)
    assert from_wire(json.loads(json.dumps(to_wire(made)))) == made


@pytest.mark.parametrize(("field", "was", "now"), BAD)
def test_what_does_not_fit_is_refused_without_repeating_it(
    field: Field, was: Value, now: Value
) -> None:
    with pytest.raises(UsageError) as refused:
        override(field, was, now)
    assert "so we" not in str(refused.value)
    assert isinstance(refused.value, ValueError)


def test_an_undo_names_an_earlier_override() -> None:
    undo = override(Field.UNDO, None, None, undoes=2)
    assert from_wire(to_wire(undo)) == undo
    for number in (0, 3, 4, True):
        with pytest.raises(UsageError):
            override(Field.UNDO, None, None, undoes=number)
    with pytest.raises(UsageError):
        override(Field.VOICE, "S1", "S2", undoes=2)


def test_other_fields_are_refused() -> None:
    wire = to_wire(override(Field.VOICE, "S1", "S2"))
    for name in ("speaker", "start_ms", "id", "", "VOICE"):
        with pytest.raises(UsageError, match="cannot be corrected") as refused:
            from_wire({**wire, "field": name})
        assert "speaker_id, person, character_tag, ic_ooc" in refused.value.hint
        with pytest.raises(UsageError):
            replace(override(Field.VOICE, "S1", "S2"), field=name)  # type: ignore[arg-type]


def test_the_wire_form_is_the_documented_one() -> None:
    assert to_wire(override(Field.VOICE, "S1", "S2")) == {
        "seq": 3,
        "user": "ann",
        "timestamp": "2026-11-20T18:00:00Z",
        "reason": "misheard",
        "target": {"utterance": 7, "start_ms": 61_200, "end_ms": 64_800, "text": "so we go in"},
        "field": "speaker_id",
        "was": "S1",
        "now": "S2",
        "undoes": None,
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seq", "3"), ("seq", True), ("seq", 0), ("seq", None), ("undoes", "2"), ("undoes", 2.0),
        ("user", None), ("user", ""), ("user", "a\nb"), ("reason", None), ("timestamp", "now"),
        ("timestamp", "2026-11-20T18:00:00"), ("timestamp", 5), ("target", None), ("target", {}),
        ("target", {"utterance": 7, "start_ms": 5, "end_ms": 5, "text": None}),
        ("target", {"utterance": 7, "start_ms": 0.5, "end_ms": 5, "text": None}),
        ("target", {"utterance": -1, "start_ms": 0, "end_ms": 5, "text": None}),
        ("target", {"utterance": 7, "start_ms": 0, "end_ms": 5, "text": ""}),
        ("target", {"utterance": 7, "start_ms": 0, "end_ms": 5, "text": 5}),
        ("target", {"utterance": 7, "start_ms": 0, "end_ms": 5}), ("now", 5), ("now", ["a"]),
        ("now", ["a", 1]), ("was", 1.5), ("field", None),
    ],
)  # fmt: skip
def test_broken_wires_are_refused(key: str, value: object) -> None:
    with pytest.raises(UsageError):
        from_wire({**to_wire(override(Field.VOICE, "S1", "S2")), key: value})


def test_missing_and_unknown_keys_are_refused() -> None:
    wire = to_wire(override(Field.VOICE, "S1", "S2"))
    for broken in ({**wire, "more": 1}, {key: wire[key] for key in wire if key != "reason"}):
        with pytest.raises(UsageError):
            from_wire(broken)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=2))])))
def test_stamps_and_wires_are_in_utc(at: datetime) -> None:
    if at.year in (1, 9999):
        return
    made = edit.set_uncertain(said(0), True, Stamp.at_utc(1, "ann", at))
    assert made.at == at
    assert made.at.utcoffset() == timedelta(0)
    assert from_wire(to_wire(made)) == made


def test_times_without_a_zone_or_not_in_utc_are_refused() -> None:
    with pytest.raises(UsageError):
        Stamp.at_utc(1, "ann", AT.replace(tzinfo=None))
    for at in (AT.replace(tzinfo=None), AT.astimezone(timezone(timedelta(hours=1)))):
        with pytest.raises(UsageError):
            replace(override(Field.VOICE, "S1", "S2"), at=at)


def test_edits_say_what_was_and_where() -> None:
    line = said(1)
    made = edit.set_text(line, "  so   we went ", Stamp(1, "ann", AT))
    assert (made.target, made.was, made.now) == (
        Target(1, line.span, "so we go"),
        "so we go",
        "so we went",
    )


def test_edits_that_make_no_sense_are_refused() -> None:
    line, other = said(1), said(2, "S2")
    stamp = Stamp(1, "ann", AT)
    for word in (0, 3, -1):
        with pytest.raises(UsageError):
            edit.split(line, word, stamp)
    for left, right in ((line, other), (said(2), line), (line, line)):
        with pytest.raises(UsageError):
            edit.merge(left, right, stamp)
    with pytest.raises(UsageError):
        edit.set_stance(Transcript((line,)), 5, "IC", stamp)


def test_the_word_at_a_time() -> None:
    assert [edit.word_at(said(1), at_ms) for at_ms in (0, 1_090, 1_160, 9_000)] == [0, 1, 2, 2]
