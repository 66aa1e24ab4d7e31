"""Edit file: many edits that belong together, written down.

    {"revision": "3f9c01d2ab77-12",
     "edits": [{"utterance": 7, "field": "text", "value": "So we go in.", "reason": "misheard"},
               {"utterance": 9, "field": "person", "value": null, "was": "Ann"}]}

`revision`, `was` and `reason` may be left out; a plain list of edits will do, too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from earwitness.app.corrections.wanted import UNSAID, Edit, Unsaid, read_field
from earwitness.core.errors import UsageError

_KEYS = frozenset({"utterance", "field", "value", "was", "reason"})
_HINT = 'such as [{"utterance": 7, "field": "text", "value": "So we go in."}]'


@dataclass(frozen=True, slots=True)
class Batch:
    """Edits that belong together.

    Attributes:
        edits: In the order in which they are made.
        revision: The moment their author saw, or None.
    """

    edits: tuple[Edit, ...]
    revision: str | None = None


def read_batch(text: str) -> Batch:
    """A batch from JSON.

    Raises:
        UsageError: It is not in this form; the message names the place, never what is said there.
    """
    try:
        told: object = json.loads(text)
    except ValueError as error:
        raise UsageError("the file of edits is not JSON", hint=_HINT) from error
    revision = None
    if isinstance(told, dict):
        if set(told) - {"edits", "revision"}:
            raise UsageError("the file of edits has other keys than edits and revision")
        revision = told.get("revision")
        if revision is not None and not isinstance(revision, str):
            raise UsageError("`revision` is a string")
        told = told.get("edits")
    if not isinstance(told, list) or not told:
        raise UsageError("the file holds no list of edits", hint=_HINT)
    return Batch(tuple(_edit(row, number) for number, row in enumerate(told, start=1)), revision)


def _edit(row: object, number: int) -> Edit:
    place = f"edit {number} of the file"
    if not isinstance(row, dict) or not {"utterance", "field", "value"} <= set(row) <= _KEYS:
        raise UsageError(f"{place} has other keys", hint="they are: " + ", ".join(sorted(_KEYS)))
    utterance, reason = row["utterance"], row.get("reason", "")
    if type(utterance) is not int or not isinstance(reason, str) or not str(row["field"]):
        raise UsageError(f"{place} does not name an utterance by its id", hint=_HINT)
    value = row["value"]
    if value is not None and not isinstance(value, str | bool | int):
        raise UsageError(f"{place} has a value that is no text, number, true or false")
    return Edit(utterance, read_field(str(row["field"])), value, _was(row, place), reason)


def _was(row: dict[str, object], place: str) -> str | bool | Literal[Unsaid.UNSAID] | None:
    if "was" not in row:
        return UNSAID
    was = row["was"]
    if was is None or isinstance(was, str | bool):
        return was
    raise UsageError(f"{place} says `was` with something that is no text, true or false")
