"""Sounds: what a word sounds like in English or Dutch, and how near two words are to each other.

A key of our own for both languages: Metaphone knows no Dutch and throws vowels away, which makes
short names equal that are not. Letters of a key are no phonetic alphabet; they only say what an ear
takes for the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

Rule = tuple[re.Pattern[str], str]


def _rules(table: Sequence[tuple[str, str]]) -> tuple[Rule, ...]:
    return tuple((re.compile(pattern), sound) for pattern, sound in table)


# Capital letters are sounds that are set already. S: sh; C: ch; J: j as in jam; X: th; G: Dutch g
# and ch; N: ng. Vowels: a, e, i, o, u; I: as in eye; O: as in now.
_ENGLISH: Final = _rules(
    [
        (r"^[kg]n", "n"), (r"^wr", "r"), (r"^ps", "s"), (r"^x", "s"), (r"mb$", "m"),
        (r"tch|ch", "C"), (r"sch|sh|(?:ss|t|c)i(?=[ao])", "S"), (r"ph", "f"),
        (r"^gh", "g"), (r"igh", "I"), (r"(?<=[aeiou])gh", ""), (r"gh", "g"),
        (r"th", "X"), (r"dge?(?=[eiy]|$)|dj|j", "J"), (r"g(?=[eiy])", "J"),
        (r"c(?=[eiy])", "s"), (r"ck|c|qu?", "k"), (r"x", "ks"), (r"ng\b", "N"), (r"nk", "Nk"),
        (r"wh", "w"), (r"z", "s"), (r"v", "f"), (r"^y(?=[aeiou])", "j"), (r"h(?![aeiouy])", ""),
        (r"eau", "o"), (r"(?:ai|ay|ei|ey|a(?=[^aeiouy]e$))", "e"), (r"i(?=[^aeiouy]e$)", "I"),
        (r"(?:ee|ea|ie|ey|y)", "i"), (r"(?:oo|ou|ew|ue|ui)", "u"), (r"ow|au|aw|oa", "o"),
        (r"(?<=[^aeiouIO])e$", ""),
    ]
)  # fmt: skip
_DUTCH: Final = _rules(
    [
        (r"sch(?=[aeiouy])|sg", "sG"), (r"sch", "s"), (r"sj|sh", "S"), (r"tj|tsj", "C"),
        (r"ch|gh|g", "G"), (r"ph|v|f", "f"), (r"th|dt", "t"), (r"d$", "t"), (r"b$", "p"),
        (r"c(?=[eiy])", "s"), (r"ck|c|qu?", "k"), (r"x", "ks"), (r"z", "s"), (r"w", "w"),
        (r"ij|ei|y(?=[^aeiou]|$)", "I"), (r"ou|au", "O"), (r"oe", "u"), (r"eu|uu|ui", "u"),
        (r"ie|ee|aa|oo", "*"), (r"nG", "N"), (r"h(?![aeiou])", ""),
    ]
)  # fmt: skip
_DUTCH_LONG: Final = {"ie": "i", "ee": "e", "aa": "a", "oo": "o"}
_TABLES: Final[Mapping[str, tuple[Rule, ...]]] = {"en": _ENGLISH, "nl": _DUTCH}
_VOWELS: Final = frozenset("aeiouIO")
_ALIKE: Final = (
    frozenset("pb"), frozenset("td"), frozenset("kg"), frozenset("Gk"), frozenset("Gg"),
    frozenset("CJ"), frozenset("CS"), frozenset("SJ"), frozenset("Ss"), frozenset("Xt"),
    frozenset("Xf"), frozenset("Xs"), frozenset("mn"), frozenset("nN"), frozenset("fw"),
    frozenset("Jj"), frozenset("ij"), frozenset("Ii"), frozenset("Ia"), frozenset("Xd"),
)  # fmt: skip
HALF: Final = 0.5
"""What it costs to take a sound for one like it; for any other it is 1."""


@lru_cache(maxsize=32_768)
def sound_of(word: str, language: str = "en") -> str:
    """What a word sounds like, as a key; languages without rules are read as English.

    Example:
        >>> sound_of("Caleb") == sound_of("Kaleb")
        True
    """
    plain = unicodedata.normalize("NFKD", word.casefold())
    text = "".join(sign for sign in plain if "a" <= sign <= "z")
    for pattern, sound in _TABLES.get(language, _ENGLISH):
        if sound == "*":
            text = pattern.sub(lambda match: _DUTCH_LONG[match[0]], text)
        else:
            text = pattern.sub(sound, text)
    text = text.replace("y", "i")
    return re.sub(r"(.)\1+", r"\1", text)


@lru_cache(maxsize=32_768)
def likeness(one: str, other: str, language: str = "en") -> float:
    """How near two words are by sound and letters; 1.0: they read the same, 0.0: nothing alike.

    Half of it is letters, half sound; symmetric and bounded.
    """
    return (letters_alike(one, other) + sounds_alike(one, other, language)) / 2


def letters_alike(one: str, other: str) -> float:
    """Share of letters that need no change; two neighbours that changed places are one change."""
    left, right = one.casefold(), other.casefold()
    longest = max(len(left), len(right))
    return 1.0 - _distance(left, right, spoken=False) / longest if longest else 1.0


def sounds_alike(one: str, other: str, language: str = "en") -> float:
    """The same of sounds, where one that is taken for a like one costs half."""
    left, right = sound_of(one, language), sound_of(other, language)
    longest = max(len(left), len(right))
    return 1.0 - _distance(left, right, spoken=True) / longest if longest else 0.0


def _cost(one: str, other: str, spoken: bool) -> float:
    if one == other:
        return 0.0
    if spoken and ({one, other} <= _VOWELS or frozenset((one, other)) in _ALIKE):
        return HALF
    return 1.0


def _distance(left: str, right: str, *, spoken: bool) -> float:
    """Edit distance with neighbours that change places (optimal string alignment)."""
    before: list[float] = []
    row = [float(n) for n in range(len(right) + 1)]
    for i, a in enumerate(left, start=1):
        now = [float(i)]
        for j, b in enumerate(right, start=1):
            best = min(row[j] + 1.0, now[j - 1] + 1.0, row[j - 1] + _cost(a, b, spoken))
            if before and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, before[j - 2] + 1.0)
            now.append(best)
        before, row = row, now
    return row[-1]


def may_be_alike(one: str, other: str) -> bool:
    """A quick no for most pairs: lengths and letters too far apart to be a misspelling."""
    shorter, longer = sorted((len(one), len(other)))
    if shorter * 10 < longer * 6:
        return False
    return len(set(one) & set(other)) * 2 >= len(set(other)) - 1
