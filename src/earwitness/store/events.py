"""Events: what happened to a session, numbered without gaps."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import get_args

import msgspec
from sqlalchemy import func, insert, select

from earwitness.core.errors import CorruptStore
from earwitness.core.run import Event, EventType
from earwitness.store import schema
from earwitness.store.dialect import hold_session, tell_of_event
from earwitness.store.outcomes import outcome_kind
from earwitness.store.shelf import Shelf, session_needed

_TYPES: dict[str, EventType] = {kind: kind for kind in get_args(EventType)}


class Events(Shelf):
    """The event log of each session."""

    def append(self, event: Event) -> Event:
        """Append an event.

        Returns:
            The event with its `seq`: one more than the session's last, whoever appended that.

        Raises:
            NotFound: The session or the run is not there (any more).
        """
        column = schema.event.c
        last = select(func.coalesce(func.max(column.seq), 0)).where(column.session == event.session)
        statement = insert(schema.event).values(
            session=event.session,
            seq=last.scalar_subquery() + 1,
            at=event.at,
            run=event.run,
            type=event.type,
            stage=event.stage,
            chunk=event.chunk,
            outcome=event.outcome,
            segments=msgspec.json.encode(event.segments).decode(),
            percent=event.percent,
        )
        with session_needed(event.session), self._database.write(shared=True) as connection:
            hold_session(connection, event.session)
            told = tell_of_event(connection, event.session)
            seq = connection.execute(statement.returning(column.seq, *told)).scalar_one()
        return replace(event, seq=seq)

    def wait_for_events(self, session_id: str, after: int, timeout: float) -> bool:
        """Wait until a session has events with `seq` above `after`.

        Args:
            session_id: Whose.
            after: The last one that is known already.
            timeout: Seconds after which nobody waits any longer.

        Returns:
            Whether there are any.
        """
        until = time.monotonic() + timeout
        with self._database.listening(session_id) as pause:
            while not self.events(session_id, after, limit=1):
                left = until - time.monotonic()
                if left <= 0:
                    return False
                pause(left)
        return True

    def events(self, session_id: str, after: int = 0, limit: int = 1_000) -> tuple[Event, ...]:
        """A session's events with `seq` above `after`, oldest first, at most `limit`."""
        column = schema.event.c
        statement = (
            select(schema.event)
            .where(column.session == session_id, column.seq > after)
            .order_by(column.seq)
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(
                Event(
                    seq=row.seq,
                    at=row.at,
                    session=row.session,
                    run=row.run,
                    type=_type(row.type),
                    stage=row.stage,
                    chunk=row.chunk,
                    outcome=outcome_kind(row.outcome),
                    segments=msgspec.json.decode(row.segments, type=tuple[int, ...]),
                    percent=row.percent,
                )
                for row in connection.execute(statement)
            )


def _type(name: str) -> EventType:
    if name not in _TYPES:
        raise CorruptStore(
            "the library holds an event that is none of ours",
            hint="restore a backup with `earwitness restore`",
        )
    return _TYPES[name]
