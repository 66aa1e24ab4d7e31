"""Speaker mapping: a cast as a file, `speaker_mapping.json`, checked on reading and on writing.

    {"schema": "earwitness/speaker-mapping@1", "campaign": "broken_seekers", "mappings": {
      "speaker_embedding_001": {"name": "Alice", "character": "Elara", "role": "player"},
      "speaker_embedding_003": {"name": "Charlie", "character": null, "role": "dm"}}}

`schema` may be left out. A person may also have `aliases` and, beyond the first one, more
`characters`. The JSON Schema `speaker_mapping.schema.json` ships beside this module; the rules
below are the same ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from earwitness.core.errors import UsageError
from earwitness.core.people import KEY, ROLE, Character, Person, Series, check_name

SCHEMA: Final = "earwitness/speaker-mapping@1"
SCHEMA_FILE: Final = "speaker_mapping.schema.json"

_HINT = "see docs/how-to-name-speakers.md"
_TOP = frozenset({"schema", "campaign", "mappings"})
_NEEDED = frozenset({"name", "character", "role"})
_ALLOWED = _NEEDED | {"aliases", "characters"}


def json_schema() -> str:
    """The JSON Schema of the file."""
    return (files("earwitness.core") / SCHEMA_FILE).read_text(encoding="utf-8")


def to_mapping(series: Series) -> dict[str, object]:
    """A series' cast as the file holds it."""
    made: dict[str, object] = {
        "schema": SCHEMA,
        "campaign": series.name,
        "mappings": {person.key: _row(person) for person in series.cast},
    }
    check_mapping(made)
    return made


def write_mapping(series: Series) -> str:
    """The file's text."""
    return json.dumps(to_mapping(series), ensure_ascii=False, indent=2) + "\n"


def read_mapping(text: str) -> tuple[str, tuple[Person, ...]]:
    """The campaign's name and its cast.

    Raises:
        UsageError: It breaks a rule. The message says where, never what stands there.
    """
    try:
        told = json.loads(text)
    except ValueError as error:
        raise UsageError("a speaker mapping is JSON", hint=_HINT) from error
    return check_mapping(told)


def check_mapping(told: object) -> tuple[str, tuple[Person, ...]]:
    """What a mapping says, if it keeps the rules.

    Raises:
        UsageError: It does not.
    """
    top = _object(told, "a speaker mapping")
    if not {"campaign", "mappings"} <= set(top) <= _TOP:
        raise _wrong("a speaker mapping has `campaign` and `mappings`, and nothing unknown")
    if top.get("schema", SCHEMA) != SCHEMA:
        raise UsageError(
            "this speaker mapping is of another version", hint=f"this one reads {SCHEMA}"
        )
    campaign = check_name(_text(top["campaign"], "`campaign`"), "`campaign`")
    mappings = _object(top["mappings"], "`mappings`")
    people = tuple(_person(key, row, n + 1) for n, (key, row) in enumerate(mappings.items()))
    return campaign, people


def _row(person: Person) -> dict[str, object]:
    names = [character.name for character in person.characters]
    row: dict[str, object] = {
        "name": person.name,
        "character": names[0] if names else None,
        "role": person.role,
    }
    if person.aliases:
        row["aliases"] = list(person.aliases)
    if len(names) > 1:
        row["characters"] = names[1:]
    return row


def _person(key: str, told: object, number: int) -> Person:
    where = f"mapping {number}"
    row = _object(told, where)
    if not set(row) >= _NEEDED or not set(row) <= _ALLOWED:
        raise _wrong(f"{where}: it has name, character and role, and may have aliases, characters")
    if not KEY.fullmatch(key):
        raise _wrong(f"{where}: its key is letters, digits, `_`, `.` and `-`, at most 64")
    role = _text(row["role"], f"{where}: `role`")
    if not ROLE.fullmatch(role):
        raise _wrong(f"{where}: `role` is one word in small letters")
    first = row["character"]
    characters = [] if first is None else [_text(first, f"{where}: `character`")]
    characters += _texts(row.get("characters", []), f"{where}: `characters`")
    for name in characters:
        check_name(name, f"{where}: a character")
    return Person(
        key=key,
        name=check_name(_text(row["name"], f"{where}: `name`"), f"{where}: `name`"),
        role=role,
        aliases=tuple(_texts(row.get("aliases", []), f"{where}: `aliases`")),
        characters=tuple(Character(name) for name in characters),
    )


def _object(told: object, what: str) -> Mapping[str, object]:
    if not isinstance(told, Mapping) or any(not isinstance(key, str) for key in told):
        raise _wrong(f"{what} is an object")
    return told


def _text(told: object, what: str) -> str:
    if not isinstance(told, str):
        raise _wrong(f"{what} is a string")
    return told


def _texts(told: object, what: str) -> list[str]:
    if not isinstance(told, list):
        raise _wrong(f"{what} is a list of strings")
    return [_text(each, what) for each in told]


def _wrong(why: str) -> UsageError:
    return UsageError(why, hint=_HINT)
