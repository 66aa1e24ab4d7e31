"""Vocabulary: the names and terms that hold for a run - what was said, and what a series knows."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.app.request import Request
from earwitness.app.running.earlier import seen_run
from earwitness.core.people import Series
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


def series_terms(series: Series | None) -> tuple[str, ...]:
    """The words of a series: its vocabulary, then whom its people play, then who they are."""
    if series is None:
        return ()
    characters = (each.name for person in series.cast for each in person.characters)
    people = (person.name for person in series.cast)
    return tuple(dict.fromkeys((*series.vocabulary, *characters, *people)))


def all_words(request: Request, series: Series | None) -> tuple[str, ...]:
    """What was said, and what the series knows."""
    return tuple(dict.fromkeys((*request.vocabulary, *series_terms(series))))


def vocabulary_for(library: Library, session: Session, request: Request) -> Vocabulary:
    """The vocabulary of a request.

    A session that was transcribed keeps the words it was transcribed with, until somebody says
    others, asks for the transcription afresh, or re-runs a part: a name that is added to a series
    must not change what stands in last year's record.
    """
    now = all_words(request, library.series_of(session.id))
    reached = followers(frozenset({request.from_stage} if request.from_stage else ()))
    if request.fresh or "transcribe" in reached:
        return Vocabulary(now)
    before = seen_run(library, session.id) or library.latest_run(session.id)
    if (
        before is None
        or before.asked is None
        or not set(request.vocabulary) <= set(before.asked.vocabulary)
    ):
        return Vocabulary(now)
    kept = before.asked.vocabulary
    changed = set(kept) != set(now)
    return Vocabulary(kept, (CHANGED.format(session=session.id),) if changed else ())
