"""Sessions: adding, finding and listing sittings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from earwitness.core.errors import NotFound, UsageError
from earwitness.core.run import Outcome
from earwitness.core.session import Document, Recording, Session, Track
from earwitness.store import schema
from earwitness.store.outcomes import outcome_of
from earwitness.store.shelf import Shelf, no_session, now, plain
from earwitness.store.sources import keep_recording, recording_of

_ROLES: Final = {False: "track", True: "mix", None: "unsure"}
"""How `Track.is_mix` is stored."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One line of the list of sessions.

    Attributes:
        session: The sitting.
        outcome: Of the run people see; as long as there is none, of its latest run, or None.
        created_at: When it was added, with zone.
    """

    session: Session
    outcome: Outcome | None
    created_at: datetime


class Sessions(Shelf):
    """The sittings in the library."""

    def add_session(self, session: Session) -> None:
        """Add a session and its recordings.

        Raises:
            UsageError: There is one of that id.
        """
        statement = insert(schema.session).values(
            id=session.id,
            title=session.title,
            playbook=session.playbook,
            language=session.language,
            held_at=session.held_at,
            local_only=session.local_only,
            created_at=now(),
        )
        with self._database.write() as connection:
            try:
                connection.execute(statement)
            except IntegrityError as error:
                raise UsageError(f"there is a session {session.id!r} already") from error
            _keep_parts(connection, session)

    def give_sound(self, session_id: str, recordings: tuple[Recording, ...]) -> Session:
        """Give a session that was imported without sound its recordings.

        Raises:
            NotFound: There is none of that id.
            UsageError: It has recordings already.
        """
        with self._database.write() as connection:
            rows = _read(connection, schema.session.c.id == session_id)
            if not rows:
                raise no_session(session_id)
            if rows[0].session.recordings:
                raise UsageError("this session has its recording already")
            given = replace(rows[0].session, recordings=recordings, documents=())
            _keep_parts(connection, given)
        return self.session(session_id)

    def update_session(self, session: Session) -> None:
        """Keep what is newly said about a session and its tracks; its recordings stay.

        Raises:
            NotFound: There is none of that id.
        """
        statement = (
            update(schema.session)
            .where(schema.session.c.id == session.id)
            .values(
                title=session.title,
                playbook=session.playbook,
                language=session.language,
                held_at=session.held_at,
                local_only=session.local_only,
            )
        )
        with self._database.write() as connection:
            if not connection.execute(statement).rowcount:
                raise no_session(session.id)
            for ordinal, track in enumerate(session.tracks):
                connection.execute(
                    update(schema.session_recording)
                    .where(
                        schema.session_recording.c.session == session.id,
                        schema.session_recording.c.ordinal == ordinal,
                    )
                    .values(**_of_track(track))
                )

    def session(self, session_id: str) -> Session:
        """One session.

        Raises:
            NotFound: There is none of that id.
        """
        with self._database.read() as connection:
            rows = _read(connection, schema.session.c.id == session_id)
        if not rows:
            raise no_session(session_id)
        return rows[0].session

    def sessions(self) -> tuple[SessionRow, ...]:
        """All sessions, the newest first."""
        with self._database.read() as connection:
            return tuple(_read(connection))

    def sessions_of(self, recording_ids: tuple[str, ...]) -> tuple[Session, ...]:
        """Sessions that consist of exactly these recordings in this order, the newest first."""
        if not recording_ids:
            return ()
        part = schema.session_recording.c
        first = select(part.session).where(part.recording == recording_ids[0], part.ordinal == 0)
        with self._database.read() as connection:
            rows = _read(connection, schema.session.c.id.in_(first))
        found = (row.session for row in rows)
        return tuple(
            session
            for session in found
            if tuple(recording.id for recording in session.recordings) == recording_ids
        )

    def sessions_from(self, documents: tuple[Document, ...]) -> tuple[Session, ...]:
        """Sessions imported from exactly these documents in this order, the newest first.

        Documents are known by their bytes and part; under which name or as which format they were
        imported plays no part.
        """
        if not documents:
            return ()
        part = schema.session_document.c
        first = select(part.session).where(part.document == documents[0].id, part.ordinal == 0)
        wanted = [(document.id, document.part) for document in documents]
        with self._database.read() as connection:
            rows = _read(connection, schema.session.c.id.in_(first))
        found = (row.session for row in rows)
        return tuple(
            session
            for session in found
            if [(document.id, document.part) for document in session.documents] == wanted
        )

    def resolve(self, id_or_prefix: str) -> str:
        """The id of the one session whose id is this or begins with it.

        Raises:
            NotFound: There is none.
            UsageError: There are several.
        """
        column = schema.session.c.id
        begins = func.substr(column, 1, len(id_or_prefix)) == id_or_prefix
        statement = select(column).where(begins).order_by(column).limit(6)
        with self._database.read() as connection:
            found = list(connection.scalars(statement)) if id_or_prefix else []
        if id_or_prefix in found or len(found) == 1:
            return id_or_prefix if id_or_prefix in found else found[0]
        if not found:
            raise NotFound(
                f"no session begins with {id_or_prefix!r}",
                hint="`earwitness sessions list` shows all",
            )
        raise UsageError(
            f"several sessions begin with {id_or_prefix!r}",
            hint="give more of the id: " + ", ".join(found),
        )


def _read(connection: Connection, *where: ColumnElement[bool]) -> list[SessionRow]:
    """Sessions with their parts and outcome, the newest first: three queries in all."""
    session, run = schema.session.c, schema.run.c
    latest = (
        select(func.max(run.n))
        .where(run.session == session.id)
        .scalar_subquery()
        .correlate(schema.session)
    )
    statement = (
        select(schema.session, run.outcome, run.why, run.instead, run.hint)
        .join_from(
            schema.session,
            schema.run,
            or_(run.id == session.shown_run, and_(session.shown_run.is_(None), run.n == latest)),
            isouter=True,
        )
        .where(*where)
        .order_by(session.n.desc())
    )
    rows = connection.execute(statement).all()
    recordings, documents = _recordings(connection, where), _documents(connection, where)
    tracks = _tracks(connection, where)
    return [
        SessionRow(
            Session(
                id=row.id,
                title=row.title,
                playbook=row.playbook,
                language=row.language,
                recordings=tuple(recordings.get(row.id, ())),
                held_at=row.held_at,
                local_only=row.local_only,
                documents=tuple(documents.get(row.id, ())),
                tracks=tuple(tracks.get(row.id, ())),
            ),
            outcome_of(row.outcome, row.why, row.instead, row.hint),
            row.created_at,
        )
        for row in rows
    ]


def _recordings(
    connection: Connection, where: Sequence[ColumnElement[bool]]
) -> dict[str, list[Recording]]:
    part, recording = schema.session_recording.c, schema.recording.c
    statement = (
        select(part.session, part.name, schema.recording)
        .join_from(schema.session_recording, schema.recording, part.recording == recording.id)
        .join(schema.session, part.session == schema.session.c.id)
        .where(*where)
        .order_by(part.session, part.ordinal)
    )
    found: dict[str, list[Recording]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.session, []).append(recording_of(row))
    return found


def _tracks(connection: Connection, where: Sequence[ColumnElement[bool]]) -> dict[str, list[Track]]:
    """What is said of recordings that lie side by side, by session, in order."""
    part = schema.session_recording.c
    statement = (
        select(part.session, part.role, part.person, part.offset_ms, part.said)
        .join_from(schema.session_recording, schema.session)
        .where(part.role.is_not(None), *where)
        .order_by(part.session, part.ordinal)
    )
    found: dict[str, list[Track]] = {}
    for row in connection.execute(statement):
        is_mix = next(is_mix for is_mix, role in _ROLES.items() if role == row.role)
        track = Track(row.person, row.offset_ms, is_mix, bool(row.said))
        found.setdefault(row.session, []).append(track)
    return found


def _of_track(track: Track | None) -> dict[str, str | int | bool | None]:
    if track is None:
        return {"role": None, "person": None, "offset_ms": None, "said": None}
    return {
        "role": _ROLES[track.is_mix],
        "person": plain(track.person) if track.person is not None else None,
        "offset_ms": track.offset_ms,
        "said": track.said,
    }


def _documents(
    connection: Connection, where: Sequence[ColumnElement[bool]]
) -> dict[str, list[Document]]:
    part = schema.session_document.c
    statement = (
        select(schema.session_document)
        .join(schema.session, part.session == schema.session.c.id)
        .where(*where)
        .order_by(part.session, part.ordinal)
    )
    found: dict[str, list[Document]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.session, []).append(
            Document(row.document, row.name, row.size_bytes, row.format, row.part)
        )
    return found


def _keep_parts(connection: Connection, session: Session) -> None:
    """The recordings and documents of a session."""
    recordings = [
        {
            "session": session.id,
            "ordinal": ordinal,
            "recording": recording.id,
            "name": plain(recording.name),
            **_of_track(session.tracks[ordinal] if session.tracks else None),
        }
        for ordinal, recording in enumerate(session.recordings)
    ]
    documents = [
        {
            "session": session.id,
            "ordinal": ordinal,
            "document": document.id,
            "name": plain(document.name),
            "size_bytes": document.size_bytes,
            "format": document.format,
            "part": document.part,
        }
        for ordinal, document in enumerate(session.documents)
    ]
    for recording in session.recordings:
        keep_recording(connection, recording)
    if recordings:
        connection.execute(insert(schema.session_recording), recordings)
    if documents:
        connection.execute(insert(schema.session_document), documents)
