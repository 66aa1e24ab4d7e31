"""Span: the algebra of session time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span, read_timestamp, timestamp, union, without

spans = st.builds(
    lambda start, length: Span(start, start + length), st.integers(0, 500), st.integers(1, 300)
)
moments = st.integers(0, 900)


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (6, 5)])
def test_negative_and_empty_spans_are_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError):
        Span(start, end)


@pytest.mark.parametrize(("start", "end"), [(0.0, 5), (0, 5.0), (False, True), ("0", "5")])
def test_only_whole_numbers_are_times(start: int, end: int) -> None:
    with pytest.raises(TypeError):
        Span(start, end)


@given(spans, spans, moments)
def test_and_covers_what_both_cover(left: Span, right: Span, at_ms: int) -> None:
    both = left & right
    assert (at_ms in left and at_ms in right) == (both is not None and at_ms in both)
    assert both == right & left
    assert left.overlap_ms(right) == (both.duration_ms if both else 0)


@given(spans, spans)
def test_or_is_the_smallest_span_around_both(left: Span, right: Span) -> None:
    around = left | right
    assert left in around
    assert right in around
    assert around == right | left
    assert around.duration_ms == max(
        left.duration_ms,
        right.duration_ms,
        left.duration_ms + right.duration_ms + left.gap_ms(right) - left.overlap_ms(right),
    )


@given(spans, spans, spans)
def test_and_or_are_associative(one: Span, two: Span, three: Span) -> None:
    assert (one | two) | three == one | (two | three)
    left, right = one & two, two & three
    assert (left and left & three) == (right and one & right)


@given(spans)
def test_a_span_with_itself(span: Span) -> None:
    assert span & span == span | span == span
    assert span in span
    assert span.start_ms in span
    assert span.end_ms not in span
    assert span.middle_ms in span
    assert span.gap_ms(span) == 0


@given(spans, spans)
def test_spans_meet_or_lie_apart_or_touch(left: Span, right: Span) -> None:
    touch = left.end_ms == right.start_ms or right.end_ms == left.start_ms
    assert [left.overlap_ms(right) > 0, left.gap_ms(right) > 0, touch].count(True) == 1
    assert left.gap_ms(right) == right.gap_ms(left)


@given(spans, spans)
def test_inside_is_being_the_overlap(inner: Span, outer: Span) -> None:
    assert (inner in outer) == (inner & outer == inner) == (inner | outer == outer)


@given(spans, st.integers(0, 1_000))
def test_shift_there_and_back(span: Span, by_ms: int) -> None:
    assert span.shift(by_ms).shift(-by_ms) == span
    assert span.shift(by_ms).duration_ms == span.duration_ms


def test_shift_before_the_session_is_refused() -> None:
    with pytest.raises(ValueError):
        Span(5, 10).shift(-6)


@given(st.lists(spans, max_size=8), st.integers(0, 50), moments)
def test_union_covers_the_same_and_leaves_wide_gaps(
    given_spans: list[Span], gap_ms: int, at_ms: int
) -> None:
    joined = union(given_spans, gap_ms=gap_ms)
    assert all(any(span in whole for whole in joined) for span in given_spans)
    assert all(b.start_ms - a.end_ms > gap_ms for a, b in pairwise(joined))
    assert union(joined, gap_ms=gap_ms) == joined
    assert union(given_spans[::-1], gap_ms=gap_ms) == joined
    if gap_ms == 0:
        assert any(at_ms in span for span in given_spans) == any(at_ms in span for span in joined)


def test_union_of_touching_spans_and_of_gaps() -> None:
    spans_in = [Span(20, 30), Span(0, 10), Span(10, 15)]
    assert union(spans_in) == [Span(0, 15), Span(20, 30)]
    assert union(spans_in, gap_ms=4) == [Span(0, 15), Span(20, 30)]
    assert union(spans_in, gap_ms=5) == [Span(0, 30)]
    assert spans_in == [Span(20, 30), Span(0, 10), Span(10, 15)]
    assert union([]) == []


@given(st.integers(0, 400_000_000))
def test_a_timestamp_reads_back(ms: int) -> None:
    hours, minutes, seconds = timestamp(ms, separator=".").split(":")
    whole, millis = seconds.split(".")
    assert len(hours) >= len(minutes) == len(whole) == 2
    assert int(hours) * 3_600_000 + int(minutes) * 60_000 + int(whole) * 1_000 + int(millis) == ms
    assert timestamp(ms, separator=".").startswith(timestamp(ms))


def test_timestamps() -> None:
    assert timestamp(5_042) == "00:00:05"
    assert timestamp(360_000_999, separator=",") == "100:00:00,999"


@given(st.integers(0, 400_000_000))
def test_a_written_time_reads_back(ms: int) -> None:
    assert read_timestamp(timestamp(ms, separator=".")) == ms
    assert read_timestamp(timestamp(ms, separator=",")) == ms
    assert read_timestamp(timestamp(ms)) == ms // 1000 * 1000


@pytest.mark.parametrize(
    ("text", "ms"),
    [("12:05", 725_000), ("725", 725_000), ("1:02:03.5", 3_723_500), (" 90 ", 90_000)],
)
def test_times_as_people_write_them(text: str, ms: int) -> None:
    assert read_timestamp(text) == ms


@pytest.mark.parametrize("text", ["", "soon", "-5", "1:75", "1:2:3:4", "1:60:00", "5.1234", "5."])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="HH:MM:SS"):
        read_timestamp(text)


@given(st.lists(spans, max_size=6), st.lists(spans, max_size=6))
def test_without_leaves_exactly_the_moments_of_the_one_that_are_not_in_the_other(
    some: list[Span], others: list[Span]
) -> None:
    kept, cut = union(some), union(others)
    left = without(kept, cut)
    assert all(one.end_ms <= other.start_ms for one, other in pairwise(left))
    for moment in range(900):
        inside = any(moment in span for span in kept) and not any(moment in span for span in cut)
        assert any(moment in span for span in left) == inside
