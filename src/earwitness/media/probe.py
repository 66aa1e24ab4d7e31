"""What a media file is, by its content: container, codec, length, channels, date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from earwitness.core.errors import EarwitnessError
from earwitness.core.ports import silent_tick
from earwitness.media.child import Answer, ask
from earwitness.media.source import require_file


@dataclass(frozen=True, slots=True)
class Probe:
    """What the container says, before anything is decoded.

    Attributes:
        container: FFmpeg's name of the format, e.g. `mov,mp4,m4a,3gp,3g2,mj2`.
        codec: FFmpeg's name of the audio codec.
        duration_ms: As declared; None when it only could be guessed.
        channels: Of the audio stream that will be used.
        rate_hz: Its sampling rate.
        created_at: When it was recorded, with zone; None when it does not say.
        streams: How many audio streams there are.
    """

    container: str
    codec: str
    duration_ms: int | None
    channels: int
    rate_hz: int
    created_at: datetime | None
    streams: int


def probe(path: Path) -> Probe:
    """Look at a file; its name and extension play no part.

    Parsing happens in a limited child process, for a file may be made to do harm.

    Raises:
        SourceNotFound: There is nothing at `path`.
        UnsupportedSource: A folder, an empty file, or nothing with sound that can be read.
    """
    require_file(path)
    request: dict[str, object] = {"path": str(path), "part": "", "stream": None}
    try:
        return probe_of(ask(request, tick=silent_tick, cancelled=lambda: False))
    except EarwitnessError as error:
        raise named(error, path) from error


def probe_of(answer: Answer) -> Probe:
    """The probe in a child's answer."""
    created = answer["created_at"]
    return Probe(
        container=str(answer["container"]),
        codec=str(answer["codec"]),
        duration_ms=number(answer, "declared_ms"),
        channels=number(answer, "channels") or 0,
        rate_hz=number(answer, "rate_hz") or 0,
        created_at=datetime.fromisoformat(created) if isinstance(created, str) else None,
        streams=number(answer, "streams") or 0,
    )


def number(answer: Answer, key: str) -> int | None:
    """A whole number of an answer; None when it holds none under that key."""
    value = answer.get(key)
    return value if isinstance(value, int) else None


def named(error: EarwitnessError, path: Path) -> EarwitnessError:
    """The same error, saying which file it is about."""
    return type(error)(f"{path.name}: {error}", hint=error.hint)
