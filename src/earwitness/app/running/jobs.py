"""Jobs: looking at the queue, and taking runs out of it or putting them in again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from earwitness.app.running.execute import cancel_held
from earwitness.core.errors import Cancelled, UsageError
from earwitness.core.queue import JobRow, JobState
from earwitness.core.run import CANCELLED, Run
from earwitness.runs.holding import LEASE_S, Holding
from earwitness.runs.owner import is_gone, this_owner
from earwitness.store.library import Library


@dataclass(frozen=True, slots=True)
class Waiting:
    """The queue as it stands.

    Attributes:
        rows: Jobs, running ones first; see `Library.jobs`.
        counts: How many jobs are in each state.
    """

    rows: tuple[JobRow, ...]
    counts: dict[JobState, int]


def look(library: Library, *, ended: bool = False, limit: int = 50) -> Waiting:
    """The jobs that are running and queued.

    Args:
        library: Where the queue is.
        ended: Those that have ended, too.
        limit: At most so many of each state.
    """
    states: tuple[JobState, ...] = ("running", "queued", "done") if ended else ("running", "queued")
    return Waiting(library.jobs(states=states, limit=limit), library.job_counts())


def find(library: Library, name: str) -> JobRow:
    """One job.

    Args:
        library: Where the queue is.
        name: Its run's or session's id, or the beginning of it.

    Raises:
        NotFound: No job, or several, are called so.
    """
    return library.job_row(library.resolve_run(name))


def cancel(library: Library, name: str) -> JobRow:
    """Take a run out of the queue, or let its worker stop it; what was done is kept.

    A worker hears of it with its next heartbeat.

    Args:
        library: Where the queue is.
        name: As in `find`.

    Raises:
        NotFound: No job, or several, are called so.
        UsageError: It has ended already.
    """
    row = find(library, name)
    if row.job.state == "done":
        raise UsageError("this run has ended already", hint="`earwitness sessions show` says how")
    # One that nobody works on would wait for a worker only to be closed by it.
    job = library.claim(row.job.run, this_owner(), lease_s=LEASE_S, gone=is_gone)
    if job is not None:
        with Holding(library, job.hold) as holding, suppress(Cancelled):
            cancel_held(library, library.run(job.run), holding)
        library.end_job(job.hold)
    elif library.stop_job(row.job.run) == "queued":
        library.finish_run(row.job.run, CANCELLED)
    return find(library, row.job.run)


def retry(library: Library, name: str) -> Run:
    """Queue a run again that failed or was stopped; what was done is not done again.

    Args:
        library: Where the queue is.
        name: As in `find`.

    Returns:
        The run that is queued: a new one where the old one failed.

    Raises:
        NotFound: No job, or several, are called so.
        UsageError: It has a result, or has not ended.
    """
    job = find(library, name).job
    run = library.run(job.run)
    if job.state != "done":
        raise UsageError("this run has not ended yet", hint="`earwitness queue list`")
    if run.outcome is not None and run.outcome.kind in ("done", "degraded"):
        raise UsageError("this run has a result", hint="`earwitness process` with --fresh")
    if run.outcome is not None and run.outcome.kind == "failed":
        run = library.start_run(
            run.session, run.request, asked=run.asked, parent=run.parent, target=run.target
        )
    library.submit(run, job.order, lane=job.lane, priority=job.priority)
    return run
