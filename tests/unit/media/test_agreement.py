"""Two microphones in one room: offset and drift are found again, and nothing is made up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.deep import examples

from earwitness.media.agreement import Agreement, Ear, Line, agreement, listen
from earwitness.media.resample import interpolate, margin

RATE = 16_000
SECONDS = 150


def talk(seed: int, seconds: int = SECONDS) -> NDArray[np.float64]:
    """Noise of many pitches in bursts of some seconds, like somebody who takes turns."""
    rng = np.random.default_rng(seed)
    sound = rng.normal(0, 1, seconds * RATE)
    sound = np.convolve(sound, [1.0, 0.6, 0.2], "same")
    beats = np.repeat(rng.random(seconds * 5) < 0.7, RATE // 5)
    turns = np.repeat(rng.random(seconds // 3 + 1) < 0.45, 3 * RATE)[: len(sound)]
    return sound * beats * turns * 2_500


def ear(sound: NDArray[np.float64], noise_seed: int) -> Ear:
    """A microphone with a hiss of its own."""
    hiss = np.random.default_rng(noise_seed).normal(0, 3, len(sound))
    samples = np.clip(np.rint(sound + hiss), -32_768, 32_767).astype(np.int16)

    def read(first: int, count: int) -> NDArray[np.int16]:
        made = np.zeros(count, np.int16)
        low, high = max(0, first), min(len(samples), first + count)
        if low < high:
            made[low - first : high - first] = samples[low:high]
        return made

    return listen(read, len(samples))


def on_its_own_clock(sound: NDArray[np.float64], line: Line) -> NDArray[np.float64]:
    """What a recorder writes that began at `line.offset_s` and whose clock drifts."""
    before, after = margin()
    length = int((len(sound) / RATE - line.offset_s) * (1 + line.drift) * RATE)
    places = line.other(np.arange(length) / RATE) * RATE
    low = max(0, int(-places[0])) + before + 1
    padded = np.concatenate([np.zeros(low), sound, np.zeros(after + RATE)])
    return interpolate(padded.astype(np.int16), places + low).astype(np.float64)


def compare(first: Ear, second: Ear, reach_s: float = 15.0) -> Agreement | None:
    return agreement(first, second, Line(0.0), reach_s=reach_s, tick=lambda _share: None)


@settings(max_examples=examples(6))
@given(
    offset_s=st.floats(-8, 8),
    drift=st.floats(-500e-6, 500e-6),
    leak_db=st.sampled_from([-15.0, -25.0, -30.0]),
)
def test_what_leaks_tells_offset_and_drift(offset_s: float, drift: float, leak_db: float) -> None:
    ann, bob = talk(1), talk(2)
    leak = 10 ** (leak_db / 20)
    line = Line(offset_s, drift)
    found = compare(ear(ann + leak * bob, 3), ear(on_its_own_clock(bob + leak * ann, line), 4))
    assert found is not None
    assert found.confidence >= 0.5
    times = np.array([20.0, 130.0])
    assert np.abs(found.line.own(times) - line.own(times)).max() < 0.002
    assert found.line.drift == pytest.approx(drift, abs=10e-6)


def test_a_leak_in_one_direction_is_less_sure() -> None:
    ann, bob = talk(1), talk(2)
    found = compare(ear(ann, 3), ear(on_its_own_clock(bob + 0.1 * ann, Line(1.5)), 4))
    assert found is not None
    assert found.apart_s is None
    assert 0.5 <= found.confidence <= 0.75
    assert found.line.offset_s == pytest.approx(1.5, abs=0.002)


def test_voices_that_come_late_through_a_call_are_told_from_a_late_start() -> None:
    ann, bob = talk(1), talk(2)
    late = RATE * 3 // 20
    via = [np.concatenate([np.zeros(late), sound[:-late]]) for sound in (ann, bob)]
    found = compare(ear(ann + 0.1 * via[1], 3), ear(bob + 0.1 * via[0], 4))
    assert found is not None
    assert found.apart_s == pytest.approx(0.15, abs=0.003)
    assert found.line.offset_s == pytest.approx(0.0, abs=0.003), "both clocks began at once"


def test_tracks_that_share_nothing_agree_on_nothing() -> None:
    assert compare(ear(talk(1), 3), ear(talk(2), 4)) is None
    assert compare(ear(talk(1), 3), ear(np.zeros(SECONDS * RATE), 4)) is None


def test_common_hum_is_no_agreement() -> None:
    hum = 900 * np.sin(2 * np.pi * 50 * np.arange(SECONDS * RATE) / RATE)
    hum += 300 * np.sin(2 * np.pi * 150 * np.arange(SECONDS * RATE) / RATE)
    found = compare(ear(talk(1) + hum, 3), ear(talk(2) + hum, 4))
    assert found is None or found.confidence < 0.5


@pytest.mark.parametrize("seconds", [0, 1, 2])
def test_tracks_of_hardly_any_length(seconds: int) -> None:
    short = ear(talk(1, 6)[: seconds * RATE], 3)
    assert compare(short, ear(talk(2), 4)) is None
