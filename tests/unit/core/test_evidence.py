"""What is believed, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.claims import Moments, Refusal
from earwitness.core.evidence import believed_labels, believed_moments, is_verbatim
from earwitness.core.moment import Moment
from earwitness.core.people import Character, Person
from earwitness.core.playbook import Scheme
from earwitness.core.reading import Reading, Window, windows
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Label, Transcript, Utterance

STANCE = Scheme("stance", ("IC", "OOC", "NARRATION", "MECHANICS"), "in or out of character")
CHARACTER = Scheme("character", (), "who speaks in the story")


def line(number: int, text: str, person: str | None = None) -> Utterance:
    start_ms = number * 1_000
    words = tuple(Word(word, Span(start_ms, start_ms + 900)) for word in text.split())
    return Utterance(number, Span(start_ms, start_ms + 900), words, "S1", person)


SAID = (
    line(1, "Natural twenty! That's a crit."),
    line(2, "I promise you, Mira, we will come back."),
    line(3, "Who wants pizza?"),
)
WINDOW = Window(
    0,
    SAID,
    cast=(Person("a", "Ann", characters=(Character("Mira"),)),),
    labels=(Label(3, "stance", "OOC", None, "rules"),),
)


def moment(evidence: tuple[int, ...], quote: str | None = None, **said: object) -> Moment:
    given = {"kind": "promise", "span": Span(0, 1), "text": "A promise.", **said}
    return Moment(evidence=evidence, quote=quote, **given)  # type: ignore[arg-type]


def test_a_quote_is_what_was_said_whatever_its_letters_and_signs() -> None:
    assert is_verbatim("i promise you mira", SAID[1:2])
    assert is_verbatim("crit. I promise", SAID[:2])
    assert not is_verbatim("promise you Mir", SAID[1:2])
    assert not is_verbatim("We will never come back", SAID)
    assert not is_verbatim("...", SAID)


def test_labels_outside_the_scheme_or_the_window_are_refused_and_counted() -> None:
    found = believed_labels(
        (
            Label(1, "stance", "MECHANICS", 0.9, "m"),
            Label(1, "stance", "IC", 0.4, "m"),
            Label(2, "stance", "SHOUTING", 0.9, "m"),
            Label(2, "mood", "IC", 0.9, "m"),
            Label(9, "stance", "IC", 0.9, "m"),
            Label(2, "character", "mira", 0.9, "m"),
            Label(3, "character", "Gandalf", 0.9, "m"),
        ),
        WINDOW,
        (STANCE, CHARACTER),
    )
    assert [(each.utterance, each.value) for each in found.labels] == [
        (1, "MECHANICS"),
        (2, "mira"),
    ]
    assert found.refused == (
        Refusal("out_of_scheme", 2),
        Refusal("unknown_line", 1),
        Refusal("unknown_name", 1),
    )


@pytest.mark.parametrize(
    ("claimed", "why"),
    [
        (moment((2,), "I promise you, Mira"), None),
        (moment((2,), "I promise you gold"), "not_said"),
        (moment((1,), "I promise you, Mira"), "not_said"),
        (moment((2, 7)), "unknown_line"),
        (moment((2,), who=("Mira",)), None),
        (moment((2,), who=("Ann",)), None),
        (moment((2,), who=("Strahd",)), "unknown_name"),
        (moment((3,), kind="question"), "out_of_character"),
        (moment((3,), kind="critical_hit"), None),
    ],
)
def test_a_moment_is_borne_out_or_refused(claimed: Moment, why: str | None) -> None:
    found = believed_moments(Moments((claimed,)), WINDOW)
    assert bool(found.moments) == (why is None)
    assert [each.why for each in found.refused] == ([why] if why else [])


@given(st.integers(0, 60), st.integers(1, 20), st.integers(0, 9))
def test_every_utterance_is_judged_once_and_its_context_stands_before_it(
    count: int, size: int, before: int
) -> None:
    transcript = Transcript(tuple(line(number, "Yes.") for number in range(count)))
    made = list(windows(Reading(transcript), size=size, before=before))
    assert [each.id for window in made for each in window.lines] == list(range(count))
    for window in made:
        first = window.lines[0].id
        assert [each.id for each in window.before] == list(range(max(0, first - before), first))


def test_peoples_labels_win_over_those_of_a_stage_and_change_the_window() -> None:
    own = Label(1, "stance", "IC", None, "user:ann")
    reading = Reading(Transcript(SAID, (own,)))
    machine = (Label(1, "stance", "OOC", 0.5, "rules"), Label(2, "stance", "IC", 0.5, "rules"))
    (window,) = windows(reading, machine)
    assert window.labels == (own, machine[1])
    (other,) = windows(Reading(Transcript(SAID)), machine)
    assert other.digest != window.digest
