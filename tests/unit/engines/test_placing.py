"""Words of a library as words in session time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span
from earwitness.core.speech import Chunk
from earwitness.engines.placing import Found, segment, spread

CHUNK = Chunk(0, Span(10_000, 20_000), None, (Span(11_000, 14_000), Span(16_000, 17_000)))


def test_times_are_the_sessions() -> None:
    (made,) = segment(
        [Found(" hello", 1.0, 1.5, 0.9), Found("there ", 1.5, 2.0, None)], CHUNK, "en"
    )
    assert [(word.text, word.span, word.confidence) for word in made.words] == [
        ("hello", Span(11_000, 11_500), 0.9),
        ("there", Span(11_500, 12_000), None),
    ]
    assert made.span == Span(11_000, 12_000)
    assert made.language == "en"


def test_a_word_far_from_all_speech_is_kept_for_the_guard() -> None:
    (made,) = segment([Found("ghost", 8.0, 8.5, 0.9)], CHUNK, None)
    assert [(word.text, word.span) for word in made.words] == [("ghost", Span(18_000, 18_500))]


def test_what_is_no_text_is_left_out() -> None:
    assert segment([Found(" \ufffd ", 1.0, 1.5, 0.9)], CHUNK, None) == ()


TIMES = st.floats(-2, 14)
FOUND = st.builds(
    Found,
    st.sampled_from(["a", " b", "c\ufffd", " "]),
    TIMES,
    TIMES,
    st.floats(-1, 2),
    st.booleans(),
)


@given(st.lists(FOUND, max_size=10))
def test_whatever_is_found_the_rules_of_a_segment_hold(found: list[Found]) -> None:
    for made in segment(found, CHUNK, None):
        assert made.span in CHUNK.span
        assert not made.words[0].glued


def test_words_without_times_lie_along_the_speech_by_their_letters() -> None:
    found = spread("aaa bbb ccc ddd", CHUNK, None)
    (made,) = segment(found, CHUNK, None)
    assert [word.span for word in made.words] == [
        Span(11_000, 12_000),
        Span(12_000, 13_000),
        Span(13_000, 14_000),
        Span(16_000, 17_000),
    ]
    assert spread("", CHUNK, None) == []


@given(st.lists(st.text("abcde", min_size=1, max_size=9), min_size=1, max_size=30))
def test_spread_words_are_in_order_and_reach_to_the_end(words: list[str]) -> None:
    (made,) = segment(spread(" ".join(words), CHUNK, 0.5), CHUNK, None)
    assert [word.text for word in made.words] == words
    assert made.span == Span(11_000, 17_000)
