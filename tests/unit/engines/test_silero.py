"""The detector: its two thresholds, its doubts, and a state that does not end with a block."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from earwitness.core.errors import Cancelled, EngineUnavailable
from earwitness.core.ports import Audio, Detector, EngineOptions
from earwitness.core.span import Span
from earwitness.engines import silero
from earwitness.engines.silero import (
    FRAME_MS,
    SileroDetector,
    SileroFactory,
    Thresholds,
    speech_spans,
)

Sound = Callable[..., Audio]


@pytest.fixture(scope="module")
def detector() -> SileroDetector:
    return SileroFactory().open(EngineOptions())


def spans(*parts: tuple[float, int], **changes: float) -> list[tuple[int, int]]:
    """Spans in frames of a track of (probability, frames) parts, without padding."""
    track = np.concatenate([np.full(frames, value, np.float32) for value, frames in parts])
    thresholds = Thresholds(**{"pad_ms": 0, **changes})  # type: ignore[arg-type]
    found = speech_spans(track, len(track) * FRAME_MS, thresholds)
    return [(span.start_ms // FRAME_MS, span.end_ms // FRAME_MS) for span in found]


def test_speech_begins_at_one_threshold_and_ends_at_the_other() -> None:
    # 0.2 does not begin speech, but goes on with it
    assert spans((0.2, 20), (0.95, 20), (0.2, 20), (0.0, 20)) == [(20, 60)]


def test_a_short_pause_does_not_end_speech_and_a_long_one_does() -> None:
    assert spans((0.95, 20), (0.0, 12), (0.95, 20)) == [(0, 52)]
    assert spans((0.95, 20), (0.0, 13), (0.95, 20)) == [(0, 20), (33, 53)]


def test_a_click_is_not_speech() -> None:
    assert spans((0.0, 20), (0.95, 4), (0.0, 20), sure_ms=0) == []


def test_weak_speech_counts_only_near_sure_speech() -> None:
    weak, quiet = (0.5, 20), (0.0, 100)
    assert spans(weak, quiet) == []
    assert spans(weak, quiet, (0.95, 20), quiet, weak) == [(0, 20), (120, 140), (240, 260)]
    far = (0.0, 1000)
    assert spans(weak, far, (0.95, 20), far, weak) == [(1020, 1040)]


def test_padding_joins_what_then_touches_and_stays_inside() -> None:
    track = np.concatenate([np.full(20, 0.95), np.zeros(14), np.full(20, 0.95)]).astype(np.float32)
    assert speech_spans(track, 1_700, Thresholds(pad_ms=224)) == (Span(0, 1_700),)


@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.integers(1, 60)), max_size=20))
def test_spans_are_in_order_and_inside(parts: list[tuple[float, int]]) -> None:
    track = np.array([value for value, frames in parts for _ in range(frames)], np.float32)
    duration_ms = len(track) * FRAME_MS
    found = speech_spans(track, duration_ms, Thresholds())
    assert all(span.end_ms <= duration_ms for span in found)
    assert all(one.end_ms < two.start_ms for one, two in pairwise(found))


def test_the_state_is_carried_over_blocks(
    detector: SileroDetector,
    sound: Sound,
    tavern_samples: NDArray[np.int16],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticks: list[float] = []
    whole = detector.probabilities(sound(tavern_samples), None)
    monkeypatch.setattr(silero, "BLOCK_FRAMES", 100)
    parts = detector.probabilities(sound(tavern_samples), None, ticks.append)
    assert len(ticks) > 20
    assert ticks[-1] == 1.0
    np.testing.assert_allclose(parts, whole, atol=1e-5)


def test_speech_is_found_and_silence_and_noise_are_not(
    detector: SileroDetector, sound: Sound, tavern_samples: NDArray[np.int16]
) -> None:
    heard = detector.detect(sound(tavern_samples), None)
    assert sum(span.duration_ms for span in heard.spans) > 0.7 * len(tavern_samples) / 16
    noise = np.random.default_rng(0).normal(0, 800, 160_000).astype(np.int16)
    for nothing in (np.zeros(160_000, np.int16), noise, np.zeros(0, np.int16)):
        assert detector.detect(sound(nothing), None).spans == ()


def test_a_tick_can_stop_it(detector: SileroDetector, sound: Sound) -> None:
    def stop(_share: float) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        detector.detect(sound(np.zeros(16_000, np.int16)), None, stop)


def test_a_closed_detector_says_so(sound: Sound) -> None:
    closed: Detector = SileroFactory().open(EngineOptions())
    closed.close()
    with pytest.raises(EngineUnavailable):
        closed.detect(sound(np.zeros(16_000, np.int16)), None)


def test_a_missing_network_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silero, "weights_path", lambda: None)
    assert "silero_vad_v6.onnx" in SileroFactory().ready(EngineOptions()).why
    with pytest.raises(EngineUnavailable) as caught:
        SileroFactory().open(EngineOptions())
    assert "pip install" in caught.value.hint


def test_opening_does_not_import_the_wheel_that_carries_the_network() -> None:
    code = (
        "import sys; from earwitness.engines.silero import SileroFactory as F;"
        "from earwitness.core.ports import EngineOptions as O;"
        "assert F().ready(O()).ok and 'onnxruntime' not in sys.modules; F().open(O());"
        "assert 'faster_whisper' not in sys.modules"
    )
    source = Path(silero.__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(source)})
