"""Run, Step, Outcome, Event: what was executed for a session, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

OutcomeKind = Literal["done", "skipped", "degraded", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step or a run ended; only `done` is success.

    Attributes:
        kind: Which of the five.
        why: One line; may be empty for `done` and `cancelled`. Of a step that is done it says what
            was not straight: asked again, another service, claims refused. Never what was said.
        instead: What a degraded step gave instead, e.g. `voices without text`.
        hint: What the reader can do about it.
    """

    kind: OutcomeKind
    why: str = ""
    instead: str = ""
    hint: str = ""

    def __post_init__(self) -> None:
        """Refuse an unexplained failure."""
        if self.kind in ("skipped", "degraded", "failed") and not self.why:
            raise ValueError(f"{self.kind}: say why")


DONE = Outcome("done")
CANCELLED = Outcome("cancelled")


def skipped(why: str) -> Outcome:
    """There was nothing to do."""
    return Outcome("skipped", why)


def degraded(why: str, *, instead: str, hint: str = "") -> Outcome:
    """It went on with less than was asked for."""
    return Outcome("degraded", why, instead, hint)


def failed(why: str, *, hint: str = "") -> Outcome:
    """It gave nothing."""
    return Outcome("failed", why, "", hint)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked to do it with; a re-run that says nothing else does the same.

    Attributes:
        language: ISO 639-1 code, or None for automatic.
        speakers: Exactly so many voices, or None to estimate.
        transcriber: Engine name or `auto`.
        diarizer: Engine name or `auto`.
        model: Of the transcriber; None lets it choose.
        device: `cpu`, `cuda` or None for automatic.
        vocabulary: Names and terms that may be said.
        own: Options of single engines, as `(name, value)` pairs.
        enhance: How the sound is enhanced before it is transcribed; `none`, `normalise` or
            `denoise`.
    """

    language: str | None
    speakers: int | None
    transcriber: str
    diarizer: str
    model: str | None
    device: str | None
    vocabulary: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    enhance: str = "none"


@dataclass(frozen=True, slots=True)
class RunTarget:
    """What a re-run does again; everything else stays as it was.

    Attributes:
        stages: Their names; what depends on them follows where they give something else.
        chunks: Places of the chunks that are transcribed again; None: all of them.
        options: What was said to do it with, as `(name, value)` pairs.
    """

    stages: tuple[str, ...]
    chunks: tuple[int, ...] | None = None
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a plan for one session.

    Attributes:
        id: Random, 12 letters and digits.
        session: Whose.
        request: Digest of all that was asked for and changes results.
        started_at: With zone.
        finished_at: None while it is unfinished.
        outcome: None while it is unfinished.
        asked: What it was asked to do it with; None in runs of older versions.
        parent: The run whose results a re-run takes over; None for others.
        target: What a re-run does again; of an import its format; None for others.
    """

    id: str
    session: str
    request: str
    started_at: datetime
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    asked: Asked | None = None
    parent: str | None = None
    target: RunTarget | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of one run, or one chunk of it, as the ledger keeps it.

    Attributes:
        run: The run's id.
        stage: The stage's name.
        chunk: Which chunk; None for the stage as a whole.
        key: The artifact's key; None where nothing was made.
        digest: SHA-256 of the result's bytes; None where nothing was made.
        hit: The result was there already; nothing was computed.
        outcome: How it ended.
        started_at: With zone.
        wall_ms: Elapsed.
        cpu_ms: Processor time of the work and its child processes; None when not known.
        peak_bytes: Largest resident memory seen of this process and its children meanwhile.
        mean_bytes: Its mean over time; None when not known, as all that follows.
        gpu_percent: How busy the GPUs were meanwhile, by anybody.
        read_bytes: Read from disks by the thread that worked and by a child of this part alone.
            Engines with threads or children for all parts count in the run's spell only. Of a
            joined stage its own part alone: its pieces have their own.
        written_bytes: Written to disks, likewise.
        sent_bytes: Sent to services, as engines tell.
        received_bytes: Received from services, as engines tell.
        attempts: So often it was tried to make it; None where nothing was to be made.
    """

    run: str
    stage: str
    chunk: int | None
    key: str | None
    digest: str | None
    hit: bool
    outcome: Outcome
    started_at: datetime
    wall_ms: int
    cpu_ms: int | None = None
    peak_bytes: int | None = None
    mean_bytes: int | None = None
    gpu_percent: int | None = None
    read_bytes: int | None = None
    written_bytes: int | None = None
    sent_bytes: int | None = None
    received_bytes: int | None = None
    attempts: int | None = None


EventType = Literal[
    "run.started",
    "stage.started",
    "chunk.done",
    "run.progress",
    "stage.finished",
    "run.finished",
    "run.shown",
]

EVENT_SEGMENTS = 20
"""Most segments one event may name."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a session; append-only, without any text.

    Attributes:
        seq: 1, 2, 3, ... inside the session, without gaps; 0 before it is appended.
        at: With zone.
        session: Whose.
        run: The run's id.
        type: One of a closed set.
        stage: The stage, where one is meant.
        chunk: The chunk, where one is meant.
        outcome: The outcome's kind, where something ended.
        segments: Ordinals of the segments concerned, at most 20.
        percent: Of a progress: how far the whole run is, 0 to 100; never falls in one execution.
    """

    seq: int
    at: datetime
    session: str
    run: str
    type: EventType
    stage: str | None = None
    chunk: int | None = None
    outcome: OutcomeKind | None = None
    segments: tuple[int, ...] = ()
    percent: int | None = None

    def __post_init__(self) -> None:
        """Refuse an event that names too many segments."""
        if len(self.segments) > EVENT_SEGMENTS:
            raise ValueError(f"an event names at most {EVENT_SEGMENTS} segments")
        if self.percent is not None and not 0 <= self.percent <= 100:
            raise ValueError(f"percent outside 0..100: {self.percent}")
