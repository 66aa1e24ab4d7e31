"""Person, Character, Series: who people are and what the sessions of one story share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from earwitness.core.errors import UsageError
from earwitness.core.override import is_line

KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
ROLE: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
NAME_CHARS: Final = 200
"""The longest name."""

DEFAULT_ROLE: Final = "participant"
_NEW_KEY = "speaker_embedding_{:03d}"


def check_name(name: str, what: str) -> str:
    """A name in one line, without white space around it.

    Raises:
        UsageError: It is none. The message says what it was for, not what it was.
    """
    if not is_line(name) or len(name) > NAME_CHARS:
        raise UsageError(f"{what} is one line of text, not empty, at most {NAME_CHARS} characters")
    return name


def written_name(text: str) -> str | None:
    """A name as some file writes it, in one printable line and not too long; None: no name."""
    signs = (" " if unicodedata.category(s) in {"Cc", "Cs", "Zl", "Zp"} else s for s in text)
    return " ".join("".join(signs).split())[:NAME_CHARS].strip() or None


@dataclass(frozen=True, slots=True)
class Character:
    """Whom a person plays.

    Attributes:
        name: As the story calls them.
    """

    name: str

    def __post_init__(self) -> None:
        """Refuse what is no name."""
        check_name(self.name, "a character")


@dataclass(frozen=True, slots=True)
class Person:
    """One of a series' cast: somebody with a name, whatever voices they have.

    Attributes:
        key: Names them inside the series, also in files: `speaker_embedding_001`.
        name: What people call them.
        role: `player`, `dm`, `client`, `therapist`, `host`, ...: any word in small letters.
        aliases: Other names they go by.
        characters: Whom they play.
    """

    key: str
    name: str
    role: str = DEFAULT_ROLE
    aliases: tuple[str, ...] = ()
    characters: tuple[Character, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no key, name or role."""
        if not KEY.fullmatch(self.key):
            raise UsageError("a key is letters, digits, `_`, `.` and `-`, at most 64")
        if not ROLE.fullmatch(self.role):
            raise UsageError(
                "a role is one word in small letters", hint="such as player, dm, client, host"
            )
        check_name(self.name, "a person's name")
        for alias in self.aliases:
            check_name(alias, "an alias")

    def goes_by(self, name: str) -> bool:
        """Whether this is their name or an alias, in whatever letters."""
        return folded(name) in {folded(each) for each in (self.name, *self.aliases)}


@dataclass(frozen=True, slots=True)
class Series:
    """A campaign, a client or a show.

    Attributes:
        id: Random; never the name.
        name: What people call it.
        playbook: Of its sessions, unless told otherwise; None: the settings'.
        language: The same; a code or `auto`.
        speakers: The same; how many voices.
        vocabulary: Names and words its sessions use, in order.
        cast: In order of key.
    """

    id: str
    name: str
    playbook: str | None = None
    language: str | None = None
    speakers: int | None = None
    vocabulary: tuple[str, ...] = ()
    cast: tuple[Person, ...] = ()

    def __post_init__(self) -> None:
        """Refuse bad names, and two people who go by one name."""
        check_name(self.name, "a series' name")
        if self.speakers is not None and self.speakers < 1:
            raise UsageError("there is at least one speaker")
        for term in self.vocabulary:
            check_name(term, "a term")
        keys = [person.key for person in self.cast]
        if len(keys) != len(set(keys)):
            raise UsageError("two of the cast have the same key")
        names = [
            name
            for person in self.cast
            for name in {folded(each) for each in (person.name, *person.aliases)}
        ]
        if len(names) != len(set(names)):
            raise UsageError(
                "two of the cast go by the same name", hint="give one of them another name"
            )

    def find(self, name: str) -> Person | None:
        """Who of the cast goes by a name."""
        return next((person for person in self.cast if person.goes_by(name)), None)

    def free_key(self) -> str:
        """A key nobody has."""
        return free_key(person.key for person in self.cast)


def series_terms(series: Series | None) -> tuple[str, ...]:
    """The words of a series: its vocabulary, then whom its people play, then who they are."""
    if series is None:
        return ()
    characters = (each.name for person in series.cast for each in person.characters)
    people = (person.name for person in series.cast)
    return tuple(dict.fromkeys((*series.vocabulary, *characters, *people)))


def free_key(taken: Iterable[str]) -> str:
    """The first of `speaker_embedding_001`, `..._002`, ... that is not taken."""
    known = set(taken)
    number = 1
    while (key := _NEW_KEY.format(number)) in known:
        number += 1
    return key


def folded(name: str) -> str:
    """A name as it is compared: letter case and the number of spaces play no part."""
    return " ".join(name.split()).casefold()
