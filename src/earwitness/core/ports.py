"""The ports: what is asked of engines, exporters, importers and audio, and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from earwitness.core.breaker import Breaker
from earwitness.core.imported import Imported, ImportOptions
from earwitness.core.services import Services
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Diarization, Heard, Segment, Speech
from earwitness.core.transcript import Record

RATE_HZ = 16_000
"""Sampling rate of all decoded audio."""

Tick = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1; raises `Cancelled` to stop it."""


def silent_tick(_share: float) -> None:
    """A tick that nobody listens to."""


class Audio(Protocol):
    """The decoded sound of a whole session: 16 kHz, 16 bit, read piece by piece from disk."""

    @property
    def duration_ms(self) -> int:
        """Decoded length; 0 for a file that holds no samples."""
        ...

    @property
    def tracks(self) -> tuple[int, ...]:
        """Tracks that hold clearly separate voices; empty when only the mix is meaningful."""
        ...

    def read(self, span: Span, track: int | None = None) -> bytes:
        """Samples of `span` as little-endian int16, mono.

        Args:
            span: Cut at the end of the audio: what lies beyond is not returned.
            track: One of `tracks`, or None for the mix of all channels.
        """
        ...


class Engine(Protocol):
    """What every opened engine tells about itself."""

    @property
    def name(self) -> str:
        """For people: name, version, model and badge, e.g. `pocketsphinx 5.1.1 (draft)`."""
        ...

    @property
    def fingerprint(self) -> str:
        """For keys: all of the engine that changes its results.

        Version, weights digest, options, device class and compute type.
        """
        ...

    def close(self) -> None:
        """Give memory and child processes back; the engine is not used again."""
        ...


@runtime_checkable
class Metered(Protocol):
    """An engine that works in child processes and knows what they spent."""

    @property
    def cpu_ms(self) -> int:
        """Processor time of its child processes so far."""
        ...


@runtime_checkable
class Waiting(Protocol):
    """An engine whose work is done elsewhere: it waits, and takes next to no processor time."""

    @property
    def at_once(self) -> int:
        """Calls it makes at the same time; more of them wait for their turn."""
        ...


class Detector(Engine, Protocol):
    """Finds where anyone speaks."""

    def detect(self, audio: Audio, track: int | None, tick: Tick = silent_tick) -> Speech:
        """Where anyone speaks on one track; state is carried over the whole track."""
        ...


class Transcriber(Engine, Protocol):
    """Turns one chunk of sound into words."""

    @property
    def chunking(self) -> Chunking:
        """How this engine likes its sound cut."""
        ...

    def transcribe(self, audio: Audio, chunk: Chunk, language: str | None) -> tuple[Segment, ...]:
        """Words of one chunk, times from session start. Thread-safe; depends on nothing else.

        Raises:
            EngineError: When the engine fails on this chunk.
        """
        ...


@runtime_checkable
class Remarking(Protocol):
    """A transcriber that tells how it heard a chunk, beside what: fallbacks, other languages."""

    def hear(self, audio: Audio, chunk: Chunk, language: str | None) -> Heard:
        """As `Transcriber.transcribe`, with remarks; they are kept with the words.

        Raises:
            EngineError: When the engine fails on this chunk.
        """
        ...


class Enhancer(Protocol):
    """Makes a stretch of sound easier to hear, and moves nothing in time."""

    @property
    def identity(self) -> str:
        """For keys: all of it that changes the sound."""
        ...

    def over(self, audio: Audio, span: Span, track: int | None) -> Audio:
        """The sound with one stretch of one track enhanced; depends on nothing but the sound.

        Raises:
            EngineError: It failed.
        """
        ...


class Diarizer(Engine, Protocol):
    """Finds who holds the floor when."""

    def diarize(
        self,
        audio: Audio,
        speech: tuple[Speech, ...],
        speakers: int | None,
        tick: Tick = silent_tick,
    ) -> Diarization:
        """Turns and voices.

        Args:
            audio: The session's sound.
            speech: From the detector, one per track (or one for the mix).
            speakers: Honoured exactly when given; None: estimated.
            tick: Told the share done.
        """
        ...


@dataclass(frozen=True, slots=True)
class Chunking:
    """How an engine likes its sound cut, all in milliseconds.

    Attributes:
        target_ms: Speech is gathered up to this length.
        limit_ms: Never longer; a stretch without pause is cut here, with overlap.
        join_gap_ms: A pause longer than this always ends a chunk.
        pad_ms: Sound given before and after the speech.
        overlap_ms: How far two chunks overlap where there was no pause.
    """

    target_ms: int = 20_000
    limit_ms: int = 30_000
    join_gap_ms: int = 600
    pad_ms: int = 100
    overlap_ms: int = 2_000


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether an engine can run here and now.

    Attributes:
        ok: It can.
        why: One line: what is there, or what is missing.
        hint: The command that mends it; empty when nothing is needed.
    """

    ok: bool
    why: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What a user may say to any engine; each engine takes what it understands.

    Attributes:
        model: Name, folder or hub id; None lets the engine choose.
        device: `cpu`, `cuda` or None for automatic.
        workers: Child processes or threads at most.
        offline: Never fetch anything.
        vocabulary: Names and terms that may be said, as they are to be written.
        own: Options of this engine alone, `(name, value)` as the user wrote them; see
            `EngineFactory.form` and `core.options`.
        keys: What services ask for, `(name of the setting, secret)`; never shown.
        day: The day the run counts as, `2026-11-25`: results of engines that cannot be reproduced
            are remembered by it.
        hub_token: Of the model hub, for models that ask for one; never shown.
        services: The breakers of what is asked on a network; no part of any result.
    """

    model: str | None = None
    device: str | None = None
    workers: int = 2
    offline: bool = False
    vocabulary: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    keys: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    day: str = ""
    hub_token: str | None = field(default=None, repr=False)
    services: Services = field(default_factory=Services, repr=False, compare=False)


@runtime_checkable
class EngineFactory(Protocol):
    """What a plug-in registers: enough to list, check and open an engine; imports nothing heavy."""

    name: str
    ability: str
    """`detect`, `transcribe`, `diarize`, `classify` or `extract`."""
    local: bool
    """False when sound or text would leave this machine."""
    form: type
    """The dataclass of the engine's own options; `NoOptions` when it has none."""

    def languages(self, options: EngineOptions) -> frozenset[str] | None:
        """ISO 639-1 codes it knows; None: any, or language plays no part."""
        ...

    def ready(self, options: EngineOptions) -> Readiness:
        """Whether it can run here; quick, loads no model."""
        ...

    def open(self, options: EngineOptions) -> Engine:
        """Load it.

        Raises:
            EngineUnavailable: With the hint that mends it.
        """
        ...


@runtime_checkable
class Placed(Protocol):
    """A factory whose engine is local or not depending on its options."""

    def stays_here(self, options: EngineOptions) -> bool:
        """Whether sound and text stay on this machine, with these options; overrides `local`."""
        ...


@runtime_checkable
class Dependent(Protocol):
    """A factory whose engine asks services while it works."""

    def breakers(self, options: EngineOptions) -> tuple[Breaker, ...]:
        """Of those it would ask with these options; asks none of them.

        Raises:
            UsageError: The options make no sense.
        """
        ...


@runtime_checkable
class Needy(Protocol):
    """A factory whose engine needs more than the install brings."""

    needs: tuple[str, ...]
    """A line each: library, model, token, device; what `doctor` shows."""


class Exporter(Protocol):
    """Writes a record in one format. A new format is one class and one registry line."""

    suffix: str
    """Without dot; names the file: `transcript.<suffix>`."""

    def export(self, record: Record, options: ExportOptions) -> str:
        """The whole file as text; the same record and options give the same text."""
        ...


@runtime_checkable
class Importer(Protocol):
    """Reads transcripts made elsewhere. A new format is one class and one registry line."""

    name: str
    """Of the format, as a user says it."""
    suffixes: tuple[str, ...]
    """Of files that usually hold it, without dot, in small letters."""

    def sniff(self, text: str) -> int:
        """How surely this is the format, told by what the file holds.

        Args:
            text: The whole file, every line ended by one line feed.

        Returns:
            0: surely not. 1: it may be. 2: it looks like it. 3: it says so itself.
        """
        ...

    def read(self, text: str, options: ImportOptions) -> Imported:
        """All that was said, nothing left out without a flaw that counts it.

        Raises:
            UnsupportedSource: It is not this format, or nothing was said in it.
            UsageError: The options have to say more; the hint tells which.
        """
        ...


Side = Literal["ic", "ooc"]
"""In the story, or outside it; every line is on exactly one of the two."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How exports look.

    Attributes:
        names: Show who speaks in subtitles (other formats always do).
        line_chars: Longest subtitle line, in characters.
        lines: Most lines in a subtitle.
        chars_per_second: Fastest reading speed.
        cue_min_ms: Shortest time a subtitle stands.
        cue_max_ms: Longest time a subtitle stands.
        gap_ms: Least time between two subtitles (2 frames at 25 per second).
        doubted: Show words that the guard doubts, too.
        only: `ic` for what is said or told in the story, `ooc` for all other lines; None: both.
    """

    names: bool = False
    line_chars: int = 42
    lines: int = 2
    chars_per_second: float = 17.0
    cue_min_ms: int = 1_000
    cue_max_ms: int = 7_000
    gap_ms: int = 80
    doubted: bool = False
    only: Side | None = None
