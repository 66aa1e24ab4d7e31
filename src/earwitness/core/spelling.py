"""Spelling: words of a transcript that may be a known term misheard; only ever suggested.

Three reasons, the surest first: somebody corrected the same words to the term before; it sounds
like the term; it is spelt like it. A word that the language has itself is left alone, unless it
stands where all other words of a term of several words stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from earwitness.core.lexicon import Lexicon, is_stop_word
from earwitness.core.mining import Token, tokens_of
from earwitness.core.people import folded
from earwitness.core.sounds import letters_alike, may_be_alike, sound_of, sounds_alike
from earwitness.core.terms import Term
from earwitness.core.transcript import Transcript, Utterance

LEAST: Final = 0.72
"""Mean of sound and letters from which a word is suggested."""

LEAST_SPLIT: Final = 0.8
"""The same of two words that stand for one: more often than not they are two."""

SHORT: Final = 4
LEAST_SHORT: Final = 0.8
"""The same of words of at most so many letters, where one letter makes another word."""

LEAST_NAME: Final = 0.66
"""The same of a word with a capital inside a sentence: the transcriber took it for a name too."""

LEAST_INSIDE: Final = 0.6
"""The same where all other words of the term stand around it."""

SHORTEST: Final = 3
"""Shorter words are never suggested by likeness."""


class Why(StrEnum):
    """What speaks for a suggestion."""

    CORRECTED = "corrected so before"
    SOUND = "sounds like it"
    LETTERS = "spelt like it"


@dataclass(frozen=True, slots=True)
class Misspelling:
    """One place where a term may be meant.

    Attributes:
        utterance: The line's id.
        at_ms: When the word begins.
        place: Which of the line's written words it is, from 0.
        count: How many of them it is: one, or two that stand for one.
        wrong: What stands there, without what stands around it.
        right: What the line would read in its place: the term, with the ending the word has.
        term: The term, or the word of a longer one that is meant.
        why: What speaks for it.
        likeness: 0 to 1: how near they are by sound and letters.
    """

    utterance: int
    at_ms: int
    place: int
    count: int
    wrong: str
    right: str
    term: str
    why: Why
    likeness: float


def suggest_spellings(
    transcript: Transcript, terms: Sequence[Term], lexicon: Lexicon, *, language: str | None = None
) -> tuple[Misspelling, ...]:
    """Words that may be a known term misheard.

    Args:
        transcript: As people see it.
        terms: What holds for its series.
        lexicon: The language's own words. Without one, only what was corrected before is found.
        language: What is spoken; None is read as English.

    Returns:
        In order of time. Words of a term, and a term with an ending, are never among them.
    """
    known = _Known(terms, lexicon, language or "en")
    found: list[Misspelling] = []
    for line in transcript.utterances:
        found += known.misspellings(line)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Match:
    term: str
    why: Why
    likeness: float


class _Known:
    """Terms, ready to be compared; the same words come again, so what was found is kept."""

    def __init__(self, terms: Sequence[Term], lexicon: Lexicon, language: str) -> None:
        self._lexicon, self._language = lexicon, language
        self._corrected: dict[str, str] = {}
        self._single: dict[str, str] = {}
        self._several: list[tuple[str, ...]] = []
        self._own: set[str] = set()
        for term in terms:
            for heard in term.heard:
                self._corrected.setdefault(folded(heard), term.text)
            parts = term.text.split()
            self._own |= {folded(part) for part in parts} | {term.key}
            if len(parts) > 1:
                self._several.append(tuple(parts))
            for part in parts:
                key = folded(part)
                if len(parts) == 1 or (len(key) > SHORT and not lexicon.knows(key)):
                    self._single.setdefault(key, part)
        self._sounds = {sound_of(key, language): text for key, text in self._single.items()}
        self._found: dict[tuple[str, bool], _Match | None] = {}

    def misspellings(self, line: Utterance) -> Iterator[Misspelling]:
        places = tuple(tokens_of(line))
        taken: set[int] = set()
        found: list[Misspelling] = []
        for run, match in (*self._inside(places), *self._pairs(places), *self._singles(places)):
            indexes = {place.index for place in run}
            if not indexes & taken:
                taken |= indexes
                found.append(_told(line, run, match))
        yield from sorted(found, key=lambda each: each.place)

    def _singles(self, places: Sequence[Token]) -> Iterator[tuple[tuple[Token, ...], _Match]]:
        for place in places:
            match = self._match(place.key, place.capital and not place.opens)
            if match is not None:
                yield (place,), match

    def _pairs(self, places: Sequence[Token]) -> Iterator[tuple[tuple[Token, ...], _Match]]:
        for left, right in pairwise(places):
            if right.index != left.index + 1 or left.pause or {left.key, right.key} & self._own:
                continue
            match = self._pair(left, right)
            if match is not None:
                yield (left, right), match

    def _inside(self, places: Sequence[Token]) -> Iterator[tuple[tuple[Token, ...], _Match]]:
        """One word of a longer term reads otherwise, and all others stand around it."""
        for parts in self._several:
            keys = [folded(part) for part in parts]
            for start in range(len(places) - len(parts) + 1):
                run = places[start : start + len(parts)]
                odd = [n for n, place in enumerate(run) if place.key != keys[n]]
                if (
                    len(odd) != 1
                    or len(run[odd[0]].key) < SHORTEST
                    or is_stop_word(run[odd[0]].key)
                ):
                    continue
                place, part = run[odd[0]], parts[odd[0]]
                match = self._near(place.key, {folded(part): part}, LEAST_INSIDE)
                if match is not None and not _is_form_of(place.key, folded(part)):
                    yield (place,), match

    def _match(self, key: str, named: bool) -> _Match | None:
        if (key, named) not in self._found:
            self._found[key, named] = self._search(key, named)
        return self._found[key, named]

    def _search(self, key: str, named: bool) -> _Match | None:
        if key in self._own or is_stop_word(key):
            return None
        if key in self._corrected and key not in self._lexicon.frequent:
            return _Match(self._corrected[key], Why.CORRECTED, 1.0)
        if not self._lexicon.known or self._lexicon.knows(key) or len(key) < SHORTEST:
            return None
        if not key.replace("-", "").isalpha() or any(_is_form_of(key, own) for own in self._own):
            return None
        least = LEAST_NAME if named else LEAST if len(key) > SHORT else LEAST_SHORT
        return self._near(key, self._single, least)

    def _pair(self, left: Token, right: Token) -> _Match | None:
        spaced, joined = f"{left.key} {right.key}", left.key + right.key
        if spaced in self._corrected:
            return _Match(self._corrected[spaced], Why.CORRECTED, 1.0)
        if is_stop_word(left.key) or is_stop_word(right.key) or len(joined) <= SHORT:
            return None
        sound = sound_of(joined, self._language)
        if sound in self._sounds:
            return _Match(self._sounds[sound], Why.SOUND, 1.0)
        if all(self._lexicon.knows(each.key) for each in (left, right)):
            return None
        match = self._near(joined, self._single, LEAST_SPLIT)
        alone = self._match(left.key, True) or self._match(right.key, True)
        return None if match and alone and alone.likeness >= match.likeness else match

    def _near(self, key: str, terms: Mapping[str, str], least: float) -> _Match | None:
        best: tuple[float, float, str] | None = None
        for own, text in terms.items():
            if len(own) >= SHORTEST and may_be_alike(key, own):
                sound = sounds_alike(key, own, self._language)
                letters = letters_alike(key, own)
                if best is None or (sound + letters) / 2 > best[0]:
                    best = (sound + letters) / 2, sound - letters, text
        if best is None or best[0] < least:
            return None
        return _Match(best[2], Why.SOUND if best[1] > 0 else Why.LETTERS, best[0])


_ENDINGS: Final = ("'s", "s", "es", "'", "en", "ish", "ian", "ians", "like", "je", "tje", "er")


def _is_form_of(key: str, own: str) -> bool:
    """Whether a word is a known one with an ending, or its beginning: a short name of it."""
    if key.startswith(own) and key[len(own) :] in _ENDINGS:
        return True
    return own.startswith(key) and len(own) - len(key) > 1


def _told(line: Utterance, run: Sequence[Token], match: _Match) -> Misspelling:
    written = line.text.split()[run[0].index : run[-1].index + 1]
    lead, tail = _around(written[0], run[0].text)[0], _around(written[-1], run[-1].text)[1]
    ending = tail[:2] if tail[:2].replace("’", "'").casefold() == "'s" else ""
    wrong = " ".join(written)
    return Misspelling(
        utterance=line.id,
        at_ms=_begins(line, run[0].index),
        place=run[0].index,
        count=len(written),
        wrong=wrong[len(lead) : len(wrong) - len(tail) + len(ending)],
        right=match.term + ending,
        term=match.term,
        why=match.why,
        likeness=round(match.likeness, 3),
    )


def _around(raw: str, text: str) -> tuple[str, str]:
    """What stands before and behind a word: quotes, commas, `'s`."""
    at = raw.replace("’", "'").find(text)
    return (raw[:at], raw[at + len(text) :]) if at >= 0 else ("", "")


def _begins(line: Utterance, place: int) -> int:
    """When a written word begins: several heard ones may be written as one, and the reverse."""
    starts: list[int] = []
    for word in line.words:
        glued = word.glued and bool(starts)
        starts += [word.span.start_ms] * (len(word.text.split()) - glued)
    return starts[min(place, len(starts) - 1)]


def rewrite(text: str, found: Iterable[Misspelling]) -> str:
    """A line's text with some of its suggestions taken."""
    written = text.split()
    for each in sorted(found, key=lambda one: -one.place):
        there = " ".join(written[each.place : each.place + each.count])
        written[each.place : each.place + each.count] = [there.replace(each.wrong, each.right, 1)]
    return " ".join(written)
