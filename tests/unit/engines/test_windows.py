"""Windows: where they lie, and that loudness does not tell a voice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from earwitness.core.ports import Audio, silent_tick
from earwitness.core.span import Span
from earwitness.engines.ge2e import Ge2e
from earwitness.engines.windows import WINDOW_MS, Windows, listen

Sound = Callable[..., Audio]


def hear(audio: Audio, *spans: Span) -> Windows:
    return listen(audio, spans, Ge2e(), hop_ms=400, tick=silent_tick)


def test_windows_cover_each_stretch_and_none_leaves_it(sound: Sound) -> None:
    noise = np.random.default_rng(0).normal(0, 900, 16 * 50_000).astype(np.int16)
    spans = (Span(100, 400), Span(1_000, 5_000), Span(6_000, 48_000))
    windows = hear(sound(noise), *spans)
    for index, span in enumerate(spans):
        mine = windows.stretch == index
        assert windows.starts_ms[mine].min() == span.start_ms
        assert windows.ends_ms[mine].max() == span.end_ms
        assert (np.diff(windows.starts_ms[mine]) <= WINDOW_MS).all()
    assert windows.voices.shape == (len(windows), 256)
    assert np.isfinite(windows.timbres).all()


def test_loudness_does_not_change_a_voice(sound: Sound, tavern_samples: NDArray[np.int16]) -> None:
    span = Span(2_000, 6_000)
    loud = hear(sound(tavern_samples), span)
    soft = hear(sound((tavern_samples / 8).astype(np.int16)), span)
    cosines = (loud.voices.astype(np.float32) * soft.voices.astype(np.float32)).sum(axis=1)
    assert cosines.min() > 0.99


def test_speech_beyond_the_end_is_not_there(sound: Sound) -> None:
    assert len(hear(sound(np.zeros(16_000, np.int16)), Span(5_000, 6_000))) == 0
    assert len(hear(sound(np.zeros(16_000, np.int16)))) == 0
