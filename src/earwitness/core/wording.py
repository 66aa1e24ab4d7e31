"""Wording: whether a sentence that somebody wrote says no more than the lines it cites; pure.

Words in quotation marks must have been said there, one after another. Numbers must stand there, in
digits or in words. Names must stand there, or be those of the cast or of whoever speaks there. More
cannot be compared: that a sentence means what was said is for its reader, who is shown where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from earwitness.core.claims import Why
from earwitness.core.evidence import is_verbatim
from earwitness.core.number_words import listed
from earwitness.core.numbers import agree
from earwitness.core.openings import ORDINARY, is_opening
from earwitness.core.people import Person
from earwitness.core.text import fold_text
from earwitness.core.transcript import Utterance

MOST_CITED: Final = 12
"""A sentence that cites more lines cannot be looked up."""

LONGEST: Final = 600
"""Characters; what is longer is no sentence."""

_QUOTED: Final = re.compile(
    r"“([^”“]*)”|„([^”“„]*)[”“]|«([^»«]*)»|\"([^\"]*)\"|(?<!\w)‘((?:[^’‘]|’(?=\w))*)’(?!\w)"
    r"|(?<!\w)'((?:[^']|'(?=\w))*)'(?!\w)"
)
_MARKS: Final = frozenset('“”„«»"‘')
_WORD: Final = re.compile(r"\w+(?:['’‑-]\w+)*")
_BEGINS: Final = re.compile(r"[.!?…]['’)\]]*\s+$")
_SHORTENED: Final = re.compile(
    r"(?:^|\s)(?:(?:dr|mr|mrs|ms|st|prof|drs|ir|mevr|dhr|e\.g|i\.e|bijv|nr|no)|\w)\.\s+$",
    re.IGNORECASE,
)
_NOBODY: Final = frozenset(
    listed("i i'm i'd i'll i've dr mr mrs ms prof drs ir mevr dhr dm gm pc npc pcs npcs ok")
)
"""Written with a capital letter, and nobody's name."""

_SMALL: Final = frozenset({"s", "t", "n", "k"})
"""In Dutch what begins a sentence after these takes the capital letter: `'s Avonds`."""

_LOOK_BACK: Final = 24
"""Signs before a word that tell whether a sentence begins with it."""

_NOUNS_ARE_CAPITAL: Final = frozenset({"de", "lb"})
_OWNS: Final = re.compile(r"['’]s?$", re.IGNORECASE)


def doubt_of(
    text: str,
    cited: Sequence[Utterance],
    *,
    language: str | None,
    cast: Iterable[Person] = (),
    names: Iterable[str] = (),
) -> Why | None:
    """Why a sentence is not believed; None: nothing in it speaks against it.

    Args:
        text: The sentence.
        cited: The lines that are to bear it out, in order.
        language: It is written in, ISO 639-1, or None when unknown.
        cast: Who is known; they may be named wherever something was said.
        names: Others that are known: told from words also where a sentence begins with them.
    """
    if len(cited) > MOST_CITED or len(text) > LONGEST:
        return "vague"
    quotes = [next(filter(None, found.groups()), "") for found in _QUOTED.finditer(text)]
    rest = _QUOTED.sub(" ◦ ", text)
    stretches = list(_stretches(cited))
    if _MARKS & set(rest) or not all(
        any(is_verbatim(quote, lines) for lines in stretches) for quote in quotes
    ):
        return "not_said"
    told = _folded(line.text for line in cited)
    told |= _folded(line.speaker for line in cited if line.speaker)
    told |= _folded(name for person in cast for name in names_of(person))
    nouns = language in _NOUNS_ARE_CAPITAL
    claimed = _claimed_names(rest, _folded(names), told, language=language, nouns=nouns)
    if not all(part in told for name in claimed for part in fold_text(name).split()):
        return "unknown_name"
    counted = _WORD.sub(lambda word: "◦" if _is_numbered(word[0]) else word[0], rest)
    said = " \n ".join(line.text for line in cited)
    return None if agree(counted, language, said) else "unknown_number"


def names_of(person: Person) -> tuple[str, ...]:
    """All names that somebody goes by, and whom they play."""
    return (person.name, *person.aliases, *(each.name for each in person.characters))


def names_said(lines: Iterable[Utterance]) -> frozenset[str]:
    """Names that are told from other words by their capital letters, and those who speak."""
    lines, nobody = tuple(lines), frozenset[str]()
    found = {name for line in lines for name in _claimed_names(line.text, nobody, nobody)}
    small = {word for line in lines for word in _WORD.findall(line.text) if word.islower()}
    names = {name for name in found if fold_text(name) not in ORDINARY | small}
    return frozenset(names | {line.person for line in lines if line.person})


def _stretches(cited: Sequence[Utterance]) -> Iterator[list[Utterance]]:
    """Lines that follow each other; between others something was left out."""
    stretch: list[Utterance] = []
    for line in cited:
        if stretch and line.id != stretch[-1].id + 1:
            yield stretch
            stretch = []
        stretch.append(line)
    if stretch:
        yield stretch


def _folded(texts: Iterable[str]) -> frozenset[str]:
    """All words, folded, also as the owners of something."""
    words = {word for text in texts for word in fold_text(text).split()}
    plain = {_OWNS.sub("", word) for word in words}
    return frozenset(words | plain | {f"{word}s" for word in plain})


def _claimed_names(
    text: str,
    known: frozenset[str],
    told: frozenset[str],
    *,
    language: str | None = None,
    nouns: bool = False,
) -> Iterator[str]:
    """Words with a capital letter that they need not have where they stand, and known names.

    Args:
        text: Without what it quotes.
        known: Names, folded.
        told: Words that were said, folded: a sentence may begin with a form of any of them.
        language: Tells with which other words sentences begin; None: with any.
        nouns: Every noun has a capital letter: only known names are told from them.
    """
    words = list(_WORD.finditer(text))
    opening = True
    for found, after in zip(words, [*words[1:], None], strict=False):
        before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
        begins = opening or bool(_BEGINS.search(before) and not _SHORTENED.search(before))
        name = _OWNS.sub("", found[0])
        folded = fold_text(name)
        opening = begins and folded in _SMALL
        if not any(map(str.isupper, name)) or folded in _NOBODY:
            continue
        if begins and not (folded in known or _is_numbered(name)):
            follows = fold_text(after[0]) if after is not None else ""
            if _forms(folded) & told or is_opening(folded, follows, language):
                continue
        elif nouns and folded not in known and not _is_numbered(name):
            continue
        yield name


def _forms(word: str) -> frozenset[str]:
    """A word, and what it may be a form of."""
    ends = ("", "s", "es", "d", "ed", "t")
    return frozenset(word.removesuffix(end) for end in ends)


def _is_numbered(word: str) -> bool:
    """Capital letters and digits: a name such as S1, which counts nothing."""
    return any(map(str.isupper, word)) and any(map(str.isdigit, word))
