"""Runs and their steps: what was executed for a session, and how it ended."""

from __future__ import annotations

import secrets
import string
from typing import TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from earwitness.core.errors import CorruptStore, NotFound
from earwitness.core.run import Asked, Outcome, Run, RunTarget, Step
from earwitness.store import schema
from earwitness.store.outcomes import ended, outcome_columns, outcome_of
from earwitness.store.shelf import Shelf, now, session_needed

T = TypeVar("T")

_LETTERS = string.ascii_lowercase + string.digits


class Runs(Shelf):
    """The runs of sessions, and the step ledger."""

    def start_run(
        self,
        session_id: str,
        request: str,
        *,
        asked: Asked | None = None,
        parent: str | None = None,
        target: RunTarget | None = None,
    ) -> Run:
        """Open a run.

        Args:
            session_id: Whose.
            request: Digest of all that was asked for and changes results.
            asked: What it shall be done with.
            parent: The run whose results it takes over.
            target: What of them it does again.

        Raises:
            NotFound: There is no such session.
        """
        run = Run(
            id="".join(secrets.choice(_LETTERS) for _ in range(12)),
            session=session_id,
            request=request,
            started_at=now(),
            asked=asked,
            parent=parent,
            target=target,
        )
        statement = insert(schema.run).values(
            id=run.id,
            session=session_id,
            request=request,
            started_at=run.started_at,
            asked=_json(asked),
            parent=parent,
            target=_json(target),
        )
        with session_needed(session_id), self._database.write(shared=True) as connection:
            connection.execute(statement)
        return run

    def finish_run(self, run: str, outcome: Outcome) -> Run:
        """Close a run.

        A cancelled run may be continued and closed again. Any other is closed once: what a second
        process says about it later changes nothing. One that has a result is shown from now on.

        Returns:
            The run as it stands.

        Raises:
            NotFound: There is no such run (any more).
        """
        with self._database.write() as connection:
            return close_run(connection, run, outcome)

    def restate_run(self, run: str, request: str) -> None:
        """Keep the digest of what was asked for as it is known now: a model may have come."""
        statement = update(schema.run).where(schema.run.c.id == run).values(request=request)
        with self._database.write() as connection:
            connection.execute(statement)

    def run(self, run_id: str) -> Run:
        """One run.

        Raises:
            NotFound: There is none of that id.
        """
        with self._database.read() as connection:
            found = read_runs(connection, schema.run.c.id == run_id)
        if not found:
            raise no_run(run_id)
        return found[0]

    def runs(self, session_id: str) -> tuple[Run, ...]:
        """All runs of a session, the newest first."""
        with self._database.read() as connection:
            return tuple(read_runs(connection, schema.run.c.session == session_id))

    def shown_run(self, session_id: str) -> str | None:
        """The id of the run whose result people see; None until one has a result."""
        column = schema.session.c
        with self._database.read() as connection:
            return connection.scalar(select(column.shown_run).where(column.id == session_id))

    def show_run(self, session_id: str, run: str) -> None:
        """Let people see the result of this run.

        Raises:
            NotFound: There is no such run of this session (any more).
        """
        with self._database.write() as connection:
            column = schema.run.c
            if not read_runs(connection, column.id == run, column.session == session_id):
                raise NotFound(f"session {session_id} has no run {run!r}")
            _show(connection, session_id, run)

    def latest_run(self, session_id: str) -> Run | None:
        """The newest run of a session, finished or not."""
        return next(iter(self.runs(session_id)), None)

    def finished_run(self, session_id: str, request: str) -> Run | None:
        """The newest run of this request that has its result (done or degraded)."""
        finished = schema.run.c.outcome.in_(("done", "degraded"))
        return self._newest(session_id, request, finished)

    def unfinished_run(self, session_id: str, request: str) -> Run | None:
        """The newest run of this request that can be continued: never closed, or cancelled."""
        column = schema.run.c.outcome
        return self._newest(session_id, request, or_(column.is_(None), column == "cancelled"))

    def note_step(self, step: Step) -> None:
        """Append one line to the step ledger.

        Raises:
            NotFound: There is no such run (any more).
        """
        statement = insert(schema.step).values(
            run=step.run,
            stage=step.stage,
            chunk=step.chunk,
            key=step.key,
            digest=step.digest,
            hit=step.hit,
            started_at=step.started_at,
            wall_ms=step.wall_ms,
            cpu_ms=step.cpu_ms,
            peak_bytes=step.peak_bytes,
            mean_bytes=step.mean_bytes,
            gpu_percent=step.gpu_percent,
            read_bytes=step.read_bytes,
            written_bytes=step.written_bytes,
            sent_bytes=step.sent_bytes,
            received_bytes=step.received_bytes,
            attempts=step.attempts,
            **outcome_columns(step.outcome),
        )
        with session_needed(f"of run {step.run}"), self._database.write(shared=True) as connection:
            connection.execute(statement)

    def steps(self, run_id: str) -> tuple[Step, ...]:
        """All steps of a run, in the order in which they were noted."""
        with self._database.read() as connection:
            return tuple(read_steps(connection, run_id))

    def result(self, run_id: str, stage: str) -> str | None:
        """Digest of what a stage as a whole gave in a run.

        Returns:
            The latest whole-stage step's digest; None when there is none, or it gave nothing.
        """
        column = schema.step.c
        statement = (
            select(column.digest)
            .where(column.run == run_id, column.stage == stage, column.chunk.is_(None))
            .order_by(column.n.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.scalar(statement)

    def _newest(self, session_id: str, request: str, state: ColumnElement[bool]) -> Run | None:
        column = schema.run.c
        with self._database.read() as connection:
            found = read_runs(
                connection, column.session == session_id, column.request == request, state
            )
        return found[0] if found else None


def close_run(connection: Connection, run: str, outcome: Outcome) -> Run:
    """Close a run as `Runs.finish_run` does, in a transaction that may do more."""
    column = schema.run.c
    open_still = or_(column.outcome.is_(None), column.outcome == "cancelled")
    statement = (
        update(schema.run)
        .where(column.id == run, open_still)
        .values(finished_at=now(), **outcome_columns(outcome))
    )
    closed = connection.execute(statement).rowcount
    found = read_runs(connection, column.id == run)
    if not found:
        raise no_run(run)
    if closed and outcome.kind in ("done", "degraded"):
        _show(connection, found[0].session, run)
    return found[0]


def no_run(run: str) -> NotFound:
    """The error for a run that is not there."""
    return NotFound(f"no run {run!r}", hint="its session may have been deleted meanwhile")


def read_runs(
    connection: Connection, *where: ColumnElement[bool], limit: int | None = None
) -> list[Run]:
    """Runs, the newest first."""
    statement = select(schema.run).where(*where).order_by(schema.run.c.n.desc()).limit(limit)
    return [
        Run(
            id=row.id,
            session=row.session,
            request=row.request,
            started_at=row.started_at,
            finished_at=row.finished_at,
            outcome=outcome_of(row.outcome, row.why, row.instead, row.hint),
            asked=_told(row.asked, Asked),
            parent=row.parent,
            target=_told(row.target, RunTarget),
        )
        for row in connection.execute(statement)
    ]


def _show(connection: Connection, session_id: str, run: str) -> None:
    column = schema.session.c
    connection.execute(update(schema.session).where(column.id == session_id).values(shown_run=run))


def _json(value: Asked | RunTarget | None) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _told(text: str | None, kind: type[T]) -> T | None:
    """What `_json` wrote.

    Raises:
        CorruptStore: It is something else.
    """
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError as error:
        raise CorruptStore(
            "the library holds a run whose request cannot be read",
            hint="restore a backup with `earwitness restore`",
        ) from error


def read_steps(connection: Connection, *where: ColumnElement[bool] | str) -> list[Step]:
    """Steps in the order in which they were noted; a text is the id of their run."""
    column = schema.step.c
    wanted = [column.run == each if isinstance(each, str) else each for each in where]
    statement = select(schema.step).where(*wanted).order_by(column.n)
    return [
        Step(
            run=row.run,
            stage=row.stage,
            chunk=row.chunk,
            key=row.key,
            digest=row.digest,
            hit=row.hit,
            outcome=ended(row.outcome, row.why, row.instead, row.hint),
            started_at=row.started_at,
            wall_ms=row.wall_ms,
            cpu_ms=row.cpu_ms,
            peak_bytes=row.peak_bytes,
            mean_bytes=row.mean_bytes,
            gpu_percent=row.gpu_percent,
            read_bytes=row.read_bytes,
            written_bytes=row.written_bytes,
            sent_bytes=row.sent_bytes,
            received_bytes=row.received_bytes,
            attempts=row.attempts,
        )
        for row in connection.execute(statement)
    ]
