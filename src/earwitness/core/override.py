"""Override: one append-only correction, and the rules for what it may say."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from earwitness.core.errors import UsageError
from earwitness.core.span import Span
from earwitness.core.text import text_pieces


class Field(StrEnum):
    """What a correction may change; the value is the name on the wire.

    `now` (and `was`) hold, field by field:

    | field | value |
    |---|---|
    | `speaker_id` | a voice (`S1`, ...), or None for nobody's |
    | `person` | who it is, or None |
    | `character_tag` | whom they play, or None |
    | `ic_ooc` | `IC`, `NARRATION`, `MECHANICS`, `OOC` or None |
    | `confidence_flag` | True when a person doubts the line |
    | `text` | the whole line, never empty |
    | `split` | was: the line; now: its two halves, word for word |
    | `merge` | was: None; now: the `Target` that is joined to this one |
    | `undo` | None; `undoes` names the override |
    """

    VOICE = "speaker_id"
    PERSON = "person"
    CHARACTER = "character_tag"
    STANCE = "ic_ooc"
    UNCERTAIN = "confidence_flag"
    TEXT = "text"
    SPLIT = "split"
    MERGE = "merge"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a correction belongs: time and id, and what was read there when it was made.

    Attributes:
        utterance: The utterance's id at that time.
        span: Its time.
        text: What it read: finds the same words again after a re-run has cut the utterances
            otherwise, and tells apart who speaks at once. None: time alone decides.
    """

    utterance: int
    span: Span
    text: str | None = None

    def __post_init__(self) -> None:
        """Refuse ids below zero and empty text."""
        if type(self.utterance) is not int or self.utterance < 0:
            raise UsageError("a target names an utterance by its id")
        if self.text is not None and not self.text.strip():
            raise UsageError("a target's text is not empty; None says it is unknown")


@dataclass(frozen=True, slots=True)
class VoiceTarget:
    """Every line of one voice, whatever lines it has now or gets later.

    Attributes:
        voice: `S1`, `S2`, ...
    """

    voice: str

    def __post_init__(self) -> None:
        """Refuse what is no name in one line."""
        if not is_line(self.voice):
            raise UsageError("a voice is named in one line, such as S1")


Value = str | bool | tuple[str, str] | Target | None
"""What `was` and `now` may hold; which of them depends on the field."""

STANCES: Final = ("IC", "NARRATION", "MECHANICS", "OOC")
"""In character, told, rules and dice, at the table; older ledgers know the first and the last."""


def is_line(value: object) -> bool:
    """Whether a value is one printable line of text: not empty, no white space around it."""
    return (
        isinstance(value, str)
        and value == value.strip() != ""
        and not any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} for sign in value)
    )


def _is_name(value: object) -> bool:
    return value is None or is_line(value)


def _is_halves(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(is_line(half) for half in value)


_RULES: Final[dict[Field, tuple[Callable[[object], bool], str]]] = {
    Field.VOICE: (_is_name, "a voice such as S1, or nothing"),
    Field.PERSON: (_is_name, "a name in one line, or nothing"),
    Field.CHARACTER: (_is_name, "a name in one line, or nothing"),
    Field.STANCE: (
        lambda value: value is None or value in STANCES,
        ", ".join(STANCES) + " or nothing",
    ),
    Field.UNCERTAIN: (lambda value: isinstance(value, bool), "true or false"),
    Field.TEXT: (is_line, "one line of text, not empty"),
    Field.SPLIT: (_is_halves, "two lines of text"),
    Field.MERGE: (lambda value: isinstance(value, Target), "the target that is joined"),
    Field.UNDO: (lambda value: value is None, "nothing: `undoes` names the override"),
}

OF_A_VOICE: Final = frozenset({Field.PERSON, Field.VOICE, Field.UNDO})
"""What can be said of a whole voice: who it is, and that it is another one's."""

_WAS_IS_TEXT: Final = frozenset({Field.TEXT, Field.SPLIT})
_WAS_IS_NOTHING: Final = frozenset({Field.MERGE, Field.UNDO})


@dataclass(frozen=True, slots=True)
class Override:
    """One correction; never changed, only undone by a later one.

    Attributes:
        seq: Place in the session's ledger, from 1.
        by: Who made it.
        at: When, in UTC.
        reason: Why, in the person's words; may be empty.
        target: Where: one utterance, or a whole voice (its person, or the voice it is merged
            into). An undo repeats the target of what it undoes.
        field: What is changed.
        was: What stood there when it was made.
        now: What shall stand there.
        undoes: The earlier override (or undo) taken back; only with `Field.UNDO`.

    Raises:
        UsageError: If a rule is broken. The message never repeats what was said.
    """

    seq: int
    by: str
    at: datetime
    reason: str
    target: Target | VoiceTarget
    field: Field
    was: Value
    now: Value
    undoes: int | None = None

    def __post_init__(self) -> None:
        """Refuse unknown fields, values of the wrong kind, and times that are not UTC."""
        if self.field not in _RULES:
            known = ", ".join(_RULES)
            raise UsageError("this field cannot be corrected", hint=f"there are: {known}")
        if type(self.seq) is not int or self.seq < 1:
            raise UsageError("overrides are numbered from 1")
        if not is_line(self.by):
            raise UsageError("an override says who made it, in one line")
        if self.at.utcoffset() != timedelta(0):
            raise UsageError("an override's time is in UTC")
        self._check_values()
        self._check_undo()
        self._check_voice()

    def _check_values(self) -> None:
        accepts, wanted = _RULES[self.field]
        if not accepts(self.now):
            raise UsageError(f"{self.field} takes {wanted}")
        if self.field in _WAS_IS_TEXT:
            # A machine's text may hold what a person's may not: a line with a tab can be mended.
            fits = isinstance(self.was, str) and bool(self.was.strip())
        elif self.field in _WAS_IS_NOTHING:
            fits = self.was is None
        else:
            fits = accepts(self.was)
        if not fits:
            raise UsageError(f"{self.field} was something else: `was` has the wrong kind")
        if self.field == Field.SPLIT and isinstance(self.was, str) and isinstance(self.now, tuple):
            halves = [piece.key for half in self.now for piece in text_pieces(half)]
            if halves != [piece.key for piece in text_pieces(self.was)]:
                raise UsageError("a split keeps every word: the halves make up the line")

    def _check_voice(self) -> None:
        if not isinstance(self.target, VoiceTarget):
            return
        if self.field not in OF_A_VOICE:
            raise UsageError(f"{self.field} is corrected line by line")
        if self.field == Field.VOICE and (self.now is None or self.was != self.target.voice):
            raise UsageError("a voice is merged into another one")

    def _check_undo(self) -> None:
        if self.field != Field.UNDO:
            if self.undoes is not None:
                raise UsageError("only an undo names another override")
        elif type(self.undoes) is not int or not 1 <= self.undoes < self.seq:
            raise UsageError("an undo names an earlier override")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The audit part of an override: its number, who, when (UTC) and why."""

    seq: int
    by: str
    at: datetime
    reason: str = ""

    @classmethod
    def at_utc(cls, seq: int, by: str, at: datetime, reason: str = "") -> Stamp:
        """A stamp from a time in any zone.

        Raises:
            UsageError: If the time has no zone.
        """
        if at.tzinfo is None:
            raise UsageError("a time has a zone")
        return cls(seq, by, at.astimezone(UTC), reason)
