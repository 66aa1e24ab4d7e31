"""Learned: what the corrections of a series' sessions teach about its names and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from earwitness.app.corrections.view import overrides_of
from earwitness.core.errors import CorruptStore
from earwitness.core.learned import said_in
from earwitness.core.lexicon import Lexicon
from earwitness.core.people import Series, folded
from earwitness.core.session import Session
from earwitness.core.terms import HOLDS, Said
from earwitness.core.transcript import Transcript
from earwitness.engines.word_lists import lexicon_for
from earwitness.store.library import Library

UNREAD = (
    "the corrections of {session} cannot be read, so the words they taught are not used "
    "(earwitness sessions verify {session})"
)


@dataclass(frozen=True, slots=True)
class Learned:
    """What people's corrections teach a series.

    Attributes:
        said: Names they gave, and words they put right.
        notices: What the user should know about them.
    """

    said: tuple[Said, ...]
    notices: tuple[str, ...] = ()


def language_in(session: Session, transcript: Transcript | None = None) -> str | None:
    """The language most lines are in; where none says so, the session's; None: unknown."""
    counted = Counter(line.language for line in (transcript.utterances if transcript else ()))
    counted.pop(None, None)
    return counted.most_common(1)[0][0] if counted else session.language


def learned_in(library: Library, sessions: Iterable[str]) -> Learned:
    """What the corrections of sessions teach; a ledger that is damaged teaches nothing."""
    said: list[Said] = []
    notices: list[str] = []
    for session in sessions:
        try:
            ledger = overrides_of(library.ledger(session).entries)
        except CorruptStore:
            notices.append(UNREAD.format(session=session))
            continue
        said += said_in(ledger, session, _lexicon_of(library, session))
    return Learned(tuple(said), tuple(notices))


def _lexicon_of(library: Library, session: str) -> Callable[[], Lexicon]:
    return lambda: lexicon_for(language_in(library.session(session)))


def learned_words(library: Library, series: Series | None) -> tuple[tuple[str, ...], list[str]]:
    """Words that hold for a series because of corrections, beside its own list; and notices."""
    if series is None:
        return (), []
    learned = learned_in(library, library.sessions_in(series.id))
    unwanted = library.refused_terms(series.id)
    words = (
        said.text
        for said in learned.said
        if said.origin.by in HOLDS and folded(said.text) not in unwanted
    )
    return tuple(dict.fromkeys(words)), list(learned.notices)
