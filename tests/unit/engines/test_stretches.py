"""Diarizing in parts: where a long recording is cut, and how the voices of parts become one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span, union
from earwitness.core.speech import Diarization, Speech, Turn
from earwitness.engines.stretches import Part, Vector, joined, normal, parts

MINUTE = 60_000
SPANS = st.builds(
    lambda start, length: Span(start, start + length),
    st.integers(0, 40 * MINUTE),
    st.integers(1, 3 * MINUTE),
)


def speech(*bounds: tuple[int, int]) -> tuple[Speech, ...]:
    return (Speech(None, tuple(Span(*pair) for pair in bounds)),)


def vector(*values: float) -> Vector:
    made = normal(values)
    assert made is not None
    return made


def part(*turns: tuple[int, int, str], **prints: Vector) -> Part:
    return Part(tuple(Turn(Span(a, b), voice) for a, b, voice in turns), prints)


def test_a_short_recording_is_one_part() -> None:
    assert parts(speech((0, 900)), 1_000, MINUTE) == (Span(0, 1_000),)


def test_a_long_one_is_cut_in_the_longest_pause_near_the_end() -> None:
    heard = speech((0, 47_000), (49_000, 55_000), (58_000, 100_000))
    assert parts(heard, 100_000, MINUTE) == (Span(0, 56_500), Span(56_500, 100_000))


def test_without_a_pause_it_is_cut_at_the_limit() -> None:
    assert parts(speech((0, 150_000)), 150_000, MINUTE) == (
        Span(0, MINUTE),
        Span(MINUTE, 2 * MINUTE),
        Span(2 * MINUTE, 150_000),
    )


def test_where_nobody_speaks_nothing_is_listened_to() -> None:
    assert parts(speech(), 10 * MINUTE, MINUTE) == ()
    assert parts((), 10 * MINUTE, MINUTE) == ()
    assert parts(speech((9 * MINUTE, 10 * MINUTE)), 10 * MINUTE, MINUTE)[0].start_ms > 8 * MINUTE


@given(st.lists(SPANS, max_size=12), st.integers(1, 45 * MINUTE), st.integers(1_000, 10 * MINUTE))
def test_parts_cover_all_speech_once_and_none_is_too_long(
    spans: list[Span], duration_ms: int, limit_ms: int
) -> None:
    session = Span(0, duration_ms)
    heard = tuple(union([inside for span in spans if (inside := span & session)]))
    found = parts((Speech(None, heard),), duration_ms, limit_ms)
    assert all(one.duration_ms <= limit_ms for one in found)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(found))
    covered = sum(one.overlap_ms(span) for one in found for span in heard)
    assert covered == sum(span.duration_ms for span in heard)


def test_the_same_voice_in_two_parts_is_one() -> None:
    low, high = vector(1, 0, 0), vector(0, 1, 0.1)
    heard = joined(
        [
            part((0, 100, "a"), (100, 200, "b"), a=low, b=high),
            part((200, 300, "a"), (300, 400, "b"), a=high, b=low),
        ],
        None,
        same=0.5,
        model="m",
    )
    assert [(turn.span.start_ms, turn.voice) for turn in heard.turns] == [
        (0, "S1"),
        (100, "S2"),
        (300, "S1"),
    ]  # what touches at the cut is one turn
    assert heard.turns[1].span == Span(100, 300)
    assert [one.speech_ms for one in heard.prints] == [200, 200]
    assert {one.model for one in heard.prints} == {"m"}


def test_two_voices_of_one_part_stay_two_though_they_sound_alike() -> None:
    voice = vector(1, 2, 3)
    heard = joined(
        [part((0, 100, "a"), (100, 200, "b"), a=voice, b=voice), part((200, 300, "c"), c=voice)],
        None,
        same=0.5,
        model="m",
    )
    assert len(heard.voices) == 2


@pytest.mark.parametrize("speakers", [1, 2, 3])
def test_as_many_voices_are_left_as_asked_for(speakers: int) -> None:
    random = np.random.default_rng(5)
    found = [
        part(
            (at, at + 100, "a"),
            (at + 50, at + 200, "b"),
            a=vector(*random.normal(size=8)),
            b=vector(*random.normal(size=8)),
        )
        for at in range(0, 1_000, 200)
    ]
    assert len(joined(found, speakers, same=0.5, model="m").voices) == speakers


def test_overlap_of_two_voices_stays() -> None:
    heard = joined([part((0, 100, "a"), (50, 150, "b"))], None, same=0.5, model="m")
    assert [turn.span for turn in heard.turns] == [Span(0, 100), Span(50, 150)]
    assert heard.prints == ()


def test_a_voice_without_a_print_is_joined_with_none() -> None:
    sound = vector(1, 0)
    heard = joined(
        [part((0, 100, "a"), a=sound), part((100, 200, "b")), part((200, 300, "c"), c=sound)],
        None,
        same=0.5,
        model="m",
    )
    assert [turn.voice for turn in heard.turns] == ["S1", "S2", "S1"]
    assert [one.voice for one in heard.prints] == ["S1"]


def test_nothing_heard_is_nothing() -> None:
    assert joined([], None, same=0.5, model="m") == Diarization(())
    assert joined([part()], 3, same=0.5, model="m") == Diarization(())


@pytest.mark.parametrize("values", [[0.0, 0.0], [float("nan"), 1.0], [float("inf"), 0.0], []])
def test_a_vector_that_says_nothing_is_none(values: list[float]) -> None:
    assert normal(values) is None


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=6))
def test_others_have_length_1(values: list[float]) -> None:
    made = normal(values)
    if made is not None:
        assert float(np.linalg.norm(made)) == pytest.approx(1.0, abs=1e-4)
