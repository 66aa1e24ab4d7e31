"""Nouns to bytes and back: equal, by the rules, and never an empty default."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.errors import CorruptStore, NewerStore
from earwitness.core.span import Span
from earwitness.core.speech import Diarization, Heard, Segment, Turn, VoicePrint, Word
from earwitness.store.codec import decode, encode

SEGMENT = Segment(Span(0, 900), (Word("Wörd", Span(0, 900), 0.5),), "en")


@dataclass(frozen=True, slots=True)
class Tally:
    """A noun with a mapping, as a plug-in's stage might make one."""

    counts: dict[str, int]


def test_the_same_value_gives_the_same_bytes() -> None:
    assert encode(Tally({"a": 1, "b": 2})) == encode(Tally({"b": 2, "a": 1}))


@pytest.mark.parametrize("value", [(SEGMENT, SEGMENT), ()])
def test_tuples_of_nouns(value: tuple[Segment, ...]) -> None:
    assert decode(encode(value), tuple[Segment, ...]) == value


@given(st.data())
def test_cut_or_changed_bytes_are_never_a_value(data: st.DataObject) -> None:
    whole = encode(Heard((SEGMENT,)))
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(CorruptStore) as caught:
        decode(whole[:cut], Heard)
    assert caught.value.hint


@pytest.mark.parametrize(
    "foreign",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe\x00",
        b'{"schema":"other@1","kind":"Heard","value":{"segments":[]}}',
        b'{"schema":"earwitness/artifact","kind":"Heard","value":{"segments":[]}}',
        b'{"schema":"earwitness/artifact@1","kind":"Heard","value":null}',
        b'{"schema":"earwitness/artifact@1","kind":"Heard","value":{}}',
        b'{"schema":"earwitness/artifact@1","kind":"Heard","value":{"segments":[]},"more":1}',
    ],
)
def test_foreign_bytes_are_refused(foreign: bytes) -> None:
    with pytest.raises(CorruptStore):
        decode(foreign, Heard)


def test_a_newer_form_is_told_from_a_broken_one() -> None:
    newer = encode(Heard(())).replace(b"artifact@1", b"artifact@2")
    with pytest.raises(NewerStore, match="of form 2"):
        decode(newer, Heard)


def test_another_kind_is_refused() -> None:
    with pytest.raises(CorruptStore, match="is a Heard, not a Diarization"):
        decode(encode(Heard(())), Diarization)
    with pytest.raises(CorruptStore):
        decode(encode((SEGMENT,)), tuple[Turn, ...])
    with pytest.raises(CorruptStore):
        decode(encode(()), Heard)


@pytest.mark.parametrize(
    "span",
    [
        {"start_ms": 5, "end_ms": 5},
        {"start_ms": -1, "end_ms": 5},
        {"start_ms": 0.0, "end_ms": 5},
        {"start_ms": "0", "end_ms": 5},
        {"start_ms": True, "end_ms": 5},
        {"start_ms": 0},
    ],
)
def test_the_nouns_own_rules_run_when_bytes_are_read(span: dict[str, object]) -> None:
    turn = {"span": span, "voice": "S1"}
    told = {"schema": "earwitness/artifact@1", "kind": "Turn", "value": turn}
    with pytest.raises(CorruptStore, match="a stored Turn breaks its rules"):
        decode(json.dumps(told).encode(), Turn)


def test_numbers_keep_their_types() -> None:
    value = VoicePrint("S1", (0.1, 1 / 3, -0.0, 1e-300), "model", 2**60)
    read = decode(encode(value), VoicePrint)
    assert read == value
    assert type(read.speech_ms) is int
    assert [math.copysign(1, number) for number in read.vector] == [1, 1, -1, 1]


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_what_could_not_be_read_back_is_not_written(number: float) -> None:
    with pytest.raises(ValueError, match="cannot be read back"):
        encode(VoicePrint("S1", (number,), "model", 1))


def test_what_would_read_back_as_something_else_is_not_written() -> None:
    with pytest.raises(ValueError, match="something else"):
        encode(Heard([SEGMENT]))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="surrogates"):
        encode(Turn(Span(0, 1), "S\udcff"))


@pytest.mark.parametrize("value", [{}, "text", 3, [SEGMENT], (SEGMENT, SEGMENT.span), ("a",), None])
def test_only_nouns_are_artifacts(value: object) -> None:
    with pytest.raises(TypeError):
        encode(value)


def test_what_older_versions_heard_is_read() -> None:
    older = b'{"schema":"earwitness/artifact@1","kind":"Heard","value":{"segments":[]}}'
    assert decode(older, Heard) == Heard((), ())
