"""Word, Segment, Turn, Speech, Diarization: the rules of what engines hear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span, union
from earwitness.core.speech import Diarization, Segment, Speech, Turn, Word, check_words

spans = st.builds(
    lambda start, length: Span(start, start + length), st.integers(0, 500), st.integers(1, 300)
)
words = st.builds(Word, st.sampled_from(["yes", "no", "s'il", "今日"]), spans)


@pytest.mark.parametrize("text", ["", " ", " yes", "yes ", "\tyes", "yes\n", "\u3000yes"])
def test_a_word_has_no_white_space_around_it(text: str) -> None:
    with pytest.raises(ValueError):
        Word(text, Span(0, 1))


@pytest.mark.parametrize("confidence", [-0.01, 1.01, float("nan"), float("inf")])
def test_confidence_is_a_share(confidence: float) -> None:
    with pytest.raises(ValueError):
        Word("yes", Span(0, 1), confidence)


@given(st.one_of(st.none(), st.floats(0, 1)))
def test_confidence_is_a_share_or_unknown(confidence: float | None) -> None:
    assert Word("yes", Span(0, 1), confidence).confidence == confidence


@given(st.lists(words, max_size=5), spans)
def test_words_are_in_order_inside_the_span(heard: list[Word], span: Span) -> None:
    starts = [word.span.start_ms for word in heard]
    lawful = bool(heard) and starts == sorted(starts) and all(word.span in span for word in heard)
    if lawful:
        check_words(span, tuple(heard))
        assert Segment(span, tuple(heard)).words == tuple(heard)
    else:
        with pytest.raises(ValueError):
            Segment(span, tuple(heard))


def test_words_may_share_time() -> None:
    Segment(Span(0, 9), (Word("a", Span(0, 9)), Word("b", Span(0, 5)), Word("c", Span(4, 9))))


@given(st.lists(spans, max_size=6))
def test_speech_is_disjoint_and_in_order(heard: list[Span]) -> None:
    assert Speech(None, tuple(union(heard))).spans == tuple(union(heard))
    if len(union(heard)) > 1:
        with pytest.raises(ValueError):
            Speech(None, tuple(reversed(union(heard))))


def test_speech_may_touch_but_not_overlap() -> None:
    Speech(0, (Span(0, 5), Span(5, 9)))
    with pytest.raises(ValueError):
        Speech(0, (Span(0, 5), Span(4, 9)))


def test_voices_come_in_order_of_first_appearance() -> None:
    turns = (Turn(Span(0, 5), "S2"), Turn(Span(3, 9), "S1"), Turn(Span(9, 12), "S2"))
    assert Diarization(turns).voices == ("S2", "S1")
    assert Diarization(()).voices == ()
