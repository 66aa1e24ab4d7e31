"""Sound for tests of engines, in memory or the shipped scene; a Whisper model; a faulty service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import constants
from numpy.typing import NDArray
from tests.asking import Asking
from tests.faulty import FaultyService
from tests.toy_whisper import make, options

from earwitness.core.ports import Audio
from earwitness.core.span import Span
from earwitness.engines.whisper import WhisperFactory, WhisperTranscriber
from earwitness.engines.whisper_hub import forget_answers
from earwitness.media.decode import decode
from earwitness.media.sound import PcmFile, Sound

Samples = NDArray[np.int16]
TAVERN = Path(__file__).parents[3] / "src" / "earwitness" / "examples" / "tavern.flac"


class Memory:
    """Sound in memory: a mix, and tracks that all hold that mix."""

    def __init__(self, samples: Samples, tracks: tuple[int, ...] = ()) -> None:
        self._samples = samples
        self.tracks = tracks

    @property
    def duration_ms(self) -> int:
        return len(self._samples) // 16

    def read(self, span: Span, track: int | None = None) -> bytes:
        assert track is None or track in self.tracks
        return self._samples[span.start_ms * 16 : span.end_ms * 16].astype("<i2").tobytes()


@pytest.fixture(scope="session")
def sound() -> Callable[..., Audio]:
    """`sound(samples, tracks=())`: int16 at 16 kHz as the Audio port."""
    return Memory


@pytest.fixture(scope="session")
def tavern_samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """The shipped scene, four synthetic voices."""
    decoded = decode(TAVERN, tmp_path_factory.mktemp("tavern"))
    return np.fromfile(decoded.pcm, "<i2")


@pytest.fixture
def bench(faulty: FaultyService, sound: Callable[..., Audio]) -> Iterator[Asking]:
    """An endpoint engine, and the faulty service that it asks."""
    made = Asking(faulty, sound)
    yield made
    for engine in made.engines:
        engine.close()


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """The shipped scene as the session's sound."""
    decoded = decode(TAVERN, tmp_path_factory.mktemp("scene"))
    return Sound([PcmFile(decoded.pcm, decoded.channels, decoded.samples)])


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A multilingual Whisper model of random weights."""
    return make(tmp_path_factory.mktemp("whisper") / "toy")


@pytest.fixture(scope="session")
def toy_english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, English only."""
    return make(tmp_path_factory.mktemp("whisper") / "toy.en", "--english-only")


@pytest.fixture(scope="session")
def whisper(toy: Path) -> Iterator[WhisperTranscriber]:
    """The multilingual one, opened."""
    opened = WhisperFactory().open(options(toy))
    yield opened
    opened.close()


@pytest.fixture
def nothing_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine has fetched before, and whether it is connected, changes no test."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    forget_answers()
