"""Spellings: words of a session that may be a known term misheard, as edits nobody makes yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from earwitness.app.corrections.desk import completed_result
from earwitness.app.corrections.view import see
from earwitness.app.corrections.wanted import Edit
from earwitness.app.understanding.learned import language_in, learned_in
from earwitness.app.understanding.words import holding, terms_of
from earwitness.core.override import Field
from earwitness.core.people import folded
from earwitness.core.spelling import Misspelling, rewrite, suggest_spellings
from earwitness.core.terms import Origin, Sources, Term, gather
from earwitness.engines.word_lists import lexicon_for
from earwitness.store.library import Library


@dataclass(frozen=True, slots=True)
class SuggestedSpelling:
    """One place where a term may be meant.

    Attributes:
        found: Where, what stands there, what may be meant, and why.
        line: The line as it reads.
        speaker: Who says it, or None.
        edit: What would put this one place right, for `apply_edits`.
        origins: Where the term comes from.
    """

    found: Misspelling
    line: str
    speaker: str | None
    edit: Edit
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class SpellingSuggestions:
    """What was found in one session.

    Attributes:
        found: In order of time.
        edits: What would put all of it right, one edit for each line.
        revision: The moment they are about; edits that name it are refused once it has passed.
        terms: How many terms were looked for.
    """

    found: tuple[SuggestedSpelling, ...]
    edits: tuple[Edit, ...]
    revision: str
    terms: int


def read_spellings(
    library: Library, session: str, *, only: Sequence[str] = ()
) -> SpellingSuggestions:
    """Words of a session that may be a term of its series misheard; nothing is changed.

    A session of no series has the names and spellings of its own corrections.

    Args:
        library: Where it is.
        session: Its id.
        only: Terms to look at; empty: all that hold.

    Raises:
        NotFound: No such session, or it has no transcript.
        NotCompleted: It is still being worked on.
    """
    seen = see(library, session, completed_result(library, session))
    transcript = seen.folded.transcript
    language = language_in(library.session(session), transcript)
    terms = _terms(library, session)
    wanted = {folded(each) for each in only}
    found = [
        each
        for each in suggest_spellings(transcript, terms, lexicon_for(language), language=language)
        if not wanted or folded(each.term) in wanted
    ]
    lines = {line.id: line for line in transcript.utterances}
    told = tuple(
        SuggestedSpelling(
            each,
            lines[each.utterance].text,
            lines[each.utterance].speaker,
            _edit(lines[each.utterance].text, [each]),
            _origins(terms, each.term),
        )
        for each in found
    )
    by_line: dict[int, list[Misspelling]] = {}
    for each in found:
        by_line.setdefault(each.utterance, []).append(each)
    edits = tuple(_edit(lines[number].text, group) for number, group in by_line.items())
    return SpellingSuggestions(told, edits, seen.revision, len(terms))


def _terms(library: Library, session: str) -> tuple[Term, ...]:
    series = library.series_of(session)
    if series is not None:
        return holding(terms_of(library, series))
    return holding(gather(Sources(said=learned_in(library, [session]).said)))


def _edit(line: str, found: Sequence[Misspelling]) -> Edit:
    reasons = dict.fromkeys(f"{each.term} {each.why}" for each in found)
    return Edit(
        found[0].utterance,
        Field.TEXT,
        rewrite(line, found),
        was=line,
        reason=f"suggested: {'; '.join(reasons)}",
    )


def _origins(terms: Iterable[Term], text: str) -> tuple[Origin, ...]:
    key = folded(text)
    whole = next((term.origins for term in terms if term.key == key), None)
    if whole is not None:
        return whole
    return next((term.origins for term in terms if key in term.key.split()), ())
