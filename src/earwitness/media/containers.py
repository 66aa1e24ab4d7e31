"""Opening a container, in the child only: which formats, which stream, what it declares."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError

from earwitness.core.errors import UnsupportedSource, UsageError

# Only media containers: FFmpeg also "plays" text, playlists and scripts, and a playlist may make
# it read other files or the network.
_FORMATS: Final = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dss,dts,dtshd,dv,eac3,flac,flv,iff,loas,"
    "matroska,webm,mlp,mov,mp4,m4a,3gp,mp3,mpc,mpc8,mpeg,mpegts,mxf,nistsphere,nsv,nut,ogg,oma,rm,tak,"
    "truehd,tta,voc,w64,wav,wtv,wv,xwma"
)
# These carry no header: anything that happens to look like a frame passes for one.
HEADERLESS: Final = frozenset({"aac", "ac3", "amr", "amrnb", "amrwb", "dts", "eac3", "loas", "mp3"})
_CREATED: Final = ("com.apple.quicktime.creationdate", "creation_time")
_HEAD_BYTES: Final = 1 << 18
_XING_SAMPLES: Final = {3: 1152, 2: 576, 0: 576}
"""Samples per frame of MPEG layer III by version bits (ISO 11172-3, 13818-3)."""


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The container at `path`, by content alone.

    Raises:
        UnsupportedSource: No container of a known kind, or its index is missing.
    """
    # Opened by number, so that it has no name whose extension could mislead the format probe.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    with io.FileIO(handle) as file:
        try:
            container = av.open(
                file,
                "r",
                metadata_errors="ignore",
                container_options={
                    "format_whitelist": _FORMATS,
                    "protocol_whitelist": "none",
                },
            )
        except (FFmpegError, OSError, ValueError) as error:
            raise UnsupportedSource("no audio or video file", hint=_why_closed(path)) from error
        with container:
            yield container


def _why_closed(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(64)
    if head[4:8] in (b"ftyp", b"mdat", b"wide", b"moov"):
        return (
            "it looks like an mp4 or m4a that was cut off before its index was written; "
            "copy it again, or let a repair tool rebuild the index"
        )
    return "give an audio or video file, e.g. m4a, mp3, wav, flac, ogg, opus, mp4, mkv, webm, wma"


def audio_stream(container: InputContainer, number: int | None) -> AudioStream:
    """The audio stream to use: number `number` counted from 0, else the default, else the first.

    Raises:
        UnsupportedSource: There is no audio, or none that can be decoded.
        UsageError: There is no audio stream of that number.
    """
    streams = container.streams.audio
    if not streams:
        raise UnsupportedSource("no audio in it", hint="give a file that has sound")
    if number is not None:
        if not 0 <= number < len(streams):
            raise UsageError(
                f"there is no audio stream {number}", hint=f"it has {len(streams)}, counted from 0"
            )
        return _decodable(streams[number])
    usual = [stream for stream in streams if stream.disposition & av.stream.Disposition.default]
    return _decodable((usual or list(streams))[0])


def _decodable(stream: AudioStream) -> AudioStream:
    if stream.codec_context is None:
        raise UnsupportedSource(
            "its audio is in a codec that cannot be decoded",
            hint="convert it to wav, flac or m4a first",
        )
    return stream


def created_at(container: InputContainer, stream: AudioStream) -> datetime | None:
    """When it was recorded, with zone; None when it does not say, or says only the local time."""
    for tags in (container.metadata, stream.metadata):
        for key in _CREATED:
            try:
                moment = datetime.fromisoformat(tags.get(key, ""))
            except ValueError:
                continue
            # 1904 and 1970 are clocks that were never set.
            if moment.tzinfo is not None and moment.astimezone(UTC).year > 1970:
                return moment
    return None


def declared(container: InputContainer, stream: AudioStream, path: Path) -> Fraction | None:
    """How long the container says its sound is, in seconds; None when it only guesses.

    A headerless stream's length is FFmpeg's guess from the bit rate; an mp3 is believed when it
    carries a Xing header. With video beside it, only an mp4's audio stream has a length of its own.
    """
    kind = container.format.name
    if kind == "mp3":
        return _xing_seconds(path)
    if kind in HEADERLESS:
        return None
    own = kind.startswith("mov") or len(container.streams) == 1
    if own and stream.duration and stream.time_base:
        return stream.duration * stream.time_base
    return Fraction(container.duration, 1_000_000) if container.duration else None


def _xing_seconds(path: Path) -> Fraction | None:
    """Length by the frame count of a Xing or Info header, the encoder's own figure."""
    with path.open("rb") as file:
        tag = file.read(10)
        skip = 0
        if tag[:3] == b"ID3" and len(tag) == 10:
            sizes = tag[6:10]
            skip = 10 + sum(
                (size & 127) << shift for size, shift in zip(sizes, (21, 14, 7, 0), strict=True)
            )
        file.seek(skip)
        head = file.read(_HEAD_BYTES)
    found = min((at for mark in (b"Xing", b"Info") if (at := head.find(mark)) >= 0), default=-1)
    start = head.rfind(b"\xff", 0, max(found, 0))
    while start >= 0 and not (found - start <= 40 and head[start + 1] & 0xE0 == 0xE0):
        start = head.rfind(b"\xff", 0, start)
    if found < 0 or start < 0 or not head[found + 7] & 1:
        return None
    version, rate_index = head[start + 1] >> 3 & 3, head[start + 2] >> 2 & 3
    if version not in _XING_SAMPLES or rate_index == 3:
        return None
    rate = (44_100, 48_000, 32_000)[rate_index] >> {3: 0, 2: 1, 0: 2}[version]
    frames = int.from_bytes(head[found + 8 : found + 12], "big")
    return Fraction(frames * _XING_SAMPLES[version], rate) if frames else None
