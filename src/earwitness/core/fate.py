"""What became of a correction - applied, undone, orphan, conflict - and the folded transcript."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.core.override import Override, Value
from earwitness.core.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Applied:
    """It holds: it was applied, or its place already read so.

    Attributes:
        utterances: Ids of the utterances it is about, when it was applied. Empty for an undo.
    """

    utterances: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Undone:
    """A later override took it back."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """It has no place in this transcript; nothing was changed.

    Attributes:
        why: One line for people; never holds what was said.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Its place reads neither what it was made for nor what it wants; nothing was changed.

    Attributes:
        expected: What should stand there: the override's `was`, or what it needs.
        found: What stands there. This, like `expected`, may be what was said: not for logs.
    """

    expected: Value
    found: Value


Fate = Applied | Undone | Orphan | Conflict


@dataclass(frozen=True, slots=True)
class Folded:
    """The transcript people see, and what became of each correction.

    Attributes:
        transcript: Machine version plus corrections.
        history: Every override in order of seq, with its fate. None is left out.
        people: Who each named voice is, as (voice, person).
        merged: Voices that are another one's now, as (voice, the one it was merged into).
    """

    transcript: Transcript
    history: tuple[tuple[Override, Fate], ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    merged: tuple[tuple[str, str], ...] = ()

    def fate(self, seq: int) -> Fate:
        """What became of one override.

        Raises:
            LookupError: If there is none of that number.
        """
        for override, fate in self.history:
            if override.seq == seq:
                return fate
        raise LookupError(f"there is no override {seq}")

    @property
    def orphans(self) -> tuple[tuple[Override, Orphan], ...]:
        """Corrections without a place, in order of seq."""
        return tuple((item, fate) for item, fate in self.history if isinstance(fate, Orphan))

    @property
    def conflicts(self) -> tuple[tuple[Override, Conflict], ...]:
        """Corrections that contradict what stands there now, in order of seq."""
        return tuple((item, fate) for item, fate in self.history if isinstance(fate, Conflict))
