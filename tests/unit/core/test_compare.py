"""Compare: what differs between two transcripts is told once, at its time."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.compare import FieldChange, WordChange, compare
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Label, Transcript, Utterance

STEP_MS = 500


def words(text: str, start_ms: int = 0, late_ms: int = 0) -> tuple[Word, ...]:
    return tuple(
        Word(each, Span(start_ms + place * STEP_MS + late_ms, start_ms + place * STEP_MS + 400))
        for place, each in enumerate(text.split())
    )


def line(number: int, text: str, voice: str | None = "S1", **more: object) -> Utterance:
    said = words(text, number * 10_000)
    span = said[0].span | said[-1].span
    return Utterance(number, span, said, voice, **more)  # type: ignore[arg-type]


def talk(*lines: Utterance, labels: tuple[Label, ...] = ()) -> Transcript:
    return Transcript(lines, labels)


BEFORE = talk(line(0, "we go in now"), line(1, "who is there", "S2"))


def test_the_same_is_the_same() -> None:
    found = compare(BEFORE, BEFORE)
    assert (found.words, found.fields, found.same) == ((), (), 7)


def test_words_that_only_moved_are_the_same() -> None:
    moved = replace(
        BEFORE.utterances[0],
        words=words("we go in now", late_ms=90),
    )
    found = compare(BEFORE, talk(moved, BEFORE.utterances[1]))
    assert (found.words, found.fields, found.same) == ((), (), 7)


def test_words_changed_added_and_gone() -> None:
    after = talk(line(0, "we run in now"), line(1, "who is there then", "S2"))
    found = compare(BEFORE, after)
    assert found.words == (
        WordChange(Span(500, 900), "go", "run"),
        WordChange(Span(11_500, 11_900), "", "then"),
    )
    assert compare(after, BEFORE).words == (
        WordChange(Span(500, 900), "run", "go"),
        WordChange(Span(11_500, 11_900), "then", ""),
    )


def test_voices_persons_and_labels() -> None:
    after = talk(
        line(0, "we go in now", "S3", person="Ann"),
        line(1, "who is there", "S2", uncertain=True),
        labels=(Label(1, "stance", "IC", None, "user:ann"),),
    )
    found = compare(BEFORE, after)
    assert found.words == ()
    assert found.fields == (
        FieldChange(Span(0, 1_900), "voice", "S1", "S3", 4),
        FieldChange(Span(0, 1_900), "person", None, "Ann", 4),
        FieldChange(Span(10_000, 11_400), "uncertain", None, "yes", 3),
        FieldChange(Span(10_000, 11_400), "stance", None, "IC", 3),
    )


@given(st.lists(st.sampled_from("abc"), min_size=1), st.lists(st.sampled_from("abc"), min_size=1))
def test_no_word_is_forgotten(old: list[str], new: list[str]) -> None:
    before, after = talk(line(0, " ".join(old))), talk(line(0, " ".join(new)))
    found = compare(before, after)
    assert found.same + sum(len(change.was.split()) for change in found.words) == len(old)
    assert found.same + sum(len(change.now.split()) for change in found.words) == len(new)


def test_a_long_session_heard_by_another_engine_is_compared_in_stretches() -> None:
    """Every tenth word is another one and all times differ: no anchors, 20,000 words."""
    old = [line(number, " ".join(f"w{number}x{k}" for k in range(10))) for number in range(2_000)]
    new = [
        replace(each, words=tuple(_moved(word, place) for place, word in enumerate(each.words)))
        for each in old
    ]
    found = compare(talk(*old), talk(*new))
    assert found.same == 18_000
    assert len(found.words) == 2_000


def _moved(word: Word, place: int) -> Word:
    text = "other" if place == 4 else word.text
    return Word(text, Span(word.span.start_ms + 20, word.span.end_ms))
