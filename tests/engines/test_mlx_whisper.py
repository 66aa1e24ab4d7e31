"""mlx-whisper, for real, on a Mac with Apple silicon and a model that is on it; else NOT RUN.

No Mac was at hand when this was written: the first person to run it should expect to mend it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from earwitness.core.ports import EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Chunk
from earwitness.engines.mlx_whisper import MlxWhisperFactory

pytestmark = pytest.mark.engine("mlx_whisper")


def test_a_chunk_is_heard_the_same_way_twice(hums: Callable[[str], Any]) -> None:
    options = EngineOptions(model=os.environ.get("EARWITNESS_MLX_MODEL"), offline=True)
    ready = MlxWhisperFactory().ready(options)
    if not ready.ok:
        pytest.skip(f"NOT RUN: {ready.why}")
    score = hums(".1 l2 .1")
    chunk = Chunk(0, Span(0, score.audio.duration_ms), None, score.low)
    engine = MlxWhisperFactory().open(options)
    first = engine.transcribe(score.audio, chunk, "en")
    assert engine.transcribe(score.audio, chunk, "en") == first
    assert all(word.span in chunk.span for part in first for word in part.words)
