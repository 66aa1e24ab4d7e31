"""Wanted: one edit as an editor asks for it, and the override that it becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from earwitness.core import edit as make
from earwitness.core.errors import EditConflict, NotFound, UsageError
from earwitness.core.fold import SCHEMES, Folding
from earwitness.core.override import STANCES, Field, Override, Stamp
from earwitness.core.transcript import Label, Transcript, Utterance


class Unsaid(Enum):
    """Stands where an editor does not say what they saw."""

    UNSAID = "unsaid"


UNSAID: Final = Unsaid.UNSAID
FIELDS: Final = {
    "text": Field.TEXT,
    "voice": Field.VOICE,
    "person": Field.PERSON,
    "character": Field.CHARACTER,
    "stance": Field.STANCE,
    "uncertain": Field.UNCERTAIN,
    "split": Field.SPLIT,
    "merge": Field.MERGE,
}
"""What can be edited, as people call it."""

_NEW_VOICE = re.compile(r"S[1-9]\d{0,3}")


@dataclass(frozen=True, slots=True)
class Edit:
    """What an editor asks for.

    Attributes:
        utterance: Which one, by the id it has in what the editor saw.
        field: What is to be changed; anything but an undo.
        value: What shall stand there. For a split how many words stay in front, for a merge the
            id of the utterance that is joined.
        was: What the editor saw there; where something else stands by now, the edit is refused.
        reason: Why, in one line; may be empty.
    """

    utterance: int
    field: Field
    value: str | bool | int | None
    was: str | bool | Literal[Unsaid.UNSAID] | None = UNSAID
    reason: str = ""


def read_field(name: str) -> Field:
    """A field by either name: as people call it, or as it stands on the wire.

    Raises:
        UsageError: There is none of that name, or it is no field that is edited.
    """
    on_wire = {str(field): field for field in FIELDS.values()}
    if name not in FIELDS and name not in on_wire:
        raise UsageError("there is no such field", hint="there are: " + ", ".join(FIELDS))
    return FIELDS.get(name) or on_wire[name]


def read_value(folding: Folding, utterance: Utterance, field: Field) -> str | bool | None:
    """What stands in a field now; for a split and a merge the text."""
    if field == Field.VOICE:
        return utterance.voice
    if field == Field.PERSON:
        return utterance.person
    if field == Field.UNCERTAIN:
        return utterance.uncertain
    if field in SCHEMES:
        return folding.labels(utterance.id).get(SCHEMES[field])
    return utterance.text


def override_for(folding: Folding, wanted: Edit, stamp: Stamp) -> Override | None:
    """The override that does what is wanted; None when it reads so already.

    Raises:
        NotFound: There is no such utterance.
        EditConflict: Something else stands there than the editor saw.
        UsageError: The value makes no sense.
    """
    utterance = utterance_of(folding, wanted.utterance)
    found = read_value(folding, utterance, wanted.field)
    seen = folding.person_of(utterance) if wanted.field == Field.PERSON else found
    if wanted.was is not UNSAID and wanted.was not in (found, seen):
        raise changed_meanwhile(wanted.utterance, expected=wanted.was, found=found)
    made = _made(folding, utterance, wanted, stamp)
    if wanted.field == Field.PERSON and made.now == made.was is None and seen is not None:
        raise UsageError(
            "this line has its voice's name and none of its own",
            hint=f"give it to another voice: earwitness edit voice SESSION {wanted.utterance} -",
        )
    return None if made.now == made.was else made


def utterance_of(folding: Folding, number: int) -> Utterance:
    """The utterance of an id.

    Raises:
        NotFound: There is none now.
    """
    found = folding.get(number)
    if found is None:
        raise NotFound(
            f"there is no utterance {number} in this session",
            hint="`earwitness sessions lines SESSION` lists them with their ids",
        )
    return found


def changed_meanwhile(utterance: int, *, expected: object, found: object) -> EditConflict:
    """The error for two editors who meet; both sides are in it, and in no log."""
    return EditConflict(
        f"utterance {utterance} was changed meanwhile",
        hint="look at it again, then repeat the edit if it is still wanted",
        expected=expected,
        found=found,
    )


def _made(folding: Folding, utterance: Utterance, wanted: Edit, stamp: Stamp) -> Override:
    field, value = wanted.field, wanted.value
    if field in (Field.TEXT, Field.SPLIT, Field.MERGE):
        return _of_words(folding, utterance, wanted, stamp)
    if field == Field.UNCERTAIN:
        if not isinstance(value, bool):
            raise UsageError("a line is uncertain or not", hint="the value is true or false")
        return make.set_uncertain(utterance, value, stamp)
    name = None if value is None else _text(value)
    if field == Field.VOICE:
        return make.set_voice(utterance, _voice(folding, name), stamp)
    if field == Field.PERSON:
        return make.set_person(utterance, name, stamp)
    if field not in SCHEMES:
        raise UsageError("an undo is no edit", hint="earwitness edit undo SESSION SEQ")
    if field == Field.STANCE and name not in (*STANCES, None):
        raise UsageError(
            f"a stance is {', '.join(STANCES)} or nothing",
            hint="IC is said in character, NARRATION told, MECHANICS rules and dice, OOC the rest",
        )
    make_label = make.set_character if field == Field.CHARACTER else make.set_stance
    return make_label(_alone(folding, utterance), utterance.id, name, stamp)


def _of_words(folding: Folding, utterance: Utterance, wanted: Edit, stamp: Stamp) -> Override:
    if wanted.field == Field.TEXT:
        return make.set_text(utterance, _text(wanted.value), stamp)
    if wanted.field == Field.SPLIT:
        stay = _number(wanted.value, "a split says how many words stay in front")
        return make.split(utterance, stay, stamp)
    other = utterance_of(folding, _number(wanted.value, "a merge names another utterance"))
    left, right = sorted((utterance, other), key=_order)
    return make.merge(left, right, stamp)


def _voice(folding: Folding, name: str | None) -> str | None:
    """Refuse voices nobody has heard of: a typing error would make a new one."""
    if name is None or _NEW_VOICE.fullmatch(name) or name in folding.voices:
        return name
    known = ", ".join(sorted(folding.voices))
    raise UsageError(
        "there is no such voice in this session",
        hint=f"there are: {known}; a new one is called S and a number",
    )


def _alone(folding: Folding, utterance: Utterance) -> Transcript:
    """One line with its labels: all that an edit of them looks at."""
    labels = folding.labels(utterance.id).items()
    made = tuple(Label(utterance.id, scheme, value, None, "") for scheme, value in labels)
    return Transcript((utterance,), made)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UsageError("the value is text, and not empty", hint="give the line as it should read")
    return " ".join(value.split())


def _number(value: object, told: str) -> int:
    if type(value) is not int:
        raise UsageError(told, hint="the value is a whole number")
    return value


def _order(utterance: Utterance) -> tuple[int, int]:
    return utterance.span.start_ms, utterance.id
