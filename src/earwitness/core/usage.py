"""Usage: what a spell of work on a run took of the machine, and what was expected of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from earwitness.core.money import Money


@dataclass(frozen=True, slots=True)
class Machine:
    """What a spell was worked on.

    Attributes:
        id: Digest of its name and its processors; tells machines apart, names none.
        cores: That the process may use.
        memory_bytes: Of the machine.
        gpu: Its GPUs; None when there is none that is known.
    """

    id: str
    cores: int
    memory_bytes: int
    gpu: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken of a machine; None is not known, never 0.

    Attributes:
        wall_ms: Elapsed.
        cpu_ms: Processor time of the process and its children.
        peak_bytes: Largest resident memory seen of them together.
        mean_bytes: Its mean over time.
        gpu_ms: Time in which GPUs were busy, by anybody.
        gpu_peak_bytes: Largest memory of the GPUs in use, by anybody.
        read_bytes: Read from disks (what the system's cache gave does not count).
        written_bytes: Written to disks.
        meter_ms: Processor time that measuring itself took.
    """

    wall_ms: int
    cpu_ms: int | None = None
    peak_bytes: int | None = None
    mean_bytes: int | None = None
    gpu_ms: int | None = None
    gpu_peak_bytes: int | None = None
    read_bytes: int | None = None
    written_bytes: int | None = None
    meter_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """One uninterrupted spell of work on a run; a run that was continued has several.

    Attributes:
        run: The run's id.
        began_at: With zone.
        machine: Where.
        taken: What it took.
        workers: Pieces worked on at the same time.
        transcriber: The engine's name for people; None when there was none.
        diarizer: The engine's name for people; None when it was not asked.
        sound_ms: Length of the sound; None when it was never decoded.
    """

    run: str
    began_at: datetime
    machine: Machine
    taken: Taken
    workers: int
    transcriber: str | None = None
    diarizer: str | None = None
    sound_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What was said beforehand that a run would take.

    Attributes:
        asked: Digest of the recordings and the request.
        at: When, with zone.
        basis: What it goes by, for people; empty when nothing was known.
        sound_ms: Length of the sound; None when not known.
        wall_ms: Elapsed; None when not known.
        low_ms: By the quickest of what it goes by, outliers left out; None when not known.
        high_ms: By the slowest of what it goes by, outliers left out; None when not known.
        cpu_ms: Processor time; None when not known.
        disk_bytes: Room needed meanwhile; None when not known.
        money: What services and rates would ask; None when not known.
        run: The run it was made for; None as long as there is none.
    """

    asked: str
    at: datetime
    basis: str
    sound_ms: int | None = None
    wall_ms: int | None = None
    low_ms: int | None = None
    high_ms: int | None = None
    cpu_ms: int | None = None
    disk_bytes: int | None = None
    money: Money | None = None
    run: str | None = None
