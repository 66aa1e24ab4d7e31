"""Utterance, Label, Transcript: what people read, and its rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Label, Transcript, Utterance


def said(number: int, start_ms: int, text: str = "yes") -> Utterance:
    span = Span(start_ms, start_ms + 100)
    return Utterance(number, span, tuple(Word(word, span) for word in text.split()))


lines = st.builds(said, st.integers(0, 5), st.integers(0, 5))


def test_an_utterance_reads_as_its_words() -> None:
    span = Span(0, 100)
    spoken = (Word("it", span), Word("'s", span, glued=True), Word("done", span))
    assert Utterance(0, span, spoken).text == "it's done"


def test_an_utterance_holds_words_in_order_inside_its_span() -> None:
    early, late = Word("a", Span(0, 50)), Word("b", Span(50, 100))
    Utterance(0, Span(0, 100), (early, late))
    for span, spoken in [
        (Span(0, 100), ()),
        (Span(0, 100), (late, early)),
        (Span(0, 99), (early, late)),
        (Span(1, 100), (early, late)),
    ]:
        with pytest.raises(ValueError):
            Utterance(0, span, spoken)


def test_the_person_is_shown_before_the_voice() -> None:
    line = said(0, 0)
    assert line.speaker is None
    assert replace(line, voice="S1").speaker == "S1"
    assert replace(line, voice="S1", person="Ann").speaker == "Ann"


@given(st.lists(lines, max_size=5))
def test_a_transcript_is_ordered_and_its_ids_are_unique(given_lines: list[Utterance]) -> None:
    order = [(line.span.start_ms, line.id) for line in given_lines]
    ids = [line.id for line in given_lines]
    if order == sorted(order) and len(set(ids)) == len(ids):
        assert Transcript(tuple(given_lines)).utterances == tuple(given_lines)
    else:
        with pytest.raises(ValueError):
            Transcript(tuple(given_lines))


def test_a_label_names_an_utterance_that_is_there() -> None:
    label = Label(0, "stance", "IC", 0.5, "rules")
    assert Transcript((said(0, 0),), (label,)).label(0, "stance") == "IC"
    with pytest.raises(ValueError):
        Transcript((said(1, 0),), (label,))


def test_labels_are_found_by_utterance_and_scheme() -> None:
    labels = (Label(0, "stance", "IC", None, "user:ann"), Label(1, "topic", "food", 0.5, "rules"))
    transcript = Transcript((said(0, 0), said(1, 50)), labels)
    assert transcript.label(0, "topic") is None
    assert transcript.label(1, "stance") is None
    assert transcript.label(1, "topic") == "food"
