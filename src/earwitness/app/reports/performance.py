"""Performance: where the time and memory of runs went, told from the ledger alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from earwitness.core.run import Run, Step
from earwitness.core.usage import Estimate, Machine, Spell
from earwitness.runs.plan import NEEDS
from earwitness.store.library import Library

OPENING: Final = "opening"
"""Before the first stage: engines are chosen and loaded."""

CLOSING: Final = "closing"
"""After the last stage: the report is kept, engines end."""

MOST: Final = 200
"""Runs a report looks at; the newest."""


@dataclass(frozen=True, slots=True)
class StageUse:
    """What a stage took, in one run or in several; None is not known.

    Attributes:
        name: Of the stage.
        critical_ms: Time in which everything waited for it; these add up to the runs' time.
        wall_ms: From its beginning to its end.
        cpu_ms: Processor time, children too.
        peak_bytes: Most memory while it worked, of the whole process with its children.
        mean_bytes: Mean of that over its pieces, by their time.
        gpu_percent: How busy GPUs were meanwhile.
        read_bytes: Read from disks by its own threads and children.
        written_bytes: Written to disks, likewise.
        pieces: Pieces of work.
        hits: Of them, taken from memory.
        failed: Of them, failed.
    """

    name: str
    critical_ms: int
    wall_ms: int
    cpu_ms: int | None
    peak_bytes: int | None
    mean_bytes: int | None
    gpu_percent: int | None
    read_bytes: int | None
    written_bytes: int | None
    pieces: int
    hits: int
    failed: int


@dataclass(frozen=True, slots=True)
class RunUse:
    """What a run took.

    Attributes:
        run: The run.
        title: Of its session.
        sound_ms: Length of the sound; None when not known.
        wall_ms: Of all its spells; None: it was never measured.
        cpu_ms: Likewise.
        peak_bytes: Most memory.
        mean_bytes: Mean memory.
        gpu_ms: Time in which GPUs were busy.
        read_bytes: Read from disks.
        written_bytes: Written to disks.
        meter_ms: What measuring took.
        stages: In the order in which they began.
        spans: Each stage's beginning and length in milliseconds from the run's, for a picture.
        machine: Where; None when it was not measured.
        workers: None when it was not measured.
        transcriber: Who heard the words.
        expected: What was said beforehand.
        spells: Number of uninterrupted spells.
    """

    run: Run
    title: str
    sound_ms: int | None
    wall_ms: int | None
    cpu_ms: int | None
    peak_bytes: int | None
    mean_bytes: int | None
    gpu_ms: int | None
    read_bytes: int | None
    written_bytes: int | None
    meter_ms: int | None
    stages: tuple[StageUse, ...]
    spans: tuple[tuple[str, int, int], ...]
    machine: Machine | None
    workers: int | None
    transcriber: str | None
    expected: Estimate | None
    spells: int

    @property
    def speed(self) -> float | None:
        """Times real time."""
        return self.sound_ms / self.wall_ms if self.sound_ms and self.wall_ms else None

    @property
    def fresh(self) -> bool:
        """Whether most of its work was really done, not remembered."""
        pieces = sum(stage.pieces for stage in self.stages)
        return pieces > 0 and 2 * sum(stage.hits for stage in self.stages) < pieces


def measured(
    library: Library,
    *,
    session: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[RunUse, ...]:
    """Runs with what they took, the oldest first."""
    found = library.executed(session=session, since=since, until=until, limit=MOST)
    ids = [run.id for run, _ in found]
    spells: dict[str, list[Spell]] = {}
    for spell in library.spells(ids):
        spells.setdefault(spell.run, []).append(spell)
    expected = {each.run: each for each in library.estimates(ids)}
    titles = {row.session.id: row.session.title for row in library.sessions()}
    return tuple(
        run_use(
            run,
            steps,
            spells.get(run.id, []),
            title=titles.get(run.session, ""),
            expected=expected.get(run.id),
        )
        for run, steps in reversed(found)
        if steps
    )


def run_use(
    run: Run,
    steps: Sequence[Step],
    spells: Sequence[Spell],
    *,
    title: str = "",
    expected: Estimate | None = None,
) -> RunUse:
    """What one run took."""
    last = spells[-1] if spells else None
    wall_ms = sum(spell.taken.wall_ms for spell in spells) if spells else None
    if wall_ms is None and run.finished_at is not None:
        wall_ms = _ms(run.finished_at - run.started_at)
    mine = [step for step in steps if step.stage in NEEDS]
    wholes = _wholes(mine)
    critical = critical_path(wholes, last)
    names = sorted(wholes, key=lambda name: wholes[name].started_at)
    first = min((wholes[name].started_at for name in names), default=run.started_at)
    taken = [spell.taken for spell in spells]
    return RunUse(
        run=run,
        title=title,
        sound_ms=last.sound_ms if last else None,
        wall_ms=wall_ms,
        cpu_ms=_sum(each.cpu_ms for each in taken),
        peak_bytes=_most(each.peak_bytes for each in taken),
        mean_bytes=_mean([(each.mean_bytes, each.wall_ms) for each in taken]),
        gpu_ms=_sum(each.gpu_ms for each in taken),
        read_bytes=_sum(each.read_bytes for each in taken),
        written_bytes=_sum(each.written_bytes for each in taken),
        meter_ms=_sum(each.meter_ms for each in taken),
        stages=(
            *_aside(OPENING, critical),
            *(_stage_use(name, mine, wholes[name], critical.get(name, 0)) for name in names),
            *_aside(CLOSING, critical),
        ),
        spans=tuple(
            (name, _ms(wholes[name].started_at - first), wholes[name].wall_ms) for name in names
        ),
        machine=last.machine if last else None,
        workers=last.workers if last else None,
        transcriber=last.transcriber if last else None,
        expected=expected,
        spells=len(spells),
    )


def critical_path(wholes: Mapping[str, Step], spell: Spell | None) -> dict[str, int]:
    """How long everything waited for each stage; of a continued run, in its last spell.

    From the stage that ended last one goes back to the one of its needs that ended last, and so
    on. Each owns the time from there to its own end, so that the parts add up to the whole.
    """
    ends = {
        name: step.started_at + timedelta(milliseconds=step.wall_ms)
        for name, step in wholes.items()
    }
    if not ends:
        return {}
    owned: dict[str, int] = {}
    name = max(ends, key=lambda each: ends[each])
    if spell is not None:
        over = spell.began_at + timedelta(milliseconds=spell.taken.wall_ms)
        owned[CLOSING] = max(0, _ms(over - ends[name]))
    while True:
        needs = [each for need in NEEDS[name] for each in _present(need, ends)]
        if not needs:
            began = wholes[name].started_at
            owned[name] = _ms(ends[name] - began)
            if spell is not None:
                owned[OPENING] = max(0, _ms(began - spell.began_at))
            return owned
        before = max(needs, key=lambda each: ends[each])
        owned[name] = max(0, _ms(ends[name] - ends[before]))
        name = before


def together(runs: Iterable[RunUse]) -> tuple[StageUse, ...]:
    """Stages of several runs put together, in order of the plan."""
    by_name: dict[str, list[StageUse]] = {}
    for run in runs:
        for stage in run.stages:
            by_name.setdefault(stage.name, []).append(stage)
    order = [OPENING, *NEEDS, CLOSING]
    return tuple(_merged(by_name[name]) for name in order if name in by_name)


def bottleneck(stages: Sequence[StageUse]) -> StageUse | None:
    """The stage that everything waited for longest; None when nothing was measured."""
    found = max(stages, key=lambda stage: stage.critical_ms, default=None)
    return found if found and found.critical_ms else None


def _present(need: str, ends: Mapping[str, datetime]) -> list[str]:
    """The stage, or what it stands for in sessions that do not have it."""
    if need in ends:
        return [need]
    return [each for before in NEEDS[need] for each in _present(before, ends)]


def _wholes(steps: Sequence[Step]) -> dict[str, Step]:
    """Each stage's last step as a whole."""
    return {step.stage: step for step in steps if step.chunk is None}


def _stage_use(name: str, steps: Sequence[Step], whole: Step, critical_ms: int) -> StageUse:
    mine = [step for step in steps if step.stage == name]
    pieces = [step for step in mine if step.chunk is not None] or [whole]
    done = [step for step in mine if not step.hit]
    return StageUse(
        name=name,
        critical_ms=critical_ms,
        wall_ms=whole.wall_ms,
        cpu_ms=whole.cpu_ms,
        peak_bytes=_most(step.peak_bytes for step in done),
        mean_bytes=_mean([(step.mean_bytes, step.wall_ms) for step in done if step in pieces]),
        gpu_percent=_mean([(step.gpu_percent, step.wall_ms) for step in done if step in pieces]),
        read_bytes=_sum(step.read_bytes for step in done),
        written_bytes=_sum(step.written_bytes for step in done),
        pieces=len(pieces),
        hits=sum(step.hit for step in pieces),
        failed=sum(step.outcome.kind == "failed" for step in pieces),
    )


def _aside(name: str, critical: Mapping[str, int]) -> tuple[StageUse, ...]:
    if name not in critical:
        return ()
    spent = critical[name]
    return (StageUse(name, spent, spent, None, None, None, None, None, None, 0, 0, 0),)


def _merged(stages: Sequence[StageUse]) -> StageUse:
    return StageUse(
        name=stages[0].name,
        critical_ms=sum(stage.critical_ms for stage in stages),
        wall_ms=sum(stage.wall_ms for stage in stages),
        cpu_ms=_sum(stage.cpu_ms for stage in stages),
        peak_bytes=_most(stage.peak_bytes for stage in stages),
        mean_bytes=_mean([(stage.mean_bytes, stage.wall_ms) for stage in stages]),
        gpu_percent=_mean([(stage.gpu_percent, stage.wall_ms) for stage in stages]),
        read_bytes=_sum(stage.read_bytes for stage in stages),
        written_bytes=_sum(stage.written_bytes for stage in stages),
        pieces=sum(stage.pieces for stage in stages),
        hits=sum(stage.hits for stage in stages),
        failed=sum(stage.failed for stage in stages),
    )


def _ms(passed: timedelta) -> int:
    return round(passed.total_seconds() * 1000)


def _sum(parts: Iterable[int | None]) -> int | None:
    """Of what is known; None when nothing is."""
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def _most(parts: Iterable[int | None]) -> int | None:
    return max((part for part in parts if part is not None), default=None)


def _mean(parts: Sequence[tuple[int | None, int]]) -> int | None:
    """Of what is known, each weighed by its time."""
    known = [(value, max(1, weight)) for value, weight in parts if value is not None]
    weights = sum(weight for _, weight in known)
    return round(sum(value * weight for value, weight in known) / weights) if known else None
