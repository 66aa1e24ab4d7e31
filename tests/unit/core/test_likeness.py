"""Likeness: near duplicates in English and Dutch, and sentences that only look like some."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.likeness import likeness
from earwitness.core.updating import NEARLY, SAME

SAME_SAID = [
    ("Rolled natural 20 on intimidation check", "Rolled a nat twenty on the intimidation check!"),
    ("I promise we will find your father.", "We will find your father, I promise."),
    ("He's afraid of deep water", "afraid of the deep water"),
    ("She wants to find her brother", "wants to find her brothers"),
    ("I will never trust the Gentleman again", "Never again will I trust the Gentlemen."),
    ("Saved the goblin child from the fire", "She saved a goblin child from the fires"),
    ("I don't have parents anymore.", "I do not have any parents anymore."),
    ("Swore to avenge Molly", "sworn to avenge Molly"),
    ("The tower must fall before dawn", "Before dawn, the tower must fall."),
    ("Learned the healing spell", "He's learning a healing spell"),
    ("Een natuurlijke 20 op intimidatie gegooid", "Gooide natuurlijke twintig op intimidatie"),
    ("Ik beloof je dat we je vader vinden", "We vinden je vader, dat beloof ik"),
    ("Is bang voor diep water", "Hij is bang van het diepe water"),
    ("Ze wil haar broer terugvinden", "wil haar broers terugvinden"),
    ("Ik vertrouw de koning nooit meer", "Nooit meer vertrouw ik de koning!"),
    ("Redde het goblinkind uit de brand", "heeft het goblinkind uit de brand gered"),
    ("De toren moet voor zonsopgang vallen", "Voor zonsopgang moet die toren vallen."),
    ("Zweert wraak op de hertog", "Hij zweerde wraak op de hertog"),
]
"""Written for this test."""

OTHERWISE_SAID = [
    ("Natural 20 on stealth", "Natural 1 on stealth"),
    ("I will leave you", "I will never leave you"),
    ("She wants to find her brother", "She wants to kill her father"),
    ("I promise to find the sword", "I promise to guard the gate"),
    ("Afraid of deep water", "Afraid of the dark"),
    ("Saved the goblin child from the fire", "Saved the village from the flood"),
    ("Jester is my best friend", "Nott is my worst enemy"),
    ("We leave at dawn for the tower", "We wait in the tavern for Caleb"),
    ("I forgive you", "I don't forgive you"),
    ("Natuurlijke 20 op sluipen", "Natuurlijke 1 op sluipen"),
    ("Ik verlaat je", "Ik verlaat je nooit"),
    ("Ze wil haar broer terugvinden", "Ze wil haar vader doden"),
    ("Ik beloof het zwaard te zoeken", "Ik beloof de poort te bewaken"),
    ("Bang voor diep water", "Bang voor het donker"),
    ("Redde het goblinkind uit de brand", "Redde het dorp van de vloed"),
    ("Ik vergeef je", "Ik vergeef je niet"),
    ("We vertrekken bij dageraad", "We blijven in de herberg"),
]


@pytest.mark.parametrize(("one", "other"), SAME_SAID)
def test_what_says_the_same_is_told(one: str, other: str) -> None:
    assert likeness(one, other) >= NEARLY, "at least a person is told"


def test_most_of_what_says_the_same_is_merged() -> None:
    merged = [pair for pair in SAME_SAID if likeness(*pair) >= SAME]
    assert len(merged) >= 0.75 * len(SAME_SAID), [p for p in SAME_SAID if p not in merged]


@pytest.mark.parametrize(("one", "other"), OTHERWISE_SAID)
def test_what_says_something_else_is_never_merged(one: str, other: str) -> None:
    assert likeness(one, other) < SAME


TEXTS = st.text("abcdeé 20!'not", max_size=30) | st.sampled_from(
    [each for pair in (*SAME_SAID, *OTHERWISE_SAID) for each in pair]
)


@given(TEXTS, TEXTS)
def test_it_is_bounded_and_the_same_both_ways(one: str, other: str) -> None:
    found = likeness(one, other)
    assert 0.0 <= found <= 1.0
    assert found == likeness(other, one)


@given(TEXTS)
def test_nothing_is_more_like_a_text_than_itself(text: str) -> None:
    if any(map(str.isalnum, text)):
        assert likeness(text, text) == 1.0
        assert likeness(text, text.upper() + "!") == 1.0
