"""Real deletion: rows, references, results, decoded sound, old pages and old backups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select
from sqlalchemy.sql.expression import ColumnElement

from earwitness.store import schema
from earwitness.store.far import removal_of
from earwitness.store.reclaim import BACKUPS, LOG_PAGES, Reclaim, note_removals
from earwitness.store.shelf import no_session, now

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a deletion removed; it names nobody and repeats nothing.

    Attributes:
        session: The id of the session that was deleted.
        at: When, UTC.
        recordings: Recordings the library no longer knows (the files themselves are the user's).
        runs: Rows of runs.
        steps: Rows of the step ledger.
        events: Rows of the event log.
        overrides: Corrections people made.
        artifacts: Results that no other session holds.
        blobs: Files (or objects) of committed bytes, recordings in a bucket among them.
        bytes_freed: Of all files that were removed.
        prints: Enrolled voice prints that were taken from it.
        complete: Every trace in the library's reach is gone. False when another process was
            reading just then: the rest goes when the library is opened next.
        remains: Where deleted rows may still lie, out of the library's reach; empty: nowhere.
    """

    session: str
    at: datetime
    recordings: int
    runs: int
    steps: int
    events: int
    overrides: int
    artifacts: int
    blobs: int
    bytes_freed: int
    complete: bool
    prints: int = 0
    remains: str = ""


@dataclass(frozen=True, slots=True)
class _Gone:
    """Counts of one transaction."""

    recordings: int
    runs: int
    steps: int
    events: int
    overrides: int
    artifacts: int
    prints: int


class Deletion(Reclaim):
    """Deleting sessions for good."""

    def delete_session(self, session_id: str) -> Receipt:
        """Delete a session with all that only it needs, in one transaction.

        The rows go first, and with them a list of files to remove; a crash in between is mended
        by the next opening.

        Raises:
            NotFound: There is no such session.
            StoreError: Nothing was deleted.
        """
        with self._database.write(durable=True) as connection:
            gone = _delete(connection, session_id)
        freed = self.settle()
        return Receipt(
            session=session_id,
            at=now(),
            recordings=gone.recordings,
            runs=gone.runs,
            steps=gone.steps,
            events=gone.events,
            overrides=gone.overrides,
            artifacts=gone.artifacts,
            blobs=freed.blobs,
            bytes_freed=freed.bytes,
            complete=freed.complete,
            prints=gone.prints,
            remains=self._database.remains,
        )


def _delete(connection: Connection, session_id: str) -> _Gone:
    run, step, event = schema.run.c, schema.step.c, schema.event.c
    runs = select(run.id).where(run.session == session_id)
    gone_runs = _count(connection, run.session == session_id)
    gone_steps = _count(connection, step.run.in_(runs))
    gone_events = _count(connection, event.session == session_id)
    gone_overrides = _count(connection, schema.override.c.session == session_id)
    gone_prints = _count(connection, schema.voice_print.c.session == session_id)
    digests = _delete_artifacts(connection, session_id)
    parts = schema.session_recording.c
    recordings = set(connection.scalars(select(parts.recording).where(parts.session == session_id)))
    # Runs, steps, events, corrections, enrolled prints and the list of recordings go with the
    # session's row.
    found = connection.execute(delete(schema.session).where(schema.session.c.id == session_id))
    if not found.rowcount:
        raise no_session(session_id)
    orphans = _delete_orphans(connection, recordings)
    blobs = delete_blobs(connection, set(digests))
    removals = [removal_of(row.object, row.digest, row.size_bytes) for row in blobs]
    removals += [f"scratch/{row.id}" for row in orphans]
    removals += [removal_of(row.object, row.id, row.size_bytes) for row in orphans if row.object]
    removals += [BACKUPS, LOG_PAGES]
    note_removals(connection, removals)
    return _Gone(
        recordings=len(orphans),
        runs=gone_runs,
        steps=gone_steps,
        events=gone_events,
        overrides=gone_overrides,
        artifacts=len(digests),
        prints=gone_prints,
    )


def _count(connection: Connection, where: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).where(where)) or 0


def _delete_artifacts(connection: Connection, session_id: str) -> list[str]:
    """Delete references, and the artifacts nobody else refers to; returns those's digests."""
    mine, others = schema.reference.alias(), schema.reference.alias()
    artifact = schema.artifact.c
    elsewhere = (
        select(others.c.key)
        .where(others.c.key == mine.c.key, others.c.session != session_id)
        .exists()
    )
    statement = (
        select(artifact.key, artifact.digest)
        .join(mine, mine.c.key == artifact.key)
        .where(mine.c.session == session_id, ~elsewhere)
    )
    rows = connection.execute(statement).all()
    connection.execute(delete(schema.reference).where(schema.reference.c.session == session_id))
    for keys in batches([row.key for row in rows]):
        connection.execute(delete(schema.artifact).where(artifact.key.in_(keys)))
    return [row.digest for row in rows]


def delete_blobs(connection: Connection, digests: set[str]) -> list[Row[tuple[Any, ...]]]:
    """Delete the rows of blobs that no artifact holds; returns where their bytes are."""
    blob, artifact = schema.blob.c, schema.artifact.c
    held = select(artifact.key).where(artifact.digest == blob.digest).exists()
    gone: list[Row[tuple[Any, ...]]] = []
    for batch in batches(sorted(digests)):
        statement = delete(schema.blob).where(blob.digest.in_(batch), ~held)
        gone += connection.execute(statement.returning(blob.digest, blob.size_bytes, blob.object))
    return gone


def _delete_orphans(connection: Connection, recordings: set[str]) -> list[Row[tuple[Any, ...]]]:
    """Delete recordings (and where they were seen) that no session has; returns their rows."""
    recording, parts = schema.recording.c, schema.session_recording.c
    held = select(parts.session).where(parts.recording == recording.id).exists()
    gone: list[Row[tuple[Any, ...]]] = []
    columns = recording.id, recording.size_bytes, recording.object
    for batch in batches(sorted(recordings)):
        statement = delete(schema.recording).where(recording.id.in_(batch), ~held)
        gone += connection.execute(statement.returning(*columns))
    return gone


def batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many names at a time as one statement may hold."""
    for start in range(0, len(names), _BATCH):
        yield names[start : start + _BATCH]
