"""Crosstalk: leaks are found by their steady distance; voices that speak at once are not leaks."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from earwitness.core.span import Span
from earwitness.media.crosstalk import FRAME_MS, leaks

Levels = NDArray[np.float32]
SECONDS = 90


def voice(seed: int, turns: list[tuple[int, int]]) -> Levels:
    """Levels of a voice that speaks in turns, by seconds: syllables of 200 ms, loud and soft."""
    random = np.random.default_rng(seed)
    count = SECONDS * 1000 // FRAME_MS
    syllables = np.repeat(random.normal(-30, 7, count // 10 + 1), 10)[:count]
    level = np.full(count, -75.0) + random.normal(0, 1.5, count)
    for start, end in turns:
        part = slice(start * 50, end * 50)
        level[part] = syllables[part] + random.normal(0, 2, end * 50 - start * 50)
    return level.astype(np.float32)


def together(*levels: Levels) -> Levels:
    return (10 * np.log10(sum(10 ** (each / 10) for each in levels))).astype(np.float32)


ANN = voice(1, [(n, n + 4) for n in range(0, 88, 10)])
BOB = voice(2, [(n, n + 4) for n in range(5, 88, 10)])
AT_ONCE = voice(3, [(n, n + 4) for n in range(2, 86, 10)])


def share(spans: tuple[Span, ...], start_s: int, end_s: int) -> float:
    part = Span(start_s * 1000, end_s * 1000)
    return sum(span.overlap_ms(part) for span in spans) / part.duration_ms


@pytest.mark.parametrize("weaker", [12, 20, 25])
def test_a_voice_that_leaks_is_found_on_the_wrong_track_alone(weaker: int) -> None:
    loud = np.stack([together(ANN, BOB - weaker), together(BOB, ANN - weaker)], axis=1)
    ann, bob = leaks(loud)
    for start in range(0, 80, 10):
        assert share(bob, start, start + 4) > 0.9, "Ann speaks: Bob's track is not his own"
        assert share(ann, start + 5, start + 9) > 0.9
        assert share(ann, start, start + 4) < 0.05
        assert share(bob, start + 5, start + 9) < 0.05


@pytest.mark.parametrize("quieter", [0, 12, 20])
def test_voices_at_once_are_no_leaks_whatever_their_levels(quieter: int) -> None:
    assert leaks(np.stack([ANN - quieter, AT_ONCE], axis=1)) == ((), ())
    assert leaks(np.stack([ANN, BOB - quieter], axis=1)) == ((), ())


def test_a_voice_of_its_own_in_a_leak_stays() -> None:
    loud = np.stack([together(ANN, AT_ONCE - 22), together(AT_ONCE, ANN - 22)], axis=1)
    ann, other = leaks(loud)
    for start in range(0, 80, 10):
        assert share(ann, start + 2, start + 4) < 0.2, "both speak"
        assert share(ann, start + 4, start + 6) > 0.7, "only the other one does"
        assert share(other, start, start + 2) > 0.7


def test_nothing_leaks_into_silence_or_a_single_track() -> None:
    silent = np.full_like(ANN, -90)
    assert leaks(np.stack([ANN, silent], axis=1)) == ((), ())
    assert leaks(ANN[:, None]) == ((),)
    assert leaks(np.zeros((0, 2), np.float32)) == ((), ())


def test_of_three_tracks_only_the_one_that_is_leaked_into_has_leaks() -> None:
    loud = np.stack([ANN, together(BOB, ANN - 18), voice(9, [(40, 44), (60, 63)])], axis=1)
    ann, bob, third = leaks(loud)
    assert ann == third == ()
    assert share(bob, 0, 4) > 0.9
