"""Doubt: what is hidden, what is left of lines, and what a person's word does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core import edit
from earwitness.core.doubt import (
    REASONS,
    count_hidden,
    stretches,
    tells_doubts,
    told,
    without_doubted,
)
from earwitness.core.fold import fold
from earwitness.core.override import Stamp
from earwitness.core.span import Span
from earwitness.core.speech import Doubt, Word
from earwitness.core.transcript import Label, Transcript, Utterance

AT = datetime(2026, 11, 20, tzinfo=UTC)


def line(number: int, *words: tuple[str, Doubt | None], uncertain: bool = True) -> Utterance:
    made = tuple(
        Word(
            text, Span(number * 10_000 + n * 100, number * 10_000 + n * 100 + 100), 0.5, False, why
        )
        for n, (text, why) in enumerate(words)
    )
    return Utterance(number, made[0].span | made[-1].span, made, "S1", uncertain=uncertain)


MIXED = line(0, ("um", "silence"), ("so", None), ("so", "loop"), ("go", None), ("go", "loop"))
GONE = line(1, ("thanks", "stock"), ("all", "stock"))
PLAIN = line(2, ("yes", None), uncertain=False)
TALK = Transcript((MIXED, GONE, PLAIN), (Label(1, "stance", "IC", None, "rules"),))


def test_what_readers_are_shown() -> None:
    seen = without_doubted(TALK)
    assert [each.text for each in seen.utterances] == ["so go", "yes"]
    assert seen.utterances[0].span == Span(100, 400)
    assert seen.labels == ()


def test_without_doubts_nothing_is_made_anew() -> None:
    plain = Transcript((PLAIN,))
    assert without_doubted(plain) is plain


def test_counts_are_told_by_reason() -> None:
    counts = count_hidden(TALK.utterances)
    assert counts == {"silence": 1, "loop": 2, "stock": 2}
    assert told(counts) == (
        "5 words are doubted and hidden: 1 where nobody spoke, 2 repeated in a loop, "
        "2 a stock phrase"
    )
    assert told({"leak": 1}) == "1 word is doubted and hidden: 1 another track's voice"
    assert told({}) == ""
    assert tells_doubts(told(counts))
    assert not tells_doubts("no speech was found")


def test_stretches_of_one_reason() -> None:
    found = [(why, [word.text for word in words]) for why, words in stretches(MIXED)]
    assert found == [
        ("silence", ["um"]),
        (None, ["so"]),
        ("loop", ["so"]),
        (None, ["go"]),
        ("loop", ["go"]),
    ]


def test_a_person_who_is_certain_shows_the_words_again_and_undo_hides_them() -> None:
    said = edit.set_uncertain(GONE, False, Stamp(1, "ann", AT))
    seen = fold(TALK, [said]).transcript
    assert [each.text for each in without_doubted(seen).utterances] == [
        "so go",
        "thanks all",
        "yes",
    ]
    assert count_hidden(seen.utterances) == {"silence": 1, "loop": 2}
    undone = fold(TALK, [said, edit.undo(said, Stamp(2, "ann", AT))]).transcript
    assert undone == TALK


def test_a_line_that_a_person_wrote_is_shown_as_written() -> None:
    said = edit.set_text(GONE, "thanks to all", Stamp(1, "ann", AT))
    seen = fold(TALK, [said]).transcript
    assert without_doubted(seen).utterances[1].text == "thanks to all"


def test_a_confirmed_line_stays_shown_when_it_is_merged_with_an_uncertain_one() -> None:
    other = replace(line(1, ("then", "loop")), span=Span(10_000, 10_100))
    talk = Transcript((MIXED, other))
    first = edit.set_uncertain(other, False, Stamp(1, "ann", AT))
    told_once = fold(talk, [first]).transcript
    joined = edit.merge(told_once.utterances[0], told_once.utterances[1], Stamp(2, "ann", AT))
    seen = without_doubted(fold(talk, [first, joined]).transcript)
    assert [each.text for each in seen.utterances] == ["so go then"]


reasons = st.sampled_from([None, *REASONS])


@given(st.lists(st.lists(reasons, min_size=1, max_size=6), max_size=5), st.booleans())
def test_hidden_and_shown_are_all_there_is(lines: list[list[Doubt | None]], sure: bool) -> None:
    talk = Transcript(
        tuple(
            line(n, *((f"w{n}x{m}", why) for m, why in enumerate(each)), uncertain=not sure)
            for n, each in enumerate(lines)
        )
    )
    shown = [w for each in without_doubted(talk).utterances for w in each.words]
    every = [w for each in talk.utterances for w in each.words]
    assert shown == [w for w in every if sure or w.doubt is None]
    assert len(every) - len(shown) == sum(count_hidden(talk.utterances).values())


@pytest.mark.parametrize("reason", list(REASONS))
def test_every_reason_is_told_in_words(reason: Doubt) -> None:
    assert REASONS[reason] in told({reason: 2})
