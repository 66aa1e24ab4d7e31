"""Small real media files, made with the encoders that come with PyAV."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
MakeMedia: TypeAlias = Callable[..., Path]

PICTURES_PER_S = 10


def clicks(
    at_ms: tuple[int, ...], *, seconds: float, rate: int = 48_000, channels: int = 1
) -> Samples:
    """Bursts of 1 kHz, 20 ms long, in silence; shape (channels, samples)."""
    made = np.zeros(int(seconds * rate), np.float32)
    burst = 0.6 * np.sin(2 * np.pi * 1000 * np.arange(rate // 50) / rate)
    for start_ms in at_ms:
        start = start_ms * rate // 1000
        made[start : start + len(burst)] = burst
    return np.tile(made, (channels, 1))


def _add_pictures(container: OutputContainer, codec: str) -> VideoStream:
    stream = container.add_stream(codec, rate=PICTURES_PER_S)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    return stream


def _mux_pictures(container: OutputContainer, stream: VideoStream, *, seconds: float) -> None:
    for number in range(int(seconds * PICTURES_PER_S)):
        picture = av.VideoFrame(64, 48, "yuv420p")
        picture.pts, picture.time_base = number, Fraction(1, PICTURES_PER_S)
        container.mux(stream.encode(picture))
    container.mux(stream.encode(None))


def _mux_sound(
    container: OutputContainer,
    stream: AudioStream,
    sound: Samples,
    *,
    start_s: float,
    silent_s: tuple[float, float] | None,
) -> None:
    rate = stream.codec_context.sample_rate
    size = stream.codec_context.frame_size or 1024
    layout = stream.codec_context.layout.name
    wanted = stream.codec_context.format.name
    converter = av.AudioResampler(format=wanted, layout=layout, rate=rate)
    for begin in range(0, sound.shape[1], size):
        if silent_s and silent_s[0] <= begin / rate < silent_s[1]:
            continue  # a hole in the time stamps
        piece = np.ascontiguousarray(sound[:, begin : begin + size], dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=layout)
        frame.sample_rate = rate
        for made in converter.resample(frame):
            made.pts = int(start_s * rate) + begin
            made.time_base = Fraction(1, rate)
            container.mux(stream.encode(made))
    container.mux(stream.encode(None))


def make_media(
    path: Path,
    sound: Samples,
    *,
    form: str,
    codec: str,
    rate: int = 48_000,
    layout: str = "",
    pictures: str = "",
    start_s: float = 0.0,
    silent_s: tuple[float, float] | None = None,
    tags: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    second: Samples | None = None,
    mute: bool = False,
) -> Path:
    """Write `sound`, shape (channels, samples), into a container.

    Args:
        path: What to write; the extension plays no part.
        sound: Full scale is 1.
        form: FFmpeg's name of the container.
        codec: FFmpeg's name of the encoder.
        rate: Of `sound`, in Hz.
        layout: Of the channels; mono or stereo when not given.
        pictures: A video encoder, when there shall be pictures beside the sound.
        start_s: Time stamp of the first sample.
        silent_s: A hole in the time stamps: nothing is written between the two.
        tags: Metadata.
        options: For the muxer.
        second: A second audio stream.
        mute: Pictures only.
    """
    with av.open(str(path), "w", format=form, options=options or {}) as container:
        container.metadata.update(tags or {})
        video = _add_pictures(container, pictures) if pictures else None
        streams = []
        for _ in range(0 if mute else 1 if second is None else 2):
            stream = container.add_stream(codec, rate=rate)
            assert isinstance(stream, AudioStream)
            stream.codec_context.layout = layout or ("mono" if len(sound) == 1 else "stereo")
            stream.codec_context.bit_rate = 96_000
            streams.append(stream)
        if video is not None:
            _mux_pictures(container, video, seconds=start_s + sound.shape[1] / rate)
        for stream, heard in zip(streams, (sound, second), strict=False):
            assert heard is not None
            _mux_sound(container, stream, heard, start_s=start_s, silent_s=silent_s)
    return path


@pytest.fixture(name="clicks")
def _clicks() -> Callable[..., Samples]:
    """The function `clicks`."""
    return clicks


@pytest.fixture
def media(tmp_path: Path) -> MakeMedia:
    """`make_media` into the test's folder: give a file name instead of a path."""

    def make(name: str, sound: Samples, **how: object) -> Path:
        return make_media(tmp_path / name, sound, **how)  # type: ignore[arg-type]

    return make
