"""A profile file: plain JSON that its owner writes, reads and changes; we only add to its lists.

    {"profiles": [
      {"name": "Thorin", "aliases": ["Thorin Oakenshield"], "secret": "afraid of water",
       "quotes": ["By my beard!"], "memorable_moments": [], ...}]}

A file of one profile may be that object alone. The five lists (`memorable_moments`,
`character_development`, `relationships`, `quotes`, `goals`) hold texts, or objects with `content`.
Everything else is its owner's: added text is put between what stands there, so that not one
character of it changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from earwitness.core.errors import UsageError
from earwitness.core.people import folded
from earwitness.core.profile import CATEGORIES, Category, Entry, Profile
from earwitness.core.profile_updates import Row, start_ms

LARGEST_BYTES: Final = 16 << 20
"""Of a file of profiles; a larger one is none."""

EMPTY: Final = '{"profiles": []}\n'

_HINT: Final = "see docs/how-to-profiles.md"
_WHITE: Final = " \t\r\n"
_KEPT: Final = ("content", "type", "with", "relation", "timestamp", "confidence", "context")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in a text: `text[start:end]`."""

    start: int
    end: int


def read_profiles(text: str) -> tuple[Profile, ...]:
    """The profiles of a file, as far as suggestions need them.

    Raises:
        UsageError: It is no such file. The message says where, never what stands there.
    """
    told = _parsed(text)
    if isinstance(told, dict) and "profiles" not in told and "name" in told:
        return (_profile(told, "the profile"),)
    if not isinstance(told, dict) or not isinstance(told.get("profiles", []), list):
        raise _wrong("a file of profiles is an object with a list `profiles`, or one profile")
    found = tuple(
        _profile(each, f"profile {n}") for n, each in enumerate(told.get("profiles", []), start=1)
    )
    names = [folded(n) for each in found for n in {folded(m) for m in (each.name, *each.aliases)}]
    if len(names) != len(set(names)):
        raise _wrong("two profiles go by one name")
    return found


def add_to(text: str, session: str, rows: Sequence[Mapping[str, object]]) -> str:
    """The file with updates at the ends of the lists they belong to.

    Args:
        text: The file.
        session: Where the updates come from.
        rows: As `profile_updates` reads them; who has no profile yet gets one.

    Raises:
        UsageError: It is no file of profiles, or one of somebody else alone.
    """
    for row in rows:
        entry = {name: row[name] for name in _KEPT if row.get(name) not in (None, "", [])}
        entry |= {"session_id": session, "evidence": row.get("evidence", [])}
        text = _added(text, str(row["character"]), str(row["category"]), entry)
    return text


def _added(text: str, name: str, category: str, entry: Row) -> str:
    number = next((n for n, each in enumerate(read_profiles(text)) if each.goes_by(name)), None)
    top = Place(_skip(text, 0), len(text.rstrip(_WHITE)))
    members = dict(_members(text, top))
    if "profiles" not in members and "name" in members:
        if number is None:
            raise UsageError("this file is the profile of somebody else", hint="name another file")
        return _appended(text, top, category, entry)
    if "profiles" not in members:
        return _put(text, top, '"profiles": ' + json.dumps([_fresh(name, category, entry)]))
    profiles = members["profiles"]
    if number is None:
        return _put(text, profiles, _written(_fresh(name, category, entry)))
    return _appended(text, list(_items(text, profiles))[number], category, entry)


def _fresh(name: str, category: str, entry: Row) -> Row:
    return {"name": name, category: [entry]}


def _appended(text: str, profile: Place, category: str, entry: Row) -> str:
    lists = dict(_members(text, profile))
    if category not in lists:
        return _put(text, profile, f'"{category}": [{_written(entry)}]')
    return _put(text, lists[category], _written(entry))


def _put(text: str, whole: Place, more: str) -> str:
    """A text with one more item before the end of a list or an object, laid out as the others."""
    inside = text[whole.start + 1 : whole.end - 1]
    body = inside.rstrip(_WHITE)
    if not body:
        return text[: whole.start + 1] + more + text[whole.end - 1 :]
    lead = inside[: len(inside) - len(inside.lstrip(_WHITE))]
    end = whole.start + 1 + len(body)
    return text[:end] + "," + (lead or " ") + more + text[end:]


def _written(value: Row) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _members(text: str, whole: Place) -> Iterator[tuple[str, Place]]:
    """The members of an object that is known to be one."""
    at = _skip(text, whole.start + 1)
    while text[at] != "}":
        name, at = json.JSONDecoder().raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, end = json.JSONDecoder().raw_decode(text, start)
        yield name, Place(start, end)
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _items(text: str, whole: Place) -> Iterator[Place]:
    """The items of a list that is known to be one."""
    at = _skip(text, whole.start + 1)
    while text[at] != "]":
        _, end = json.JSONDecoder().raw_decode(text, at)
        yield Place(at, end)
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    while text[at] in _WHITE:
        at += 1
    return at


def _parsed(text: str) -> object:
    try:
        told: object = json.loads(text, object_pairs_hook=_once)
    except RecursionError as error:
        raise _wrong("the file of profiles is nested too deeply") from error
    except UsageError:
        raise
    except ValueError as error:
        raise UsageError("a file of profiles is JSON", hint=_HINT) from error
    return told


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; of two members of one name nobody could say which is meant."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _wrong("in the file of profiles a name stands twice in one object")
    return found


def _profile(told: object, where: str) -> Profile:
    if not isinstance(told, dict):
        raise _wrong(f"{where} is no object")
    name, aliases = told.get("name"), told.get("aliases", [])
    if not isinstance(name, str) or not name.strip():
        raise _wrong(f"{where} has no `name`")
    if not isinstance(aliases, list) or not all(isinstance(each, str) for each in aliases):
        raise _wrong(f"{where}: `aliases` is a list of names")
    return Profile(name, tuple(aliases), tuple(_entries(told, where)))


def _entries(told: Mapping[str, object], where: str) -> Iterator[Entry]:
    for category in CATEGORIES:
        rows = told.get(category, [])
        if not isinstance(rows, list):
            raise _wrong(f"{where}: `{category}` is a list")
        for number, row in enumerate(rows, start=1):
            if isinstance(row, str):
                yield Entry(category, row)
                continue
            if not isinstance(row, dict) or not isinstance(row.get("content"), str):
                raise _wrong(f"{where}: `{category}` {number} is no text, and has no `content`")
            yield entry_of(row, category, _string(row.get("session_id")))


def entry_of(row: Mapping[str, object], category: Category, session: str | None) -> Entry:
    """What a row with `content` says, as far as its fields are what we write there."""
    others = row.get("with")
    named = others if isinstance(others, list) else [others]
    return Entry(
        category,
        str(row["content"]),
        session,
        start_ms(row),
        tuple(each for each in named if isinstance(each, str)),
        _string(row.get("type")),
        _string(row.get("relation")),
    )


def _string(told: object) -> str | None:
    return told if isinstance(told, str) else None


def _wrong(why: str) -> UsageError:
    return UsageError(why, hint=_HINT)
