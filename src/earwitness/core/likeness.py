"""Likeness: whether two sentences say the same in other words; English and Dutch, no model.

What counts is which words that carry meaning both have, whatever their order: an ending or a
misspelling more or less is the same word, and so are a number's name and its figure. Who denies
says something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from earwitness.core.text import fold_text

_STEM: Final = 4
_ENDINGS: Final = 3
_SPELLED: Final = 0.8
_DENIED: Final = 0.5
"""What is left of a likeness where one says what the other denies."""

_NUMBERS: Final = (
    "zero nul|one één|two twee|three drie|four vier|five vijf|six zes|seven zeven|eight acht"
    "|nine negen|ten tien|eleven elf|twelve twaalf"
)
_FIGURES: Final = {
    word: str(number) for number, words in enumerate(_NUMBERS.split("|")) for word in words.split()
} | {"twenty": "20", "twintig": "20", "nat": "natural", "natuurlijke": "natural"}

_ENGLISH: Final = (
    "a an the and or but of to in on at by for from with as is are was were be been am it its it's"
    " this that these those there here so then do does did has have had will would can could i'm"
    " i'll we'll you'll he's she's that's there's just very really my your his her our their i you"
    " he she we they me him us them who what which when where how"
)
_DUTCH: Final = (
    "de het een en of maar van te in op aan bij voor uit met als is zijn was waren ben bent er dit"
    " dat deze die zo dan doet deed heeft hebben had zal zou kan kon heel echt even nog ook wel"
    " mijn jouw je jij ik hij ze zij we wij mij hem haar ons hun jullie wie wat welke wanneer waar"
    " hoe"
)
_EMPTY: Final = frozenset((*_ENGLISH.split(), *_DUTCH.split()))
"""Words that carry no meaning of their own."""

_DENYING: Final = (
    "not no never nothing nobody none cannot can't don't won't didn't doesn't isn't wasn't"
    " niet nooit geen niets niemand"
)
_DENIALS: Final = frozenset(_DENYING.split())


def likeness(one: str, other: str) -> float:
    """How much of two texts says the same, 0 to 1; 1: the same words. Symmetric.

    Dice's coefficient over words that carry meaning, each matched with at most one (L. R. Dice,
    Ecology 26, 1945).

    Example:
        >>> likeness("Rolled natural 20 on intimidation", "Rolled a nat twenty on intimidation!")
        1.0
        >>> likeness("I will never leave", "I will leave")
        0.5
    """
    first, second = sorted((_words(one), _words(other)))
    if not first or not second:
        return 1.0 if fold_text(one) == fold_text(other) and fold_text(one) else 0.0
    share = 2 * _common(first, second) / (len(first) + len(second))
    return share * _DENIED if _denies(one) != _denies(other) else share


@lru_cache(maxsize=8_192)
def _words(text: str) -> tuple[str, ...]:
    """The words that carry meaning; all of them where none does."""
    every = [_FIGURES.get(word, word) for word in fold_text(text).split()]
    told = [word for word in every if word not in _EMPTY and word not in _DENIALS]
    return tuple(told or every)


@lru_cache(maxsize=8_192)
def _denies(text: str) -> bool:
    return not _DENIALS.isdisjoint(fold_text(text).split())


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many words of one find one of the other: the same ones first, then those alike."""
    left = list(second)
    rest = []
    for word in first:
        if word in left:
            left.remove(word)
        else:
            rest.append(word)
    found = len(first) - len(rest)
    for word in rest:
        twin = next((each for each in left if _alike(word, each)), None)
        if twin is not None:
            left.remove(twin)
            found += 1
    return found


def _alike(one: str, other: str) -> bool:
    """The same word with another ending, or spelled a little otherwise."""
    short, long = sorted((one, other), key=len)
    if len(short) < _STEM or short.isdecimal():
        return False
    if long.startswith(short) and len(long) - len(short) <= _ENDINGS:
        return True
    stem = max(_STEM, len(short) - 2)
    if short[:stem] == long[:stem] and len(long) - stem <= _ENDINGS:
        return True
    return len(short) > _STEM and SequenceMatcher(None, short, long).ratio() >= _SPELLED
