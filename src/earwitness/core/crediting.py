"""Crediting: whose profile a name means; a name that nobody knows is asked about, never added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from earwitness.core.people import Person, folded
from earwitness.core.profile import Doubt, Profile

LEADS: Final = "dm"


@dataclass(frozen=True, slots=True)
class Uncredited:
    """Why a name means no profile.

    Attributes:
        why: What is not known.
        choices: Whom it may be.
    """

    why: Doubt
    choices: tuple[str, ...] = ()


class Leader:
    """The one who leads the game: their people and dice belong to no profile."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody who may have a profile, by all their names.

    Attributes:
        cast: Who is known in the session's series.
        played: People play characters, and profiles are the characters'.
        profiles: Those there are; their names and aliases come first.
        told: Whom a name means, as somebody said just now.
        speaking: Names of those who speak in the session.
    """

    cast: tuple[Person, ...]
    played: bool
    profiles: tuple[Profile, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    speaking: frozenset[str] = frozenset()

    def whose(self, name: str) -> str | Uncredited | Leader:
        """Whose profile a name means: as told, of a profile, of a character, of a person.

        A longer or shorter form of one known name means that one (`Nott` and `Nott the Brave`), as
        long as it can mean one only.
        """
        told = {folded(each): meant for each, meant in self.told.items()}.get(folded(name))
        name = told or name
        for known in (self._named(name), self._person(name), self._longer(name)):
            if known is not None:
                return known
        return told or Uncredited("unknown_name")

    def _named(self, name: str) -> str | None:
        """By a name of a profile or a character."""
        profile = next((each for each in self.profiles if each.goes_by(name)), None)
        if profile is not None:
            return profile.name
        for character in self._characters:
            if folded(character) == folded(name):
                return self._profile_of(character)
        return None

    def _person(self, name: str) -> str | Uncredited | Leader | None:
        person = next((each for each in self.cast if each.goes_by(name)), None)
        if person is None:
            is_profile = not self.played and folded(name) in {folded(n) for n in self.speaking}
            return name if is_profile else None
        if not self.played:
            return self._profile_of(person.name, person.aliases)
        characters = tuple(each.name for each in person.characters)
        if len(characters) == 1:
            return self._profile_of(characters[0])
        if not characters and person.role == LEADS:
            return Leader()
        return Uncredited("plays_several" if characters else "plays_nobody", characters)

    def _longer(self, name: str) -> str | None:
        words = folded(name).split()
        known = (*self._characters, *(n for p in self.profiles for n in (p.name, *p.aliases)))
        found = {
            meant
            for each in known
            if _begins_alike(words, folded(each).split())
            and (meant := self._named(each)) is not None
        }
        return found.pop() if len(found) == 1 else None

    @property
    def _characters(self) -> Sequence[str]:
        return [each.name for person in self.cast for each in person.characters]

    def _profile_of(self, name: str, aliases: Sequence[str] = ()) -> str:
        """The name under which a profile of theirs is kept, if there is one."""
        for profile in self.profiles:
            if any(profile.goes_by(each) for each in (name, *aliases)):
                return profile.name
        return name


def _begins_alike(one: Sequence[str], other: Sequence[str]) -> bool:
    short = min(len(one), len(other))
    return bool(short) and one[:short] == other[:short]
