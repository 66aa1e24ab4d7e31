"""Checkpoints: what an unfinished run keeps so that it can be continued; and giving it up."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, delete, or_, select, update

from earwitness.core.errors import NotFound, StoreError
from earwitness.core.run import failed
from earwitness.store import schema
from earwitness.store.blobs import NAME
from earwitness.store.deletion import Deletion, batches, delete_blobs
from earwitness.store.far import removal_of
from earwitness.store.outcomes import outcome_columns
from earwitness.store.reclaim import LOG_PAGES, Freed, clear, note_removals, size_of
from earwitness.store.shelf import now

log = logging.getLogger(__name__)


class Checkpoints(Deletion):
    """Giving up what can be made again."""

    def checkpoint_keys(self, run_id: str) -> tuple[str, ...]:
        """Keys of results that only this run of its session needs."""
        with self._database.read() as connection:
            return tuple(_own_keys(connection, run_id))

    def give_up_run(self, run_id: str, why: str, *, hint: str = "") -> Freed:
        """Close an unfinished run, and remove the results that nobody else needs.

        Its steps stay in the ledger: what was spent was spent.

        Args:
            run_id: The run.
            why: What is said about it from now on.
            hint: What the reader can do about it.

        Raises:
            NotFound: There is no such unfinished run (any more).
            StoreError: Nothing was removed.
        """
        run, step = schema.run.c, schema.step.c
        still = or_(run.outcome.is_(None), run.outcome == "cancelled")
        with self._database.write(durable=True) as connection:
            session = connection.scalar(select(run.session).where(run.id == run_id, still))
            if session is None:
                raise NotFound(
                    f"no unfinished run {run_id!r}", hint="somebody may have continued it meanwhile"
                )
            keys = _own_keys(connection, run_id)
            digests = let_go(connection, session, keys)
            for some in batches(keys):
                connection.execute(
                    update(schema.step)
                    .where(step.run == run_id, step.key.in_(some))
                    .values(key=None, digest=None)
                )
            connection.execute(
                update(schema.run)
                .where(run.id == run_id)
                .values(finished_at=now(), **outcome_columns(failed(why, hint=hint)))
            )
            blobs = delete_blobs(connection, digests)
            removals = [removal_of(row.object, row.digest, row.size_bytes) for row in blobs]
            note_removals(connection, [*removals, LOG_PAGES])
        return self.settle()

    def backup_bytes(self) -> int:
        """Size of the database's older copies; the first deletion removes them."""
        return size_of(self._place.backups)

    def compact(self) -> None:
        """Give the room of deleted rows back to the disk, where that is worth it."""
        try:
            self._database.compact()
        except StoreError as error:
            # Nobody waits for it: the room is used again, or given back the next time.
            log.warning("the database could not be made smaller: %s", error)

    def free_sound(self, recording: str) -> int:
        """Free a recording's decoded sound, known to the library or not.

        Returns:
            Bytes freed.
        """
        if not NAME.fullmatch(recording):
            return 0
        return clear(self._place.scratch / recording)

    def free_file(self, path: Path) -> int:
        """Remove a file or folder in the making whose maker is gone.

        Returns:
            Bytes freed.
        """
        return clear(path) if path.is_dir() else self._unlink(path) or 0


def _own_keys(connection: Connection, run_id: str) -> list[str]:
    """Keys of a run's results that no other run of its session names, nor their bytes."""
    run, step = schema.run.c, schema.step.c
    session = select(run.session).where(run.id == run_id).scalar_subquery()
    others = select(run.id).where(run.session == session, run.id != run_id)
    theirs = connection.execute(
        select(step.key, step.digest).where(step.run.in_(others)).distinct()
    ).all()
    keys, digests = {row.key for row in theirs}, {row.digest for row in theirs}
    mine = connection.execute(
        select(step.key, step.digest).where(step.run == run_id, step.key.is_not(None)).distinct()
    )
    found = (row for row in mine if row.key not in keys and row.digest not in digests)
    return sorted({row.key for row in found})


def let_go(connection: Connection, session: str, keys: Sequence[str]) -> set[str]:
    """The session needs these results no more; returns digests of those that nobody needs."""
    reference, artifact = schema.reference.c, schema.artifact.c
    digests: set[str] = set()
    for some in batches(keys):
        connection.execute(
            delete(schema.reference).where(reference.session == session, reference.key.in_(some))
        )
        needed = select(reference.key).where(reference.key == artifact.key).exists()
        gone = delete(schema.artifact).where(artifact.key.in_(some), ~needed)
        digests.update(connection.scalars(gone.returning(artifact.digest)))
    return digests
