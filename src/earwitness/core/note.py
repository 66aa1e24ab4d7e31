"""Note: text about a session whose every sentence cites what was said; and its form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """A section that a template asks for.

    Attributes:
        key: Names it: `subjective`.
        title: What stands above it.
        ask: What belongs in it, for whoever writes it.
    """

    key: str
    title: str
    ask: str


@dataclass(frozen=True, slots=True)
class Template:
    """The form of a note.

    Attributes:
        id: Names it: `soap`.
        title: For people.
        language: ISO 639-1 code it is written in.
        slots: Its sections, in order, at least one.
        audience: Whom it is for: `everyone`, or `dm` for what players must not read.
    """

    id: str
    title: str
    language: str
    slots: tuple[Slot, ...]
    audience: str = "everyone"

    def __post_init__(self) -> None:
        """Refuse a form without sections, or with two of one key."""
        keys = [slot.key for slot in self.slots]
        if not keys or len(keys) != len(set(keys)):
            raise ValueError("a template has sections, each with a key of its own")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and what bears it out.

    Attributes:
        text: As it is shown.
        evidence: Ids of the utterances it cites, in order, at least one.
        verbatim: It is a quote, word for word what was said.
        start_ms: When the first of them was heard.
    """

    text: str
    evidence: tuple[int, ...]
    verbatim: bool
    start_ms: int

    def __post_init__(self) -> None:
        """Refuse a sentence that cites nothing."""
        if not self.evidence or not self.text.strip():
            raise ValueError("a sentence of a note cites what was said")


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a note.

    Attributes:
        key: Of the template's slot.
        title: What stands above it.
        sentences: In order; none when nothing was found for it.
        unsupported: How many were written and taken out, because nothing bore them out.
    """

    key: str
    title: str
    sentences: tuple[Sentence, ...]
    unsupported: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """One version of a note; never changed, a newer one stands beside it.

    Attributes:
        id: Random; the same for all versions.
        session: Whose.
        template: The template's id.
        version: 1, 2, 3, ...
        language: ISO 639-1 code.
        made_at: With zone.
        by: Who wrote it, for people; `rules` writes nothing but quotes.
        revision: The moment of the transcript that it was written from.
        sections: As the template has them.
        audience: Whom it is for.
    """

    id: str
    session: str
    template: str
    version: int
    language: str
    made_at: datetime
    by: str
    revision: str
    sections: tuple[Section, ...]
    audience: str = "everyone"
