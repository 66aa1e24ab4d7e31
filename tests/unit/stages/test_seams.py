"""Seams: over random transcripts, cuts and timing no word is lost, doubled or moved."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment, Word
from earwitness.stages.seams import merge

VOCABULARY = ("no", "yes", "the", "a", "dragon", "sleeps", "Well,", "well")


@dataclass(frozen=True)
class Said:
    """What was really said, and the chunks it is heard in."""

    words: tuple[Word, ...]
    chunks: tuple[Chunk, ...]


@st.composite
def sayings(draw: st.DrawFn, *, track: int | None = None) -> Said:
    words: list[Word] = []
    chunks: list[Chunk] = []
    at, start = draw(st.integers(0, 1_000)), 0
    for text, length, pause in draw(
        st.lists(
            st.tuples(
                st.sampled_from(VOCABULARY),
                st.integers(200, 700),
                st.one_of(st.just(0), st.integers(0, 900)),
            ),
            min_size=1,
            max_size=60,
        )
    ):
        words.append(Word(text, Span(at, at + length)))
        at += length + pause
    while not chunks or chunks[-1].span.end_ms < at:
        span = Span(start, start + draw(st.integers(5_000, 12_000)))
        chunks.append(Chunk(len(chunks), span, track, (span,)))
        start = span.end_ms - draw(st.integers(1_000, 2_400))
    return Said(tuple(words), tuple(chunks))


def hear(
    said: Said, chunk: Chunk, *, jitter_ms: int = 0, chance: random.Random | None = None
) -> tuple[Segment, ...]:
    """Words that lie whole in the chunk, each shifted a little, in segments of five."""
    heard = []
    for word in said.words:
        if word.span not in chunk.span:
            continue
        by_ms = chance.randint(-jitter_ms, jitter_ms) if chance else 0
        moved = Span(max(0, word.span.start_ms + by_ms), word.span.end_ms + by_ms) & chunk.span
        assert moved is not None
        heard.append(Word(word.text, moved))
    groups = [tuple(heard[i : i + 5]) for i in range(0, len(heard), 5)]
    return tuple(Segment(g[0].span | g[-1].span, g, None, chunk.track) for g in groups)


def texts(segments: tuple[Segment, ...]) -> list[str]:
    return [word.text for segment in segments for word in segment.words]


@given(sayings())
def test_every_word_once_and_as_it_was(said: Said) -> None:
    merged = merge([(chunk, hear(said, chunk)) for chunk in said.chunks])
    assert [word for segment in merged for word in segment.words] == list(said.words)


@given(sayings(), st.randoms(use_true_random=False))
def test_every_word_once_when_both_sides_time_it_differently(
    said: Said, chance: random.Random
) -> None:
    heard = [(c, hear(said, c, jitter_ms=40, chance=chance)) for c in said.chunks]
    merged = merge(heard)
    assert texts(merged) == [word.text for word in said.words]
    starts = [word.span.start_ms for segment in merged for word in segment.words]
    assert all(b - a >= -80 for a, b in pairwise(starts))
    for segment in merged:
        assert segment.span == segment.words[0].span | segment.words[-1].span


@given(sayings(), st.randoms(use_true_random=False))
def test_every_word_once_when_every_word_differs(said: Said, chance: random.Random) -> None:
    distinct = Said(
        tuple(Word(f"{w.text}{n}", w.span) for n, w in enumerate(said.words)), said.chunks
    )
    merged = merge([(c, hear(distinct, c, jitter_ms=80, chance=chance)) for c in said.chunks])
    assert texts(merged) == [word.text for word in distinct.words]


@given(sayings(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(said: Said, chance: random.Random) -> None:
    heard = [(c, hear(said, c, jitter_ms=80, chance=chance)) for c in said.chunks]
    merged = merge(heard)
    chance.shuffle(heard)
    assert merge(heard) == merged


@given(sayings(track=0), sayings(track=1))
def test_tracks_do_not_touch_each_other(one: Said, other: Said) -> None:
    heard = [(c, hear(said, c)) for said in (one, other) for c in said.chunks]
    merged = merge(heard)
    for track, said in enumerate((one, other)):
        assert texts(tuple(s for s in merged if s.track == track)) == [w.text for w in said.words]
    assert [s.span.start_ms for s in merged] == sorted(s.span.start_ms for s in merged)


def seam(early: list[tuple[str, int, int]], late: list[tuple[str, int, int]]) -> list[str]:
    """Words of two chunks, [0, 10 s) and [8 s, 18 s)."""
    return [word.text for word in seam_words(early, late)]


def seam_words(early: list[tuple[str, int, int]], late: list[tuple[str, int, int]]) -> list[Word]:
    heard = []
    for index, (span, told) in enumerate([(Span(0, 10_000), early), (Span(8_000, 18_000), late)]):
        words = tuple(Word(text, Span(start, end)) for text, start, end in told)
        segments = (Segment(words[0].span | words[-1].span, words),) if words else ()
        heard.append((Chunk(index, span, None, (span,)), segments))
    return [word for segment in merge(heard) for word in segment.words]


def test_the_word_both_agree_on_in_the_middle_decides() -> None:
    early = [("the", 8_100, 8_300), ("dragon", 8_700, 9_200), ("sleep", 9_500, 10_000)]
    late = [("uh", 8_100, 8_250), ("dragon", 8_720, 9_190), ("sleeps", 9_500, 10_100)]
    assert seam(early, late) == ["the", "dragon", "sleeps"]


def test_what_only_one_side_heard_is_kept() -> None:
    assert seam([("hello", 8_800, 9_200)], []) == ["hello"]
    assert seam([], [("hello", 8_800, 9_200)]) == ["hello"]
    assert seam([("one", 8_200, 8_500)], [("two", 9_000, 9_400)]) == ["one", "two"]


def test_a_sound_heard_as_different_words_is_told_once() -> None:
    early = [("wreck", 9_300, 9_600), ("a", 9_600, 10_000)]
    late = [("recognise", 9_300, 10_100), ("speech", 10_100, 10_600)]
    assert seam(early, late) == ["wreck", "a", "speech"]
    assert seam([("cut", 9_700, 10_000)], [("cutlery", 9_700, 10_300)]) == ["cutlery"]
    assert seam([("beginning", 7_600, 8_400)], [("inning", 8_000, 8_400)]) == ["beginning"]


def test_words_of_two_sides_do_not_share_time() -> None:
    early = [("one", 8_700, 9_000), ("two", 9_000, 9_300)]
    late = [("two", 8_950, 9_240), ("three", 9_250, 9_600)]
    words = seam_words(early, late)
    assert [word.text for word in words] == ["one", "two", "three"]
    assert words[1].span.end_ms <= words[2].span.start_ms


def test_punctuation_and_case_do_not_hide_agreement() -> None:
    assert seam([("Well,", 8_900, 9_100)], [("well", 8_910, 9_100)]) == ["Well,"]


def test_nothing_heard_is_nothing() -> None:
    assert merge([]) == ()
    assert seam([], []) == []
