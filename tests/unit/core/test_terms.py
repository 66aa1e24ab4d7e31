"""Terms: what holds, what is only proposed, and how sure a proposal is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.errors import UsageError
from earwitness.core.terms import (
    By,
    Kind,
    Origin,
    Said,
    Sighting,
    Sources,
    Status,
    confidence_of,
    gather,
    read_term,
)

WITNESSES = st.lists(st.integers(1, 500), min_size=1, max_size=8).map(tuple)
FORMS = st.floats(0.01, 1.0)


def seen(*voices: int, form: float = 0.9, text: str = "Nott") -> Sighting:
    return Sighting(text, Kind.NAME, form, voices, 0)


def said(text: str, by: By, session: str | None = None, *heard: str) -> Said:
    return Said(text, Kind.NAME, Origin(by, session, heard=heard))


@given(st.lists(st.builds(lambda v, f: seen(*v, form=f), WITNESSES, FORMS), max_size=6))
def test_confidence_stays_below_one(sightings: list[Sighting]) -> None:
    assert 0.0 <= confidence_of(sightings) <= 1.0


@given(WITNESSES, FORMS, st.integers(1, 500))
def test_every_further_witness_makes_it_surer(
    voices: tuple[int, ...], form: float, lines: int
) -> None:
    alone = confidence_of([seen(*voices, form=form)])
    assert confidence_of([seen(*voices, lines, form=form)]) > alone
    assert confidence_of([seen(*voices, form=form), seen(lines, form=form)]) > alone


@given(WITNESSES, FORMS, st.integers(1, 500))
def test_more_lines_of_one_voice_never_make_it_less_sure(
    voices: tuple[int, ...], form: float, more: int
) -> None:
    first, *others = voices
    before = confidence_of([seen(*voices, form=form)])
    assert confidence_of([seen(first + more, *others, form=form)]) >= before - 1e-9


def test_frequency_is_not_confidence() -> None:
    twice = confidence_of([seen(1), seen(1)])
    assert twice > confidence_of([seen(1)]), "forty times in one line is one line"
    assert twice > confidence_of([seen(400)]), "one voice, however often"
    assert confidence_of([seen(400)]) == confidence_of([seen(3)])
    assert confidence_of([seen(9, 9, 9, 9, form=0.2)]) < 0.2, "that looks like no name stays so"


@pytest.mark.parametrize("by", [By.PERSON, By.CAST, By.CORRECTION])
def test_what_a_person_did_holds(by: By) -> None:
    (term,) = gather(Sources(said=[said("Nott", by, "s")], seen=[("s", seen(3))]))
    assert (term.status, term.confidence) == (Status.ACCEPTED, None)
    assert [origin.by for origin in term.origins] == [by, By.MINED]


def test_what_was_only_heard_or_listed_is_proposed() -> None:
    told = gather(
        Sources(
            said=[said("ANN", By.FILE, "s")],
            seen=[("s", seen(3)), ("t", seen(1, 1)), ("s", seen(1, text="Ann"))],
            listed=["saving throw"],
        )
    )
    assert {term.status for term in told} == {Status.PROPOSED}
    assert [term.text for term in told] == ["Nott", "Ann", "saving throw"], "files shout names"
    nott = told[0]
    assert [(o.session, o.lines, o.voices) for o in nott.origins] == [("s", 3, 1), ("t", 2, 2)]
    assert nott.confidence == pytest.approx(confidence_of([seen(3), seen(1, 1)]))
    assert told[2].confidence is None


def test_a_no_outweighs_all_but_a_persons_later_yes() -> None:
    words = Sources(said=[said("Nott", By.CAST, "s")], seen=[("s", seen(1))])
    refused = frozenset({"nott"})
    (term,) = gather(Sources(words.said, words.seen, refused=refused))
    assert term.status == Status.REFUSED
    again = [*words.said, said("nott", By.PERSON)]
    (term,) = gather(Sources(again, words.seen, refused=refused))
    assert term.status == Status.ACCEPTED
    assert term.text == "Nott"


def test_words_that_differ_in_letter_case_alone_are_one() -> None:
    words = [
        said("Mighty  Nein", By.PERSON),
        said("mighty nein", By.CORRECTION, "s", "mighty nine"),
    ]
    (term,) = gather(Sources(said=words))
    assert term.heard == ("mighty nine",)


@pytest.mark.parametrize("text", ["", "  ", "…", "x" * 201])
def test_what_is_no_term_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(UsageError) as error:
        read_term(text)
    assert not text.strip() or text not in str(error.value)


def test_a_term_has_single_spaces() -> None:
    assert read_term("  Mighty \n Nein ") == "Mighty Nein"
    with pytest.raises(ValueError, match="said by somebody"):
        Sighting("Nott", Kind.NAME, 0.5, (), 0)
