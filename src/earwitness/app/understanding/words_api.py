"""The public verbs of words: what Python users call, and what every face calls too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from earwitness.app.library import open_library
from earwitness.app.settings import read_settings
from earwitness.app.understanding import words as verbs
from earwitness.app.understanding.spellings import SpellingSuggestions, read_spellings
from earwitness.app.understanding.words import Mined
from earwitness.app.wishing import AnyPath
from earwitness.core.errors import NotFound, UsageError
from earwitness.core.people import Series
from earwitness.core.terms import Kind, Term
from earwitness.store.library import Library


def series_words(series: str, *, home: AnyPath | None = None) -> tuple[Term, ...]:
    """The names and terms of a series with where each comes from, what holds first.

    Args:
        series: Its name, or the id of one of its sessions.
        home: The library's folder.

    Raises:
        NotFound: There is none.
    """
    with _series(series, home=home) as (library, found, _):
        return verbs.terms_of(library, found)


def mine_words(series: str, *, sessions: Sequence[str] = (), home: AnyPath | None = None) -> Mined:
    """Look through the transcripts of a series for names and terms; they are proposed, no more.

    Args:
        series: Its name, or the id of one of its sessions.
        sessions: Which of its sessions; empty: all.
        home: The library's folder.

    Raises:
        NotFound: No such series or session.
        UsageError: A session is of another series.
    """
    with _series(series, home=home) as (library, found, _):
        chosen = [library.resolve(each) for each in sessions]
        return verbs.mine_series(library, found, chosen or None)


def accept_words(
    series: str, words: Sequence[str], *, by: str | None = None, home: AnyPath | None = None
) -> tuple[Term, ...]:
    """Let proposed words hold: later sessions of the series are transcribed with them.

    Raises:
        NotFound: No such series.
        UsageError: One is none of its terms; nothing was changed.
    """
    with _series(series, home=home, by=by) as (library, found, who):
        return verbs.accept_words(library, found, words, who)


def refuse_words(
    series: str, words: Sequence[str], *, home: AnyPath | None = None
) -> tuple[Term, ...]:
    """Do not let words hold, and do not propose them again while the sessions that say them stay.

    Raises:
        NotFound: No such series.
        UsageError: One is none of its terms, or in its cast; nothing was changed.
    """
    with _series(series, home=home) as (library, found, _):
        return verbs.refuse_words(library, found, words)


def learn_names(
    series: str, names: Iterable[str], *, by: str | None = None, home: AnyPath | None = None
) -> tuple[Term, ...]:
    """Let a series know names: later sessions of it are transcribed with them.

    Args:
        series: Its name, or the id of one of its sessions.
        names: As they are to be written.
        by: Who says so [default: the setting `user`].
        home: The library's folder.

    Returns:
        All terms of the series.

    Raises:
        NotFound: No such series, or the session belongs to none.
        UsageError: One is no name; nothing was changed.

    Example:
        >>> import earwitness
        >>> earwitness.learn_names("Tavern nights", ["Mira", "Barovia"])  # doctest: +SKIP
    """
    with _series(series, home=home, by=by) as (library, found, who):
        words: dict[str, tuple[str, ...]] = dict.fromkeys(names, ())
        return verbs.learn_words(library, found, words, kind=Kind.NAME, who=who)


def learn_terms(
    series: str,
    terms: Iterable[str] | Mapping[str, str],
    *,
    kind: Kind = Kind.TERM,
    by: str | None = None,
    home: AnyPath | None = None,
) -> tuple[Term, ...]:
    """Let a series know words that are no names.

    Args:
        series: Its name, or the id of one of its sessions.
        terms: As they are to be written; or what transcripts write, each with what is meant:
            `{"tea fling": "tiefling"}`. The former is then suggested to be put right.
        kind: What they are.
        by: Who says so [default: the setting `user`].
        home: The library's folder.

    Returns:
        All terms of the series.

    Raises:
        NotFound: No such series, or the session belongs to none.
        UsageError: One is no term; nothing was changed.
    """
    words: dict[str, tuple[str, ...]] = {}
    if isinstance(terms, Mapping):
        for heard, text in terms.items():
            words[text] = (*words.get(text, ()), heard)
    else:
        words = dict.fromkeys(terms, ())
    with _series(series, home=home, by=by) as (library, found, who):
        return verbs.learn_words(library, found, words, kind=kind, who=who)


def word_suggestions(
    session: str, *, only: Sequence[str] = (), home: AnyPath | None = None
) -> SpellingSuggestions:
    """Words of a session that may be a known term misheard, with why, and with ready edits.

    Nothing is changed; give the edits you want to `apply_edits`.

    Args:
        session: Its id, or the beginning of it.
        only: Terms to look at; empty: all that hold.
        home: The library's folder.

    Raises:
        NotFound: No such session, or it has no transcript.
        NotCompleted: It is still being worked on.
    """
    with open_library(read_settings(home=home)) as library:
        return read_spellings(library, library.resolve(session), only=only)


@contextmanager
def _series(
    name: str, *, home: AnyPath | None, by: str | None = None
) -> Iterator[tuple[Library, Series, str]]:
    """The library, a series by its name or by one of its sessions, and who is asking."""
    settings = read_settings(home=home, user=by)
    with open_library(settings) as library:
        yield library, _named(library, name), settings.user


def _named(library: Library, name: str) -> Series:
    try:
        return library.series(name)
    except NotFound as missing:
        try:
            session = library.resolve(name)
        except (NotFound, UsageError):
            raise missing from None
    found = library.series_of(session)
    if found is None:
        raise NotFound(
            "this session belongs to no series, and words are kept by series",
            hint="earwitness series add NAME, then process or import it again with --series NAME",
        )
    return found
