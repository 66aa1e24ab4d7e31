"""Long recordings for benchmarks: real ones of ../shared/data (or the shipped scene), repeated."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import av
from av.audio.resampler import AudioResampler

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("EARWITNESS_DATA", ROOT.parent / "shared" / "data"))
PARTS = (
    "multi/aws_call40/mono_mix.wav",
    "single/jfk.flac",
    "single/libri/2412-153948-0000.flac",
    "multi/ami30s/trn00.wav",
    "single/lj/LJ001-0008.wav",
    "multi/ami30s/dev00.wav",
)
RATE_HZ = 44_100


def parts() -> list[Path]:
    """What is repeated."""
    found = [DATA / part for part in PARTS if (DATA / part).is_file()]
    return found or [ROOT / "src" / "earwitness" / "examples" / "tavern.flac"]


def long_recording(path: Path, minutes: float) -> Path:
    """Write `minutes` of repeated speech as stereo AAC in MP4 (the same sound on both channels)."""
    sources = parts()
    wanted = int(minutes * 60 * RATE_HZ)
    written = 0
    with av.open(str(path), "w", format="mp4") as target:
        stream = target.add_stream("aac", rate=RATE_HZ, layout="stereo")
        for ready in _frames(sources):
            ready.pts = written
            written += ready.samples
            target.mux(stream.encode(ready))
            if written >= wanted:
                break
        target.mux(stream.encode(None))
    return path


def _frames(sources: list[Path]) -> Iterator[av.AudioFrame]:
    """The sound of all sources, again and again."""
    for source in cycle(sources):
        resampler = AudioResampler(format="fltp", layout="stereo", rate=RATE_HZ)
        with av.open(str(source)) as opened:
            for frame in opened.decode(audio=0):
                yield from resampler.resample(frame)
