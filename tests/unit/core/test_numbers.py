"""Numbers agree however they are said or written, and only with themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.number_words import number_words
from earwitness.core.numbers import agree, numbers_in


@pytest.mark.parametrize(
    ("claimed", "language", "said"),
    [
        ("He takes 25 mg.", "en", "I take twenty-five milligrams."),
        ("He takes twenty five mg.", "en", "Take 25."),
        ("Paid 250 gold", "en", "two hundred and fifty gold"),
        ("2,500 people", "en", "two thousand five hundred people"),
        ("Blood pressure 120/80", "en", "it was one twenty over eighty"),
        ("Since 1984", "en", "since nineteen eighty four"),
        ("3.5 litres", "en", "three point five litres"),
        ("24 eggs", "en", "two dozen eggs"),
        ("twice a day", "en", "2 times a day"),
        ("the 3rd visit", "en", "the third visit"),
        ("Has one brother", "en", "I have a brother and two sisters"),
        ("One of them fled; no one saw it. First, they ran.", "en", "They ran."),
        ("Slept for a second", "en", "I nodded off"),
        ("Slikt 25 mg", "nl", "ik slik vijfentwintig milligram"),
        ("tweeëntwintig goudstukken", "nl", "22 goudstukken"),
        ("Betaalt 1.000 euro", "nl", "duizend euro"),
        ("37,5 graden", "nl", "zevenendertig komma vijf graden"),
        ("anderhalve week", "nl", "al anderhalve week"),
        ("Ten slotte een hond", "nl", "een hond"),
        ("één hond", "nl", "ik heb een hond"),
        ("5000 euro", "nl", "vijfduizend euro"),
    ],
)
def test_numbers_agree_however_they_are_written(claimed: str, language: str, said: str) -> None:
    assert agree(claimed, language, said)


@pytest.mark.parametrize(
    ("claimed", "language", "said"),
    [
        ("He takes 52 mg.", "en", "I take twenty-five milligrams."),
        ("He takes 5 mg.", "en", "I take twenty-five milligrams."),
        ("three tablets", "en", "two tablets"),
        ("one tablet", "en", "I take two tablets and a walk"),
        ("the second visit", "en", "the third visit"),
        ("1.5 litres", "en", "15 litres"),
        ("vijf dagen", "nl", "vier dagen"),
        ("één hond", "nl", "twee honden en een kat"),
        ("3.5 litres", "en", "three litres"),
        ("2 dagen", "nl", "ik slik vijfentwintig milligram"),
    ],
)
def test_another_number_does_not_agree(claimed: str, language: str, said: str) -> None:
    assert not agree(claimed, language, said)


@given(st.integers(2, 1_999), st.sampled_from(["en", "nl"]))
def test_a_number_in_digits_agrees_with_itself_in_words_alone(number: int, language: str) -> None:
    word = next((w for w, v in number_words(language).items() if v == number), None)
    if word is not None:
        assert agree(f"about {number} of them", language, f"there were {word} there")
        assert not agree(f"about {number + 1} of them", language, f"there were {word} there")


@given(st.integers(0, 10**9))
def test_digits_are_one_number_however_they_are_grouped(number: int) -> None:
    assert agree(f"{number:,} gold", "en", f"{number} gold")
    assert agree(f"{number} gold", "en", f"{number:,} gold".replace(",", "."))
    assert not agree(f"{number} gold", "en", f"{number + 1} gold")


@given(st.text(max_size=60))
def test_any_text_can_be_looked_at_and_agrees_with_itself(text: str) -> None:
    list(numbers_in(text, None))
    assert agree(text, None, text)
