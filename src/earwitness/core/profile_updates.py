"""Profile updates as a file: what a session would add to profiles, for people and programs.

    {"schema": "earwitness/profile-updates@1", "session_id": "2026-11-20-k3f9qz", "updates": [
      {"character": "Thorin", "category": "memorable_moments", "type": "critical_hit",
       "content": "Rolled natural 20 on intimidation check", "timestamp": "01:23:45",
       "confidence": 0.95, "context": "Confronting the goblin chief",
       "id": "3f9c01d2", "evidence": [812], "context_ids": [811, 813]}]}

`schema`, `id`, `evidence` and `context_ids` may be left out, and so may `with` (who else it is
about), `relation` and `like`; what else stands there is passed over. The JSON Schema
`profile_updates.schema.json` ships beside this module; the rules below are the same ones, and hold
when such a file is written as well as when it is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Final, TypeVar

from earwitness.core.errors import UsageError
from earwitness.core.profile import CATEGORIES, UPDATE_TYPES, Suggestions, Update, update_id
from earwitness.core.span import timestamp

T = TypeVar("T")
Row = dict[str, object]

SCHEMA: Final = "earwitness/profile-updates@1"
SCHEMA_FILE: Final = "profile_updates.schema.json"

_HINT: Final = "see docs/how-to-profiles.md"
_NEEDED: Final = (
    "character",
    "category",
    "type",
    "content",
    "timestamp",
    "confidence",
    "context",
)
_TIME: Final = re.compile(r"(\d{2,4}):([0-5]\d):([0-5]\d)", re.ASCII)


def json_schema() -> str:
    """The JSON Schema of the file."""
    return (files("earwitness.core") / SCHEMA_FILE).read_text(encoding="utf-8")


def to_wire(found: Suggestions) -> Row:
    """Suggestions as the file holds them."""
    made: Row = {
        "schema": SCHEMA,
        "session_id": found.session,
        "updates": [update_row(found.session, each) for each in found.updates],
    }
    check_updates(made)
    return made


def write_updates(found: Suggestions) -> str:
    """The file's text."""
    return json.dumps(to_wire(found), ensure_ascii=False, indent=2) + "\n"


def update_row(session: str, update: Update) -> Row:
    """One update as the file holds it; what is not there is left out."""
    row: Row = {
        "character": update.character,
        "category": update.category,
        "type": update.type,
        "content": update.content,
        "timestamp": timestamp(update.start_ms),
        "confidence": update.confidence,
        "context": update.context,
        "id": update_id(session, update),
        "evidence": list(update.evidence),
        "context_ids": list(update.context_lines),
    }
    more = {"with": list(update.others), "relation": update.relation, "like": update.like}
    return row | {name: value for name, value in more.items() if value}


def read_updates(text: str) -> tuple[str, tuple[Row, ...]]:
    """The session and its updates, each as it stands there.

    Raises:
        UsageError: It breaks a rule. The message says where, never what stands there.
    """
    try:
        told = json.loads(text)
    except ValueError as error:
        raise UsageError("a file of profile updates is JSON", hint=_HINT) from error
    return check_updates(told)


def check_updates(told: object) -> tuple[str, tuple[Row, ...]]:
    """What a file of updates says, if it keeps the rules.

    Raises:
        UsageError: It does not.
    """
    top = _object(told, "a file of profile updates")
    if not {"session_id", "updates"} <= set(top):
        raise _wrong("a file of profile updates has `session_id` and `updates`")
    if top.get("schema", SCHEMA) != SCHEMA:
        raise UsageError("this file is of another version", hint=f"this one reads {SCHEMA}")
    session = _text(top["session_id"], "`session_id`")
    updates = top["updates"]
    if not isinstance(updates, list):
        raise _wrong("`updates` is a list")
    return session, tuple(_row(each, f"update {n}") for n, each in enumerate(updates, start=1))


def start_ms(row: Mapping[str, object]) -> int | None:
    """The time at which an update began; None where there is none, or it makes no sense."""
    found = _TIME.fullmatch(str(row.get("timestamp")))
    if found is None:
        return None
    hours, minutes, seconds = map(int, found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


def _row(told: object, where: str) -> Row:
    row = _object(told, where)
    if missing := [each for each in _NEEDED if each not in row]:
        raise _wrong(f"{where} has no `{missing[0]}`")
    for name in ("character", "content"):
        _text(row[name], f"{where}: `{name}`")
    for name, known in (("category", CATEGORIES), ("type", UPDATE_TYPES)):
        if row[name] not in known:
            raise _wrong(f"{where}: `{name}` is one of {', '.join(known)}")
    if not isinstance(row["context"], str):
        raise _wrong(f"{where}: `context` is a string")
    if not isinstance(row["timestamp"], str) or not _TIME.fullmatch(row["timestamp"]):
        raise _wrong(f"{where}: `timestamp` is HH:MM:SS")
    sure = row["confidence"]
    if sure is not None and (
        isinstance(sure, bool) or not isinstance(sure, int | float) or not 0 <= sure <= 1
    ):
        raise _wrong(f"{where}: `confidence` is a number from 0 to 1, or null")
    _check_more(row, where)
    return row


def _check_more(row: Row, where: str) -> None:
    """What may be left out."""
    for name in ("evidence", "context_ids"):
        ids = row.get(name, [])
        if not isinstance(ids, list) or any(type(each) is not int or each < 0 for each in ids):
            raise _wrong(f"{where}: `{name}` is a list of ids of utterances")
    for name in ("id", "relation", "like"):
        if name in row:
            _text(row[name], f"{where}: `{name}`")
    others = row.get("with", [])
    if not isinstance(others, list):
        raise _wrong(f"{where}: `with` is a list of names")
    for each in others:
        _text(each, f"{where}: a name in `with`")
    related = row["category"] == "relationships"
    if related != ("relation" in row) or (related and len(others) != 1):
        raise _wrong(
            f"{where}: a relationship, and nothing else, has `relation`, and one name in `with`"
        )


def _object(told: object, what: str) -> Row:
    if not isinstance(told, dict):
        raise _wrong(f"{what} is an object")
    return told


def _text(told: object, what: str) -> str:
    if not isinstance(told, str) or not told.strip():
        raise _wrong(f"{what} is a text that is not empty")
    return told


def _wrong(why: str) -> UsageError:
    return UsageError(why, hint=_HINT)
