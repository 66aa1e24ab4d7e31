"""`worker` and `queue`: runs that wait, and carrying them out."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import MARKS, console, note, outcome_json, say, say_json, table
from earwitness.cli.options import Common
from earwitness.cli.progress import duration
from earwitness.core.errors import Cancelled, UsageError
from earwitness.core.queue import LANES, JobLane, JobRow

if TYPE_CHECKING:
    from earwitness.app.running.crew import Crew, Ended

FLAG = Parameter(negative="")


def worker(
    *,
    lanes: str = "cpu,gpu",
    parallel: int = 1,
    until_empty: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Carry out what is queued, on this machine, until it is told to stop.

    Ctrl-C, or SIGTERM, lets it stop gracefully: what is done of a run is kept, and the run waits
    for the next worker. Any number of workers may share a library.

    Args:
        lanes: Take runs that want the GPU (gpu), others (cpu), or both.
        parallel: Runs at the same time, each in a process of its own.
        until_empty: End when nothing is queued or running any more.
    """
    from earwitness.app.running.queue_api import work

    if parallel < 1:
        raise UsageError("a worker does at least one run at a time", hint="--parallel 2")
    signals: list[int] = []

    def begun(crew: Crew) -> None:
        def leave(number: int, _frame: object) -> None:
            if signals:
                raise KeyboardInterrupt
            signals.append(number)
            note("stopping; what is done is kept (once more: at once)")
            crew.leave()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, leave)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        done = work(
            lanes=_lanes(lanes),
            parallel=parallel,
            until_empty=until_empty,
            home=common.home,
            begun=begun,
            told=(lambda _ended: None) if common.json else _tell_ended,
        )
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if common.json:
        say_json({"runs": [_ended_json(ended) for ended in done]})
    return Cancelled.exit_code if signal.SIGINT in signals else 0


def list_(
    *,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    limit: int = 50,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List runs that are worked on and runs that wait, by their turn.

    Args:
        all_: Those that have ended, too.
        limit: At most so many of each kind.
    """
    from earwitness.app.running.queue_api import queued

    found = queued(ended=all_, limit=max(1, limit), home=common.home)
    if common.json:
        say_json({"counts": dict(found.counts), "jobs": [_json(row) for row in found.rows]})
        return 0
    if found.rows:
        table(
            ("session", "run", "title", "state", "lane", "priority", "since", "worker"),
            [_cells(row) for row in found.rows],
            right=(5,),
        )
    counts = found.counts
    say(f"{counts['running']} running, {counts['queued']} queued, {counts['done']} ended")
    return 0


def status(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show where one run stands.

    Args:
        name: The run's or its session's id, or the beginning of it.
    """
    from earwitness.app.running.queue_api import job

    _show(job(name, home=common.home), common)
    return 0


def cancel(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Take a run out of the queue, or let its worker stop it; what was done is kept.

    Args:
        name: The run's or its session's id, or the beginning of it.
    """
    from earwitness.app.running.queue_api import cancel as cancel_one

    _show(cancel_one(name, home=common.home), common)
    return 0


def retry(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Queue a run again that failed or was stopped; what was done is not done again.

    Args:
        name: The run's or its session's id, or the beginning of it.
    """
    from earwitness.app.running.queue_api import job
    from earwitness.app.running.queue_api import retry as retry_one

    run = retry_one(name, home=common.home)
    _show(job(run.id, home=common.home), common)
    return 0


def _lanes(text: str) -> tuple[JobLane, ...]:
    said = {part.strip() for part in text.split(",") if part.strip()}
    if not said or not said <= set(LANES):
        raise UsageError("lanes are cpu and gpu", hint="--lanes cpu")
    return tuple(lane for lane in LANES if lane in said)


def _show(row: JobRow, common: Common) -> None:
    if common.json:
        say_json(_json(row))
        return
    job = row.job
    say(f"{job.run}  session {job.session}  {_state(row)}")
    if row.outcome is not None and row.outcome.why:
        say(f"  {row.outcome.why}")
    if row.outcome is not None and row.outcome.hint:
        say(f"  hint: {row.outcome.hint}")


def _json(row: JobRow) -> dict[str, object]:
    job = row.job
    return {
        "run": job.run,
        "session": job.session,
        "title": row.title,
        "state": job.state,
        "stopping": job.stop,
        "lane": job.lane,
        "priority": job.priority,
        "queued_at": job.queued_at.isoformat(),
        "worker": str(job.owner) if job.owner else None,
        "losses": job.losses,
        "outcome": outcome_json(row.outcome),
    }


def _state(row: JobRow) -> str:
    job = row.job
    if job.state == "done":
        return row.outcome.kind if row.outcome is not None else "ended"
    if job.stop:
        return "stopping"
    lost = f", {job.losses} workers lost" if job.losses > 1 else ""
    return job.state + (", a worker lost" if job.losses == 1 else lost)


def _cells(row: JobRow) -> tuple[str, ...]:
    job = row.job
    where = f"{job.owner.machine.partition('/')[0]} {job.owner.pid}" if job.owner else ""
    return (
        job.session,
        job.run,
        row.title,
        _state(row),
        job.lane,
        str(job.priority),
        duration(max(0.0, (datetime.now(UTC) - job.queued_at).total_seconds())),
        where,
    )


def _tell_ended(ended: Ended) -> None:
    kind = ended.outcome.kind if ended.outcome is not None else None
    mark, colour = MARKS[kind or "cancelled"]
    screen = console()
    screen.print(f"[{colour}]{mark}[/] [bold]{ended.session}[/]  {kind or 'waits again'}", end="")
    screen.print(f"  {ended.error}" if ended.error else "", markup=False)


def _ended_json(ended: Ended) -> dict[str, object]:
    return {
        "run": ended.run,
        "session": ended.session,
        "outcome": outcome_json(ended.outcome),
        "error": ended.error,
    }
