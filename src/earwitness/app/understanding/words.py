"""Words: the names and terms of a series - where each comes from, and which of them hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from earwitness.app.records import read_record
from earwitness.app.understanding.learned import language_in, learned_in
from earwitness.app.understanding.playbooks import playbook as playbook_of
from earwitness.core.errors import NotCompleted, NotFound, UsageError
from earwitness.core.lexicon import is_stop_word
from earwitness.core.mining import mine
from earwitness.core.people import Series, folded
from earwitness.core.session import Session
from earwitness.core.terms import (
    By,
    Kind,
    Origin,
    Said,
    Sighting,
    Sources,
    Status,
    Term,
    gather,
    read_term,
)
from earwitness.core.transcript import Transcript
from earwitness.engines.word_lists import lexicon_for
from earwitness.store.library import Library
from earwitness.store.terms import Noted


@dataclass(frozen=True, slots=True)
class Mined:
    """What was mined.

    Attributes:
        sessions: How many words each session showed, by its id.
        without: Sessions that have no transcript yet.
        terms: All terms of the series now.
    """

    sessions: Mapping[str, int]
    without: tuple[str, ...]
    terms: tuple[Term, ...]


def terms_of(library: Library, series: Series) -> tuple[Term, ...]:
    """All terms of a series, what holds first; see `core.terms.gather`."""
    learned = learned_in(library, library.sessions_in(series.id))
    return gather(
        Sources(
            said=(*_own(library, series), *_cast(series), *learned.said),
            seen=library.sightings(series.id),
            listed=_listed(library, series),
            refused=library.refused_terms(series.id),
        )
    )


def _own(library: Library, series: Series) -> list[Said]:
    return [
        Said(each.text, each.kind, Origin(By.PERSON, heard=each.heard, who=each.who))
        for each in library.noted_terms(series)
    ]


def _cast(series: Series) -> list[Said]:
    names = (
        name
        for person in series.cast
        for name in (person.name, *(each.name for each in person.characters))
    )
    return [Said(name, Kind.NAME, Origin(By.CAST)) for name in dict.fromkeys(names)]


def _listed(library: Library, series: Series) -> tuple[str, ...]:
    if series.playbook is None:
        return ()
    book = playbook_of(series.playbook, library.home)
    terms = dict(book.vocabulary)
    language = series.language or book.language
    return terms.get(language or "", ())


def mine_series(library: Library, series: Series, sessions: Sequence[str] | None = None) -> Mined:
    """Look through the transcripts of a series for names and terms; they are proposed, no more.

    Args:
        library: Where it is.
        series: Which series.
        sessions: Which of its sessions; None: all.

    Raises:
        UsageError: A session is of another series.
    """
    members = library.sessions_in(series.id)
    if set(sessions or ()) - set(members):
        raise UsageError(
            "a session is not of this series", hint="`earwitness series show` lists its sessions"
        )
    shown: dict[str, int] = {}
    without: list[str] = []
    for session in members if sessions is None else sessions:
        try:
            record = read_record(library, session)
        except (NotFound, NotCompleted):
            without.append(session)
            continue
        found = mine_transcript(record.session, record.transcript)
        library.keep_sightings(session, series.id, found)
        shown[session] = len(found)
    return Mined(shown, tuple(without), terms_of(library, series))


def mine_transcript(session: Session, transcript: Transcript) -> tuple[Sighting, ...]:
    """What one transcript shows; names of its speakers that a person gave are known anyway."""
    language = language_in(session, transcript)
    return mine(transcript, lexicon_for(language), language=language)


def accept_words(
    library: Library, series: Series, words: Sequence[str], who: str
) -> tuple[Term, ...]:
    """Let proposed (or refused) words hold.

    Raises:
        UsageError: One is none of the series' terms; nothing was changed.
    """
    terms = _chosen(terms_of(library, series), words)
    noted = [Noted(each.text, each.kind, each.heard, who) for each in terms]
    library.accept_terms(series.id, noted)
    return terms_of(library, library.series(series.name))


def refuse_words(library: Library, series: Series, words: Sequence[str]) -> tuple[Term, ...]:
    """Do not let words hold, and do not propose them again.

    Raises:
        UsageError: One is none of the series' terms, or in its cast; nothing was changed.
    """
    chosen = _chosen(terms_of(library, series), words)
    for term in chosen:
        if any(origin.by == By.CAST and origin.session is None for origin in term.origins):
            raise UsageError(
                "a name of the cast holds as long as it is there",
                hint="take it out of the cast: earwitness series person SERIES NAME --remove",
            )
    library.refuse_terms(
        series.id,
        {
            term.key: [origin.session for origin in term.origins if origin.session is not None]
            for term in chosen
        },
    )
    return terms_of(library, library.series(series.name))


def learn_words(
    library: Library,
    series: Series,
    words: Mapping[str, tuple[str, ...]],
    *,
    kind: Kind,
    who: str,
) -> tuple[Term, ...]:
    """Let words hold because a person says so.

    Args:
        library: Where the series is.
        series: Which series.
        words: Each as it is to be written, with what transcripts write in place of it.
        kind: What they are.
        who: Who says so.

    Raises:
        UsageError: One is no term: empty, of several lines, or a stop word; nothing was changed.
    """
    noted = []
    for text, heard in words.items():
        made = read_term(text)
        if made.islower() and is_stop_word(made):
            raise UsageError(
                "a word that everybody says all the time is no term",
                hint="a transcriber that is told to expect it hears it everywhere",
            )
        noted.append(Noted(made, kind, tuple(read_term(each) for each in heard), who))
    library.accept_terms(series.id, noted)
    return terms_of(library, library.series(series.name))


def _chosen(terms: Sequence[Term], words: Sequence[str]) -> tuple[Term, ...]:
    known = {term.key: term for term in terms}
    missing = [word for word in words if folded(word) not in known]
    if missing or not words:
        count = len(missing)
        raise UsageError(
            f"{count} of the words {'are' if count > 1 else 'is'} not among the series' terms"
            if words
            else "say which words",
            hint="`earwitness series words list` shows all; `add` takes new ones",
        )
    return tuple(known[folded(word)] for word in words)


def holding(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Those that hold."""
    return tuple(term for term in terms if term.status == Status.ACCEPTED)
