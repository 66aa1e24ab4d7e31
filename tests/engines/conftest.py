"""Optional engines, tested with their real libraries and self-made models; `make test-engines`.

Without a library its tests are collected and skipped, with the reason. The libraries themselves
warn of many things; what they warn of is no concern of these tests.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from earwitness.core.ports import Diarizer, EngineOptions
from earwitness.core.span import Span, union
from earwitness.core.speech import Speech
from earwitness.engines.libraries import installed
from earwitness.engines.pyannote import PyannoteFactory
from earwitness.engines.sherpa import SherpaFactory

TOOLS = Path(__file__).parents[2] / "tools"
LOW_HZ, HIGH_HZ = 300.0, 5_500.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here:
            item.add_marker(pytest.mark.filterwarnings("ignore"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("engine"):
        for module in mark.args:
            if not installed(module):
                pytest.skip(f"{module} is not installed: make test-engines")


@pytest.fixture(scope="session", autouse=True)
def _tools_can_be_imported() -> Iterator[None]:
    sys.path.insert(0, str(TOOLS))
    yield
    sys.path.remove(str(TOOLS))


class Memory:
    """Sound in memory; counts the longest stretch that was read at once."""

    tracks: tuple[int, ...] = ()

    def __init__(self, samples: NDArray[np.int16]) -> None:
        self.samples = samples
        self.longest_ms = 0

    @property
    def duration_ms(self) -> int:
        return len(self.samples) // 16

    def read(self, span: Span, track: int | None = None) -> bytes:
        assert track is None
        self.longest_ms = max(self.longest_ms, span.duration_ms)
        return self.samples[span.start_ms * 16 : span.end_ms * 16].astype("<i2").tobytes()


@dataclass(frozen=True)
class Score:
    """Two hums, alone and together, and where each sounds."""

    audio: Memory
    low: tuple[Span, ...]
    high: tuple[Span, ...]

    @property
    def speech(self) -> tuple[Speech, ...]:
        return (Speech(None, tuple(union([*self.low, *self.high]))),)


def play(pattern: str) -> Score:
    """`l3 h2 .1 b2`: the low hum for 3 s, the high one for 2, silence for 1, both for 2."""
    pieces: list[NDArray[np.float64]] = []
    low: list[Span] = []
    high: list[Span] = []
    at_ms = 0
    for note in pattern.split():
        length_ms = round(float(note[1:]) * 1000)
        at = np.arange(length_ms * 16) / 16_000
        sound = np.zeros(len(at))
        span = Span(at_ms, at_ms + length_ms)
        for letter, pitch, spans in (("l", LOW_HZ, low), ("h", HIGH_HZ, high)):
            if note[0] in (letter, "b"):
                sound += 0.1 * np.sin(2 * np.pi * pitch * at)
                sound += 0.05 * np.sin(2 * np.pi * pitch * 1.3 * at)
                spans.append(span)
        pieces.append(sound)
        at_ms += length_ms
    samples = (np.concatenate(pieces) * 32_767).astype(np.int16)
    return Score(Memory(samples), tuple(low), tuple(high))


@pytest.fixture(scope="session")
def hums() -> Callable[[str], Score]:
    return play


@pytest.fixture(scope="session")
def sherpa_models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A segmentation and an embedding model."""
    made: tuple[Path, Path] = import_module("make_tiny_sherpa").make(
        tmp_path_factory.mktemp("sherpa")
    )
    return made


@pytest.fixture
def sherpa_opens(sherpa_models: tuple[Path, Path]) -> Iterator[Callable[..., Diarizer]]:
    opened: list[Diarizer] = []

    def open_one(**own: str) -> Diarizer:
        segmentation, embedding = map(str, sherpa_models)
        said = {"segmentation": segmentation, "embedding": embedding} | own
        opened.append(SherpaFactory().open(EngineOptions(own=tuple(said.items()))))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.close()


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a pyannote pipeline."""
    made: Path = import_module("make_tiny_pyannote").make(
        tmp_path_factory.mktemp("pyannote") / "tiny"
    )
    return made


@pytest.fixture
def pyannote_opens(pipeline: Path) -> Callable[..., Diarizer]:
    def open_one(**own: str) -> Diarizer:
        said = {"model": str(pipeline), "device": "cpu"} | own
        return PyannoteFactory().open(EngineOptions(offline=True, own=tuple(said.items())))

    return open_one
