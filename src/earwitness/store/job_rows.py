"""Job rows: jobs as they are read - one, a list, their numbers - and rows as nouns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, TypeVar, get_args

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from earwitness.core.errors import CorruptStore, NotFound, UsageError
from earwitness.core.queue import LANES, Job, JobLane, JobRow, JobState, Order, Owner
from earwitness.store import schema
from earwitness.store.outcomes import outcome_of
from earwitness.store.shelf import Shelf

T = TypeVar("T")

_STATES: Final[Mapping[str, JobState]] = {state: state for state in get_args(JobState)}
_LANES: Final[Mapping[str, JobLane]] = {lane: lane for lane in LANES}


class JobRows(Shelf):
    """What people and workers look at."""

    def job(self, run_id: str) -> Job | None:
        """The job of a run; None when it was never queued."""
        with self._database.read() as connection:
            row = connection.execute(jobs_where(schema.job.c.run == run_id)).one_or_none()
        return None if row is None else job_of(row)

    def job_row(self, run_id: str) -> JobRow:
        """The job of a run, as people look at it.

        Raises:
            NotFound: It was never queued.
        """
        with self._database.read() as connection:
            row = connection.execute(jobs_where(schema.job.c.run == run_id)).one_or_none()
        if row is None:
            raise NotFound(f"run {run_id!r} is not in the queue", hint="`earwitness queue list`")
        return listed_job(row)

    def jobs(
        self, *, states: Collection[JobState] = ("running", "queued"), limit: int = 50
    ) -> tuple[JobRow, ...]:
        """Jobs as people look at them: running ones, queued ones by their turn, ended ones last.

        Args:
            states: Only these.
            limit: At most so many of each state.
        """
        column = schema.job.c
        rows: list[JobRow] = []
        with self._database.read() as connection:
            for state in ("running", "queued", "done"):
                if state not in states:
                    continue
                turn = (column.n.desc(),) if state == "done" else (column.rank, column.n)
                # Chosen in the index alone; their runs and sessions are looked up afterwards.
                listed = select(column.n).where(column.state == state).order_by(*turn).limit(limit)
                statement = jobs_where(column.n.in_(listed)).order_by(*turn)
                rows += [listed_job(row) for row in connection.execute(statement)]
        return tuple(rows)

    def job_counts(self) -> dict[JobState, int]:
        """How many jobs are in each state."""
        column = schema.job.c
        statement = select(column.state, func.count()).group_by(column.state)
        with self._database.read() as connection:
            found = {state_of(state): count for state, count in connection.execute(statement)}
        return {state: found.get(state, 0) for state in _STATES.values()}

    def resolve_run(self, id_or_prefix: str) -> str:
        """The run with a job that is this, begins with it, or is of a session that does.

        Of several runs of one session the one that has not ended is meant, else the newest.

        Raises:
            NotFound: There is none.
            UsageError: They are of several sessions.
        """
        job, run = schema.job.c, schema.run.c
        size = len(id_or_prefix)
        begins = (func.substr(each, 1, size) == id_or_prefix for each in (job.run, run.session))
        statement = (
            select(job.run, run.session)
            .join(schema.run, run.id == job.run)
            .where(or_(*begins))
            .order_by(job.state == "done", job.n.desc())
            .limit(50)
        )
        with self._database.read() as connection:
            found = list(connection.execute(statement)) if id_or_prefix else []
        if not found:
            raise NotFound(
                f"no run in the queue is called {id_or_prefix!r}",
                hint="`earwitness queue list --all` shows all",
            )
        sessions = {row.session for row in found}
        if len(sessions) > 1:
            raise UsageError(
                f"runs of several sessions begin with {id_or_prefix!r}",
                hint="give more of the id: " + ", ".join(sorted(sessions)[:6]),
            )
        return str(found[0].run)

    def in_use(self, recording: str, *, but: str) -> bool:
        """Whether another run that is queued or being worked on needs a recording.

        Args:
            recording: Its id.
            but: The run that does not count.
        """
        job, run, part = schema.job.c, schema.run.c, schema.session_recording.c
        statement = (
            select(job.run)
            .join(schema.run, run.id == job.run)
            .join(schema.session_recording, part.session == run.session)
            .where(
                job.state.in_(("queued", "running")),
                job.run != but,
                part.recording == recording,
            )
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.scalar(statement) is not None


def jobs_where(*where: ColumnElement[bool]) -> Select[Any]:
    """Jobs with their session's title and their run's outcome."""
    job, run, session = schema.job.c, schema.run.c, schema.session.c
    return (
        select(schema.job, run.session, session.title, run.outcome, run.why, run.instead, run.hint)
        .join(schema.run, run.id == job.run)
        .join(schema.session, session.id == run.session)
        .where(*where)
    )


def needed_job(connection: Connection, run_id: str) -> Job:
    """The job of a run that has one."""
    return job_of(connection.execute(jobs_where(schema.job.c.run == run_id)).one())


def listed_job(row: Row[Any]) -> JobRow:
    """A line of the list."""
    return JobRow(job_of(row), row.title, outcome_of(row.outcome, row.why, row.instead, row.hint))


def job_of(row: Row[Any]) -> Job:
    """A row as a job."""
    return Job(
        run=row.run,
        session=row.session,
        lane=_word(row.lane, _LANES),
        priority=-row.rank,
        order=order_of(row.wanted),
        state=state_of(row.state),
        queued_at=row.queued_at,
        owner=owner_of(row.owner) if row.owner else None,
        token=row.token,
        losses=row.losses,
        stop=row.stop,
    )


def state_of(name: str) -> JobState:
    """One of the three.

    Raises:
        CorruptStore: The database holds another word.
    """
    return _word(name, _STATES)


def _word(name: str, known: Mapping[str, T]) -> T:
    if name not in known:
        raise _foreign()
    return known[name]


def owner_of(text: str) -> Owner:
    """An owner from its text.

    Raises:
        CorruptStore: It is something else.
    """
    try:
        return Owner.read(text)
    except ValueError as error:
        raise _foreign() from error


def order_of(text: str) -> Order:
    """An order from its JSON.

    Raises:
        CorruptStore: It is something else.
    """
    try:
        return msgspec.json.decode(text, type=Order)
    except msgspec.MsgspecError as error:
        raise _foreign() from error


def _foreign() -> CorruptStore:
    return CorruptStore(
        "the library holds a job that is none of ours",
        hint="restore a backup with `earwitness restore`",
    )
