"""The public verbs of the queue: what Python users call, and what every face calls too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Unpack

from earwitness.app.library import open_library
from earwitness.app.running import jobs
from earwitness.app.running.crew import Crew, Ended, Heard
from earwitness.app.running.deliveries import delivery_of, work_delivered
from earwitness.app.running.enqueue import enqueue as enqueue_in
from earwitness.app.running.jobs import Waiting
from earwitness.app.settings import read_settings
from earwitness.app.wishing import AnyPath, Wishes, read_wishes
from earwitness.core.queue import LANES, JobLane, JobRow
from earwitness.core.run import Run


def enqueue(
    source: AnyPath | Sequence[AnyPath],
    *,
    priority: int = 0,
    new_session: bool = False,
    **wishes: Unpack[Wishes],
) -> Run:
    """Queue one recording, or several of one sitting, for a worker.

    Args:
        source: As for `process`.
        priority: Higher ones are taken first.
        new_session: Begin a session even if there is one of these recordings.
        wishes: Keywords of `process`.

    Returns:
        The run; one with an outcome is finished already, and was not queued.

    Raises:
        EarwitnessError: As `process`, as far as it looks at the sources.
    """
    settings, request, shared = read_wishes(source, **wishes)
    with open_library(settings) as library:
        run = enqueue_in(
            library, request, series=shared, priority=priority, new_session=new_session
        )
        job = library.job(run.id)
        if settings.queue == "procrastinate" and job is not None:
            with delivery_of(settings) as delivery:
                delivery.deliver([job])
        return run


def queued(*, ended: bool = False, limit: int = 50, home: AnyPath | None = None) -> Waiting:
    """The runs that are worked on and those that wait, by their turn.

    Args:
        ended: Those that have ended, too; the newest first.
        limit: At most so many of each kind.
        home: The library's folder.
    """
    with open_library(read_settings(home=home)) as library:
        return jobs.look(library, ended=ended, limit=limit)


def job(name: str, *, home: AnyPath | None = None) -> JobRow:
    """One run in the queue.

    Args:
        name: The run's or its session's id, or the beginning of it.
        home: The library's folder.

    Raises:
        NotFound: No job, or several, are called so.
    """
    with open_library(read_settings(home=home)) as library:
        return jobs.find(library, name)


def cancel(name: str, *, home: AnyPath | None = None) -> JobRow:
    """Take a run out of the queue, or let its worker stop it; what was done is kept.

    Raises:
        NotFound: No job, or several, are called so.
        UsageError: It has ended already.
    """
    with open_library(read_settings(home=home)) as library:
        return jobs.cancel(library, name)


def retry(name: str, *, home: AnyPath | None = None) -> Run:
    """Queue a run again that failed or was stopped; what was done is not done again.

    Raises:
        NotFound: No job, or several, are called so.
        UsageError: It has a result, or has not ended.
    """
    with open_library(read_settings(home=home)) as library:
        return jobs.retry(library, name)


def work(
    *,
    lanes: Sequence[JobLane] = LANES,
    parallel: int = 1,
    until_empty: bool = False,
    home: AnyPath | None = None,
    begun: Callable[[Crew], None] = lambda _crew: None,
    told: Callable[[Ended], None] = lambda _ended: None,
    heard: Heard = lambda _run, _stage, _share: None,
) -> tuple[Ended, ...]:
    """Carry out queued runs, each in a child process.

    Args:
        lanes: What is taken: `cpu`, `gpu` or both.
        parallel: Runs at the same time; one at most has the machine's gpu lane.
        until_empty: End when nothing is queued or running; else only when `Crew.leave` is called.
        home: The library's folder.
        begun: Given the crew, so that it can be told to leave.
        told: Told of every run that is let go.
        heard: Told `(run, stage, share)` as work goes on.

    Returns:
        The runs that were let go, in the order in which they were.

    Raises:
        EngineError: Children do not even start.
    """
    settings = read_settings(home=home)
    delivered = settings.queue == "procrastinate"
    chosen: tuple[str, ...] | None = () if delivered else None
    done = []
    with (
        open_library(settings) as library,
        Crew(library, settings, parallel=parallel, lanes=lanes, runs=chosen, heard=heard) as crew,
    ):
        begun(crew)
        going = crew.drain() if until_empty else crew.stay()
        if delivered:
            going = work_delivered(
                library,
                settings,
                crew,
                lanes=tuple(lanes),
                parallel=parallel,
                until_empty=until_empty,
            )
        for ended in going:
            done.append(ended)
            told(ended)
    return tuple(done)
