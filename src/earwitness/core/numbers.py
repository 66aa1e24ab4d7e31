"""Numbers as they are said or written - `25`, `twenty-five`, `vijfentwintig` - for comparing only.

A number may be understood in more than one way (`1.000`: a thousand, or one; `one twenty`: one and
twenty, or 120). What is claimed agrees with what was said when one of its ways does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from earwitness.core.number_words import SCALES, listed, number_words, plain_word

_TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_GROUPED: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_APART: Final = re.compile(r"[^\s\-‐‑]")
_JOINS: Final = frozenset({"and", "en"})
_POINTS: Final = frozenset({"point", "komma", "punt"})
_ARTICLES: Final = frozenset({"a", "an", "een"})
_DETERMINERS: Final = frozenset(listed("the his her my your our their de het mijn zijn haar"))
_NO_COUNT_AFTER: Final = frozenset(listed("no any every some the this that each which other"))
_NO_COUNT_BEFORE: Final = frozenset(listed("of another thing has is can should must who"))
_A_MOMENT: Final = frozenset(listed("a per every each split"))


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in a text.

    Attributes:
        ways: How it may be understood: values, all of which are meant.
        follows: The word after it, folded; empty: none.
    """

    ways: tuple[frozenset[float], ...]
    follows: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    word: str
    start: int
    end: int

    @property
    def is_digits(self) -> bool:
        return self.text[0].isdecimal()


def agree(claimed: str, language: str | None, said: str) -> bool:
    """Whether all numbers of a text stand in what was said, in words or in digits.

    One agrees with an article before the same word as well: `one brother`, `I have a brother`.

    Args:
        claimed: What was written.
        language: Whose number words count in it; None: all.
        said: What it rests on.
    """
    wanted = tuple(numbers_in(claimed, language))
    if not wanted:
        return True
    heard = frozenset[float]()
    for each in _numbers(_tokens(said), said, None, claims=False):
        heard = heard.union(*each.ways)
    words = [token.word for token in _tokens(said)]
    singles = {after for before, after in pairwise(words) if before in _ARTICLES}
    return all(
        any(way <= heard or (way == {1} and each.follows in singles) for way in each.ways)
        for each in wanted
    )


def numbers_in(text: str, language: str | None) -> Iterator[Number]:
    """The numbers that a text claims; `one of them`, `first of all` and the article claim none."""
    return _numbers(_tokens(text), text, language, claims=True)


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(found[0], plain_word(found[0]), found.start(), found.end())
        for found in _TOKEN.finditer(text)
    ]


def _numbers(
    tokens: list[_Token], text: str, language: str | None, *, claims: bool
) -> Iterator[Number]:
    known = number_words(language)

    def value(at: int) -> float | None:
        """What a word says; scales say it of what stands before them."""
        word = tokens[at].word
        found = SCALES.get(word, known.get(word))
        if found is None or (word == "een" and "é" not in tokens[at].text.casefold()):
            return None
        return None if claims and not _counts(tokens, at) else found

    at = 0
    while at < len(tokens):
        if tokens[at].is_digits:
            ways: tuple[frozenset[float], ...] = _digits(tokens[at].text)
            at += 1
        elif value(at) is None:
            at += 1
            continue
        else:
            run = [at]
            while (after := _next(tokens, text, run[-1])) is not None and value(after) is not None:
                run.append(after)
            at = run[-1] + 1
            parts = _composed([(tokens[i].word, value(i) or 0) for i in run])
            ways = _ways(parts)
            if at + 1 < len(tokens) and tokens[at].word in _POINTS:
                tenth = known.get(tokens[at + 1].word)
                if tenth is not None and tenth in range(10):
                    ways = (frozenset({*parts[:-1], parts[-1] + tenth / 10}),)
                    at += 2
        yield Number(ways, tokens[at].word if at < len(tokens) else "")


def _next(tokens: list[_Token], text: str, at: int) -> int | None:
    """The token that goes on with a number: `two hundred and five`, not `two, five`."""
    for after in (at + 1, at + 2):
        if after >= len(tokens) or tokens[after].is_digits:
            return None
        if _APART.search(text, tokens[after - 1].end, tokens[after].start):
            return None
        if tokens[after].word not in _JOINS or tokens[at].word not in SCALES:
            return after
    return None


def _counts(tokens: list[_Token], at: int) -> bool:
    """Whether a word that may be a number is one where it stands."""
    word = tokens[at].word
    before = tokens[at - 1].word if at else ""
    after = tokens[at + 1].word if at + 1 < len(tokens) else ""
    if word == "one":
        return bool(after) and before not in _NO_COUNT_AFTER and after not in _NO_COUNT_BEFORE
    if word in ("first", "eerste"):
        return before in _DETERMINERS or before in number_words("en")
    return word != "second" or before not in _A_MOMENT


def _digits(text: str) -> tuple[frozenset[float], ...]:
    parts = re.split(r"[.,]", text)
    if len(parts) == 1:
        return (frozenset({float(text)}),)
    ways = [frozenset({float("".join(parts))})] if _GROUPED.fullmatch(text) else []
    if len(parts) == 2:
        return (*ways, frozenset({float(".".join(parts))}))
    return (*ways, frozenset(float(part) for part in parts))


def _composed(run: list[tuple[str, float]]) -> list[float]:
    """Words that follow each other as numbers: `two hundred fifty` is one, `one twenty` are two."""
    made: list[float] = []
    total = part = 0.0
    for word, value in run:
        if value >= 1_000 and word in SCALES:
            total, part = total + (part or 1) * value, 0
        elif word in SCALES:
            part = (part or 1) * value
        elif part and not (part >= 20 and value and part % 10 ** len(str(int(value))) == 0):
            made.append(total + part)
            total, part = 0, value
        else:
            part += value
    return [*made, total + part]


def _ways(parts: list[float]) -> tuple[frozenset[float], ...]:
    if len(parts) == 1:
        return (frozenset(parts),)
    together = float("".join(str(int(part)) for part in parts))
    return frozenset(parts), frozenset({together})
