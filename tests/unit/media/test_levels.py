"""Which recordings hold clearly separate voices per channel, and which only seem to."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from earwitness.media.levels import Levels

RATE = 16_000
RNG = np.random.default_rng(11)


def voice(turns: NDArray[np.bool_], level: float = 3000) -> NDArray[np.float64]:
    """Noise in syllables of 200 ms while the turn lasts; `turns` has one value a second."""
    loud = np.repeat(turns, RATE) * (np.arange(len(turns) * RATE) // 3200 % 4 > 0)
    return loud * RNG.normal(0, level, len(loud))


def turns_of(who: int, voices: int, seconds: int = 40) -> NDArray[np.bool_]:
    return np.equal(np.arange(seconds) // 2 % voices, who)


def tracks(*channels: NDArray[np.float64], hiss: float = 15) -> tuple[int, ...]:
    sound = np.stack(channels, axis=1)
    sound = np.where(sound.any(axis=0), sound + RNG.normal(0, hiss, sound.shape), 0)
    levels = Levels(len(channels))
    for begin in range(0, len(sound), 10_007):
        block = np.clip(sound[begin : begin + 10_007], -32_768, 32_767)
        levels.add(block.astype(np.int16))
    return levels.tracks()


A, B = voice(turns_of(0, 2)), voice(turns_of(1, 2))


@pytest.mark.parametrize("voices", range(2, 9))
def test_one_voice_per_channel_is_separate(voices: int) -> None:
    assert tracks(*(voice(turns_of(who, voices)) for who in range(voices))) == tuple(range(voices))


def test_other_gains_and_backgrounds_do_not_matter() -> None:
    assert tracks(A, 0.1 * B) == (0, 1)
    assert tracks(A + RNG.normal(0, 200, len(A)), B) == (0, 1)


def test_digital_silence_is_no_track() -> None:
    assert tracks(A, np.zeros(len(A)), B) == (0, 2)


def test_one_who_seldom_speaks_is_still_a_voice() -> None:
    seldom = np.arange(40) % 10 == 9
    assert tracks(voice(~seldom), voice(seldom)) == (0, 1)


def late(sound: NDArray[np.float64], samples: int) -> NDArray[np.float64]:
    return np.roll(sound, samples)


@pytest.mark.parametrize(
    "channels",
    [
        pytest.param((A + B, A + B), id="mono on both sides"),
        pytest.param((A + B, 0.2 * (A + B)), id="mono, one side quiet"),
        pytest.param((A + B, np.zeros(len(A))), id="one side empty"),
        pytest.param((A + B, RNG.normal(0, 40, len(A))), id="one side hiss"),
        pytest.param((A + 0.5 * B, 0.5 * A + B), id="panned mix"),
        pytest.param(
            (A + 0.2 * late(B, 12), B + 0.2 * late(A, 12)), id="two microphones, one room"
        ),
        pytest.param((A + B, B), id="a mix and one of its voices"),
        pytest.param(
            (voice(np.ones(40, bool)), late(voice(np.ones(40, bool)), 5000)), id="both all the time"
        ),
        pytest.param((A,), id="mono"),
        pytest.param((np.zeros(100), np.zeros(100)), id="shorter than a frame"),
    ],
)
def test_what_only_seems_separate_is_not(channels: tuple[NDArray[np.float64], ...]) -> None:
    assert tracks(*channels) == ()
