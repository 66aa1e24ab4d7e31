"""Agreement: where two microphones heard the same, and the one line that makes of all these places.

Pieces of one track that are loud are looked for in the other one, and the other way round. Each
that is found gives a pair of moments; pairs that lie on one line (an offset and a drift) agree.
The line is the one most pairs agree with (Fischler and Bolles, "Random sample consensus", 1981,
here over all pairs of pairs), drawn again through those by least squares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from earwitness.core.ports import RATE_HZ
from earwitness.media.whitening import SLOW_HZ, Floats, whiten

PIECE_S: Final = 1.0
"""Long enough to be like nothing else, short enough that no drift smears it."""
CLEAR: Final = 8.5
"""A peak so many deviations above the rest of a search is no chance: in a million of places chance
reaches 5.5."""
MOST_DRIFT: Final = 1_000e-6
_TOLERANCE_S: Final = 0.006
_FINE_S: Final = 0.0015
_FEWEST: Final = 5
_DRIFT_SPREAD_S: Final = 60.0
_SECOND: Final = RATE_HZ
_REGION_S: Final = 3
"""Pieces are taken from regions at least this long."""
_LOUD_DB: Final = 20.0
_LEAD_DB: Final = 12.0
"""So much louder on one track it was that one's voice: beneath another it would not be found."""

Doubles = NDArray[np.float64]
Read = Callable[[int, int], NDArray[np.int16]]
"""Samples of a track by number of the first and count; silence outside of it."""


@dataclass(frozen=True, slots=True)
class Ear:
    """One track, as it is listened to.

    Attributes:
        read: Its samples.
        samples: How many.
        levels: Power of each tenth of a second, in dB below full scale.
    """

    read: Read
    samples: int
    levels: Floats

    @property
    def length_s(self) -> float:
        """In seconds."""
        return self.samples / RATE_HZ


@dataclass(frozen=True, slots=True)
class Line:
    """A track's own time `u` at the other's time `t`: `u = (t - offset_s) * (1 + drift)`."""

    offset_s: float
    drift: float = 0.0

    def own(self, t: Doubles) -> Doubles:
        """The track's own time."""
        return np.asarray((t - self.offset_s) * (1.0 + self.drift), np.float64)

    def other(self, u: Doubles) -> Doubles:
        """The other's time."""
        return np.asarray(u / (1.0 + self.drift) + self.offset_s, np.float64)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two tracks agree on.

    Attributes:
        line: Where the second lies on the first one's clock.
        confidence: 0 to 1: the part of all clear finds that agree, less where they are few or come
            from one direction only.
        found: How many agree.
        apart_s: How much later each hears the other than itself, when both hear each other: the
            way sound takes, or a call's delay. None when only one hears the other.
    """

    line: Line
    confidence: float
    found: int
    apart_s: float | None


@dataclass(frozen=True, slots=True)
class _Finds:
    """Pairs of moments: `mine` on the first track's clock, `theirs` on the second's."""

    mine: Doubles
    theirs: Doubles
    lead_db: Doubles
    """How much more it is a voice on the first track than on the second; below 0: on that one."""

    def __len__(self) -> int:
        return len(self.mine)

    def only(self, which: NDArray[np.bool_]) -> _Finds:
        return _Finds(self.mine[which], self.theirs[which], self.lead_db[which])


def agreement(
    first: Ear, second: Ear, guess: Line, *, reach_s: float, tick: Callable[[float], None]
) -> Agreement | None:
    """Where the second track lies on the first one's clock.

    Args:
        first: Whose clock counts.
        second: Whose place is sought.
        guess: Where it is thought to lie.
        reach_s: How far off the guess may be.
        tick: Told the share done.

    Returns:
        None when they share nothing.
    """
    regions, pieces, around_s = (40, 2, 0.0) if reach_s <= 20 else (3, 4, 45.0)
    plans = _plans(first, second, guess, regions=regions, pieces=pieces, around_s=around_s)
    finds = _search(first, second, guess, plans, reach_s=reach_s, clear=CLEAR, tick=tick)
    rough = _consensus(finds, _TOLERANCE_S)
    if rough is None:
        return None
    agreed = np.abs(finds.theirs - rough.own(finds.mine)) < _ECHO_S
    share = float(agreed.mean())
    line, found, apart_s = _fine(first, second, rough)
    if line is None:
        return None
    confidence = share * min(1.0, found / 12)
    if apart_s is None:
        confidence *= 0.75
    return Agreement(line, round(confidence, 3), found, apart_s)


_ECHO_S: Final = 0.6
"""Somebody who is heard through a call is late by less than this."""


def _fine(first: Ear, second: Ear, rough: Line) -> tuple[Line | None, int, float | None]:
    """The line, drawn again through many places close to it, for each direction by itself."""
    plans = _plans(first, second, rough, regions=150, pieces=1, around_s=0.0)
    finds = _search(first, second, rough, plans, reach_s=_ECHO_S, clear=CLEAR, tick=_untold)
    lines: list[tuple[Line, _Finds]] = []
    for lead_db in (finds.lead_db, -finds.lead_db):
        lines += _lines(finds.only(lead_db > _LEAD_DB))
    if len(lines) < 2:
        # As loud on both: one of them is the mix, and no direction is to be told.
        lines = sorted([*lines, *_lines(finds)], key=lambda each: -len(each[1]))[:1]
    if not lines:
        return None, 0, None
    if len(lines) == 1:
        return lines[0][0], len(lines[0][1]), None
    (forth_line, forth_finds), (back_line, back_finds) = lines
    both = len(forth_finds) + len(back_finds)
    middle = np.array([(first.length_s or 1.0) / 2])
    late_s = float((forth_line.own(middle) - back_line.own(middle))[0])
    # Each hears the other late: half of the difference is the way, and the truth is in the middle.
    shifted = _Finds(
        np.concatenate([forth_finds.mine, back_finds.mine]),
        np.concatenate([forth_finds.theirs - late_s / 2, back_finds.theirs + late_s / 2]),
        np.concatenate([forth_finds.lead_db, back_finds.lead_db]),
    )
    return _drawn(shifted), both, late_s / 2


def _lines(finds: _Finds) -> list[tuple[Line, _Finds]]:
    """The line of some finds with those that lie on it; nothing when they agree on none."""
    found = _consensus(finds, _FINE_S)
    if found is None:
        return []
    return [(found, finds.only(np.abs(finds.theirs - found.own(finds.mine)) < _FINE_S))]


def _consensus(finds: _Finds, tolerance_s: float) -> Line | None:
    """The line most finds lie on, or None when it is a matter of chance."""
    count = len(finds)
    if count < _FEWEST:
        return None
    lag = finds.theirs - finds.mine
    apart = finds.mine[None, :] - finds.mine[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(np.abs(apart) > _DRIFT_SPREAD_S, (lag[None, :] - lag[:, None]) / apart, 0)
    best, most = np.zeros(count, np.bool_), 0
    for one in range(count):
        # Lags of all finds against the lines through this one.
        expected = lag[one] + slope[one][:, None] * (finds.mine - finds.mine[one])[None, :]
        near = np.abs(lag[None, :] - expected) < tolerance_s
        near &= (np.abs(slope[one]) <= MOST_DRIFT)[:, None]
        votes = near.sum(axis=1)
        winner = int(votes.argmax())
        if votes[winner] > most:
            best, most = near[winner], int(votes[winner])
    if most < _FEWEST:
        return None
    return _drawn(finds.only(best))


def _drawn(finds: _Finds) -> Line:
    """Least squares; without drift where it is not told from none."""
    centre = float(finds.mine.mean())
    lag, t = finds.theirs - finds.mine, finds.mine - centre
    drift, spread = 0.0, float(np.ptp(finds.mine))
    if spread >= _DRIFT_SPREAD_S:
        squares = float((t**2).sum())
        slope = float((t * lag).sum()) / squares
        rest = lag - lag.mean() - slope * t
        error = float(np.sqrt((rest**2).mean() / squares))
        if abs(slope) > max(3 * error, 1e-6):
            drift = slope
    # theirs = mine + lag: at the centre the track's own time is centre + mean lag.
    own = centre + float(lag.mean())
    return Line(centre - own / (1.0 + drift), drift)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Pieces of one track that are looked for in one stretch of the other."""

    forth: bool
    starts: tuple[int, ...]


def _plans(
    first: Ear, second: Ear, guess: Line, *, regions: int, pieces: int, around_s: float
) -> list[_Plan]:
    """Where either is loud and the other is quiet, spread over the time they have in common."""
    plans = []
    for forth, ear, other in ((True, first, second), (False, second, first)):
        starts = np.arange(0, max(0, len(ear.levels) - 10), 5)
        if not len(starts):
            continue
        times = starts / 10
        there = guess.own(times) if forth else guess.other(times)
        inside = (there > -around_s) & (there < other.length_s + around_s)
        starts, there = starts[inside], there[inside]
        if not len(starts):
            continue
        loud = _mean_level(ear.levels, starts)
        quiet = _mean_level(other.levels, np.clip(there * 10, 0, len(other.levels) - 1).astype(int))
        lively = loud > max(-60.0, float(np.percentile(loud, 95)) - 25)
        score = np.where(lively, loud - 0.7 * quiet, -np.inf)
        count = min(regions, 1 + len(starts) // (2 * _REGION_S))
        for part in np.array_split(np.arange(len(starts)), count):
            kept = _apart(starts[part], score[part], pieces)
            if around_s:
                kept = [each for each in kept if abs(each - kept[0]) <= around_s * 10]
            if kept:
                plans.append(_Plan(forth, tuple(each * _SECOND // 10 for each in sorted(kept))))
    return plans


def _apart(starts: NDArray[np.int64], score: Floats, most: int) -> list[int]:
    """The best starts, the best first, that lie a second or more apart; none without a score."""
    kept: list[int] = []
    for place in np.argsort(score)[::-1]:
        start = int(starts[place])
        if len(kept) == most or not np.isfinite(score[place]):
            break
        if all(abs(start - each) >= 10 for each in kept):
            kept.append(start)
    return kept


def _mean_level(levels: Floats, starts: NDArray[np.int64]) -> Floats:
    """Mean level of the second that begins at each start."""
    total = np.concatenate([[0.0], np.cumsum(levels, dtype=np.float64)])
    ends = np.minimum(starts + 10, len(levels))
    means = (total[ends] - total[starts]) / np.maximum(1, ends - starts)
    return np.asarray(means, np.float32)


def _search(
    first: Ear,
    second: Ear,
    guess: Line,
    plans: Sequence[_Plan],
    *,
    reach_s: float,
    clear: float,
    tick: Callable[[float], None],
) -> _Finds:
    """Every piece that is clearly found."""
    found: list[tuple[float, float]] = []
    for number, plan in enumerate(plans):
        ear, other = (first, second) if plan.forth else (second, first)
        at = np.array(plan.starts, np.float64) / RATE_HZ
        there = guess.own(at) if plan.forth else guess.other(at)
        # A little silence around what was recorded, so that a peak at its edge has two sides.
        low = int(max(there.min() - reach_s, -PIECE_S) * RATE_HZ)
        high = int(min(there.max() + reach_s, other.length_s) * RATE_HZ) + int(PIECE_S * RATE_HZ)
        if high <= low:
            continue
        stretch = whiten(other.read(low, high - low))
        length = 1 << (len(stretch) + SLOW_HZ - 1).bit_length()
        spectrum = np.fft.rfft(stretch, length)
        for start, expected in zip(plan.starts, there, strict=True):
            piece = whiten(ear.read(start, int(PIECE_S * RATE_HZ)), loud_db=_LOUD_DB)
            scores = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, length)), length)
            centre = round(expected * SLOW_HZ - low * SLOW_HZ / RATE_HZ)
            reach = int(reach_s * SLOW_HZ)
            begin, end = max(0, centre - reach), min(len(stretch), centre + reach + 1)
            place = _peak(scores[begin:end], clear) if begin < end else None
            if place is None:
                continue
            where = low / RATE_HZ + (place + begin) / SLOW_HZ
            mine, theirs = (start / RATE_HZ, where) if plan.forth else (where, start / RATE_HZ)
            found.append((mine, theirs))
        tick((number + 1) / len(plans))
    pairs = np.array(found, np.float64).reshape(-1, 2)
    # Whose voice it is: the one's on whose track it is as loud as voices are there.
    lead_db = _loudness(first, pairs[:, 0]) - _loudness(second, pairs[:, 1])
    return _Finds(pairs[:, 0], pairs[:, 1], lead_db)


def _loudness(ear: Ear, times: Doubles) -> Doubles:
    """Level of the seconds at some times against what is loud on the track."""
    if not len(ear.levels):
        return np.zeros(len(times))
    starts = np.clip(times * 10, 0, len(ear.levels) - 1).astype(np.int64)
    loud_db = float(np.percentile(ear.levels, 95))
    return np.asarray(_mean_level(ear.levels, starts) - loud_db, np.float64)


def _peak(scores: NDArray[np.floating], clear: float) -> float | None:
    """Where a search's peak lies, between samples; None when it does not stand out."""
    size = np.abs(scores)
    if len(size) < 3:
        return None
    deviation = float(np.sqrt(np.mean(size.astype(np.float64) ** 2)))
    deviation = min(deviation, 1.4826 * float(np.median(size)) or deviation)
    top = int(size.argmax())
    if deviation <= 0 or size[top] < clear * deviation or not 0 < top < len(size) - 1:
        return None
    left, middle, right = (float(size[top + step]) for step in (-1, 0, 1))
    bend = left - 2 * middle + right
    return top + (0.5 * (left - right) / bend if bend else 0.0)


def _untold(_share: float) -> None:
    """Nobody is told."""


def listen(read: Read, samples: int) -> Ear:
    """Take the levels of a whole track, piece by piece."""
    tenth = _SECOND // 10
    levels = []
    for start in range(0, samples, 60 * _SECOND):
        count = min(60 * _SECOND, -(-(samples - start) // tenth) * tenth)
        block = read(start, count).astype(np.float32)
        block[1:] -= 0.9 * block[:-1]
        power = np.square(block.reshape(-1, tenth)).mean(axis=1)
        levels.append(10 * np.log10(power / 32_768.0**2 + 1e-12))
    found = np.concatenate(levels) if levels else np.zeros(0)
    return Ear(read, samples, found.astype(np.float32))
