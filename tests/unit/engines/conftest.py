"""Sound for tests of detectors and diarizers: kept in memory, or the shipped scene decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.asking import Asking
from tests.faulty import FaultyService

from earwitness.core.ports import Audio
from earwitness.core.span import Span
from earwitness.media.decode import decode

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
