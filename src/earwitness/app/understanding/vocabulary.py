"""Vocabulary: the names and terms that hold for a run - what was said, and what a series knows."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.app.request import Request
from earwitness.app.running.earlier import seen_run
from earwitness.app.understanding.learned import learned_words
from earwitness.core.people import Series, series_terms
from earwitness.core.session import Session
from earwitness.runs.plan import followers
from earwitness.store.library import Library

CHANGED = (
    "the names and terms of the series have changed since this session was transcribed; "
    "it stays as it was (earwitness sessions rerun {session} --with vocabulary=auto, "
    "for a part of it with --span)"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What holds for one run.

    Attributes:
        terms: In the order of their weight: what was said comes first.
        notices: What the user should know about them.
    """

    terms: tuple[str, ...]
    notices: tuple[str, ...] = ()


def known_words(library: Library, series: Series | None) -> Vocabulary:
    """What a series says, and what corrections in its sessions taught: a name that was given to a
    voice or written in place of another word in one session is known in the next one.
    """
    learned, notices = learned_words(library, series)
    return Vocabulary(tuple(dict.fromkeys((*series_terms(series), *learned))), tuple(notices))


def all_words(library: Library, request: Request, series: Series | None) -> Vocabulary:
    """What was said, and what the series knows."""
    known = known_words(library, series)
    return Vocabulary(tuple(dict.fromkeys((*request.vocabulary, *known.terms))), known.notices)


def vocabulary_for(library: Library, session: Session, request: Request) -> Vocabulary:
    """The vocabulary of a request.

    A session that was transcribed keeps the words it was transcribed with, until somebody says
    others, asks for the transcription afresh, or re-runs a part: a name that is added to a series
    must not change what stands in last year's record.
    """
    now = all_words(library, request, library.series_of(session.id))
    reached = followers(frozenset({request.from_stage} if request.from_stage else ()))
    if request.fresh or "transcribe" in reached:
        return now
    before = seen_run(library, session.id) or library.latest_run(session.id)
    if (
        before is None
        or before.asked is None
        or not set(request.vocabulary) <= set(before.asked.vocabulary)
    ):
        return now
    kept = before.asked.vocabulary
    changed = (CHANGED.format(session=session.id),) if set(kept) != set(now.terms) else ()
    return Vocabulary(kept, (*changed, *now.notices))
