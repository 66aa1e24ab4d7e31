"""Reading: what text stages read - the transcript people see, who is who, and words to know."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from earwitness.core.moment import Moment
from earwitness.core.people import Person
from earwitness.core.transcript import Label, Transcript, Utterance

WINDOW = 15
"""Utterances that are looked at together."""

BEFORE = 5
"""Utterances before them that are given as context; nothing is claimed about these."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A session as its text stages see it.

    Attributes:
        transcript: Corrections folded in, doubted words left out; labels are people's own.
        language: ISO 639-1 code of most of it, or None when unknown.
        cast: Who is known in the session's series; empty outside one.
        vocabulary: Names and terms that may be said.
        roles: What each voice is in the session (`dm`, `player`, `therapist`, `client`, ...), in
            order of voice: as the cast says, else as the whole session tells; absent: unknown.
    """

    transcript: Transcript
    language: str | None = None
    cast: tuple[Person, ...] = ()
    vocabulary: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()

    def person_of(self, utterance: Utterance) -> Person | None:
        """Who of the cast says a line; None: a stranger, or nobody knows."""
        name = utterance.person
        return next((each for each in self.cast if name and each.goes_by(name)), None)


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring utterances that are judged together.

    Attributes:
        index: Place in the order.
        lines: What is judged.
        before: What was said just before, as context.
        language: ISO 639-1 code of most of it, or None when unknown.
        cast: Who is known.
        vocabulary: Names and terms that may be said.
        labels: What is known of the lines and of those before: people's own labels, and those
            that an earlier stage gave.
        roles: What each voice is in the session.
        moments: What was found in the lines; nothing, before anybody looked.
    """

    index: int
    lines: tuple[Utterance, ...]
    before: tuple[Utterance, ...] = ()
    language: str | None = None
    cast: tuple[Person, ...] = ()
    vocabulary: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()
    moments: tuple[Moment, ...] = ()
    ids: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Know the ids of what is judged."""
        object.__setattr__(self, "ids", frozenset(line.id for line in self.lines))

    def role_of(self, utterance: Utterance) -> str | None:
        """What the voice of a line is in the session, or None when unknown."""
        return dict(self.roles).get(utterance.voice or "")

    def get(self, utterance: int) -> Utterance | None:
        """A line of the window by its id; context is none."""
        return next((line for line in self.lines if line.id == utterance), None)

    @property
    def digest(self) -> str:
        """SHA-256 of all that a judgement of this window may depend on."""
        told = [
            [[u.id, u.voice, u.person, u.text, u.language] for u in (*self.before, *self.lines)],
            len(self.before),
            self.language,
            [[p.name, p.role, p.aliases, [each.name for each in p.characters]] for p in self.cast],
            self.vocabulary,
            self.roles,
            [[each.utterance, each.scheme, each.value, each.by] for each in self.labels],
        ]
        if self.moments:
            told.append([[m.kind, m.evidence, m.text, m.quote, m.who] for m in self.moments])
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def windows(
    reading: Reading,
    labels: tuple[Label, ...] = (),
    moments: tuple[Moment, ...] = (),
    *,
    size: int = WINDOW,
    before: int = BEFORE,
) -> Iterator[Window]:
    """The windows of a reading, in order of time; every utterance is judged in exactly one.

    Args:
        reading: What is read.
        labels: Of an earlier stage; people's own win over them.
        moments: Of an earlier stage; each is in the window that holds the first line it cites.
        size: Utterances in a window.
        before: Utterances of context.
    """
    own = {(each.utterance, each.scheme) for each in reading.transcript.labels}
    known: dict[int, list[Label]] = {}
    for each in (*reading.transcript.labels, *labels):
        if (each.utterance, each.scheme) not in own or each.by.startswith("user:"):
            known.setdefault(each.utterance, []).append(each)
    found: dict[int, list[Moment]] = {}
    for moment in moments:
        found.setdefault(moment.evidence[0], []).append(moment)
    lines = reading.transcript.utterances
    for index, first in enumerate(range(0, len(lines), size)):
        judged = lines[first : first + size]
        context = lines[max(0, first - before) : first]
        yield Window(
            index,
            judged,
            context,
            reading.language,
            reading.cast,
            reading.vocabulary,
            tuple(each for line in (*context, *judged) for each in known.get(line.id, ())),
            reading.roles,
            tuple(each for line in judged for each in found.get(line.id, ())),
        )
