"""Services: how each one outside stands, the same for all processes that have the library open."""

from __future__ import annotations

from dataclasses import asdict
from typing import get_args

from sqlalchemy import RowMapping, select, update

from earwitness.core.breaker import Standing, State
from earwitness.core.errors import CorruptStore, Fault
from earwitness.store import schema
from earwitness.store.dialect import insert
from earwitness.store.shelf import Shelf

_table = schema.service


class Services(Shelf):
    """The standings of breakers; keeps the `Standings` contract."""

    def standing(self, service: str) -> Standing | None:
        """How a service stands; None: nothing was ever noted."""
        with self._database.read() as connection:
            found = connection.execute(select(_table).where(_table.c.name == service)).mappings()
            row = found.one_or_none()
            return None if row is None else _standing(row)

    def turn(self, service: str, was: Standing | None, now: Standing) -> bool:
        """Note a change, if nobody else made one meanwhile.

        Returns:
            Whether it was noted.
        """
        with self._database.write() as connection:
            # What is given back tells: PostgreSQL's driver counts no rows of such an INSERT.
            if was is None:
                first = insert(connection, _table).values(name=service, **asdict(now))
                made = first.on_conflict_do_nothing().returning(_table.c.name)
                return connection.scalar(made) is not None
            same = (_table.c.name == service) & (_table.c.changes == was.changes)
            changed = update(_table).where(same).values(**asdict(now))
            return connection.scalar(changed.returning(_table.c.name)) is not None

    def standings(self) -> dict[str, Standing]:
        """All that was ever noted, by the services' names."""
        with self._database.read() as connection:
            rows = connection.execute(select(_table).order_by(_table.c.name)).mappings()
            return {str(row["name"]): _standing(row) for row in rows}


def _standing(row: RowMapping) -> Standing:
    state = next((each for each in get_args(State) if each == row["state"]), None)
    fault = next((each for each in get_args(Fault) if each == row["fault"]), None)
    if state is None:
        raise CorruptStore(
            "the library says of a service what makes no sense",
            hint="restore a backup with `earwitness restore`",
        )
    return Standing(
        state=state,
        era=row["era"],
        changes=row["changes"],
        failed=row["failed"],
        lapses=row["lapses"],
        since=row["since"],
        until=row["until"],
        fault=fault,
        failed_at=row["failed_at"],
    )
