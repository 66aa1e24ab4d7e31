"""A written sentence says no more than the lines it cites: quotes, numbers and names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.people import Character, Person
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Utterance
from earwitness.core.wording import LONGEST, MOST_CITED, doubt_of, names_said


def line(number: int, text: str, person: str | None = None) -> Utterance:
    start_ms = number * 1_000
    words = tuple(Word(word, Span(start_ms, start_ms + 900)) for word in text.split())
    return Utterance(number, Span(start_ms, start_ms + 900), words, "S1", person)


CAST = (Person("a", "Ann Lee", aliases=("Annie",), characters=(Character("Mira"),)),)
SAID = (
    line(1, "I sleep about four hours since Margaret left.", "Bob"),
    line(2, "I'm so tired, it doesn't stop.", "Bob"),
    line(5, "Dr Visser gave me two tablets of 25 mg in Utrecht.", "Bob"),
)
NAMES = frozenset({"Strahd", "Margaret", "Bob", "Barovia"})


def doubt(text: str, *cited: int, language: str = "en") -> str | None:
    lines = [each for each in SAID if each.id in (cited or (1, 2, 5))]
    return doubt_of(text, lines, language=language, cast=CAST, names=NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "He sleeps four hours a night.",
        "Bob sleeps 4 hours since Margaret's departure.",
        "He is “so tired” and says 'it doesn’t stop'.",
        'He says: "I sleep about four hours since Margaret left. I\'m so tired".',
        "Ann Lee asks about sleep; Mira and Annie were not mentioned.",
        "Dr. Visser prescribed 2 tablets of twenty-five mg. Nothing else changed.",
        "The client's tiredness doesn't stop.",
        "Tiredness doesn't stop. Sleeps badly, reports four hours.",
        "Tablets were given by Dr Visser. Sleeping is hard.",
    ],
)
def test_what_was_said_may_be_written(text: str) -> None:
    assert doubt(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("He says he is “very tired”.", "not_said"),
        ("He says: “I'm so tired … stop”.", "not_said"),
        ("He says: “since Margaret left. Dr Visser gave me”.", "not_said"),
        ("He says “I'm so tired.", "not_said"),
        ('He is "" tired.', "not_said"),
        ("He is „zo moe”.", "not_said"),
        ("He says 'I am fine'.", "not_said"),
        ("He sleeps five hours a night.", "unknown_number"),
        ("He takes three tablets of 25 mg.", "unknown_number"),
        ("He takes two tablets of 52 mg.", "unknown_number"),
        ("He moved to Amsterdam.", "unknown_name"),
        ("He and Gandalf sleep badly.", "unknown_name"),
        ("Strahd sleeps four hours.", "unknown_name"),
        ("Next Monday he sleeps.", "unknown_name"),
        ("He sleeps badly, says Dr. Jansen.", "unknown_name"),
        ("Gandalf sleeps four hours.", "unknown_name"),
        ("He sleeps badly. Gandalf left.", "unknown_name"),
        ("James sleeps badly.", "unknown_name"),
        ("Emily left.", "unknown_name"),
        ("Person3 sleeps badly.", "unknown_name"),
        ("S7 sleeps badly.", "unknown_name"),
    ],
)
def test_what_was_not_said_is_not_believed(text: str, why: str) -> None:
    assert doubt(text) == why


def test_only_the_lines_that_are_cited_bear_a_sentence_out() -> None:
    assert doubt("He takes two tablets.", 1, 2) == "unknown_number"
    assert doubt("Margaret left.", 2) == "unknown_name"
    assert doubt("He lives in Utrecht.", 1) == "unknown_name"


def test_dutch_is_read_as_dutch() -> None:
    assert doubt("'s Avonds slaapt hij vier uur.", language="nl") is None
    assert doubt("Hij slaapt vijf uur.", language="nl") == "unknown_number"
    assert doubt("Ten slotte slikt hij een pil.", language="nl") is None
    assert doubt("Margarets vertrek is zwaar. Slaapt slecht.", language="nl") is None
    assert doubt("Gandalf slaapt slecht.", language="nl") == "unknown_name"
    assert doubt("Karen slaapt slecht.", language="nl") == "unknown_name"


def test_where_nouns_have_capital_letters_known_names_alone_are_told() -> None:
    assert doubt("Er hat wenig Schlaf.", language="de") is None
    assert doubt("Er kennt Strahd.", language="de") == "unknown_name"


def test_what_cannot_be_looked_up_is_vague() -> None:
    many = [line(number, "Yes.") for number in range(MOST_CITED + 1)]
    assert doubt_of("All said yes.", many, language="en") == "vague"
    assert doubt_of("All said yes.", many[1:], language="en") is None
    assert doubt("tired " * LONGEST) == "vague"


def test_names_are_told_by_their_letters_and_by_who_speaks() -> None:
    assert names_said(SAID) == {"Margaret", "Visser", "Utrecht", "Bob"}
    odd = (line(8, 'She said, "No, He left. And My cat, Tom, saw."'), line(9, "A cat, my Cat."))
    assert names_said(odd) == {"Tom"}


WORDS = st.lists(
    st.sampled_from(("i", "sleep", "four", "hours", "so", "tired", "it", "stops")), min_size=1
)


@given(WORDS, WORDS, st.integers(0, 20), st.sampled_from(["gone", "left", "naps"]))
def test_a_quote_is_believed_until_one_word_of_it_is_another(
    said: list[str], more: list[str], place: int, other: str
) -> None:
    lines = [line(1, " ".join(said)), line(2, " ".join(more))]
    whole = [*said, *more]
    assert doubt_of(f"Says: “{' '.join(whole)}”.", lines, language="en") is None
    whole[place % len(whole)] = other
    assert doubt_of(f"Says: “{' '.join(whole)}”.", lines, language="en") == "not_said"


@given(st.integers(2, 999), st.integers(2, 999))
def test_a_number_is_believed_only_where_it_stands(said: int, claimed: int) -> None:
    why = doubt_of(f"It took {claimed} days.", [line(1, f"It took {said} days.")], language="en")
    assert (why is None) == (said == claimed)


@given(st.text(max_size=80), st.text(max_size=40))
def test_whatever_is_written_can_be_judged(text: str, said: str) -> None:
    cited = [line(1, said if said.split() else "Yes.")]
    assert doubt_of(text, cited, language=None, cast=CAST, names=NAMES) != "out_of_scheme"
