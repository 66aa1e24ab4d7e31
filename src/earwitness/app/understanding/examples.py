"""Examples: how people labelled lines of a series, for engines that learn from it.

People's own labels of the session and of the other sessions of its series, never of another one.
They are taken in steps: of so many labels the oldest power of two. An answer depends on the
examples it was given, so each step judges a session anew; one more correction does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from earwitness.app.corrections.view import see
from earwitness.app.records import transcribed_run
from earwitness.core.doubt import without_doubted
from earwitness.core.errors import NotFound
from earwitness.core.fate import Applied
from earwitness.core.override import Field, Override
from earwitness.core.text_ports import Example
from earwitness.store.library import Library

MOST: Final = 12
"""So many are shown at once."""

MOST_CHARS: Final = 240
"""The beginning of a line is enough."""

_SCHEMES: Final = {Field.STANCE: "stance", Field.CHARACTER: "character"}


@dataclass(frozen=True, slots=True)
class Lessons:
    """What people's labels teach.

    Attributes:
        examples: At most `MOST`, spread over the answers, of each the newest first.
        strangers: Who speaks in the sessions they are from.
    """

    examples: tuple[Example, ...] = ()
    strangers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A line with the label that somebody gave it."""

    at: datetime
    session: str
    seq: int
    example: Example


def lessons_for(library: Library, session_id: str, *, away: bool) -> Lessons:
    """How people labelled lines of a session and of others of its series.

    Args:
        library: Where they are.
        session_id: For which session.
        away: They would leave this machine: sessions that are local only are left out.

    Raises:
        CorruptStore: A result or a correction is damaged.
    """
    series = library.series_of(session_id)
    names = {session_id, *(library.sessions_in(series.id) if series else ())}
    people: dict[str, tuple[str, ...]] = {}
    found: list[_Labelled] = []
    for name in sorted(names):
        if away and library.session(name).local_only:
            continue
        labelled, people[name] = _of_session(library, name)
        found += labelled
    found.sort(key=lambda each: (each.at, each.session, each.seq))
    chosen = spread([each.example for each in found[: _step(len(found))]])
    said = {each.session for each in found if each.example in chosen}
    strangers = sorted({person for name in said for person in people[name]})
    return Lessons(chosen, tuple(strangers))


def spread(examples: Sequence[Example], most: int = MOST) -> tuple[Example, ...]:
    """Some of them: in turn one of each answer, of each the newest first.

    Args:
        examples: The oldest first.
        most: So many at most.
    """
    waiting: dict[tuple[str, str], list[Example]] = {}
    for each in reversed(examples):
        mine = waiting.setdefault((each.scheme, each.value), [])
        if each not in mine:
            mine.append(each)
    chosen: list[Example] = []
    for turn in range(most):
        chosen += [mine[turn] for mine in waiting.values() if turn < len(mine)]
    return tuple(chosen[:most])


def _step(count: int) -> int:
    """The largest power of two that is not more; 0 for none."""
    return 1 << (count.bit_length() - 1) if count else 0


def _of_session(library: Library, name: str) -> tuple[list[_Labelled], tuple[str, ...]]:
    """Labels that people gave and that still stand, and who speaks."""
    said = (entry.said for entry in library.ledger(name).entries)
    if not any(isinstance(each, Override) and each.field in _SCHEMES for each in said):
        return [], ()  # a transcript is not folded for nothing
    try:
        digest = library.result(transcribed_run(library, name).id, "attribute")
    except NotFound:
        return [], ()
    assert digest is not None
    folded = see(library, name, digest).folded
    transcript = without_doubted(folded.transcript)
    lines = {line.id: line for line in transcript.utterances}
    stands = {(each.utterance, each.scheme): each.value for each in transcript.labels}
    found: dict[tuple[int, str], _Labelled] = {}
    for override, line, scheme in _labelling(folded.history):
        if line not in lines or stands.get((line, scheme)) != override.now:
            continue
        assert isinstance(override.now, str)
        example = Example(_short(lines[line].text), scheme, override.now)
        if example.text:
            found[line, scheme] = _Labelled(override.at, name, override.seq, example)
    people = {line.person for line in transcript.utterances if line.person}
    return list(found.values()), tuple(sorted(people))


def _labelling(history: Sequence[tuple[Override, object]]) -> Iterator[tuple[Override, int, str]]:
    """Corrections of labels that hold, with their lines and schemes, in order."""
    for override, fate in history:
        scheme = _SCHEMES.get(override.field)
        if scheme is not None and isinstance(fate, Applied) and isinstance(override.now, str):
            yield from ((override, line, scheme) for line in fate.utterances)


def _short(text: str) -> str:
    """A line, or its beginning up to a whole word."""
    text = " ".join(text.split())
    if len(text) <= MOST_CHARS:
        return text
    return text[:MOST_CHARS].rsplit(" ", 1)[0] + " …"
