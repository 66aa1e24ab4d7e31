"""Clip: a stretch of one speaker's sound as a file of its own, and the manifest that lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from earwitness.core.moment import MomentKind
from earwitness.core.span import Span

ClipFormat = Literal["wav", "m4a", "opus"]
ClipsOf = Literal["lines", "moments"]
ClipStatus = Literal["processing", "ready", "failed"]
ManifestStatus = Literal["in_progress", "complete", "failed"]

CLIP_FORMATS: Final[tuple[ClipFormat, ...]] = get_args(ClipFormat)
CLIPS_OF: Final[tuple[ClipsOf, ...]] = get_args(ClipsOf)
CLIP_STATUSES: Final[tuple[ClipStatus, ...]] = get_args(ClipStatus)
MANIFEST_STATUSES: Final[tuple[ManifestStatus, ...]] = get_args(ManifestStatus)

AROUND_MS: Final[dict[ClipsOf, int]] = {"lines": 150, "moments": 1_000}
"""How much sound is kept around what was said; a moment is understood with some room."""


@dataclass(frozen=True, slots=True)
class ClipWish:
    """How clips are wanted.

    Attributes:
        format: Of the files.
        padding_ms: How much sound before and after what was said is in the file, too.
        of: Every line, or what was found to be worth finding again.
    """

    format: ClipFormat = "m4a"
    padding_ms: int = AROUND_MS["lines"]
    of: ClipsOf = "lines"


@dataclass(frozen=True, slots=True)
class Clip:
    """One file of sound.

    Attributes:
        id: The chunk it is of and its place in it, `0003-012`; of a moment, the second of the
            session in which it begins and a number that its kind gives.
        span: Session time of the sound in the file, padding included.
        voice: Whose it is as far as known.
        track: The separate track it is cut from; None: the mix.
        said: Session time of what was said, without padding.
        kind: Of the moment; None: a line.
    """

    id: str
    span: Span
    said: Span
    voice: str | None = None
    track: int | None = None
    kind: MomentKind | None = None

    @property
    def chunk(self) -> int:
        """The chunk it is of; of a moment, its second."""
        return int(self.id.partition("-")[0])

    def file(self, suffix: ClipFormat) -> str:
        """Its file's name: ordinal, time and kind, never who speaks."""
        ms = self.span.start_ms
        time = f"{ms // 3_600_000:02d}-{ms // 60_000 % 60:02d}-{ms // 1000 % 60:02d}"
        kind = f"_{self.kind}" if self.kind else ""
        return f"{self.id}_{time}.{ms % 1000:03d}{kind}.{suffix}"


@dataclass(frozen=True, slots=True)
class Clipped:
    """What became of the clips of a chunk, or of all of them.

    Attributes:
        folder: Where the files lie.
        ready: How many there are.
        failed: How many could not be made.
    """

    folder: str
    ready: int
    failed: int


@dataclass(frozen=True, slots=True)
class ClipRow:
    """One line of the manifest.

    Attributes:
        id: As `Clip.id`.
        file: The file's name, beside the manifest.
        speaker: The name to show; None where nobody is known.
        span: Session time of the sound in the file.
        status: Whether it can be played.
        kind: Of the moment; None: a line.
    """

    id: str
    file: str
    speaker: str | None
    span: Span
    status: ClipStatus
    kind: MomentKind | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """All clips of a session, as `clips/manifest.json` lists them.

    Attributes:
        session: The session's id.
        status: `in_progress` until it is `complete` or `failed`.
        wish: How they were cut.
        clips: In order of time.
    """

    session: str
    status: ManifestStatus
    wish: ClipWish
    clips: tuple[ClipRow, ...]

    @property
    def ready(self) -> int:
        """How many can be played."""
        return sum(row.status == "ready" for row in self.clips)

    @property
    def failed(self) -> int:
        """How many could not be made."""
        return sum(row.status == "failed" for row in self.clips)
