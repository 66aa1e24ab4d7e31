"""Words that say numbers, in English and Dutch."""

from __future__ import annotations

from functools import cache
from typing import Final

from earwitness.core.text import fold_text


def listed(words: str) -> tuple[str, ...]:
    """Words that stand in one string."""
    return tuple(words.split())


SCALES: Final = {
    "dozen": 12,
    "dozijn": 12,
    "hundred": 100,
    "honderd": 100,
    "thousand": 1_000,
    "duizend": 1_000,
    "million": 1_000_000,
    "miljoen": 1_000_000,
}
"""Words that multiply what stands before them."""

_ENGLISH: Final = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_ENGLISH_TENS: Final = listed("twenty thirty forty fifty sixty seventy eighty ninety")
_ENGLISH_ODD: Final = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fifth": 5,
    "eighth": 8,
    "ninth": 9,
    "twelfth": 12,
    "twice": 2,
    "thrice": 3,
    "half": 0.5,
}
_DUTCH: Final = listed(
    "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien"
    " zestien zeventien achttien negentien"
)
_DUTCH_TENS: Final = listed("twintig dertig veertig vijftig zestig zeventig tachtig negentig")
_DUTCH_ODD: Final = {
    "eerste": 1,
    "derde": 3,
    "achtste": 8,
    "eenmaal": 1,
    "tweemaal": 2,
    "driemaal": 3,
    "half": 0.5,
    "halve": 0.5,
    "anderhalf": 1.5,
    "anderhalve": 1.5,
}


@cache
def number_words(language: str | None) -> dict[str, float]:
    """What words say, folded and without accents; of a language without any here: of all."""
    if language == "en":
        return _english()
    return _dutch() if language == "nl" else {**_dutch(), **_english()}


def plain_word(word: str) -> str:
    """A word as it stands in `number_words`: `Tweeëntwintig` is `tweeentwintig`."""
    return fold_text(word).translate(_PLAIN)


_PLAIN: Final = str.maketrans("éèëï", "eeei")


def _english() -> dict[str, float]:
    words: dict[str, float] = {word: value for value, word in enumerate(_ENGLISH)}
    words |= {f"{word}th": value for value, word in enumerate(_ENGLISH) if value > 3}
    for tens, word in enumerate(_ENGLISH_TENS, start=2):
        words |= {word: tens * 10, f"{word[:-1]}ieth": tens * 10}
    return words | _ENGLISH_ODD


def _dutch() -> dict[str, float]:
    below = {word: value for value, word in enumerate(_DUTCH)}
    for tens, word in enumerate(_DUTCH_TENS, start=2):
        below[word] = tens * 10
        below |= {f"{_DUTCH[one]}en{word}": tens * 10 + one for one in range(1, 10)}
    words: dict[str, float] = {**below}
    for hundreds in range(1, 20):
        head = f"{_DUTCH[hundreds]}honderd" if hundreds > 1 else "honderd"
        words[head] = hundreds * 100
        for word, value in below.items():
            words[f"{head}{word}"] = words[f"{head}en{word}"] = hundreds * 100 + value
    words |= {f"{word}duizend": value * 1_000 for word, value in below.items() if value > 1}
    ordinals = {f"{word}{end}": value for word, value in words.items() for end in ("de", "ste")}
    return {word: value for word, value in (ordinals | words).items() if word not in SCALES} | (
        _DUTCH_ODD
    )
