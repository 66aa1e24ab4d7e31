"""Adopting: every line keeps its words, gets a time and a voice, whatever its source left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.errors import UsageError
from earwitness.core.imported import Floor, Imported, Passage
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.spreading import spread
from earwitness.stages.adopt import Adopted, adopt
from earwitness.stages.placing import place

moments = st.none() | st.integers(0, 60_000)
passages = st.builds(
    Passage,
    st.text(min_size=1, max_size=20).filter(str.strip),
    moments,
    moments,
    st.sampled_from([None, "Ann", "ANN", "S2", "Speaker 1", "unknown", "\x00", "x" * 300]),
)


def adopted(*given_: Passage, pace: float | None = None) -> Adopted:
    return adopt([Imported(given_)], pace=pace)


def kinds(found: Adopted) -> dict[str, int]:
    return {flaw.kind: flaw.count for flaw in found.flaws}


@given(st.lists(passages, min_size=1, max_size=12))
def test_no_letter_is_lost_and_the_rules_of_the_nouns_hold(given_: list[Passage]) -> None:
    found = adopted(*given_, pace=13)
    letters = sorted("".join(u.text for u in found.transcript.utterances).replace(" ", ""))
    assert letters == sorted("".join("".join(p.text.split()) for p in given_))
    assert len(found.transcript.utterances) == len(given_) == len(found.heard.segments)
    voices = {u.voice for u in found.transcript.utterances} - {None}
    assert voices == set(found.settled.voices)
    assert set(found.names) <= voices


@given(st.text(min_size=1).filter(str.strip), st.integers(0, 9_999), st.integers(1, 9_999))
def test_words_share_their_line(text: str, start_ms: int, length_ms: int) -> None:
    span = Span(start_ms, start_ms + length_ms)
    words = spread(text, span)
    assert "".join(word.text for word in words) == "".join(text.split())
    assert all(word.span in span and word.confidence is None for word in words)
    starts = [word.span.start_ms for word in words]
    assert starts == sorted(starts)


def test_missing_ends_last_as_long_as_a_slow_speaker_needs() -> None:
    found = adopted(Passage("a" * 20, 0), Passage("b" * 20, 500), Passage("c", 9_000, 9_000))
    assert [u.span for u in found.transcript.utterances] == [
        Span(0, 500),
        Span(500, 2_500),
        Span(9_000, 9_300),
    ]
    assert kinds(found) == {"end_guessed": 2, "no_length": 1}


def test_lines_without_times_share_the_gap_they_stand_in() -> None:
    placed, flaws = place(
        [Passage("one", 0, 1_000), Passage("aa"), Passage("bbbb"), Passage("two", 1_600, 2_000)]
    )
    assert [each.span for each in placed[1:3]] == [Span(1_000, 1_200), Span(1_200, 1_600)]
    assert [(flaw.kind, flaw.count) for flaw in flaws] == [("no_time", 2)]


def test_a_line_without_a_time_stays_in_place_where_there_is_no_gap() -> None:
    placed, _ = place([Passage("one", 0, 5_000), Passage("lost"), Passage("two", 1_000, 2_000)])
    assert [each.passage.text for each in placed] == ["one", "lost", "two"]


def test_disorder_is_sorted_and_counted() -> None:
    found = adopted(Passage("late", 5_000, 6_000), Passage("early", 1_000, 2_000))
    assert [u.text for u in found.transcript.utterances] == ["early", "late"]
    assert kinds(found) == {"disorder": 1}


def test_without_any_times_a_pace_is_needed() -> None:
    with pytest.raises(UsageError) as refused:
        adopted(Passage("hello"))
    assert "--pace" in refused.value.hint
    with pytest.raises(UsageError):
        adopted(Passage("hello"), pace=0)
    found = adopted(Passage("a" * 13), Passage("b" * 13), pace=13)
    assert [u.span.start_ms for u in found.transcript.utterances] == [0, 1_077]


def test_voices_names_and_nobody() -> None:
    found = adopted(
        Passage("a", 0, 1, "S2"),
        Passage("b", 1, 2, "ANN LEE"),
        Passage("c", 2, 3, "Ann  Lee"),
        Passage("d", 3, 4, "SPEAKER_00"),
        Passage("e", 4, 5, "Unknown"),
        Passage("f", 5, 6),
    )
    assert [u.voice for u in found.transcript.utterances] == ["S2", "S1", "S1", "S3", None, None]
    assert found.names == {"S1": "Ann Lee"}


def test_turns_of_the_source_count_before_those_of_its_lines() -> None:
    source = Imported((Passage("a", 0, 9, "Ann"), Passage("b", 9, 12, "Bob")))
    floors = Imported(floors=(Floor(Span(0, 5), "Ann"), Floor(Span(6, 9), "Ann")))
    found = adopt([source, floors])
    assert [(t.span, t.voice) for t in found.settled.turns] == [
        (Span(0, 5), "S1"),
        (Span(6, 9), "S1"),
        (Span(9, 12), "S2"),
    ]


def test_word_times_that_are_not_the_lines_are_not_used() -> None:
    word = Word("other", Span(0, 5))
    found = adopted(Passage("hello", 0, 1_000, words=(word,)))
    assert found.transcript.utterances[0].text == "hello"
    assert kinds(found) == {"unreadable_word_times": 1}
