"""Notes: their forms, and what stands in one - sentences that each cite what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from earwitness.core.claims import Refusal
from earwitness.core.span import Span

SUMMARY: Final = "summary"
"""The form of one or two sentences about a whole session; only what writes can fill it in."""


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
        story: It tells of a story; nothing in it was said out of character, dice aside.
    """

    id: str
    title: str
    language: str
    slots: tuple[Slot, ...]
    audience: str = "everyone"
    story: bool = False

    def __post_init__(self) -> None:
        """Refuse a form without sections, or with two of one key."""
        keys = [slot.key for slot in self.slots]
        if not keys or len(keys) != len(set(keys)):
            raise ValueError("a template has sections, each with a key of its own")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a note.

    Attributes:
        text: What is read: words of whoever wrote it, or the quoted words themselves; of several
            lines, what each of them says stands on a line of its own, in their order.
        evidence: Ids of the utterances that bear it out, in order, at least one.
        quoted: The text is, word for word, what was said in them.
        confidence: How surely it belongs where it stands, 0 to 1; None: nobody knows.
    """

    text: str
    evidence: tuple[int, ...]
    quoted: bool = False
    confidence: float | None = None

    def __post_init__(self) -> None:
        """Refuse what says nothing, or cites nothing."""
        if not self.text.strip():
            raise ValueError("a sentence says something")
        if not self.evidence or list(self.evidence) != sorted(set(self.evidence)):
            raise ValueError("a sentence cites utterances, each once and in order")
        if self.confidence is not None and not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence outside 0..1: {self.confidence}")

    @property
    def parts(self) -> tuple[tuple[int, str], ...]:
        """What is read, by the line it was said in; all of it under the first where it is one."""
        told = self.text.split("\n")
        if self.quoted and len(told) == len(self.evidence):
            return tuple(zip(self.evidence, told, strict=True))
        return ((self.evidence[0], " ".join(told)),)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a note.

    Attributes:
        key: The slot it fills.
        sentences: In the order in which they are read; none: nothing was said that belongs here.
    """

    key: str
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Sections:
    """What belongs in the sections of a note: of one window, or of a whole session.

    Attributes:
        sections: At most one for each slot, in the order of the slots.
        refused: What was claimed and not believed.
    """

    sections: tuple[Section, ...]
    refused: tuple[Refusal, ...] = ()

    def get(self, key: str) -> Section:
        """The section of a slot; an empty one when there is none."""
        return next((each for each in self.sections if each.key == key), Section(key))


@dataclass(frozen=True, slots=True)
class Composed:
    """The sections of a note, put together.

    Attributes:
        note: A section for each slot of which anything was borne out.
    """

    note: Sections


@dataclass(frozen=True, slots=True)
class Cited:
    """A line that a note cites, as it stood when the note was made.

    Attributes:
        id: The utterance's.
        span: When it was heard.
        speaker: Who said it, as it was shown then; None: nobody knew.
        text: What it said.
    """

    id: int
    span: Span
    speaker: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note about a session.

    Attributes:
        template: Its form, as it was when the note was made.
        sections: One for each slot, in their order.
        cited: The lines that its sentences cite, in order of id.
        by: Who made it: `rules`, or the language models that answered.
        written: It was written in words of its maker; False: each section holds what was said,
            quoted, and nothing else.
        reading: SHA-256 of what was read: another one now, and the note is older than changes.
        lacking: What is missing or was done with less, in one line; empty: nothing.
        refused: What was claimed and not believed.
    """

    template: Template
    sections: tuple[Section, ...]
    cited: tuple[Cited, ...]
    by: str
    written: bool
    reading: str = ""
    lacking: str = ""
    refused: tuple[Refusal, ...] = ()

    def __post_init__(self) -> None:
        """Refuse sections its form does not have, and sentences that cite what is not there."""
        if [each.key for each in self.sections] != [slot.key for slot in self.template.slots]:
            raise ValueError("a note has the sections of its form, in their order")
        ids = [each.id for each in self.cited]
        named = {id for each in self.sections for told in each.sentences for id in told.evidence}
        if ids != sorted(named):
            raise ValueError("a note holds the lines that it cites, and no others")

    def get(self, id: int) -> Cited:
        """A line that is cited.

        Raises:
            KeyError: It is not.
        """
        return {each.id: each for each in self.cited}[id]
