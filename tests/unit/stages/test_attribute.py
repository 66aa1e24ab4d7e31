"""Attribute: every word keeps its place and gets the voice that covers it; voices never mix."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span
from earwitness.core.speech import Segment, Turn, Word
from earwitness.stages.attribute import LONGEST_MS, NEAR_MS, PAUSE_MS, attribute


def word(text: str, start_ms: int, length_ms: int = 200) -> Word:
    return Word(text, Span(start_ms, start_ms + length_ms))


def segment(*words: Word, track: int | None = None, language: str | None = "en") -> Segment:
    return Segment(Span(words[0].span.start_ms, words[-1].span.end_ms), words, language, track)


def turn(voice: str, start_ms: int, end_ms: int, track: int | None = None) -> Turn:
    return Turn(Span(start_ms, end_ms), voice, track)


def told(segments: tuple[Segment, ...], turns: tuple[Turn, ...]) -> list[tuple[str | None, str]]:
    return [(u.voice, u.text) for u in attribute(segments, turns).utterances]


def test_the_turn_that_covers_most_of_a_word_gives_its_voice() -> None:
    heard = segment(word("one", 0), word("two", 900), word("three", 1200))
    turns = (turn("S1", 0, 980), turn("S2", 980, 2000))
    assert told((heard,), turns) == [("S1", "one"), ("S2", "two three")]


def test_a_word_nobody_covers_has_no_voice() -> None:
    heard = segment(word("hello", 10_000))
    assert told((heard,), (turn("S1", 0, 2_000),)) == [(None, "hello")]


def test_a_word_at_the_edge_of_a_turn_belongs_to_it() -> None:
    heard = segment(word("hello", 2_000 + NEAR_MS - 1), word("there", 4_000))
    assert told((heard,), (turn("S1", 0, 2_000),)) == [("S1", "hello"), (None, "there")]


def test_words_of_one_track_are_never_given_to_another_track() -> None:
    left = segment(word("left", 0), track=0)
    right = segment(word("right", 50), track=1)
    turns = (turn("S1", 0, 500, track=0), turn("S2", 0, 500, track=1))
    assert told((left, right), turns) == [("S1", "left"), ("S2", "right")]


def test_overlapping_tracks_do_not_cut_each_other_up() -> None:
    left = segment(*(word(f"l{i}", i * 400) for i in range(5)), track=0)
    right = segment(*(word(f"r{i}", i * 400 + 200) for i in range(5)), track=1)
    turns = (turn("S1", 0, 3_000, track=0), turn("S2", 0, 3_000, track=1))
    assert told((left, right), turns) == [("S1", "l0 l1 l2 l3 l4"), ("S2", "r0 r1 r2 r3 r4")]


def test_a_pause_and_great_length_end_an_utterance() -> None:
    heard = segment(word("before", 0), word("after", 200 + PAUSE_MS + 1))
    assert told((heard,), (turn("S1", 0, 5_000),)) == [("S1", "before"), ("S1", "after")]
    long = segment(*(word("a." if i % 10 == 9 else "a", i * 250) for i in range(300)))
    spans = [u.span for u in attribute((long,), (turn("S1", 0, 90_000),)).utterances]
    assert len(spans) > 1
    assert all(span.duration_ms < LONGEST_MS + 5_000 for span in spans)


def test_without_turns_the_text_is_kept() -> None:
    assert told((segment(word("hello", 0)),), ()) == [(None, "hello")]


spans = st.builds(
    lambda start, length: Span(start, start + length),
    st.integers(0, 60_000),
    st.integers(1, 3_000),
)
words = st.builds(Word, st.sampled_from(["ja", "nee", "maybe"]), spans)


def spoken(said: list[Word], track: int | None) -> Segment:
    in_order = sorted(said, key=lambda w: (w.span.start_ms, w.span.end_ms))
    span = in_order[0].span
    for item in in_order:
        span |= item.span
    return Segment(span, tuple(in_order), "en", track)


segments = st.builds(
    spoken,
    st.lists(words, min_size=1, max_size=20),
    st.sampled_from([None, 0, 1]),
)
turns = st.builds(Turn, spans, st.sampled_from(["S1", "S2", "S3"]), st.sampled_from([None, 0, 1]))


@given(st.lists(segments, max_size=6), st.lists(turns, max_size=12))
def test_no_word_is_lost_doubled_or_given_to_a_voice_that_is_elsewhere(
    heard: list[Segment], floor: list[Turn]
) -> None:
    transcript = attribute(tuple(heard), tuple(floor))
    before = Counter(w for s in heard for w in s.words)
    after = Counter(w for u in transcript.utterances for w in u.words)
    assert before == after
    assert [u.id for u in transcript.utterances] == list(range(len(transcript.utterances)))
    for utterance in transcript.utterances:
        for item in utterance.words:
            assert item.span in utterance.span
            near = [t.voice for t in floor if t.span.gap_ms(item.span) <= NEAR_MS]
            assert utterance.voice is None or utterance.voice in near


@given(
    st.lists(segments, max_size=6), st.lists(turns, max_size=12), st.randoms(use_true_random=False)
)
def test_the_order_in_which_things_arrive_changes_nothing(
    heard: list[Segment], floor: list[Turn], random: Random
) -> None:
    shuffled_floor = list(floor)
    random.shuffle(shuffled_floor)
    assert attribute(tuple(heard), tuple(floor)) == attribute(tuple(heard), tuple(shuffled_floor))


def voice_by_definition(said: Word, track: int | None, floor: list[Turn]) -> str | None:
    """What the docstring promises, turn by turn, however long that takes."""
    in_order = sorted(floor, key=lambda t: (t.span.start_ms, t.span.end_ms, t.voice))
    near = [
        t
        for t in in_order
        if (track is None or t.track in (None, track)) and t.span.gap_ms(said.span) <= NEAR_MS
    ]
    # a turn that only begins NEAR_MS after the word is no longer near it
    near = [t for t in near if t.span.start_ms < said.span.end_ms + NEAR_MS]
    best = max(
        near, default=None, key=lambda t: (t.span.overlap_ms(said.span), -t.span.gap_ms(said.span))
    )
    return best.voice if best else None


@given(st.lists(segments, max_size=6), st.lists(turns, max_size=12))
def test_every_word_has_the_voice_of_the_definition(
    heard: list[Segment], floor: list[Turn]
) -> None:
    # the n-th word of a segment is told apart by its text, so that it is found again
    marked = tuple(
        replace(s, words=tuple(replace(w, text=f"{at}.{n}") for n, w in enumerate(s.words)))
        for at, s in enumerate(heard)
    )
    wanted = {w.text: voice_by_definition(w, s.track, floor) for s in marked for w in s.words}
    found = {w.text: u.voice for u in attribute(marked, tuple(floor)).utterances for w in u.words}
    assert found == wanted
