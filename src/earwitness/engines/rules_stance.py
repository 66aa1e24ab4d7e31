"""Stance by rules: in character, told, rules and dice, or at the table - by adding up evidence.

Signs that show in a line (`rules_line`) give each stance weight in log-odds; then what the lines
around it are counts, since people stay in the story, or out of it, for a while. The weights
(`rules_weights`) were made from turns of play labelled for this; decision 30 says how, and what
they are worth on other turns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from earwitness.core.reading import Window
from earwitness.engines.rules_line import Shown, shown
from earwitness.engines.rules_weights import AROUND, SIGNS, Row

STANCES: Final = ("IC", "NARRATION", "MECHANICS", "OOC")
INSIDE: Final = ("IC", "NARRATION")

Shares = tuple[float, ...]
"""How likely each stance is; they add up to 1."""

_PARTS: Final[dict[str | None, int]] = {"dm": 0, "player": 1, None: 2}
_REACH: Final = 3
_EVEN: Final = 1.0 / len(STANCES)


def stances(window: Window) -> dict[int, tuple[str, float]]:
    """The stance of every line whose language is known to rules, with how sure that is."""
    lines = (*window.before, *window.lines)
    parts = [window.role_of(line) for line in lines]
    signs = shown(window)
    sums = [
        None if each is None else _sums(each, part) for each, part in zip(signs, parts, strict=True)
    ]
    shares = [None if each is None else _shares(each) for each in sums]
    found = {}
    for place, (line, own) in enumerate(zip(lines, sums, strict=True)):
        if own is not None and line.id in window.ids:
            near = around(shares, place, leads=parts[place] == "dm")
            found[line.id] = _surest(_shares(_weighed((*own, *near))))
    return found


def _sums(signs: Shown, part: str | None) -> Row:
    """The evidence of a line by itself."""
    which = _PARTS.get(part, _PARTS["player" if part else None])
    rows = [(SIGNS[name][which], value) for name, value in signs.items() if name in SIGNS]
    one, two, three, four = (sum(row[each] * value for row, value in rows) for each in range(4))
    return (one, two, three, four)


def _weighed(evidence: Sequence[float]) -> Row:
    """The evidence of a line and of those around it."""
    one, two, three, four = (
        sum(value * row[each] for value, row in zip(evidence, AROUND, strict=True))
        for each in range(4)
    )
    return (one, two, three, four)


def _shares(sums: Sequence[float]) -> Shares:
    top = max(sums)
    powers = [math.exp(each - top) for each in sums]
    return tuple(each / sum(powers) for each in powers)


def around(shares: Sequence[Shares | None], place: int, *, leads: bool) -> list[float]:
    """What lines around one are, in eight groups of four: above or below an even share.

    The groups: the lines just before and just after it, the three before and the three after it,
    all of the window; then the same again for lines of the leader, and nothing for others.
    """
    spans = (range(place - _REACH, place), range(place + 1, place + 1 + _REACH), range(len(shares)))
    told: list[float] = []
    for span in spans:
        near = [each for at in span if at != place and (each := _at(shares, at)) is not None]
        told += [
            sum(each[stance] for each in near) / len(near) - _EVEN if near else 0.0
            for stance in range(len(STANCES))
        ]
    return [*told, *(each if leads else 0.0 for each in told)]


def _at(shares: Sequence[Shares | None], place: int) -> Shares | None:
    return shares[place] if 0 <= place < len(shares) else None


def _surest(shares: Shares) -> tuple[str, float]:
    """The likelier side first, then the likelier stance of it."""
    told = dict(zip(STANCES, shares, strict=True))
    inside = sum(told[each] for each in INSIDE)
    side = INSIDE if inside >= 0.5 else STANCES[len(INSIDE) :]
    value = max(side, key=lambda each: told[each])
    return value, round(told[value], 3)
