"""The child process that parses media: limited, silent, and gone when its parent is gone.

One request comes as a JSON line on standard input; progress and one result go out as JSON lines.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Final, TypeAlias, TypedDict, cast

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard, Stream

from earwitness.core.errors import EarwitnessError, UnsupportedSource
from earwitness.media import containers
from earwitness.media.disk import of_process
from earwitness.media.ending import breaks_off, frame_bytes
from earwitness.media.pour import Basin, Pour, kept_channels

Media: TypeAlias = "Packet[Stream]"

_ADDRESS_SPACE_BYTES: Final = 2 << 30
_CPU_S: Final = 300
_CPU_S_PER_MB: Final = 20
_FILE_BYTES: Final = 48 * 3600 * 16_000 * 2 * 8
_TOLD_EVERY_S: Final = 0.2
_READ_ERRORS: Final = 50
_STRAY: Final = 3
"""So many bad packets before the first or after the last good one are tags, not damage."""


class Request(TypedDict):
    """What the parent asks: `part` is where samples go, empty to probe only."""

    path: str
    part: str
    stream: int | None


def main() -> int:
    """Answer one request; the exit status is 0 whenever an answer was given."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if (
        sys.platform != "win32"
    ):  # a group of processes whose parent is gone is hung up; EOF tells us
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    request: Request = json.loads(sys.stdin.buffer.readline())
    path, part = Path(request["path"]), Path(request["part"]) if request["part"] else None
    threading.Thread(target=_watch_parent, args=(part,), daemon=True).start()
    _limit(path.stat().st_size)
    try:
        with containers.opened(path) as container:
            stream = containers.audio_stream(container, request["stream"])
            told = _facts(container, stream, path)
            if part is not None:
                told |= _decode(container, stream, path=path, part=part)
        _say({"result": told})
    except EarwitnessError as error:
        _say({"error": type(error).__name__, "message": str(error), "hint": error.hint})
    except MemoryError:
        _say(_refusal("it needs more memory than decoding may take"))
    except BrokenPipeError:  # the parent is gone, and its end of our standard output with it
        _tidy(part)
        return 1
    except OSError as error:
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            hint = "free some space and give the same command again"
            message = "no space left for the decoded sound"
            _say({"error": "DiskFull", "message": message, "hint": hint})
        elif error.errno == errno.EFBIG:
            _say(_refusal("it is longer than 48 hours"))
        else:
            raise
    return 0


def _refusal(message: str) -> dict[str, object]:
    return {"error": "UnsupportedSource", "message": message, "hint": "convert or cut it first"}


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _watch_parent(part: Path | None) -> None:
    """End with the parent: its end of our standard input closes however it dies."""
    with suppress(OSError):
        while os.read(0, 1):
            pass
    _tidy(part)
    os._exit(1)


def _tidy(part: Path | None) -> None:
    if part is not None:
        with suppress(OSError):
            part.unlink()


def _limit(size_bytes: int) -> None:
    """Bound memory, time and output, where the platform can."""
    if sys.platform == "win32":
        return
    import resource

    # Counted from what is mapped already: numpy maps much on machines with many cores. Where that
    # is unknown (macOS), the limit means nothing useful either.
    mapped = 0
    with suppress(OSError):
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    cpu_s = _CPU_S + _CPU_S_PER_MB * (size_bytes >> 20)
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
    ]
    if mapped:
        limits.append((resource.RLIMIT_AS, mapped + _ADDRESS_SPACE_BYTES))
    for what, most in limits:
        _soft, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (allowed, hard))


def _facts(container: InputContainer, stream: AudioStream, path: Path) -> dict[str, object]:
    seconds = containers.declared(container, stream, path)
    created = containers.created_at(container, stream)
    return {
        "container": container.format.name,
        "codec": stream.codec_context.name,
        "declared_ms": None if seconds is None else round(seconds * 1000),
        "channels": stream.codec_context.channels,
        "rate_hz": stream.codec_context.sample_rate,
        "created_at": None if created is None else created.isoformat(),
        "streams": len(container.streams.audio),
    }


class _Tally:
    """Counts good and bad packets, and tells how far reading has come."""

    def __init__(self, size_bytes: int, length: float | None) -> None:
        self.good = self.bad = self.stray = 0
        self.read_errors = 0
        self.reached = 0.0
        self.last = (b"", 0)
        self._size, self._length = size_bytes, length
        self._ticks_s: dict[int, float] = {}
        self._share, self._told_at = 0.0, 0.0

    def packet(self, packet: Media, origin: float) -> None:
        if packet.pts is not None:
            ticks = packet.pts + (packet.duration or 0)
            self.reached = max(self.reached, ticks * self._tick_s(packet) - origin)
        now = time.monotonic()
        if now - self._told_at < _TOLD_EVERY_S:
            return
        self._told_at = now
        share = (packet.pos or 0) / self._size
        if self._length:
            share = self.reached / self._length
        self._share = max(self._share, min(share, 0.999))
        _say({"share": self._share})

    def _tick_s(self, packet: Media) -> float:
        """Seconds of one tick; fractions for each packet would cost as much as decoding."""
        index = packet.stream_index
        if index not in self._ticks_s:
            self._ticks_s[index] = float(packet.time_base)
        return self._ticks_s[index]

    def decoded(self, frames: int, failed: bool) -> None:
        if failed:
            self.stray += 1
        elif frames:
            # Only what lies between good packets is surely part of the sound.
            if self.good or self.stray > _STRAY:
                self.bad += self.stray
            self.stray, self.good = 0, self.good + 1

    def damaged(self) -> int:
        return self.bad + (self.stray if self.stray > _STRAY else 0) + self.read_errors


def _packets(container: InputContainer, stream: AudioStream, tally: _Tally) -> Iterator[Media]:
    """All packets; reading goes on after a damaged stretch, as long as it gets anywhere."""
    beside = () if container.format.name.startswith("mov") else container.streams.video
    for other in container.streams:
        if other.index != stream.index and other.index not in {video.index for video in beside}:
            other.discard = Discard.all
    in_vain = 0
    while in_vain < _READ_ERRORS:
        try:
            for packet in container.demux(stream, *beside):
                in_vain = 0
                yield packet
            return
        except (FFmpegError, ValueError):
            tally.read_errors += 1
            in_vain += 1


def _decode(
    container: InputContainer, stream: AudioStream, *, path: Path, part: Path
) -> dict[str, object]:
    length = containers.declared(container, stream, path)
    known = [float(length or 0), (container.duration or 0) / 1_000_000]
    horizon = max(known) or None
    origin = (container.start_time or 0) / 1_000_000
    tally = _Tally(path.stat().st_size, horizon)
    # Without this a damaged FLAC frame would be played as noise.
    stream.codec_context.options = {"err_detect": "crccheck"}
    with part.open("wb") as file:
        basin = Basin(file, kept_channels(stream.codec_context.channels))
        pour = Pour(basin, origin, horizon)
        for packet in _packets(container, stream, tally):
            tally.packet(packet, origin)
            if packet.stream_index == stream.index:
                tally.last = (bytes(packet)[:6], packet.size) if packet.size else tally.last
                _feed(pour, packet, tally)
        pour.finish()
        sha256 = basin.close()
    _refuse_nothing(container, tally, basin.samples, length)
    tracks = basin.levels.tracks()
    return {
        "sha256": sha256,
        "samples": basin.samples,
        "kept_channels": basin.channels,
        "tracks": tracks,
        "bad_packets": tally.damaged(),
        "jumps": pour.jumps,
        "filled_ms": pour.filled // 16,
        "cut": breaks_off(path, path.stat().st_size) or _half_a_frame(stream, tally),
        "cpu_ms": int(time.process_time() * 1000),
        "read_bytes": (moved := of_process()).read_bytes,
        "written_bytes": moved.written_bytes,
        "reached_ms": max(basin.samples // 16, int(tally.reached * 1000)),
    }


def _half_a_frame(stream: AudioStream, tally: _Tally) -> bool:
    head, size = tally.last
    return size < (frame_bytes(stream.codec_context.name, head) or 0)


def _feed(pour: Pour, packet: Media, tally: _Tally) -> None:
    """Decode one packet; a damaged one is counted and passed over."""
    try:
        frames = cast("list[AudioFrame]", packet.decode())
    except EOFError:
        return
    except MemoryError:
        raise
    except (FFmpegError, ValueError):
        tally.decoded(0, failed=True)
        return
    for frame in frames:
        pour.frame(frame)
    tally.decoded(len(frames), failed=bool(packet.is_corrupt))


def _refuse_nothing(
    container: InputContainer, tally: _Tally, samples: int, length: Fraction | None
) -> None:
    """An empty recording is a recording; a file of which nothing could be decoded is not.

    Raises:
        UnsupportedSource: When it held something, and none of it was sound.
    """
    noise = container.format.name in containers.HEADERLESS and tally.damaged() >= tally.good
    nothing = samples == 0 and tally.good == 0 and (tally.damaged() or tally.stray or length)
    if nothing or (noise and tally.bad):
        raise UnsupportedSource(
            "none of its sound can be decoded", hint="the file is damaged; copy it again"
        )


if __name__ == "__main__":
    sys.exit(main())
