"""Encode: what is written can be read again, sample for sample."""

from __future__ import annotations

import io
from collections.abc import Callable

import av
import numpy as np
import pytest
from av.container import InputContainer

from earwitness.media.encode import flac, wav


@pytest.mark.parametrize("encode", [flac, wav])
@pytest.mark.parametrize("count", [1, 15, 4_095, 4_097, 100_000])
def test_samples_come_back_as_they_were(encode: Callable[[bytes], bytes], count: int) -> None:
    noise = np.random.default_rng(count).integers(-32_768, 32_768, count).astype("<i2")
    with av.open(io.BytesIO(encode(noise.tobytes()))) as container:
        assert isinstance(container, InputContainer)
        assert container.streams.audio[0].rate == 16_000
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    assert np.array_equal(np.concatenate(frames), noise)


def test_quiet_sound_takes_less_room_as_flac() -> None:
    tone = (np.sin(np.arange(160_000) / 20) * 3_000).astype("<i2").tobytes()
    assert len(flac(tone)) < len(tone) / 2
    assert len(wav(tone)) > len(tone)
