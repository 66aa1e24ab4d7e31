"""Tracks side by side: each on its own clock, the same whole or in pieces, the mix their sum."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.deep import examples

from earwitness.core.errors import UsageError
from earwitness.core.sound import Place
from earwitness.core.span import Span
from earwitness.media.beside import SideBySide
from earwitness.media.sound import PcmFile

RATE = 16_000


def pcm(folder: Path, name: str, sound: NDArray[np.float64]) -> PcmFile:
    path = folder / name
    path.write_bytes(np.clip(np.rint(sound), -32_768, 32_767).astype("<i2").tobytes())
    return PcmFile(path, 1, len(sound))


def tone(seconds: float, hz: float, speed: float = 1.0) -> NDArray[np.float64]:
    return 12_000 * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / speed / RATE)


def read(audio: SideBySide, start_ms: int, end_ms: int, track: int | None) -> NDArray[np.int16]:
    return np.frombuffer(audio.read(Span(start_ms, end_ms), track), "<i2")


def test_a_track_without_drift_is_its_own_samples_from_its_offset_on(tmp_path: Path) -> None:
    sound = np.random.default_rng(1).integers(-9_000, 9_000, RATE).astype(float)
    audio = SideBySide([pcm(tmp_path, "a", sound)], [Place(0, 250_000)])
    assert audio.duration_ms == 1_250
    heard = read(audio, 0, 1_250, 0)
    assert not heard[:4_000].any()
    assert np.array_equal(heard[4_000:], sound.astype(np.int16))


@pytest.mark.parametrize("ppm", [-500, -37, 200, 500])
def test_a_clock_that_runs_wrong_is_put_right(tmp_path: Path, ppm: int) -> None:
    drift = ppm * 1e-6
    # The track's clock counts more seconds: what it heard is stretched on it.
    audio = SideBySide(
        [pcm(tmp_path, "a", tone(30, 1_000, 1 + drift))], [Place(0, 100_000, ppm * 1_000)]
    )
    heard = read(audio, 1_000, 29_000, 0).astype(float)
    at = np.arange(RATE, 29 * RATE) / RATE - 0.1
    true = 12_000 * np.sin(2 * np.pi * 1_000 * at)
    noise = float(((heard - true) ** 2).mean())
    assert 10 * np.log10(float((true**2).mean()) / noise) > 70, "dB over the error"


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    offset_us=st.integers(0, 900_000),
    ppb=st.integers(-500_000, 500_000),
    cuts=st.lists(st.integers(1, 2_499), max_size=4, unique=True),
)
def test_a_stretch_reads_the_same_whole_and_in_pieces(
    tmp_path: Path, offset_us: int, ppb: int, cuts: list[int]
) -> None:
    sound = np.random.default_rng(3).integers(-20_000, 20_000, 2 * RATE).astype(float)
    files = [pcm(tmp_path, "a", sound), pcm(tmp_path, "b", sound[::-1])]
    audio = SideBySide(files, [Place(0, offset_us, ppb), Place(1)])
    edges = [0, *sorted(cuts), 2_500]
    for track in (0, None):
        whole = audio.read(Span(0, 2_500), track)
        pieces = [
            audio.read(Span(low, high), track)
            for low, high in pairwise(edges)
            if low < audio.duration_ms
        ]
        assert b"".join(pieces) == whole
        assert len(whole) == 32 * min(2_500, audio.duration_ms)


def test_the_mix_is_the_sum_held_inside_16_bits(tmp_path: Path) -> None:
    one, other = np.full(RATE, 20_000.0), np.full(RATE // 2, 15_000.0)
    audio = SideBySide([pcm(tmp_path, "a", one), pcm(tmp_path, "b", other)], [Place(0), Place(1)])
    heard = read(audio, 0, 1_000, None)
    assert set(heard[:8_000].tolist()) == {32_767}, "clipped, never wrapped"
    assert set(heard[8_000:].tolist()) == {20_000}
    assert audio.tracks == (0, 1)


def test_a_given_mix_is_the_mix_and_no_track(tmp_path: Path) -> None:
    files = [pcm(tmp_path, "a", np.full(RATE, 500.0)), pcm(tmp_path, "m", np.full(RATE, 7.0))]
    audio = SideBySide(files, [Place(0), Place(1, is_mix=True)])
    assert audio.tracks == (0,)
    assert set(read(audio, 0, 1_000, None).tolist()) == {7}
    with pytest.raises(UsageError):
        audio.read(Span(0, 10), 1)
