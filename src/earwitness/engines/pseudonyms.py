"""Pseudonyms: people's names do not leave this machine; what comes back has them again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from earwitness.core.reading import Window

_LEAST: Final = 3
"""Shorter parts of a name (`de`, `Jo`) are words of the language too often; whole names always
count."""


class Pseudonyms:
    """Swaps names for `Person1`, `Person2`, ... and back; only names that are known.

    Whom nobody named stays readable in what was said: this is help, and no anonymisation.

    Args:
        people: The names of each person: the one people see first, then others they go by.
    """

    def __init__(self, people: Iterable[tuple[str, ...]]) -> None:
        self._alias: dict[str, str] = {}
        self._real: dict[str, str] = {}
        for names in people:
            alias = f"Person{len(self._real) + 1}"
            self._real[alias] = names[0]
            for name in names:
                self._alias.setdefault(name.casefold(), alias)
                for part in name.split():
                    if len(part) >= _LEAST:
                        self._alias.setdefault(part.casefold(), alias)
        self._out = _any_of(self._alias)
        self._back = re.compile(r"\bPerson[1-9]\d*\b")

    def hide(self, text: str) -> str:
        """The text without the names."""
        if self._out is None:
            return text
        return self._out.sub(lambda found: self._alias[found[0].casefold()], text)

    def show(self, text: str) -> str:
        """The text with the names again; each person's first one."""
        return self._back.sub(lambda found: self._real.get(found[0], found[0]), text)


def pseudonyms_of(window: Window, others: Iterable[str] = ()) -> Pseudonyms:
    """For everybody who is known in a window, and for others."""
    people: dict[str, tuple[str, ...]] = {}
    for person in window.cast:
        people[person.name.casefold()] = (person.name, *person.aliases)
    known = {name.casefold() for names in people.values() for name in names}
    speaking = (line.person for line in (*window.before, *window.lines))
    for name in (*speaking, *others):
        if name and name.casefold() not in known:
            people.setdefault(name.casefold(), (name,))
    return Pseudonyms(people[key] for key in sorted(people))


def _any_of(names: Iterable[str]) -> re.Pattern[str] | None:
    """The longest name first, as whole words, in whatever letters."""
    ordered = sorted(names, key=len, reverse=True)
    if not ordered:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)", re.IGNORECASE)
