"""Splits one speaker's atoms into subtitles of few, balanced lines at the least cost.

Dynamic programming over break points (the idea of Knuth and Plass 1981, "Breaking paragraphs into
lines"): every way to end a subtitle after an atom is priced by the rules it breaks, by where it
breaks the sentence and by how its lines balance; the cheapest chain wins. A subtitle holds at
most a few dozen atoms, so the work grows linearly with the transcript.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
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
        for last, asked in enumerate(table.cues(first), start=first + 1):
            known = so_far + asked
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
        self.ending = [
            _EACH_CUE + after + silence
            for after, silence in zip(self.after_cue, self.silence, strict=True)
        ]
        self.ragged = _raggedness(self.limit)
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
        return self.cues(first, last)[-1]

    def cues(self, first: int, until: int | None = None) -> list[float]:
        """The prices of all subtitles that begin with an atom, up to the fullest."""
        options, places, next_starts = self.options, self.places, self.next_starts
        least_ms, most_ms = options.cue_min_ms, options.cue_max_ms
        starts_ms, silent = self.starts[first] + options.gap_ms, self.silence[first]
        before = places[first] + self.spaces[first]
        found = []
        for last in range(first + 1, (until or self.reach(first)) + 1):
            free = next_starts[last - 1] - starts_ms
            price = self.ending[last - 1] - silent
            if free <= 0:
                price += _RULE
            shown = most_ms if free > most_ms else free if free > 1 else 1
            if shown < least_ms:
                price += _RULE * (2 - shown / least_ms)
            size = places[last] - before
            needed = size * 1000 / options.chars_per_second
            if shown < needed:
                price += _RULE * min(3.0, needed / shown)
            if size > self.limit and last == first + 1:
                price += _RULE
            found.append(price)
        return found

    def layout(self, first: int, last: int) -> tuple[float, tuple[int, ...]]:
        """The price of the best lines, and where each line begins."""
        if self.fits[first] >= last:
            return 0.0, (first,)
        return self._broken(first, last, self.lines)

    def _broken(self, first: int, last: int, lines: int) -> tuple[float, tuple[int, ...]]:
        """The same for text that takes more than one line, on at most so many."""
        best: tuple[float, tuple[int, ...]] = (inf, ())
        if lines < 2:
            return best
        fits, after = self.fits, self.after
        for here in range(min(fits[first], last - 1), first, -1):
            begins: tuple[int, ...] = (here,)
            if fits[here] >= last:
                rest = self._ragged(here, last)
            elif lines == 2:
                break
            else:
                rest, begins = self._broken(here, last, lines - 1)
                if rest == inf:
                    break
            price = rest + self._ragged(first, here) + _LINE_SHARE * after[here - 1]
            if price < best[0]:
                best = price, (first, *begins)
        return best

    def _ragged(self, first: int, last: int) -> float:
        size = self.places[last] - self.places[first] - self.spaces[first]
        return self.ragged[size] if size < self.limit else 0.0


@lru_cache(maxsize=64)
def _raggedness(limit: int) -> tuple[float, ...]:
    """The price of a line for each number of places it takes, up to a full one."""
    shorts = (1 - places / limit for places in range(limit))
    return tuple(_RAGGED * short * short for short in shorts)


def _standing(pause_ms: int) -> float:
    """The price of showing words before a pause together with words after it."""
    if pause_ms >= _LONG_PAUSE_MS:
        return 10 * _RULE
    return max(0, pause_ms - _SHORT_PAUSE_MS) / 100
