"""Breaks: what it costs a reader when a line or a subtitle ends after a given atom.

The order of preference is that of the subtitling guides (BBC Subtitle Guidelines; Karamitroglou
1998, "A proposed set of subtitling standards in Europe"): after a sentence, after a clause, before
a conjunction, before a preposition; never between an article and its noun, a preposition and what
it governs, a number and its unit, or the parts of a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from earwitness.exporters.atoms import Atom

SENTENCE: Final = 0.0
CLAUSE: Final = 1.5
CONJUNCTION: Final = 3.0
PREPOSITION: Final = 4.0
PLAIN: Final = 6.0
WEAK: Final = 8.0
INSIDE_WORD: Final = 9.0
TIED: Final = 12.0
ARTICLE: Final = 16.0

_PAUSE_MS_PER_POINT: Final = 150
"""A pause makes a break cheaper: this many milliseconds for one point."""

_SENTENCE_END = re.compile(r"[.!?…。！？‥]+[\"'’”»)\]）」』]*$")
_CLAUSE_END = re.compile(r"[,;:–—、，；：]+[\"'’”»)\]）」』]*$|[\"”»)\]）」』]$")
_INITIAL = re.compile(r"[A-Z]\.")
_OPENING = re.compile(r"^[\"“«‘(\[（「『–—-]")
_BARE = re.compile(r"^\W+|\W+$")

_ARTICLES: Final = {
    "en": "a an the my your his her its our their this these those some any no every each",
    "nl": "de het een t n mijn m'n je jouw uw zijn z'n haar ons onze hun deze dit elk elke geen",
}
_PREPOSITIONS: Final = {
    "en": "about above across after against along among around at before behind below beneath "
    "beside between beyond by despite down during for from in inside into like near of off on "
    "onto out over past since through throughout to toward towards under until up upon with "
    "within without",
    "nl": "aan achter bij binnen boven buiten door in langs met na naar naast om onder op over per "
    "rond sinds te tegen tijdens tot tussen uit van vanaf via volgens voor voorbij zonder",
}
_CONJUNCTIONS: Final = {
    "en": "and but or nor so yet because although though while when where whereas if unless than "
    "that which who whom whose as",
    "nl": "en maar of want dus omdat doordat hoewel terwijl toen als wanneer waar indien tenzij "
    "dan dat die wie wat zodat voordat nadat totdat",
}
_WEAK: Final = {
    "en": "i you he she it we they am is are was were be been will would can could shall should "
    "may might must do does did have has had not don't i'm you're he's she's it's we're they're "
    "i'll you'll we'll i've you've we've very too",
    "nl": "ik jij hij zij ze wij we jullie u ben bent is was waren word wordt worden wil zal zou "
    "kan kon mag moet heb hebt heeft had niet heel erg",
}
_DOTTED: Final = "mr. mrs. ms. dr. prof. st. vs. e.g. i.e. dhr. mevr. drs. ing. bijv. o.a. d.w.z."


def _lexicon(words: dict[str, str]) -> dict[str | None, frozenset[str]]:
    sets: dict[str | None, frozenset[str]] = {key: frozenset(words[key].split()) for key in words}
    sets[None] = frozenset().union(*sets.values())
    return sets


_ABBREVIATIONS = frozenset(_DOTTED.split())
_ARTICLE_WORDS = _lexicon(_ARTICLES)
_PREPOSITION_WORDS = _lexicon(_PREPOSITIONS)
_CONJUNCTION_WORDS = _lexicon(_CONJUNCTIONS)
_WEAK_WORDS = _lexicon(_WEAK)
_NO_WORDS: frozenset[str] = frozenset()


def costs(atoms: Sequence[Atom]) -> list[float]:
    """What a break after each atom costs, 0 (after a sentence) to 16 (after an article).

    English and Dutch are known; an unknown language is read as either; in others only
    punctuation, names, numbers and pauses count. The last atom's break is free.
    """
    known = [_traits(atom.text, atom.language) for atom in atoms]
    found = []
    for (left, one), (right, other) in pairwise(zip(atoms, known, strict=True)):
        cost = one.closes
        if cost is None:
            cost = _cost(left, right, one, other)
        pause_ms = right.start_ms - left.end_ms
        if pause_ms > 0:
            cost = max(SENTENCE, cost - pause_ms / _PAUSE_MS_PER_POINT)
        found.append(cost)
    return [*found, SENTENCE]


def ends_sentence(text: str) -> bool:
    """Whether an atom closes a sentence; `Dr.` and `J.` do not."""
    if _INITIAL.fullmatch(text) or text.lower() in _ABBREVIATIONS:
        return False
    return _SENTENCE_END.search(text) is not None


class _Traits(NamedTuple):
    """What a break next to a text costs, as far as the text alone tells.

    Attributes:
        closes: The price after it when it closes a sentence or clause; else None.
        opens: A break before it is as good as one after a clause.
        tie: The price after it otherwise.
        before: The price before a conjunction or preposition; else None.
        capital: It begins with a capital.
        name: It may be the first part of a name.
    """

    closes: float | None
    opens: bool
    tie: float
    before: float | None
    capital: bool
    name: bool


@lru_cache(maxsize=16_384)
def _traits(text: str, language: str | None) -> _Traits:
    """The traits of a text. Kept: a session says the same few thousand words."""
    word = (_BARE.sub("", text) or text).replace("’", "'")
    lower, capital = word.lower(), word[0].isupper()
    return _Traits(
        closes=_closes(text),
        opens=_OPENING.match(text) is not None,
        tie=_tie(text, word, language),
        before=CONJUNCTION
        if lower in _CONJUNCTION_WORDS.get(language, _NO_WORDS)
        else PREPOSITION
        if lower in _PREPOSITION_WORDS.get(language, _NO_WORDS)
        else None,
        capital=capital,
        name=capital and lower != "i",
    )


def _closes(text: str) -> float | None:
    if text[-1].isalnum():
        return None
    if ends_sentence(text):
        return SENTENCE
    return CLAUSE if _CLAUSE_END.search(text) else None


def _tie(text: str, word: str, language: str | None) -> float:
    lower = word.lower()
    if lower in _ARTICLE_WORDS.get(language, _NO_WORDS):
        return ARTICLE
    if (
        lower in _PREPOSITION_WORDS.get(language, _NO_WORDS)
        or lower in _CONJUNCTION_WORDS.get(language, _NO_WORDS)
        or text.lower() in _ABBREVIATIONS
        or word[-1].isdigit()
    ):
        return TIED
    return WEAK if lower in _WEAK_WORDS.get(language, _NO_WORDS) else PLAIN


def _cost(left: Atom, right: Atom, one: _Traits, other: _Traits) -> float:
    """The price after an atom that closes nothing."""
    if left.utterance != right.utterance or other.opens:
        return CLAUSE
    if not right.spaced:
        return _unspaced(left.text[-1], right.text[0])
    if one.tie >= TIED:
        return one.tie
    if one.name and other.capital:
        return TIED
    return one.tie if other.before is None else other.before


def _unspaced(last: str, first: str) -> float:
    """Between atoms without a space: best after hiragana, where a Japanese phrase mostly ends."""
    if "\u3041" <= last <= "\u309f" and not "\u3041" <= first <= "\u309f":
        return PREPOSITION
    return INSIDE_WORD
