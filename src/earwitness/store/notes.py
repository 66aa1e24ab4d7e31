"""Notes: the versions of each note of a session; a new one never takes an old one's place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update

from earwitness.core.errors import NotFound
from earwitness.store import schema
from earwitness.store.checkpoints import Checkpoints, let_go
from earwitness.store.deletion import batches, delete_blobs
from earwitness.store.dialect import hold, insert
from earwitness.store.far import removal_of
from earwitness.store.reclaim import note_removals, remove_old_pages
from earwitness.store.shelf import now, session_needed

STAGES = ("collect", "compose", "note")
"""Whose results hold words that a note may repeat."""

_CLOCKS: Final = timedelta(minutes=5)
"""So far may the clocks of the machines be apart that share a server's library."""

_table = schema.note


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One version of a note.

    Attributes:
        session: Whose.
        template: Id of its form.
        version: 1, 2, 3, ... for each form.
        digest: Of the note; None: it was dropped, because it could repeat words that were erased.
        run: The run whose transcript was read.
        made_at: When, UTC.
        request: Digest of all that it depends on; empty once it was dropped, because the few words
            that were erased could be guessed from it.
    """

    session: str
    template: str
    version: int
    digest: str | None
    run: str
    made_at: datetime
    request: str


class Notes(Checkpoints):
    """The versions of notes."""

    def add_note(self, session: str, template: str, *, key: str, run: str, request: str) -> NoteRow:
        """Make what was committed under a key the newest version of a note.

        Raises:
            NotFound: The session, its run or the note is not there (any more).
        """
        column, artifact = _table.c, schema.artifact.c
        with session_needed(session), self._database.write(shared=True) as connection:
            hold(connection, f"note {session} {template}")
            digest = connection.scalar(select(artifact.digest).where(artifact.key == key))
            if digest is None:
                raise NotFound("this note is gone", hint="make it again")
            last = connection.scalar(
                select(func.max(column.version)).where(
                    column.session == session, column.template == template
                )
            )
            row = NoteRow(session, template, (last or 0) + 1, digest, run, now(), request)
            connection.execute(
                insert(connection, _table).values(
                    session=session,
                    template=template,
                    version=row.version,
                    key=key,
                    digest=digest,
                    run=run,
                    made_at=row.made_at,
                    request=request,
                )
            )
        return row

    def notes(self, session: str, template: str | None = None) -> tuple[NoteRow, ...]:
        """All versions of a session's notes, or of one of them: by form, the newest first."""
        column = _table.c
        statement = select(_table).where(column.session == session)
        if template is not None:
            statement = statement.where(column.template == template)
        with self._database.read() as connection:
            rows = connection.execute(
                statement.order_by(column.template, column.version.desc())
            ).all()
        return tuple(
            NoteRow(
                row.session,
                row.template,
                row.version,
                row.digest,
                row.run,
                row.made_at,
                row.request,
            )
            for row in rows
        )

    def drop_notes(self, session: str, since: datetime) -> int:
        """Drop all notes of a session that were made since a time, and what they were made from.

        Their versions stay listed, without what they said.

        Returns:
            How many versions lost what they said.

        Raises:
            StoreError: Nothing was dropped.
        """
        column, artifact = _table.c, schema.artifact.c
        reference, step, run = schema.reference.c, schema.step.c, schema.run.c
        made = (
            select(artifact.key, artifact.made_at)
            .join(schema.reference, reference.key == artifact.key)
            .where(reference.session == session, artifact.stage.in_(STAGES))
        )
        with self._database.write(durable=True) as connection:
            first = since - (_CLOCKS if connection.dialect.name == "postgresql" else timedelta())
            keys = [row.key for row in connection.execute(made) if row.made_at >= first]
            if not keys:
                return 0
            dropped = 0
            runs = select(run.id).where(run.session == session)
            for some in batches(keys):
                mine = (column.session == session, column.key.in_(some))
                gone = update(_table).where(*mine).values(digest=None, key=None, request="")
                dropped += len(connection.scalars(gone.returning(column.version)).all())
                connection.execute(
                    update(schema.step)
                    .where(step.run.in_(runs), step.key.in_(some))
                    .values(key=None, digest=None)
                )
            blobs = delete_blobs(connection, let_go(connection, session, keys))
            removals = [removal_of(row.object, row.digest, row.size_bytes) for row in blobs]
            note_removals(connection, removals)
            remove_old_pages(connection)
        self.settle()
        return dropped
