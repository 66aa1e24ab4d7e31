"""Learned: the names and spellings that people's corrections hold, read from a ledger.

Nothing of it is stored twice: the ledger is the truth, so what is undone, erased or deleted is no
longer known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from earwitness.core.fold import find_undone
from earwitness.core.lexicon import Lexicon, is_stop_word
from earwitness.core.mining import Token, tokens_in
from earwitness.core.naming import IMPORTER, RECOGNISER
from earwitness.core.override import Field, Override, Target, VoiceTarget
from earwitness.core.people import folded
from earwitness.core.terms import By, Kind, Origin, Said

MOST_HEARD: Final = 3
MOST_WRITTEN: Final = 2
"""A spelling replaces at most so many words by at most so many; more is another sentence."""

NO_PERSONS: Final = frozenset({IMPORTER, RECOGNISER})

_EVERYBODY: Final = frozenset(
    {"all", "allen", "both", "everybody", "everyone", "iedereen", "unknown", "onbekend"}
)
"""Files say so where names should be."""

_NAMES: Final = frozenset({Field.PERSON, Field.CHARACTER})


@dataclass(frozen=True, slots=True)
class Spelling:
    """Somebody wrote a word in place of another one.

    Attributes:
        heard: What stood there.
        written: What they wrote.
        capital: It has a capital that no sentence begins with.
        at_ms: When the line begins; None: the correction has no time.
        who: Who wrote it.
    """

    heard: str
    written: str
    capital: bool
    at_ms: int | None
    who: str


def spellings_in(ledger: Sequence[Override]) -> tuple[Spelling, ...]:
    """What people wrote in place of what, in order; what was rewritten later is left out."""
    found: list[Spelling] = []
    for override in _in_force(ledger):
        if override.field == Field.TEXT:
            made = list(_of(override))
            gone = {folded(each.heard) for each in made}
            found = [each for each in found if folded(each.written) not in gone] + made
    return tuple(found)


def said_in(
    ledger: Sequence[Override], session: str, lexicon: Callable[[], Lexicon]
) -> tuple[Said, ...]:
    """Words that a session's corrections make hold: whom it names, and what was put right.

    Args:
        ledger: In order of seq.
        session: Whose.
        lexicon: The language's own words; asked only when a correction may be about one of them.
    """
    given: dict[tuple[Field, str | int], Override] = {}
    for override in _in_force(ledger):
        if override.field in _NAMES:
            target = override.target
            key = target.voice if isinstance(target, VoiceTarget) else target.utterance
            given[override.field, key] = override
    names = dict.fromkeys(
        (each.now, each.by) for each in given.values() if isinstance(each.now, str)
    )
    cast = [
        Said(name, Kind.NAME, _giver(session, who))
        for name, who in names
        if who not in NO_PERSONS or folded(name) not in _EVERYBODY
    ]
    return (*cast, *_corrected(spellings_in(ledger), session, lexicon))


def _giver(session: str, who: str) -> Origin:
    """A person's word holds; the name a file gives, or a recogniser, is only one that was there."""
    if who in NO_PERSONS:
        return Origin(By.FILE, session)
    return Origin(By.CAST, session, who=who)


def _corrected(
    spellings: Iterable[Spelling], session: str, lexicon: Callable[[], Lexicon]
) -> Iterator[Said]:
    for each in spellings:
        words = each.written.split()
        if all(is_stop_word(key) and lexicon().stops(key) for key in map(folded, words)):
            continue
        if not each.capital and all(lexicon().knows(folded(word)) for word in words):
            continue
        kind = Kind.NAME if each.written[:1].isupper() else Kind.TERM
        origin = Origin(By.CORRECTION, session, at_ms=each.at_ms, heard=(each.heard,), who=each.who)
        yield Said(each.written, kind, origin)


def _in_force(ledger: Sequence[Override]) -> Iterator[Override]:
    undone = find_undone(ledger)
    for override in ledger:
        if override.seq not in undone and override.undoes is None:
            yield override


def _of(override: Override) -> Iterator[Spelling]:
    """What one corrected line says about spelling."""
    if not isinstance(override.was, str) or not isinstance(override.now, str):
        return
    was, now = tuple(tokens_in(override.was)), tuple(tokens_in(override.now))
    matcher = SequenceMatcher(
        None, [each.key for each in was], [each.key for each in now], autojunk=False
    )
    at_ms = override.target.span.start_ms if isinstance(override.target, Target) else None
    for what, a, b, c, d in matcher.get_opcodes():
        heard, written = was[a:b], now[c:d]
        if what == "replace" and _is_spelling(heard, written):
            yield Spelling(
                " ".join(each.text for each in heard),
                " ".join(each.text for each in written),
                any(each.capital and not each.opens for each in written),
                at_ms,
                override.by,
            )


def _is_spelling(heard: Sequence[Token], written: Sequence[Token]) -> bool:
    if len(heard) > MOST_HEARD or len(written) > MOST_WRITTEN:
        return False
    # As many words as before, or names that were torn apart or run together: not new content.
    return len(written) <= len(heard) or (len(heard) == 1 and all(w.capital for w in written))
