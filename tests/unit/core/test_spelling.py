"""Spelling: misheard names are suggested with why, and the language's own words are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spoken import spoken

from earwitness.core.lexicon import STOP_WORDS, Lexicon
from earwitness.core.spelling import Misspelling, Why, rewrite, suggest_spellings
from earwitness.core.terms import By, Kind, Origin, Status, Term
from earwitness.engines.word_lists import lexicon_for

ENGLISH = lexicon_for("en")


def term(text: str, *heard: str) -> Term:
    return Term(text, Kind.NAME, Status.ACCEPTED, (Origin(By.PERSON, heard=heard),))


TERMS = [term(text) for text in ("Caleb", "Mollymauk", "Mighty Nein", "Zadash", "Nott", "Yasha")]


def suggested(
    text: str, terms: list[Term] = TERMS, lexicon: Lexicon = ENGLISH, language: str = "en"
) -> list[Misspelling]:
    return list(suggest_spellings(spoken([("S1", text)]), terms, lexicon, language=language))


@pytest.mark.parametrize(
    ("text", "wrong", "right", "why"),
    [
        ("so we ask Kalib, then", "Kalib", "Caleb", Why.SOUND),
        ("so we ask “Kaleb’s cat”", "Kaleb’s", "Caleb’s", Why.SOUND),
        ("we go to Sadash today", "Sadash", "Zadash", Why.SOUND),
        ("then Molly Mauk laughs", "Molly Mauk", "Mollymauk", Why.SOUND),
        ("we are the Mighty Nine, again", "Nine", "Nein", Why.SOUND),
        ("we go to Zadask today", "Zadask", "Zadash", Why.LETTERS),
    ],
)  # fmt: skip
def test_what_is_misheard_is_found_with_why(text: str, wrong: str, right: str, why: Why) -> None:
    (found,) = suggested(text)
    assert (found.wrong, found.right, found.why) == (wrong, right, why)
    assert found.at_ms == 300 * found.place
    fixed = rewrite(text, [found])
    assert fixed == text.replace(wrong, right)
    assert suggested(fixed) == [], "put right, it is not suggested again"


@pytest.mark.parametrize(
    "text",
    [
        "Caleb and Nott went to Zadash, Yasha's home",
        "I do not know, it is not a knot",
        "Molly is what all call Mollymauk",
        "the mighty cat of Calebs sister",
        "she has nine lives",
        "Zadashian wine",
    ],
)
def test_right_words_common_ones_and_short_names_are_left_alone(text: str) -> None:
    assert suggested(text) == []


def test_what_was_corrected_before_is_found_again() -> None:
    terms = [term("tiefling", "tea fling"), term("Nott", "not", "nought")]
    (found,) = suggested("it is a tea fling, I do not know", terms)
    assert (found.wrong, found.right, found.why) == ("tea fling", "tiefling", Why.CORRECTED)
    (found,) = suggested("we ask nought again", terms)
    assert found.right == "Nott"


def test_without_a_word_list_only_corrections_count() -> None:
    terms = [term("Caleb", "Calip"), *TERMS]
    assert [each.wrong for each in suggested("ask Kalib and Calip", terms, Lexicon())] == ["Calip"]


def test_several_in_one_line_are_put_right_at_one_stroke() -> None:
    text = "then Kalib, Kaleb and Molly Mauk go to Sadash."
    found = suggested(text)
    assert rewrite(text, found) == "then Caleb, Caleb and Mollymauk go to Zadash."
    assert rewrite(text, found[1:2]) == "then Kalib, Caleb and Molly Mauk go to Sadash."


def test_dutch_sounds() -> None:
    terms = [term("Schoutenburg"), term("Gijsbrecht")]
    lexicon = lexicon_for("nl")
    found = suggested("we gaan met Geisbregt naar Sgautenburg", terms, lexicon, "nl")
    assert [each.right for each in found] == ["Gijsbrecht", "Schoutenburg"]


@given(st.lists(st.sampled_from(sorted(STOP_WORDS)), min_size=1, max_size=12))
def test_stop_words_are_never_misspelt_names(words: list[str]) -> None:
    terms = [*TERMS, *(term(word.title()) for word in ("Notte", "Thea", "Wille", "Hun"))]
    assert suggested(" ".join(words), terms) == []


@given(st.lists(st.text(max_size=20).filter(str.strip), min_size=1, max_size=5))
def test_any_text_is_rewritten_in_one_line(texts: list[str]) -> None:
    for text in texts:
        for each in suggested(text):
            assert rewrite(" ".join(text.split()), [each])
