"""Crosstalk: where a track holds another track's voice and none of its own.

A voice that leaks into another's microphone, headphone or line arrives there weaker by an amount
that stays much the same: the quieter track keeps its distance from the louder one. Two voices that
merely speak at once do so no more often than when one of the tracks is moved by seconds. Only
where a track keeps its distance clearly more often does another leak into it. Then every 20 ms of
it either is no louder than its leaks explain, or holds a sound of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from earwitness.core.ports import RATE_HZ, Audio
from earwitness.core.span import Span, union, without

FRAME_MS: Final = 20
_FRAME: Final = RATE_HZ * FRAME_MS // 1000
_BLOCK_MS: Final = 60_000
_FULL_SCALE: Final = 32_768.0

QUIET_DB: Final = -90.0
"""Levels below this count as this: digital silence has none."""
SOUND_DB: Final = 12.0
"""So far above its background, a track holds a sound."""
AUDIBLE_DB: Final = 6.0
"""So far above its background, a leak can be heard."""
WEAKER_DB: Final = 6.0
"""A leak is weaker than its source by at least this."""
SMOOTH: Final = 5
"""Over so many frames levels are averaged where leaks are sought: rooms smear them."""
LAGS: Final = (-700, -450, -260, -130, 130, 260, 450, 700)
"""Frames by which one track is moved for comparison: at these nothing leaks."""
OUTDOES: Final = 1.4
"""A leak keeps its distance so many times as often as chance does. Two voices at once, whatever
their levels, stayed below 1.05; leaks through rooms were above 1.2, most above 1.5."""
LEAST_FRAMES: Final = 100
"""Two seconds of a leak are needed to know it."""
NEAR_DB: Final = 3
"""What a leak's distance varies by."""
TAIL_DB: Final = 2.0
"""In a room a sound fades by so much in 20 ms, or faster."""
MARGIN_DB: Final = 7.0
"""What stands out of the leaks by more than this is the track's own."""
OWN_FRAMES: Final = 4
"""So many frames of its own within `OWN_WINDOW` make a voice; fewer are clicks, and echoes."""
OWN_WINDOW: Final = 10
EDGE_MS: Final = 100
"""A voice begins and ends softly: so much around it is its own too."""
JOIN_MS: Final = 600
"""Leaks that lie no further apart, with nothing of its own between them, are one."""
LEAST_MS: Final = 100
"""Shorter leaks are none."""

Decibels = NDArray[np.float32]
Frames = NDArray[np.bool_]


def levels(audio: Audio, tick: Callable[[float], None]) -> Decibels:
    """The level of each 20 ms of each track, in dB below full scale; shape (frames, tracks).

    The signal is differenced first, so that rumble and hum do not count.
    """
    parts = []
    for start_ms in range(0, audio.duration_ms, _BLOCK_MS):
        span = Span(start_ms, min(start_ms + _BLOCK_MS, audio.duration_ms))
        parts.append(np.stack([_levels(audio.read(span, each)) for each in audio.tracks], axis=1))
        tick(span.end_ms / audio.duration_ms)
    return np.concatenate(parts) if parts else np.zeros((0, len(audio.tracks)), np.float32)


def _levels(sound: bytes) -> Decibels:
    samples = np.frombuffer(sound, "<i2").astype(np.float32)
    whole = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    steps = np.diff(whole, axis=1)
    power = np.einsum("fs,fs->f", steps, steps) / ((_FRAME - 1) * _FULL_SCALE**2)
    decibels: Decibels = np.maximum(10 * np.log10(power + 1e-12), QUIET_DB).astype(np.float32)
    return decibels


def leaks(loud: Decibels) -> tuple[tuple[Span, ...], ...]:
    """Where each track holds only what leaked into it.

    Args:
        loud: From `levels`.

    Returns:
        Spans for each track, disjoint and in order of time.
    """
    count = int(loud.shape[1])
    if count < 2 or not len(loud):
        return ((),) * count
    smooth = _smooth(loud)
    quiet = np.percentile(smooth, 10, axis=0)
    background = np.percentile(loud, 10, axis=0)
    found: list[tuple[Span, ...]] = []
    for track in range(count):
        explained = np.full(len(loud), QUIET_DB, np.float32)
        for other in range(count):
            weaker_db = None if other == track else _weaker(smooth, quiet, track, other)
            if weaker_db is not None:
                explained = np.maximum(explained, _around(loud[:, other]) - weaker_db)
        found.append(_spans(loud[:, track], explained, float(background[track])))
    return tuple(found)


def _weaker(loud: Decibels, background: Decibels, track: int, other: int) -> float | None:
    """By how much `other` is weaker on `track` than on its own; None when it does not leak."""
    speaks = loud[:, other] > background[other] + SOUND_DB
    heard = loud[:, track] > background[track] + AUDIBLE_DB

    def keeping(lag: int) -> tuple[int, float]:
        """How many frames lie at the distance that most do, and that distance."""
        apart = loud[:, other] - np.roll(loud[:, track], lag)
        there = apart[speaks & np.roll(heard, lag) & (apart > WEAKER_DB)]
        if not len(there):
            return 0, 0.0
        usual = _mode(there)
        return int((np.abs(there - usual) <= NEAR_DB).sum()), usual

    frames, usual = keeping(0)
    if frames < LEAST_FRAMES:
        return None
    return usual if frames >= OUTDOES * max(keeping(lag)[0] for lag in LAGS) else None


def _smooth(loud: Decibels) -> Decibels:
    power = 10 ** (loud / 10)
    box = np.ones(SMOOTH) / SMOOTH
    even = np.stack([np.convolve(column, box, "same") for column in power.T], axis=1)
    smooth: Decibels = (10 * np.log10(even + 1e-12)).astype(np.float32)
    return smooth


def _mode(values: Decibels) -> float:
    """The middle of the 3 dB that hold the most values, none of which is negative."""
    bins = np.bincount(np.round(values).astype(int) + 1)
    return float(np.convolve(bins, np.ones(3), "same").argmax() - 1)


def _around(level: Decibels) -> Decibels:
    """The loudest of each frame and its neighbours, fading as in a room: a leak comes a little
    later or earlier, and lasts a little longer.
    """
    padded = np.pad(level, 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5)
    fading = TAIL_DB * np.arange(len(level))
    lasting = np.maximum.accumulate(windows.max(axis=1) + fading) - fading
    return np.asarray(lasting, np.float32)


def _spans(level: Decibels, explained: Decibels, background: float) -> tuple[Span, ...]:
    audible = level > background + AUDIBLE_DB
    own = audible & (level > explained + MARGIN_DB)
    leaked = audible & ~own & (explained > QUIET_DB)
    kept = _runs(_dense(own), EDGE_MS)
    alone = without(union(_runs(leaked, 0), gap_ms=JOIN_MS), kept)
    return tuple(span for span in alone if span.duration_ms >= LEAST_MS)


def _dense(own: Frames) -> Frames:
    """Own frames that have enough others near them."""
    sums = np.convolve(own, np.ones(OWN_WINDOW, int), "full")
    windows = np.lib.stride_tricks.sliding_window_view(sums, OWN_WINDOW)
    dense: Frames = own & (windows.max(axis=1) >= OWN_FRAMES)
    return dense


def _runs(frames: Frames, edge_ms: int) -> list[Span]:
    """Stretches of frames as spans, widened on both sides and joined where they meet."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], frames, [False]]).astype(np.int8)))
    pairs = edges.reshape(-1, 2).tolist()
    return union(
        [
            Span(max(0, first * FRAME_MS - edge_ms), last * FRAME_MS + edge_ms)
            for first, last in pairs
        ]
    )
