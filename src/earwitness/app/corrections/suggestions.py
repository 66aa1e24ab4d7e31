"""Suggestions: what somebody may want to correct, as edits that are ready and never made."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.app.corrections.desk import completed_result
from earwitness.app.corrections.view import see
from earwitness.app.corrections.wanted import Edit
from earwitness.app.library import open_library
from earwitness.app.records import read_record
from earwitness.app.settings import read_settings
from earwitness.app.wishing import AnyPath
from earwitness.core.override import Field
from earwitness.core.suggest import Suggestion, suggest_splits
from earwitness.core.text import join_words
from earwitness.core.transcript import Utterance
from earwitness.store.library import Library


@dataclass(frozen=True, slots=True)
class Suggested:
    """One suggestion with the line it is about.

    Attributes:
        suggestion: Where to cut, and what speaks for it.
        line: The line as it stands.
        edits: What cuts it and gives both parts their voices, for `apply_edits`.
    """

    suggestion: Suggestion
    line: Utterance
    edits: tuple[Edit, ...]

    @property
    def parts(self) -> tuple[str, str]:
        """What would be said in front of the cut, and behind it."""
        words = self.suggestion.words
        return join_words(self.line.words[:words]), join_words(self.line.words[words:])


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What was found.

    Attributes:
        found: In order of time.
        revision: The moment they are about; edits that name it are refused once it has passed.
    """

    found: tuple[Suggested, ...]
    revision: str


def suggest(session: str, *, home: AnyPath | None = None) -> Suggestions:
    """Lines that probably hold two voices, with the edits that would cut them; none is made.

    Raises:
        NotFound: No such session, or it has no transcript.
        NotCompleted: It is still being worked on.
    """
    with open_library(read_settings(home=home)) as library:
        return read_suggestions(library, library.resolve(session))


def read_suggestions(library: Library, session: str) -> Suggestions:
    """The same, of an open library and a session's id."""
    seen = see(library, session, completed_result(library, session))
    record = read_record(library, session)
    lines = {line.id: line for line in record.transcript.utterances}
    found = suggest_splits(record.transcript, record.turns)
    return Suggestions(
        tuple(Suggested(each, lines[each.utterance], _edits(each)) for each in found),
        seen.revision,
    )


def _edits(found: Suggestion) -> tuple[Edit, ...]:
    """What comes behind a cut gets an id nobody knows before: it takes its voice along."""
    line, why = found.utterance, "suggested: two voices in one line"
    edits = [Edit(line, Field.SPLIT, found.words, reason=why)]
    if found.voice != found.right:
        edits.insert(0, Edit(line, Field.VOICE, found.right, reason=why))
    return (*edits, Edit(line, Field.VOICE, found.left, reason=why))
