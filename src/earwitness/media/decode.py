"""Decoding a recording to 16 kHz samples in a file, in a limited child process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from earwitness.core.errors import Cancelled, EarwitnessError
from earwitness.core.files import disk_faults, part_owner, part_path, replace, sync_folder
from earwitness.core.ports import Tick, silent_tick
from earwitness.media.child import STALL_S, Answer, ask
from earwitness.media.disk import UNKNOWN, Traffic
from earwitness.media.probe import Probe, named, number, probe_of
from earwitness.media.source import require_file

_MISSING_MS: Final = 2_000
_MISSING_SHARE: Final = 0.01
_ROUNDING_MS: Final = 250
_GAPS_MS: Final = 200


@dataclass(frozen=True, slots=True)
class Decoded:
    """The samples of one recording.

    Attributes:
        pcm: File of little-endian int16 at 16 kHz, channels interleaved, no header.
        sha256: Of that file's bytes.
        samples: Per channel.
        channels: Kept in the file: all up to 8, else their mix.
        tracks: Channels that hold clearly separate voices; empty when only the mix is meaningful.
        declared_ms: What the container says; None when it only could be guessed.
        damage: One line when part of the sound is missing or was damaged, else None.
        cpu_ms: Processor time the decoding took, in the child.
        notices: What else a person should know, a line each.
        probe: What the container says.
        disk: What the child read from disks and wrote to them.
    """

    pcm: Path
    sha256: str
    samples: int
    channels: int
    tracks: tuple[int, ...]
    declared_ms: int | None
    damage: str | None
    notices: tuple[str, ...]
    cpu_ms: int
    probe: Probe
    disk: Traffic = UNKNOWN

    @property
    def decoded_ms(self) -> int:
        """Length in milliseconds; a last part of one counts whole."""
        return -(-self.samples // 16)

    @property
    def separate(self) -> bool:
        """Whether channels hold clearly separate voices."""
        return bool(self.tracks)


def decode(
    path: Path,
    folder: Path,
    *,
    name: str = "sound.pcm",
    tick: Tick = silent_tick,
    cancelled: Callable[[], bool] = lambda: False,
    stream: int | None = None,
    stall_s: float = STALL_S,
    called: str | None = None,
) -> Decoded:
    """Decode all of a recording into `folder/name`.

    Every time in the result is the time a player would show: encoder delay is taken off, a late
    start and gaps between time stamps become silence, nothing is trimmed.

    Args:
        path: Any audio or video file; only its content counts.
        folder: Where the samples go; made when missing. No other decode may write that name there.
        name: Of the file that is made. It appears complete or not at all.
        tick: Told the share done, never falling.
        cancelled: Asked about ten times a second.
        stream: Which audio stream, from 0; None: the default one, else the first.
        stall_s: Without progress for so long, decoding is given up.
        called: What errors call the file; None: its own name.

    Raises:
        SourceNotFound: There is nothing at `path`.
        UnsupportedSource: Nothing in it can be decoded.
        UsageError: It has no audio stream of that number.
        DiskFull: No space for the samples.
        Cancelled: `cancelled` said so, or `tick` raised it.
    """
    require_file(path)
    with disk_faults("the folder for decoded sound cannot be made"):
        folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    part = part_path(folder)
    request: dict[str, object] = {"path": str(path), "part": str(part), "stream": stream}
    try:
        answer = ask(request, tick=tick, cancelled=cancelled, stall_s=stall_s)
        with disk_faults("the decoded sound cannot be written"):
            replace(part, folder / name)
            sync_folder(folder)
    except Cancelled:
        raise
    except EarwitnessError as error:
        raise named(error, Path(called or path.name)) from error
    finally:
        part.unlink(missing_ok=True)
    tick(1.0)
    return _decoded(answer, folder / name)


def _decoded(answer: Answer, pcm: Path) -> Decoded:
    probe = probe_of(answer)
    tracks = answer["tracks"]
    return Decoded(
        pcm=pcm,
        sha256=str(answer["sha256"]),
        samples=number(answer, "samples") or 0,
        channels=number(answer, "kept_channels") or 1,
        tracks=tuple(tracks) if isinstance(tracks, list) else (),
        declared_ms=probe.duration_ms,
        damage=_damage(answer, probe.duration_ms),
        notices=_notices(answer, probe),
        cpu_ms=number(answer, "cpu_ms") or 0,
        probe=probe,
        disk=Traffic(number(answer, "read_bytes"), number(answer, "written_bytes")),
    )


def _damage(answer: Answer, declared_ms: int | None) -> str | None:
    """What is wrong with the sound, in one line; None when nothing is."""
    found = []
    declared_ms = declared_ms or 0
    # With pictures beside it, sound may well end before them: then what was read counts.
    missing_ms = declared_ms - (number(answer, "reached_ms") or 0)
    if missing_ms > min(_MISSING_MS, max(_ROUNDING_MS, _MISSING_SHARE * declared_ms)):
        decoded_ms = (number(answer, "samples") or 0) // 16
        found.append(
            f"the file says {declared_ms / 1000:.1f} s, "
            f"only {decoded_ms / 1000:.1f} s could be decoded"
        )
    elif answer["cut"]:
        found.append("the file breaks off before its end")
    for key, said in (("bad_packets", "damaged packets"), ("jumps", "jumps in its clock")):
        if count := number(answer, key):
            found.append(f"{said}: {count}")
    return "; ".join(found) or None


def _notices(answer: Answer, probe: Probe) -> tuple[str, ...]:
    said = []
    if probe.streams > 1:
        said.append(f"it has {probe.streams} audio streams; one of them is used")
    if probe.channels > 8:
        said.append(f"its {probe.channels} channels are mixed to one")
    filled_ms = number(answer, "filled_ms") or 0
    if filled_ms >= _GAPS_MS:
        said.append(f"gaps in its time stamps, {filled_ms / 1000:.1f} s in all, are silence now")
    return tuple(said)


def _sweep(folder: Path) -> None:
    """Remove what decoders left that were killed together with their children."""
    import psutil

    for part in folder.glob(".*.part"):
        owner = part_owner(part)
        if owner is not None and not psutil.pid_exists(owner):
            with suppress(OSError):
                part.unlink()
