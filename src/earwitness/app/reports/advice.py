"""Advice: what the ledger says should be changed, and the setting that changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from earwitness.app.reports.performance import (
    CLOSING,
    OPENING,
    RunUse,
    StageUse,
    bottleneck,
    together,
)
from earwitness.app.reports.rates import rate_for

FULL: Final = 0.75
"""Share of the processors from which on more pieces at the same time gain little."""

NEAR: Final = 0.85
"""Share of the machine's memory from which on it is near its end."""

CROWDED: Final = 0.7
"""Share of their processors that workers get at least where nothing else is in the way."""

IDLE_GPU: Final = 10
"""Percent below which a GPU counts as not used."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to change.

    Attributes:
        what: What was seen, with its figures.
        do: What to do about it.
        setting: The setting that changes it; None when none does.
        option: As it is said on the command line; empty when nothing is.
    """

    what: str
    do: str
    setting: str | None = None
    option: str = ""


def advise(runs: Sequence[RunUse]) -> tuple[Advice, ...]:
    """What to change, the most worthwhile first; all of it follows from these runs.

    It goes by the runs of one engine, with as many workers, on one machine: of those that took
    the most time together. Runs that mostly took over what was there are left out, unless there
    are no others.
    """
    fresh = [run for run in runs if run.fresh] or list(runs)
    alike = _longest(fresh)
    stages = together(alike)
    slow = bottleneck(stages)
    found = [] if slow is None else [_about(slow, alike, stages, of=len(fresh))]
    found += _memory(fresh)
    return tuple(found)


def _longest(runs: Sequence[RunUse]) -> list[RunUse]:
    """The runs done alike that took the most time."""
    groups: dict[object, list[RunUse]] = {}
    for run in runs:
        groups.setdefault((run.transcriber, run.workers, run.machine), []).append(run)
    return max(groups.values(), key=lambda each: sum(run.wall_ms or 0 for run in each), default=[])


def _about(
    slow: StageUse, runs: Sequence[RunUse], stages: Sequence[StageUse], *, of: int
) -> Advice:
    whole = sum(stage.critical_ms for stage in stages)
    share = 100 * slow.critical_ms / whole
    what = f"{slow.name}: {share:.0f} % of the time is spent waiting for it"
    if len(runs) < of:
        what += f" (in the {len(runs)} of {of} runs that took longest and were done alike)"
    if slow.name == "transcribe":
        return _transcribe(slow, runs[-1], what)
    if slow.name == "diarize":
        return Advice(
            what, "another diarizer is the one setting that changes it", "diarizer", "--diarizer"
        )
    if slow.name in (OPENING, CLOSING):
        sound_ms = sum(run.sound_ms or 0 for run in runs) // len(runs)
        each = slow.critical_ms / len(runs) / 1000
        return Advice(
            f"{what}: {each:.1f} s of each run, for {sound_ms / 1000:.0f} s of sound",
            "it does not grow with the recording: these are short; no setting changes it",
        )
    return Advice(what, "no setting changes it; it is the work itself")


def _transcribe(slow: StageUse, run: RunUse, what: str) -> Advice:
    engine, machine, workers = run.transcriber or "", run.machine, run.workers
    if machine is None or workers is None:
        return Advice(what, "runs of this version are measured; these were not")
    if engine.startswith("openai "):
        return Advice(
            f"{what}; {engine.split(' (')[0]} is asked, and this machine waits",
            f"ask for more at the same time, now at most {workers}",
            "engine_options",
            f"--workers {2 * workers} --engine-option concurrency={2 * workers}",
        )
    if machine.gpu is not None and (slow.gpu_percent or 0) < IDLE_GPU:
        other = "" if engine.startswith("faster-whisper") else "--transcriber faster-whisper "
        return Advice(
            f"{what}; {machine.gpu} was busy {slow.gpu_percent or 0} % of it",
            "let the GPU do it",
            "device",
            f"{other}--device cuda",
        )
    busy = slow.cpu_ms / slow.wall_ms if slow.cpu_ms is not None and slow.wall_ms else None
    if busy is not None and workers < machine.cores and busy < FULL * machine.cores:
        return _more_workers(run, what, busy)
    return _other_engine(engine, run, what, busy)


def _more_workers(run: RunUse, what: str, busy: float) -> Advice:
    machine, workers = run.machine, run.workers
    assert machine is not None
    assert workers is not None
    seen = f"{what}; {busy:.1f} of {machine.cores} processors were busy with --workers {workers}"
    seen += _shared(busy, workers)
    needed = (run.peak_bytes or 0) * machine.cores / workers
    if needed > NEAR * machine.memory_bytes:
        return Advice(
            f"{seen}, and there may be no memory for more", "a smaller model", "model", "--model"
        )
    option = f"--workers {machine.cores}"
    return Advice(seen, "work on more pieces at the same time", "workers", option)


def _other_engine(engine: str, run: RunUse, what: str, busy: float | None) -> Advice:
    machine, workers = run.machine, run.workers
    assert machine is not None
    assert workers is not None
    full = ""
    if busy is not None:
        full = f"; it kept {busy:.1f} of {machine.cores} processors busy"
        full += _shared(busy, min(workers, machine.cores))
    if engine.startswith("pocketsphinx"):
        now = rate_for("pocketsphinx", None, machine.cores, workers)
        then = rate_for("faster-whisper", "tiny", machine.cores, workers)
        ratio = (
            f", which took {now.wall_s / then.wall_s:.1f} times less on such a machine (measured "
            "without a trained model)"
            if now and then
            else ""
        )
        return Advice(
            f"{what}{full}; {engine.split(' (', maxsplit=1)[0]} does it",
            f"a faster engine{ratio}: first `earwitness models pull tiny`",
            "transcriber",
            "--transcriber faster-whisper --model tiny",
        )
    return Advice(f"{what}{full}", "a smaller model, or another engine", "model", "--model")


def _shared(busy: float, workers: int) -> str:
    """A remark where workers that only compute did not get the processors they could use."""
    if busy >= CROWDED * workers:
        return ""
    return " (other programs, or a disk, kept it from more)"


def _memory(runs: Sequence[RunUse]) -> list[Advice]:
    for run in reversed(runs):
        machine, peak = run.machine, run.peak_bytes
        if machine is None or peak is None or peak < NEAR * machine.memory_bytes:
            continue
        fewer = max(1, (run.workers or 2) - 1)
        share = f"{peak / 1e9:.1f} of {machine.memory_bytes / 1e9:.1f} GB of memory were in use"
        if (run.workers or 1) > 1:
            return [Advice(share, "work on fewer pieces at once", "workers", f"--workers {fewer}")]
        return [Advice(share, "a smaller model", "model", "--model")]
    return []
