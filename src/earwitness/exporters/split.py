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
from itertools import accumulate, pairwise
from math import ceil, inf
from operator import add, sub
from typing import Final

from earwitness.core.ports import ExportOptions
from earwitness.exporters.atoms import Atom, width
from earwitness.exporters.breaks import costs

_RULE: Final = 100.0
"""A broken rule outweighs every wish about where to break."""
_EACH_CUE: Final = 3.0
"""Fewer, fuller subtitles read more calmly."""
_TWO_CUES: Final = 2 * _EACH_CUE - 1e-6
"""Two subtitles cost no less, whatever they show; a millionth is left to rounding."""
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
    if _is_one_line(atoms, options, until_ms):
        return [Draft(0, len(atoms), (0,))]
    table = Prices(atoms, options, until_ms, named)
    if table.reaches[0] == len(atoms):
        asked, begins = table.layout(0, len(atoms))
        if table.cue(0, len(atoms)) + asked < _TWO_CUES:
            return [Draft(0, len(atoms), begins)]
    price = [0.0] + [inf] * len(atoms)
    back = [0] * (len(atoms) + 1)
    closing, cue, balanced = table.closing, table.cue, table.balanced
    lines = table.two if table.lines == 2 else table.more
    places, ahead = (
        table.places,
        zip(price, table.silence, table.reaches, table.fits, table.begins, strict=False),
    )
    for first, (so_far, silent, reach, full, begin) in enumerate(ahead):
        for last, least in enumerate(closing[first:reach], start=first + 1):
            # nothing else about a subtitle makes it cheaper: most are dismissed here
            if so_far + (least - silent) < (cheapest := price[last]):
                known = so_far + cue(first, last)
                # as if both lines were even: no more than what the layout asks, and quicker to tell
                if last > full and known + balanced[places[last] - begin] < cheapest:
                    known += lines(first, last)
                elif last > full:
                    continue
                if known < cheapest:
                    price[last], back[last] = known, first
    drafts = []
    last = len(atoms)
    while last > 0:
        first = back[last]
        drafts.append(Draft(first, last, table.layout(first, last)[1]))
        last = first
    return drafts[::-1]


def _is_one_line(atoms: Sequence[Atom], options: ExportOptions, until_ms: int) -> bool:
    """Whether all stands on one line, without a pause, for long enough: nothing is cheaper."""
    places = sum([width(atom.text) + atom.spaced for atom in atoms]) - atoms[0].spaced
    start_ms, end_ms = atoms[0].start_ms, atoms[-1].end_ms
    free_ms = max(until_ms, end_ms + options.gap_ms) - options.gap_ms - start_ms
    return (
        places <= options.line_chars
        and end_ms <= start_ms + options.cue_max_ms
        and min(free_ms, options.cue_max_ms) >= reading_ms(places, options)
        and all(right.start_ms - left.end_ms <= _SHORT_PAUSE_MS for left, right in pairwise(atoms))
    )


class Prices:
    """What the prices need, counted once: places up to each atom, pauses, break costs."""

    def __init__(
        self, atoms: Sequence[Atom], options: ExportOptions, until_ms: int, named: bool
    ) -> None:
        self.limit, self.lines = options.line_chars, options.lines
        texts = [atom.text for atom in atoms]
        self.starts = [atom.start_ms for atom in atoms]
        self.ends = [atom.end_ms for atom in atoms]
        self.spaces = [int(atom.spaced) for atom in atoms]
        next_starts = (*self.starts[1:], max(until_ms, self.ends[-1] + options.gap_ms))
        self.free_until = [start_ms - options.gap_ms for start_ms in next_starts]
        self.speed = options.chars_per_second
        self.least_ms, self.most_ms = options.cue_min_ms, options.cue_max_ms
        sizes = list(map(width, texts))
        self.places = list(accumulate(map(add, sizes, self.spaces), initial=0))
        self.after = costs(atoms)
        self.silence = list(accumulate(self._pauses(), initial=0.0))[1:]
        after_cue = [10 * _RULE, *self.after[1:]] if named else self.after
        self.closing = [
            _EACH_CUE + after + silence
            for after, silence in zip(after_cue, self.silence, strict=True)
        ]
        self.half_after = [_LINE_SHARE * after for after in self.after]
        self.begins = list(map(add, self.places, self.spaces))
        self.ragged = _raggedness(self.limit, max(sizes))
        self.balanced = _balance(self.limit, self.lines * max(self.limit, *sizes) + self.lines)
        self.fits = self._fits()
        self.reaches = self._reaches()

    def _pauses(self) -> list[float]:
        """The price of the silence before each atom."""
        lasting = map(sub, self.starts, (self.starts[0], *self.ends))
        return [0.0 if pause_ms <= _SHORT_PAUSE_MS else _standing(pause_ms) for pause_ms in lasting]

    def _fits(self) -> list[int]:
        """For each atom, the end of the longest line that begins with it (one atom at least)."""
        count, places = len(self.starts), self.places
        found, last = [], 0
        limit = self.limit
        for first, begin in enumerate(self.begins):
            if last <= first:
                last = first + 1
            room = limit + begin
            while last < count and places[last + 1] <= room:
                last += 1
            found.append(last)
        return [*found, count]

    def _reaches(self) -> list[int]:
        """The end of the fullest subtitle that begins with each atom, within lines and time."""
        fits, ends, most_ms = self.fits, self.ends, self.most_ms
        fullest = fits[:-1]
        for _ in range(self.lines - 1):
            fullest = [fits[last] for last in fullest]
        for first, start_ms in enumerate(self.starts):
            last = fullest[first]
            while ends[last - 1] > start_ms + most_ms and last > first + 1:
                last -= 1
            fullest[first] = last
        return fullest

    def cue(self, first: int, last: int) -> float:
        """The price of a subtitle apart from its lines."""
        free = self.free_until[last - 1] - self.starts[first]
        price = self.closing[last - 1] - self.silence[first]
        if free <= 0:
            price += _RULE
        shown = self.most_ms if free > self.most_ms else free if free > 1 else 1
        if shown < self.least_ms:
            price += _RULE * (2 - shown / self.least_ms)
        places = self.places[last] - self.begins[first]
        needed = places * 1000 / self.speed
        if shown < needed:
            price += _RULE * min(3.0, needed / shown)
        if places > self.limit and last == first + 1:
            price += _RULE
        return price

    def layout(self, first: int, last: int) -> tuple[float, tuple[int, ...]]:
        """The price of the best lines, and where each line begins."""
        if self.fits[first] >= last:
            return 0.0, (first,)
        return self._broken(first, last, self.lines)

    def more(self, first: int, last: int) -> float:
        """The price of the best lines for text that takes more than one."""
        return self._broken(first, last, self.lines)[0]

    def two(self, first: int, last: int) -> float:
        """The same where there are two lines at most, quicker."""
        fits, half, ragged = self.fits, self.half_after, self.ragged
        places, begins = self.places, self.begins
        before, end, best = begins[first], places[last], inf
        for here in range(min(fits[first], last - 1), first, -1):
            if fits[here] < last or (upper := ragged[places[here] - before]) >= best:
                break
            price = ragged[end - begins[here]] + upper + half[here - 1]
            if price < best:  # noqa: PLR1730 - a call of min would cost more than all else here
                best = price
        return best

    def _broken(self, first: int, last: int, lines: int) -> tuple[float, tuple[int, ...]]:
        """The same for text that takes more than one line, on at most so many."""
        best: tuple[float, tuple[int, ...]] = (inf, ())
        if lines < 2:
            return best
        fits, after, ragged, places = self.fits, self.after, self.ragged, self.places
        before, end = places[first] + self.spaces[first], places[last]
        for here in range(min(fits[first], last - 1), first, -1):
            upper = ragged[places[here] - before]
            if upper >= best[0]:
                break
            begins: tuple[int, ...] = (here,)
            if fits[here] >= last:
                rest = ragged[end - places[here] - self.spaces[here]]
            elif lines == 2:
                break
            else:
                rest, begins = self._broken(here, last, lines - 1)
                if rest == inf:
                    break
            price = rest + upper + _LINE_SHARE * after[here - 1]
            if price < best[0]:
                best = price, (first, *begins)
        return best


@lru_cache(maxsize=256)
def _raggedness(limit: int, widest: int) -> tuple[float, ...]:
    """The price of a line for each number of places it takes, full ones and wider ones for free."""
    shorts = [max(0.0, 1 - places / limit) for places in range(max(limit, widest) + 1)]
    return tuple(_RAGGED * short * short for short in shorts)


@lru_cache(maxsize=256)
def _balance(limit: int, most: int) -> tuple[float, ...]:
    """The least that two or more lines cost for each number of places: as if both were even.

    A millionth less, so that rounding never makes it more than what is really asked.
    """
    shorts = [max(0.0, 2 - places / limit) for places in range(most + 1)]
    return tuple(max(0.0, _RAGGED * short * short / 2 - 1e-6) for short in shorts)


def _standing(pause_ms: int) -> float:
    """The price of showing words before a pause together with words after it."""
    if pause_ms >= _LONG_PAUSE_MS:
        return 10 * _RULE
    return max(0, pause_ms - _SHORT_PAUSE_MS) / 100
