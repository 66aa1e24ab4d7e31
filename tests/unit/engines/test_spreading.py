"""Spreading: every word gets time, in order, inside the speech, and all of it is given away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span, union
from earwitness.engines.spreading import fill, spread

weights = st.lists(st.integers(1, 20), min_size=1, max_size=30)
speech = st.lists(st.integers(0, 9_999), min_size=2, max_size=10, unique=True).map(
    lambda edges: union([Span(a, b) for a, b in zip(*[iter(sorted(edges))] * 2, strict=False)])
)


def test_longer_words_get_more_time() -> None:
    assert spread([1, 3], [Span(0, 400)]) == [Span(0, 100), Span(100, 400)]


def test_the_gap_between_two_stretches_is_left_out() -> None:
    assert spread([1, 1], [Span(0, 100), Span(500, 600)]) == [Span(0, 100), Span(500, 600)]


@given(weights, speech)
def test_spread_is_in_order_and_fills_the_speech(sizes: list[int], spans: list[Span]) -> None:
    found = spread(sizes, spans)
    assert len(found) == len(sizes)
    assert [span.start_ms for span in found] == sorted(span.start_ms for span in found)
    assert found[0].start_ms == spans[0].start_ms
    assert all(spans[0].start_ms <= s.start_ms < s.end_ms <= spans[-1].end_ms for s in found)


@given(
    st.lists(st.none() | st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), max_size=20),
    speech,
)
def test_fill_leaves_what_is_known_and_keeps_order(
    known: list[tuple[int, int] | None], spans: list[Span]
) -> None:
    begins = iter(sorted(each[0] for each in known if each))
    told = [each and (begin := next(begins), max(begin, each[1])) for each in known]
    found = fill(told, [1] * len(told), spans, 10_000)
    assert len(found) == len(told)
    assert [span.start_ms for span in found] == sorted(span.start_ms for span in found)
    assert all(span in Span(0, 10_000) for span in found)
    for span, each in zip(found, told, strict=True):
        assert each is None or span.start_ms == min(each[0], 9_999)
