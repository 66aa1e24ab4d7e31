"""A Whisper model of random weights: made, opened, and chunks of the shipped scene for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from earwitness.core.ports import EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Chunk
from earwitness.engines.whisper import WhisperFactory, WhisperTranscriber

ROOT = Path(__file__).parents[1]


def make(folder: Path, *flags: str) -> Path:
    tool = ROOT / "tools/make_tiny_whisper.py"
    subprocess.run([sys.executable, str(tool), str(folder), *flags], check=True)
    return folder


def options(model: Path | str | None, *, offline: bool = True) -> EngineOptions:
    return EngineOptions(model=str(model) if model else None, device="cpu", offline=offline)


@contextmanager
def opened(
    model: Path, vocabulary: tuple[str, ...] = (), **own: str
) -> Iterator[WhisperTranscriber]:
    asked = replace(options(model), vocabulary=vocabulary, own=tuple(own.items()))
    transcriber = WhisperFactory().open(asked)
    yield transcriber
    transcriber.close()


def chunk(start_ms: int, end_ms: int, *, index: int = 0, track: int | None = None) -> Chunk:
    span = Span(start_ms, end_ms)
    return Chunk(index, span, track, (span,))


CHUNKS = [
    chunk(13_500, 17_500),
    chunk(24_500, 34_500),
    chunk(41_000, 69_500),
    chunk(81_000, 91_000),
]
