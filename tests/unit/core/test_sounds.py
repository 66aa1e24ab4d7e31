"""Sounds: words that an ear takes for each other are near, in English and in Dutch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.sounds import (
    letters_alike,
    likeness,
    may_be_alike,
    sound_of,
    sounds_alike,
)

WORDS = st.text("abcdefghijklmnopqrstuvwxyzéëïö", min_size=1, max_size=12)
LANGUAGES = st.sampled_from(["en", "nl", "fr"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Caleb", "Kaleb"), ("Nott", "Knot"), ("Philip", "Fillip"), ("Zadash", "Sadash"),
        ("Mollymauk", "Mollimock"), ("Wright", "Right"), ("Jester", "Gester"), ("Beau", "Bo"),
    ],
)  # fmt: skip
def test_english_that_sounds_the_same(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wouter", "Wauter"), ("Gijs", "Gheis"), ("Cornelis", "Kornelis"), ("Vos", "Fos"),
        ("Zilver", "Silver"), ("Brand", "Brant"), ("Mark", "Marc"), ("Loes", "Lus"),
        ("Schaap", "Sgaap"), ("Theo", "Teo"), ("Boudewijn", "Baudewein"), ("Achmed", "Agmed"),
    ],
)  # fmt: skip
def test_dutch_that_sounds_the_same(one: str, other: str) -> None:
    assert sound_of(one, "nl") == sound_of(other, "nl")


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Caleb", "Nott", "en"),
        ("Yasha", "Fjord", "en"),
        ("Jan", "Piet", "nl"),
        ("Wim", "Zus", "nl"),
    ],
)
def test_what_sounds_otherwise_is_far(one: str, other: str, language: str) -> None:
    assert likeness(one, other, language) < 0.4


@given(WORDS, WORDS, LANGUAGES)
def test_likeness_is_symmetric_and_a_share(one: str, other: str, language: str) -> None:
    assert 0.0 <= likeness(one, other, language) <= 1.0
    assert likeness(one, other, language) == pytest.approx(likeness(other, one, language))


@given(WORDS, LANGUAGES)
def test_a_word_is_like_itself(word: str, language: str) -> None:
    assert letters_alike(word, word.upper()) == 1.0
    if sound_of(word, language):
        assert likeness(word, word, language) == 1.0
    assert may_be_alike(word, word)


def test_neighbours_that_changed_places_are_one_change() -> None:
    assert letters_alike("fjord", "fojrd") == pytest.approx(0.8)
    assert sounds_alike("", "") == 0.0
    assert letters_alike("", "") == 1.0


def test_a_quick_no() -> None:
    assert not may_be_alike("bo", "mollymauk")
    assert not may_be_alike("fjord", "caleb")
    assert may_be_alike("kalib", "caleb")
