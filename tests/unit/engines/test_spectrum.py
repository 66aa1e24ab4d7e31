"""Mel powers and cepstra: places and powers that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from earwitness.engines.spectrum import BANDS, cepstra, mel_powers


def tone(hz: float, seconds: float = 1.0) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    moments = np.arange(int(16_000 * seconds)) / 16_000
    return (0.5 * np.sin(2 * np.pi * hz * moments)).astype(np.float32)


def test_one_frame_per_ten_milliseconds() -> None:
    assert mel_powers(tone(440)).shape == (101, BANDS)
    assert mel_powers(np.zeros(0, np.float32)).shape[1] == BANDS


def test_a_higher_tone_lies_in_a_higher_band() -> None:
    bands = [int(mel_powers(tone(hz)).sum(axis=0).argmax()) for hz in (200, 500, 1000, 3000, 6000)]
    assert bands == sorted(set(bands))
    # Slaney's scale is linear below 1 kHz: 15 mel there of 45.2 mel at 8 kHz
    assert bands[2] == pytest.approx(41 * 15 / 45.245 - 1, abs=1)


def test_power_grows_with_the_square_of_loudness() -> None:
    soft, loud = mel_powers(tone(700)), mel_powers(2 * tone(700))
    np.testing.assert_allclose(loud, 4 * soft, rtol=1e-4, atol=1e-6)


def test_cepstra_tell_timbre_and_not_loudness() -> None:
    noise = np.random.default_rng(1).standard_normal(16_000).astype(np.float32)
    soft, loud = cepstra(mel_powers(noise)), cepstra(mel_powers(8 * noise))
    assert soft.shape == (101, 19)
    np.testing.assert_allclose(soft, loud, atol=1e-2)
    assert np.abs(cepstra(mel_powers(tone(300))) - soft).max() > 1.0
