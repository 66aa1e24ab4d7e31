"""Spending: what runs took of the machine and of services, and what was expected of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select, update

from earwitness.core.money import Money
from earwitness.core.run import Run, Step
from earwitness.core.spending import Call, Spending
from earwitness.core.usage import Estimate, Machine, Spell, Taken
from earwitness.store import schema
from earwitness.store.accounts import estimate, spell, spending
from earwitness.store.runs import read_runs, read_steps
from earwitness.store.shelf import Shelf, session_needed

_TAKEN = tuple(Taken.__dataclass_fields__)
_CALL = tuple(name for name in Call.__dataclass_fields__ if name != "faults")


class Accounts(Shelf):
    """The books beside the step ledger."""

    def note_calls(
        self, run: str, stage: str, chunk: int | None, at: datetime, calls: Sequence[Call]
    ) -> None:
        """Append what a step asked of services; what it cost is said later.

        Raises:
            NotFound: There is no such run (any more).
        """
        where = {"run": run, "stage": stage, "chunk": chunk, "at": at}
        rows = [{**where, **{name: getattr(call, name) for name in _CALL}} for call in calls]
        with session_needed(f"of run {run}"), self._database.write(shared=True) as connection:
            connection.execute(insert(spending), rows)

    def price_calls(self, costs: Iterable[tuple[int, Money]]) -> None:
        """Say what calls cost that had no price yet; a price once said stays.

        Args:
            costs: Each call's place in the ledger, and what it cost.
        """
        column = spending.c
        with self._database.write() as connection:
            for n, money in costs:
                connection.execute(
                    update(spending)
                    .where(column.n == n, column.micros.is_(None))
                    .values(micros=money.micros, currency=money.currency)
                )

    def calls(
        self,
        *,
        run: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[Spending, ...]:
        """Calls in the order in which they were noted, of one run or of a stretch of time (UTC)."""
        column = spending.c
        where: list[ColumnElement[bool]] = []
        if run is not None:
            where.append(column.run == run)
        if since is not None:
            where.append(column.at >= since)
        if until is not None:
            where.append(column.at < until)
        with self._database.read() as connection:
            rows = connection.execute(select(spending).where(*where).order_by(column.n)).mappings()
            return tuple(
                Spending(
                    n=row["n"],
                    at=row["at"],
                    call=Call(**{name: row[name] for name in _CALL}),
                    run=row["run"],
                    stage=row["stage"],
                    chunk=row["chunk"],
                    micros=row["micros"],
                    currency=row["currency"],
                )
                for row in rows
            )

    def note_spell(self, told: Spell) -> None:
        """Append a spell of work.

        Raises:
            NotFound: There is no such run (any more).
        """
        machine = told.machine
        values = {
            "run": told.run,
            "began_at": told.began_at,
            "machine": machine.id,
            "cores": machine.cores,
            "memory_bytes": machine.memory_bytes,
            "gpu": machine.gpu,
            "workers": told.workers,
            "transcriber": told.transcriber,
            "diarizer": told.diarizer,
            "sound_ms": told.sound_ms,
            **asdict(told.taken),
        }
        with session_needed(f"of run {told.run}"), self._database.write() as connection:
            connection.execute(insert(spell).values(**values))

    def spells(
        self, runs: Sequence[str] | None = None, *, newest: int | None = None
    ) -> tuple[Spell, ...]:
        """Spells of these runs, or of all or the newest ones, in the order they were noted."""
        where = () if runs is None else (spell.c.run.in_(runs),)
        statement = select(spell).where(*where).order_by(spell.c.n.desc()).limit(newest)
        with self._database.read() as connection:
            rows = reversed(connection.execute(statement).mappings().all())
            return tuple(
                Spell(
                    run=row["run"],
                    began_at=row["began_at"],
                    machine=Machine(row["machine"], row["cores"], row["memory_bytes"], row["gpu"]),
                    taken=Taken(**{name: row[name] for name in _TAKEN}),
                    workers=row["workers"],
                    transcriber=row["transcriber"],
                    diarizer=row["diarizer"],
                    sound_ms=row["sound_ms"],
                )
                for row in rows
            )

    def keep_estimate(self, told: Estimate) -> None:
        """Keep what was expected; one for the same that no run was made for gives way."""
        values = {name: getattr(told, name) for name in Estimate.__dataclass_fields__}
        money = values.pop("money")
        values |= {"micros": money and money.micros, "currency": money and money.currency}
        column = estimate.c
        with session_needed(f"of run {told.run}"), self._database.write() as connection:
            connection.execute(
                estimate.delete().where(column.asked == told.asked, column.run.is_(None))
            )
            connection.execute(insert(estimate).values(**values))

    def expected(self, asked: str) -> Estimate | None:
        """What was last expected of this, if no run was made for it yet."""
        column = estimate.c
        found = self._estimates(column.asked == asked, column.run.is_(None))
        return found[-1] if found else None

    def estimates(self, runs: Sequence[str]) -> tuple[Estimate, ...]:
        """What was expected of these runs."""
        return self._estimates(estimate.c.run.in_(runs))

    def executed(
        self,
        *,
        session: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> tuple[tuple[Run, tuple[Step, ...]], ...]:
        """Runs with their steps, the newest first; of a session, or begun in a time (UTC)."""
        column = schema.run.c
        where: list[ColumnElement[bool]] = []
        if session is not None:
            where.append(column.session == session)
        if since is not None:
            where.append(column.started_at >= since)
        if until is not None:
            where.append(column.started_at < until)
        with self._database.read() as connection:
            runs = read_runs(connection, *where, limit=limit)
            return tuple((run, tuple(read_steps(connection, run.id))) for run in runs)

    def made_whole(self, runs: Sequence[str]) -> frozenset[str]:
        """Those of these runs that have their result, and took none of it from memory."""
        run, step = schema.run.c, schema.step.c
        hits = select(step.run).where(step.run == run.id, step.hit.is_(True)).exists()
        statement = select(run.id).where(
            run.id.in_(runs), run.outcome.in_(("done", "degraded")), ~hits
        )
        with self._database.read() as connection:
            return frozenset(connection.scalars(statement))

    def makers(self, digests: Sequence[str]) -> tuple[Step, ...]:
        """Steps that made these results themselves, in the order in which they were noted."""
        column = schema.step.c
        found: list[Step] = []
        with self._database.read() as connection:
            for first in range(0, len(digests), 500):
                some = digests[first : first + 500]
                found += read_steps(connection, column.digest.in_(some), column.hit.is_(False))
        return tuple(found)

    def stored_bytes(self) -> int:
        """Bytes of all results that are kept."""
        with self._database.read() as connection:
            return int(connection.scalar(select(func.sum(schema.blob.c.size_bytes))) or 0)

    def _estimates(self, *where: ColumnElement[bool]) -> tuple[Estimate, ...]:
        plain = [name for name in Estimate.__dataclass_fields__ if name != "money"]
        with self._database.read() as connection:
            rows = connection.execute(select(estimate).where(*where).order_by(estimate.c.n))
            return tuple(
                Estimate(
                    **{name: row[name] for name in plain},
                    money=None
                    if row["micros"] is None
                    else Money(int(row["micros"]), row["currency"]),
                )
                for row in rows.mappings()
            )
