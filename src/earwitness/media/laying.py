"""Laying tracks beside each other on one clock, by what is said of them and what they sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from earwitness.core.session import Track
from earwitness.core.sound import BILLION, LaidBy, Place
from earwitness.media.agreement import Agreement, Ear, Line, agreement

SURE: Final = 0.5
"""Less confidence than this moves nothing."""
CLOSE_S: Final = 15.0
"""How far tracks are first thought to lie from where they are said to."""
FAR_S: Final = 180.0
"""How far they are sought when nobody says where they lie: recorders started by hand."""
SAID_S: Final = 0.5
"""How far from the user's word the sound may put a track and still tell its drift."""
ROOM_S: Final = 0.04
"""Sound crosses a room in less; who is heard later comes through a call."""
SILENT_DB: Final = -75.0
_ALIKE_DB: Final = 6.0
_MOSTLY: Final = 0.8
_FAIR: Final = 0.05
_OTHERS: Final = 2
"""So many tracks are asked, beside the reference, about one it has nothing in common with."""


@dataclass(frozen=True, slots=True)
class Microphone:
    """One decoded track.

    Attributes:
        number: Its place among the session's recordings.
        name: Of its file, for telling.
        track: What is said of it.
        ear: Its sound.
    """

    number: int
    name: str
    track: Track
    ear: Ear

    @property
    def guess_s(self) -> float:
        """Where it is said to begin."""
        return (self.track.offset_ms or 0) / 1000

    @property
    def silent(self) -> bool:
        """Nothing was ever recorded on it."""
        return not len(self.ear.levels) or float(self.ear.levels.max()) < SILENT_DB


@dataclass(frozen=True, slots=True)
class _Laid:
    line: Line
    by: LaidBy
    confidence: float | None = None


def lay(
    tracks: Sequence[Microphone], tick: Callable[[float], None]
) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Where each track lies, and what a person should know about it.

    The mix, else the longest track, gives the clock; time begins with the first track of all.

    Args:
        tracks: At least one.
        tick: Told the share done.
    """
    reference = max(tracks, key=lambda one: (bool(one.track.is_mix), one.ear.samples))
    laid = {reference.number: _Laid(Line(reference.guess_s), "reference")}
    notices: list[str] = []
    rest = sorted((one for one in tracks if one is not reference), key=lambda one: one.number)
    for count, one in enumerate(rest):
        if one.silent:
            laid[one.number] = _as_said(one)
            notices.append(f"{one.name}: it is silent throughout")
            continue
        known = [other for other in tracks if laid.get(other.number) is not None]
        sure = [other for other in known if laid[other.number].by in ("reference", "sound")]
        asked = [reference, *(each for each in sure if each is not reference)][: 1 + _OTHERS]
        hear = _rising(tick, count / len(rest), 1 / len(rest))
        laid[one.number], told = _place(one, asked, laid, hear)
        notices += told
    mixes = {one.number for one in tracks if one.track.is_mix or _holds_all(one, tracks, laid)}
    notices += [
        f"{one.name}: it holds everybody, so it is the mix and no speaker's"
        for one in tracks
        if one.number in mixes and not one.track.is_mix
    ]
    first_s = min(each.line.offset_s for each in laid.values())
    places = tuple(
        Place(
            one.number,
            round((laid[one.number].line.offset_s - first_s) * 1e6),
            round(laid[one.number].line.drift * BILLION),
            one.number in mixes,
            laid[one.number].by,
            laid[one.number].confidence,
        )
        for one in tracks
    )
    return places, tuple(notices)


def _rising(tick: Callable[[float], None], start: float, part: float) -> Callable[[float], None]:
    """Tells the share of the whole; what is tried again does not go back."""
    most = 0.0

    def hear(share: float) -> None:
        nonlocal most
        most = max(most, share)
        tick(start + part * most)

    return hear


def _holds_all(one: Microphone, tracks: Sequence[Microphone], laid: dict[int, _Laid]) -> bool:
    """Whether a track whose name leaves it open is as loud as all others together, all the time."""
    others = [each for each in tracks if each.track.is_mix is False and not each.silent]
    if one.track.is_mix is not None or len(others) < 2 or one.silent:
        return False
    times = np.arange(len(one.ear.levels)) / 10
    clock = laid[one.number].line
    heard = np.stack(
        [_levels_at(each, laid[each.number].line, clock.other(times)) for each in others]
    )
    power = 10 * np.log10((10 ** (heard / 10)).sum(axis=0) + 1e-12)
    spoken = power > np.percentile(power, 95) - 20
    off = one.ear.levels[spoken] - power[spoken]
    alone = np.bincount(heard[:, spoken].argmax(axis=0), minlength=len(others)) / spoken.sum()
    return bool(
        (np.abs(off - np.median(off)) < _ALIKE_DB).mean() > _MOSTLY and (alone > _FAIR).sum() > 1
    )


def _levels_at(one: Microphone, line: Line, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """A track's levels at times of the session; silence outside of it."""
    place = np.floor(line.own(times) * 10).astype(np.int64)
    inside = (place >= 0) & (place < len(one.ear.levels))
    levels = one.ear.levels[np.clip(place, 0, len(one.ear.levels) - 1)]
    return np.where(inside, levels, -120.0).astype(np.float64)


def _as_said(one: Microphone) -> _Laid:
    by: LaidBy = "assumed" if one.track.offset_ms is None else "declared"
    return _Laid(Line(one.guess_s), "said" if one.track.said else by)


def _place(
    one: Microphone,
    asked: Sequence[Microphone],
    laid: dict[int, _Laid],
    tick: Callable[[float], None],
) -> tuple[_Laid, list[str]]:
    """Where one track lies, asking one laid track after another."""
    reaches = [CLOSE_S, FAR_S] if one.track.offset_ms is None else [CLOSE_S]
    if one.track.said:
        reaches = [SAID_S]
    doubtful: Agreement | None = None
    for reach_s in reaches:
        for other in asked if reach_s != FAR_S else asked[:1]:
            clock = laid[other.number].line
            guess = Line(float(clock.own(np.array([one.guess_s]))[0]))
            found = agreement(other.ear, one.ear, guess, reach_s=reach_s, tick=tick)
            if found is None:
                continue
            if _holds(one, found):
                return _by_sound(one, found, clock)
            doubtful = doubtful or found
    told = []
    if doubtful is not None:
        told.append(
            f"{one.name}: its sound agrees with the others' only in part "
            f"(confidence {doubtful.confidence:.2f}); it was left where it was said to lie"
        )
    elif one.track.offset_ms is None:
        told.append(
            f"{one.name}: it has no sound in common with the others, so it is taken to begin with "
            f"them; --offset says otherwise"
        )
    return _as_said(one), told


def _holds(one: Microphone, found: Agreement) -> bool:
    """Whether a find may move a track."""
    if found.confidence < SURE:
        return False
    if one.track.offset_ms is None or one.track.said:
        return True
    # What one program wrote on one clock is moved only by what both tracks bear out in one room.
    return found.apart_s is not None and abs(found.apart_s) < ROOM_S


def _by_sound(one: Microphone, found: Agreement, clock: Line) -> tuple[_Laid, list[str]]:
    # u = (t' - o1)(1 + d1) with t' = (t - o0)(1 + d0), on the session's clock t.
    whole = (1.0 + found.line.drift) * (1.0 + clock.drift)
    offset_s = clock.offset_s + found.line.offset_s / (1.0 + clock.drift)
    if one.track.said:
        return _Laid(Line(one.guess_s, whole - 1.0), "said", found.confidence), []
    told = []
    if found.apart_s is not None and abs(found.apart_s) >= ROOM_S:
        told.append(
            f"{one.name}: others are heard on it {abs(found.apart_s) * 1000:.0f} ms late, as "
            f"through a call"
        )
    return _Laid(Line(offset_s, whole - 1.0), "sound", found.confidence), told
