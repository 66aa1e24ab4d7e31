"""Encode: samples become a small file in memory, for those who take files only; nothing is lost."""

from __future__ import annotations

import io
import wave

import av
import numpy as np

from earwitness.core.ports import RATE_HZ


def flac(samples: bytes) -> bytes:
    """A FLAC file, about half as large as the samples.

    Args:
        samples: Little-endian int16 at 16 kHz, mono; at least one.
    """
    target = io.BytesIO()
    with av.open(target, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE_HZ, layout="mono", format="s16")
        sound = np.frombuffer(samples, "<i2").reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(sound, format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return target.getvalue()


def wav(samples: bytes) -> bytes:
    """A WAV file of the same samples."""
    target = io.BytesIO()
    with wave.open(target, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE_HZ)
        writer.writeframes(samples)
    return target.getvalue()
