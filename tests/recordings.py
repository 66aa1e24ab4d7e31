"""Recordings for tests: pieces of the shipped scene, in any format."""

from __future__ import annotations

from pathlib import Path

import av

CODECS = {"wav": "pcm_s16le", "flac": "flac", "mp3": "libmp3lame", "m4a": "aac", "ogg": "libopus"}


def piece(source: Path, target: Path, start_s: float = 0.0, seconds: float = 6.0) -> Path:
    """Write a stretch of a recording; the suffix says how."""
    target.parent.mkdir(parents=True, exist_ok=True)
    rate = 48_000 if target.suffix == ".ogg" else 16_000
    with av.open(str(source)) as given, av.open(str(target), "w") as made:
        stream = made.add_stream(CODECS[target.suffix[1:]], rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate)
        for frame in given.decode(audio=0):
            if frame.time is None or frame.time < start_s:
                continue
            if frame.time > start_s + seconds:
                break
            frame.pts = None
            for ready in resampler.resample(frame):
                made.mux(stream.encode(ready))
        for ready in resampler.resample(None):
            made.mux(stream.encode(ready))
        made.mux(stream.encode(None))
    return target
