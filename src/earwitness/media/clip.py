"""Clip: samples become a small file people can play: WAV, AAC in MP4, or Opus in Ogg."""

from __future__ import annotations

import io
from typing import Final

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.error import FFmpegError

from earwitness.core.clip import ClipFormat
from earwitness.core.errors import EngineError
from earwitness.core.ports import RATE_HZ
from earwitness.media.encode import wav

_BITS_PER_S: Final = {"m4a": 48_000, "opus": 24_000}
_CODECS: Final = {"m4a": ("aac", "mp4", "fltp"), "opus": ("libopus", "ogg", "s16")}


def encoded(samples: bytes, how: ClipFormat) -> bytes:
    """A file of these samples; WAV holds them exactly.

    Args:
        samples: Little-endian int16 at 16 kHz, mono; at least one.
        how: The format.

    Raises:
        EngineError: There is nothing to encode, or the encoder refuses.
    """
    if not samples:
        raise EngineError("there is no sound at that time", hint="is the recording whole?")
    if how == "wav":
        return wav(samples)
    try:
        return _compressed(samples, how)
    except FFmpegError as error:
        raise EngineError(
            f"a clip could not be encoded as {how}", hint="--clip-format wav needs no encoder"
        ) from error


def _compressed(samples: bytes, how: ClipFormat) -> bytes:
    codec, container, kind = _CODECS[how]
    target = io.BytesIO()
    with av.open(target, "w", format=container) as file:
        stream = file.add_stream(codec, rate=RATE_HZ, layout="mono", format=kind)
        assert isinstance(stream, AudioStream)
        stream.bit_rate = _BITS_PER_S[how]
        sound = np.frombuffer(samples, "<i2").reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(sound, format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        frame.pts = 0
        resampler = AudioResampler(format=kind, layout="mono", rate=RATE_HZ)
        for ready in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(ready))
        file.mux(stream.encode(None))
    return target.getvalue()
