"""Splits one speaker's atoms into subtitles of few, balanced lines at the least cost.

Dynamic programming over break points (the idea of Knuth and Plass 1981, "Breaking paragraphs into
lines"): every way to end a subtitle after an atom is priced by the rules it breaks, by where it
breaks the sentence and by how its lines balance; the cheapest chain wins. A subtitle holds at
most a few dozen atoms, so the work grows linearly with the transcript.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, inf
from typing import Final

from earwitness.core.ports import ExportOptions
from earwitness.exporters.atoms import Atom, width
from earwitness.exporters.breaks import costs

_RULE: Final = 100.0
"""A broken rule outweighs every wish about where to break."""
_EACH_CUE: Final = 3.0
"""Fewer, fuller subtitles read more calmly."""
_RAGGED: Final = 10.0
_LINE_SHARE: Final = 0.5
"""A line may break where a subtitle should not."""
_SHORT_PAUSE_MS: Final = 200
_LONG_PAUSE_MS: Final = 2_000
"""Nobody's subtitle stands through a silence this long to show what is said after it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A subtitle before its end time is known: `atoms[first:last]`, broken before `lines[1:]`."""

    first: int
    last: int
    lines: tuple[int, ...]


def reading_ms(places: int, options: ExportOptions) -> int:
    """How long a subtitle of so many places must stand, in milliseconds."""
    return max(options.cue_min_ms, ceil(places * 1000 / options.chars_per_second))


def line_text(atoms: Sequence[Atom]) -> str:
    """Atoms as one line."""
    text = atoms[0].text
    for atom in atoms[1:]:
        text += f" {atom.text}" if atom.spaced else atom.text
    return text


def split(
    atoms: Sequence[Atom], options: ExportOptions, *, until_ms: int, named: bool = False
) -> list[Draft]:
    """The cheapest chain of subtitles over all atoms, in order.

    Args:
        atoms: Of one speaker, in order of time.
        options: The rules.
        until_ms: When the next speaker's subtitle begins: the last one should end before.
        named: The first atom is the speaker's name and never stands alone.
    """
    table = Prices(atoms, options, until_ms, named)
    price = [0.0] + [inf] * len(atoms)
    back = [0] * (len(atoms) + 1)
    for first in range(len(atoms)):
        so_far = price[first]
        for last in range(first + 1, table.reach(first) + 1):
            known = so_far + table.cue(first, last)
            if known < price[last] and (
                (total := known + table.layout(first, last)[0]) < price[last]
            ):
                price[last], back[last] = total, first
    drafts = []
    last = len(atoms)
    while last > 0:
        first = back[last]
        drafts.append(Draft(first, last, table.layout(first, last)[1]))
        last = first
    return drafts[::-1]


class Prices:
    """What the prices need, counted once: places up to each atom, pauses, break costs."""

    def __init__(
        self, atoms: Sequence[Atom], options: ExportOptions, until_ms: int, named: bool
    ) -> None:
        self.limit, self.lines = options.line_chars, options.lines
        self.options = options
        self.starts = [atom.start_ms for atom in atoms]
        self.ends = [atom.end_ms for atom in atoms]
        self.next_starts = [*self.starts[1:], max(until_ms, self.ends[-1] + options.gap_ms)]
        self.spaces = [int(atom.spaced) for atom in atoms]
        sizes = (width(atom.text) + atom.spaced for atom in atoms)
        self.places = list(accumulate(sizes, initial=0))
        self.after = costs(atoms)
        self.after_cue = list(self.after)
        if named:
            self.after_cue[0] = 10 * _RULE
        pauses = (
            _standing(right - left)
            for left, right in zip([self.starts[0], *self.ends], self.starts, strict=False)
        )
        self.silence = list(accumulate(pauses, initial=0.0))[1:]
        self.fits = self._fits()

    def _fits(self) -> list[int]:
        """For each atom, the end of the longest line that begins with it (one atom at least)."""
        count = len(self.starts)
        found, last = [], 0
        for first in range(count):
            last = max(last, first + 1)
            while last < count and self.line(first, last + 1) <= self.limit:
                last += 1
            found.append(last)
        return [*found, count]

    def line(self, first: int, last: int) -> int:
        """Places of `atoms[first:last]` on one line."""
        return self.places[last] - self.places[first] - self.spaces[first]

    def reach(self, first: int) -> int:
        """The end of the fullest subtitle that begins with an atom, within lines and time."""
        last = first
        for _ in range(self.lines):
            last = self.fits[last]
        latest = self.starts[first] + self.options.cue_max_ms
        while last > first + 1 and self.ends[last - 1] > latest:
            last -= 1
        return last

    def cue(self, first: int, last: int) -> float:
        """The price of a subtitle apart from its lines."""
        options = self.options
        start = self.starts[first]
        places = self.line(first, last)
        free = self.next_starts[last - 1] - options.gap_ms - start
        price = _EACH_CUE + self.after_cue[last - 1] + self.silence[last - 1] - self.silence[first]
        if free <= 0:
            price += _RULE
        shown = max(1, min(free, options.cue_max_ms))
        if shown < options.cue_min_ms:
            price += _RULE * (2 - shown / options.cue_min_ms)
        needed = places * 1000 / options.chars_per_second
        if shown < needed:
            price += _RULE * min(3.0, needed / shown)
        if places > self.limit and last == first + 1:
            price += _RULE
        return price

    def layout(
        self, first: int, last: int, lines: int | None = None
    ) -> tuple[float, tuple[int, ...]]:
        """The price of the best lines, and where each line begins."""
        left = self.lines if lines is None else lines
        if self.fits[first] >= last:
            return (self._ragged(first, last) if lines else 0.0), (first,)
        best: tuple[float, tuple[int, ...]] = (inf, ())
        if left < 2:
            return best
        for here in range(min(self.fits[first], last - 1), first, -1):
            rest, begins = self.layout(here, last, left - 1)
            if rest == inf:
                break
            price = rest + self._ragged(first, here) + _LINE_SHARE * self.after[here - 1]
            if price < best[0]:
                best = price, (first, *begins)
        return best

    def _ragged(self, first: int, last: int) -> float:
        short = max(0.0, 1 - self.line(first, last) / self.limit)
        return _RAGGED * short * short


def _standing(pause_ms: int) -> float:
    """The price of showing words before a pause together with words after it."""
    if pause_ms >= _LONG_PAUSE_MS:
        return 10 * _RULE
    return max(0, pause_ms - _SHORT_PAUSE_MS) / 100
