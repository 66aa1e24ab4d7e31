"""Forms of notes: which sections one has, and what belongs in each."""

from __future__ import annotations

from dataclasses import dataclass


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
