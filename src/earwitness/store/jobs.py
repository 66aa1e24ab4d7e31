"""Jobs: the queue of runs - submitted, claimed for as long as a lease is renewed, ended."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    select,
    true,
    update,
)

from earwitness.core.errors import Cancelled
from earwitness.core.queue import (
    Gone,
    Hold,
    Job,
    JobLane,
    JobState,
    Order,
    Owner,
    Pulse,
)
from earwitness.core.run import Outcome, Run
from earwitness.store import schema
from earwitness.store.dialect import hold, insert, moment_ms
from earwitness.store.job_rows import JobRows, job_of, jobs_where, needed_job, owner_of, state_of
from earwitness.store.runs import close_run
from earwitness.store.shelf import now, session_needed


class Jobs(JobRows):
    """Runs that wait for a worker or have one; keeps the `Queue` contract."""

    def submit(self, run: Run, order: Order, *, lane: JobLane, priority: int = 0) -> Job:
        """Queue a run.

        One that is queued already stays where it is, or moves forward when it is more urgent
        now, and is done as was said last; one that is running stays as it is. One that had ended
        is queued again.

        Raises:
            NotFound: There is no such run (any more).
        """
        with session_needed(run.session), self._database.write(shared=True) as connection:
            job = Job(run.id, run.session, lane, priority, order, "queued", now())
            return job if _add(connection, job) else _add_again(connection, job)

    def claim(
        self,
        run_id: str,
        owner: Owner,
        *,
        lease_s: float,
        gone: Gone,
        order: Order | None = None,
    ) -> Job | None:
        """Hold this run's job.

        Args:
            run_id: Whose job.
            owner: Who will hold it.
            lease_s: For how long, unless it is renewed.
            gone: Whether an owner is surely gone.
            order: Stands in place of the one it was queued with; None: that one.

        Returns:
            None when another one holds it, it has ended, or its lane is taken on this machine.
        """
        column = schema.job.c
        with self._database.write(shared=True) as connection:
            statement = select(schema.job).where(column.run == run_id)
            row = connection.execute(statement.with_for_update(skip_locked=True)).one_or_none()
            if row is None or not is_free(row, moment_ms(connection), owner, gone):
                return None
            if row.lane == "gpu" and _runs_on_gpu(connection, owner, gone, but=run_id):
                return None
            if order is not None:
                renewed = update(schema.job).where(column.run == run_id)
                connection.execute(renewed.values(wanted=_json(order)))
            return _take(connection, row, owner, lease_s)

    def claim_next(
        self, owner: Owner, *, lanes: Collection[JobLane], lease_s: float, gone: Gone
    ) -> Job | None:
        """Hold the job whose turn it is: the most urgent, then the oldest.

        Jobs whose worker is lost have their turn like all others.

        Returns:
            None when there is none to be had.
        """
        if not self.any_open():
            return None
        with self._database.write(shared=True) as connection:
            wanted = set(lanes)
            if "gpu" in wanted and _runs_on_gpu(connection, owner, gone):
                wanted.discard("gpu")
            queued = _next_queued(wanted)
            found = list(connection.execute(queued))
            found += _lost(connection, wanted, owner, gone)
            for row in sorted(found, key=lambda each: (each.rank, each.n)):
                taken = _take(connection, row, owner, lease_s)
                if taken is not None:
                    return taken
        return None

    def beat(self, hold: Hold, *, lease_s: float) -> Pulse:
        """Renew the lease; one that ran out meanwhile is renewed, too, if nobody took the job."""
        column = schema.job.c
        with self._database.write(shared=True) as connection:
            lease_ms = moment_ms(connection) + round(lease_s * 1000)
            renewed = update(schema.job).where(_held(hold)).values(lease_ms=lease_ms)
            stop = connection.scalar(renewed.returning(column.stop))
        return "lost" if stop is None else "stop" if stop else "held"

    def release(self, hold: Hold) -> bool:
        """Put the job back into the queue, at its old place."""
        return self._leave(hold, state="queued")

    def end_job(self, hold: Hold) -> bool:
        """Nothing more is to be done for the run."""
        return self._leave(hold, state="done", stop=False, losses=0)

    def finish_held(self, hold: Hold, outcome: Outcome) -> Run:
        """Close a run, if its job is still held.

        Raises:
            Cancelled: Another one has the job; nothing was changed.
            NotFound: There is no such run (any more).
        """
        column = schema.job.c
        with self._database.write() as connection:
            mine = select(column.run).where(_held(hold)).with_for_update()
            if connection.scalar(mine) is None:
                raise taken_over()
            return close_run(connection, hold.run, outcome)

    def stop_job(self, run_id: str) -> JobState | None:
        """Take a job out of the queue, or ask its worker to stop.

        Returns:
            The state it was in; None when there is no such job.
        """
        column = schema.job.c
        with self._database.write(shared=True) as connection:
            row = connection.execute(
                select(schema.job).where(column.run == run_id).with_for_update()
            ).one_or_none()
            if row is None:
                return None
            left = {"state": "done"} if row.state == "queued" else {"stop": True}
            if row.state != "done":
                connection.execute(update(schema.job).where(column.run == run_id).values(**left))
            return state_of(row.state)

    def free_jobs(
        self, owner: Owner, gone: Gone, *, run_id: str | None = None, limit: int = 1_000
    ) -> tuple[Job, ...]:
        """Jobs that could be claimed, by their turn: queued ones, and those whose worker is lost.

        Args:
            owner: Who asks.
            gone: Whether an owner is surely gone.
            run_id: This run's only.
            limit: At most so many.
        """
        column = schema.job.c
        there = column.state.in_(("queued", "running"))
        mine = true() if run_id is None else column.run == run_id
        statement = jobs_where(there, mine).order_by(column.rank, column.n).limit(limit)
        with self._database.read() as connection:
            moment = moment_ms(connection)
            rows = connection.execute(statement)
            return tuple(job_of(row) for row in rows if is_free(row, moment, owner, gone))

    def any_open(self) -> bool:
        """Whether any job is queued or running."""
        column = schema.job.c
        statement = select(column.n).where(column.state.in_(("queued", "running"))).limit(1)
        with self._database.read() as connection:
            return connection.scalar(statement) is not None

    def _leave(self, hold: Hold, **values: object) -> bool:
        statement = update(schema.job).where(_held(hold)).values(owner=None, lease_ms=None)
        with self._database.write(shared=True) as connection:
            return bool(connection.execute(statement.values(**values)).rowcount)


def _add(connection: Connection, job: Job) -> bool:
    """Queue a run for the first time; False when it has a job."""
    statement = insert(connection, schema.job).values(run=job.run, token=0, **_queued(job))
    made = statement.on_conflict_do_nothing().returning(schema.job.c.n)
    return connection.scalar(made) is not None


def _add_again(connection: Connection, job: Job) -> Job:
    """Queue a run whose job has ended; of one that is queued the last word holds."""
    column, rank = schema.job.c, -job.priority
    mine = update(schema.job).where(column.run == job.run)
    connection.execute(mine.where(column.state == "done").values(**_queued(job)))
    forward = case((column.rank > rank, rank), else_=column.rank)
    waiting = mine.where(column.state == "queued")
    connection.execute(waiting.values(wanted=_json(job.order), rank=forward))
    return needed_job(connection, job.run)


def _queued(job: Job) -> dict[str, object]:
    return {
        "lane": job.lane,
        "rank": -job.priority,
        "wanted": _json(job.order),
        "state": "queued",
        "queued_at": job.queued_at,
        "stop": False,
        "losses": 0,
        "made": 0,
    }


def _json(order: Order) -> str:
    return msgspec.json.encode(order).decode()


def taken_over() -> Cancelled:
    """The error for a worker that is no longer the one."""
    return Cancelled("another worker has taken this run over", hint="nothing is lost by it")


def _held(hold: Hold) -> ColumnElement[bool]:
    column = schema.job.c
    return and_(
        column.run == hold.run,
        column.state == "running",
        column.owner == str(hold.owner),
        column.token == hold.token,
    )


def _next_queued(lanes: Collection[JobLane]) -> Select[Any]:
    column = schema.job.c
    return (
        select(schema.job)
        .where(column.state == "queued", column.lane.in_(lanes))
        .order_by(column.rank, column.n)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _lost(
    connection: Connection, lanes: Collection[JobLane], owner: Owner, gone: Gone
) -> list[Row[Any]]:
    column = schema.job.c
    statement = select(schema.job).where(column.state == "running", column.lane.in_(lanes))
    running = connection.execute(statement.with_for_update(skip_locked=True)).all()
    moment = moment_ms(connection) if running else 0
    return [row for row in running if is_free(row, moment, owner, gone)]


def is_free(row: Row[Any], moment: int, owner: Owner, gone: Gone) -> bool:
    """Whether a job may be claimed.

    Of an owner on the claimer's own machine one can tell whether it lives; then its lease plays no
    part: after a laptop has slept, every lease has run out.
    """
    if row.state != "running":
        return bool(row.state == "queued")
    holder = owner_of(row.owner)
    if holder.machine == owner.machine:
        return gone(holder)
    return bool(row.lease_ms < moment)


def _runs_on_gpu(connection: Connection, owner: Owner, gone: Gone, *, but: str = "") -> bool:
    """Whether this machine's gpu lane is taken."""
    column = schema.job.c
    hold(connection, f"gpu {owner.machine}")
    statement = select(column.owner).where(
        column.state == "running", column.lane == "gpu", column.run != but
    )
    holders = [owner_of(text or "") for text in connection.scalars(statement)]
    return any(each.machine == owner.machine and not gone(each) for each in holders)


def _take(connection: Connection, row: Row[Any], owner: Owner, lease_s: float) -> Job | None:
    """Claim a job as it was seen; None when another one was quicker."""
    column, step = schema.job.c, schema.step.c
    made = connection.scalar(
        select(func.count()).where(
            step.run == row.run, step.digest.is_not(None), step.hit.is_(False)
        )
    )
    losses = row.losses
    if row.state == "running":
        losses = 1 if (made or 0) > row.made else row.losses + 1
    taken = connection.execute(
        update(schema.job)
        .where(column.run == row.run, column.token == row.token, column.state == row.state)
        .values(
            state="running",
            owner=str(owner),
            token=row.token + 1,
            lease_ms=moment_ms(connection) + round(lease_s * 1000),
            losses=losses,
            made=made or 0,
        )
    )
    return needed_job(connection, row.run) if taken.rowcount else None
