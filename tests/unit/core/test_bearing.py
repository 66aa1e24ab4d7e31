"""The gate for notes: a sentence cites lines it was shown, and quotes what was said in them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engines.test_rules_stance import utterance

from earwitness.core.bearing import believed_sections
from earwitness.core.claims import Refusal
from earwitness.core.note import Section, Sections, Sentence, Slot, Template
from earwitness.core.reading import Window
from earwitness.core.transcript import Label

SOAP = Template("soap", "SOAP", "en", (Slot("plan", "Plan", ""), Slot("told", "Told", "")))
WINDOW = Window(
    0,
    (
        utterance(5, "ANN", "Do you smoke?"),
        utterance(6, "BOB", "Yes, ten a day."),
        utterance(7, "ANN", "All right."),
    ),
    before=(utterance(4, "BOB", "Hello."),),
)


def believed(*told: Sentence, key: str = "told", written: bool = False) -> Sections:
    return believed_sections(Sections((Section(key, told),)), WINDOW, SOAP, written=written)


@pytest.mark.parametrize(
    "sentence",
    [
        Sentence("ten a day", (6,), True),
        Sentence("Do you smoke?\nYes", (5, 6), True),
        Sentence("Do you smoke?\nten a day", (5, 6), True),
        Sentence("smoke? Yes, ten", (5, 6), True),
    ],
)
def test_what_was_said_in_the_lines_it_cites_is_believed(sentence: Sentence) -> None:
    assert believed(sentence) == Sections((Section("told", (sentence,)),))


def test_a_story_holds_nothing_that_was_said_out_of_character_but_its_dice() -> None:
    story = Template(
        "recap", "Recap", "en", (Slot("told", "", ""), Slot("dice", "", "")), story=True
    )
    labels = (Label(6, "stance", "OOC", None, "rules"), Label(5, "stance", "IC", None, "rules"))
    window = replace(WINDOW, labels=labels)
    told = (Sentence("He smokes.", (6,)), Sentence("She asks.", (5, 7)), Sentence("Ten!", (5, 6)))
    claimed = Sections((Section("told", told), Section("dice", told[:1])))
    found = believed_sections(claimed, window, story, written=True)
    assert found.sections == (Section("told", told[1:2]), Section("dice", told[:1]))
    assert found.refused == (Refusal("out_of_character", 2),)
    plain = believed_sections(claimed, window, replace(story, story=False), written=True)
    assert plain.sections == claimed.sections


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        (Sentence("ten a day", (5,), True), "not_said"),
        (Sentence("twelve a day", (6,), True), "not_said"),
        (Sentence("Do you smoke?\ntwelve a day", (5, 6), True), "not_said"),
        (Sentence("ten a day\nDo you smoke?", (5, 6), True), "not_said"),
        (Sentence("Do you smoke?\nAll right", (5, 6), True), "not_said"),
        (Sentence("Hello", (4,), True), "unknown_line"),
        (Sentence("ten a day", (6, 99), True), "unknown_line"),
        (Sentence("He smokes.", (6,)), "not_said"),
    ],
)
def test_what_was_not_is_left_out_and_counted(sentence: Sentence, why: str) -> None:
    found = believed(sentence)
    assert found.sections == ()
    assert [(each.why, each.count) for each in found.refused] == [(why, 1)]


def test_who_writes_may_write_but_not_in_a_section_that_nobody_asked_for() -> None:
    told = Sentence("He smokes.", (6,))
    assert believed(told, written=True).get("told").sentences == (told,)
    assert believed(told, key="other", written=True).refused == (Refusal("out_of_scheme", 1),)


def test_what_was_refused_before_is_still_counted() -> None:
    claimed = Sections((), (Refusal("not_said", 2),))
    assert believed_sections(claimed, WINDOW, SOAP, written=False).refused == claimed.refused


@given(
    st.lists(
        st.builds(
            Sentence,
            text=st.sampled_from(["ten a day", "nine a day", "Do you smoke?\nYes", "All right"]),
            evidence=st.sets(st.integers(3, 9), min_size=1).map(lambda ids: tuple(sorted(ids))),
            quoted=st.booleans(),
        )
    ),
    st.booleans(),
)
def test_nothing_is_lost_and_nothing_cites_what_was_not_shown(
    told: list[Sentence], written: bool
) -> None:
    found = believed(*told, written=written)
    kept = found.get("told").sentences
    assert len(kept) + sum(each.count for each in found.refused) == len(told)
    assert all(set(each.evidence) <= WINDOW.ids for each in kept)
    assert believed(*kept, written=written).get("told").sentences == kept
