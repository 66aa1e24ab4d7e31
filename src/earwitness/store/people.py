"""People: series with their cast, the sessions that belong to them, and enrolled prints."""

from __future__ import annotations

import json
import secrets
import string
from array import array
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from earwitness.core.errors import NotFound, UsageError
from earwitness.core.people import Character, Person, Series, folded
from earwitness.core.recognise import Enrolled
from earwitness.core.speech import VoicePrint
from earwitness.store import schema, schema_terms
from earwitness.store.dialect import insert
from earwitness.store.reclaim import Reclaim, remove_old_pages
from earwitness.store.shelf import now, session_needed

_LETTERS = string.ascii_lowercase + string.digits


class People(Reclaim):
    """The series, their cast, and the voices that are known."""

    def add_series(self, series: Series) -> Series:
        """Add a series; its id is chosen here.

        Raises:
            UsageError: There is one of that name.
        """
        made = replace(series, id="".join(secrets.choice(_LETTERS) for _ in range(8)))
        with self._database.write() as connection:
            try:
                connection.execute(
                    insert(connection, schema.series).values(
                        id=made.id, created_at=now(), **_columns(made)
                    )
                )
            except IntegrityError as error:
                raise _taken() from error
            _write_cast(connection, replace(made, cast=()), made)
        return made

    def all_series(self) -> tuple[Series, ...]:
        """All series, by name."""
        with self._database.read() as connection:
            ids = connection.scalars(select(schema.series.c.id).order_by(schema.series.c.folded))
            return tuple(_read(connection, each) for each in list(ids))

    def series(self, name: str) -> Series:
        """The series of a name, in whatever letters.

        Raises:
            NotFound: There is none.
        """
        column = schema.series.c
        with self._database.read() as connection:
            found = connection.scalar(select(column.id).where(column.folded == folded(name)))
            if found is None:
                raise no_series()
            return _read(connection, found)

    def change_series(self, series_id: str, change: Callable[[Series], Series]) -> Series:
        """Change a series in one transaction: nobody's change is lost.

        Args:
            series_id: Whose id it keeps.
            change: Gets the series as it is, gives it as it shall be.

        Raises:
            NotFound: There is none of that id.
            UsageError: Its new name is another series', or breaks a rule; nothing was changed.
        """
        with self._database.write(durable=True) as connection:
            was = _read(connection, series_id)
            shall = replace(change(was), id=series_id)
            statement = update(schema.series).where(schema.series.c.id == series_id)
            try:
                connection.execute(statement.values(**_columns(shall)))
            except IntegrityError as error:
                raise _taken() from error
            if _write_cast(connection, was, shall):
                remove_old_pages(connection)
        self.settle()
        return shall

    def delete_series(self, series_id: str) -> bool:
        """Delete a series for good, with its cast and all enrolled prints; its sessions stay.

        Returns:
            Whether every trace is gone; else the rest goes when the library is opened next.

        Raises:
            NotFound: There is none of that id.
        """
        statement = delete(schema.series).where(schema.series.c.id == series_id)
        with self._database.write(durable=True) as connection:
            if not connection.execute(statement).rowcount:
                raise no_series()
            remove_old_pages(connection)
        return self.settle().complete

    def join_series(self, session: str, series_id: str) -> bool:
        """Let a session belong to a series, and to no other one, which forgets its words.

        Returns:
            Whether it did not before.

        Raises:
            NotFound: The session or the series is not there (any more).
        """
        column = schema.session_series.c
        with session_needed(session), self._database.write() as connection:
            if connection.scalar(select(column.series).where(column.session == session)) == (
                series_id
            ):
                return False
            for words in (schema_terms.term_sighting, schema_terms.term_refusal):
                connection.execute(delete(words).where(words.c.session == session))
            connection.execute(
                insert(connection, schema.session_series)
                .values(session=session, series=series_id)
                .on_conflict_do_update(index_elements=["session"], set_={"series": series_id})
            )
            return True

    def series_of(self, session: str) -> Series | None:
        """The series a session belongs to."""
        column = schema.session_series.c
        with self._database.read() as connection:
            found = connection.scalar(select(column.series).where(column.session == session))
            return None if found is None else _read(connection, found)

    def sessions_in(self, series_id: str) -> tuple[str, ...]:
        """Ids of a series' sessions, in the order in which they were added."""
        part, session = schema.session_series.c, schema.session.c
        statement = (
            select(session.id)
            .join_from(schema.session, schema.session_series, part.session == session.id)
            .where(part.series == series_id)
            .order_by(session.n)
        )
        with self._database.read() as connection:
            return tuple(connection.scalars(statement))

    def enroll(self, series_id: str, person: str, session: str, heard: VoicePrint) -> None:
        """Keep a voice's print as a person's; in place of what was enrolled of that voice.

        Raises:
            NotFound: The person or the session is not there (any more).
        """
        values = {
            "series": series_id,
            "person": person,
            "model": heard.model,
            "vector": array("f", heard.vector).tobytes(),
            "speech_ms": heard.speech_ms,
            "enrolled_at": now(),
        }
        with session_needed(session), self._database.write(durable=True) as connection:
            connection.execute(
                insert(connection, schema.voice_print)
                .values(session=session, voice=heard.voice, **values)
                .on_conflict_do_update(index_elements=["session", "voice"], set_=values)
            )

    def enrolled(self, series_id: str, *, but: str | None = None) -> tuple[Enrolled, ...]:
        """The prints of a series' people.

        Args:
            series_id: Whose.
            but: A session whose own prints are left out.
        """
        column = schema.voice_print.c
        statement = (
            select(schema.voice_print)
            .where(column.series == series_id)
            .order_by(column.person, column.session, column.voice)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return tuple(
            Enrolled(row.person, row.model, tuple(array("f", row.vector)), row.speech_ms)
            for row in rows
            if row.session != but
        )

    def enrolled_from(self, session: str) -> dict[str, str]:
        """Voices of a session that are enrolled, with the key of the person they are."""
        column = schema.voice_print.c
        statement = select(column.voice, column.person).where(column.session == session)
        with self._database.read() as connection:
            return {row.voice: row.person for row in connection.execute(statement)}


def no_series() -> NotFound:
    """The error for a series that is not there."""
    return NotFound("there is no such series", hint="`earwitness series list` shows all")


def _taken() -> UsageError:
    return UsageError("there is a series of that name already", hint="choose another name")


def _columns(series: Series) -> dict[str, Any]:
    return {
        "name": series.name,
        "folded": folded(series.name),
        "playbook": series.playbook,
        "language": series.language,
        "speakers": series.speakers,
        "vocabulary": json.dumps(series.vocabulary),
    }


def _read(connection: Connection, series_id: str) -> Series:
    row = connection.execute(select(schema.series).where(schema.series.c.id == series_id)).first()
    if row is None:
        raise no_series()
    column = schema.person.c
    people = connection.execute(
        select(schema.person).where(column.series == series_id).order_by(column.key)
    )
    return Series(
        id=row.id,
        name=row.name,
        playbook=row.playbook,
        language=row.language,
        speakers=row.speakers,
        vocabulary=tuple(json.loads(row.vocabulary)),
        cast=tuple(
            Person(
                key=each.key,
                name=each.name,
                role=each.role,
                aliases=tuple(json.loads(each.aliases)),
                characters=tuple(Character(name) for name in json.loads(each.characters)),
            )
            for each in people
        ),
    )


def _write_cast(connection: Connection, was: Series, shall: Series) -> bool:
    """Write what differs in the cast; returns whether anybody was taken out, prints included."""
    column = schema.person.c
    keys = {person.key for person in shall.cast}
    gone = [person.key for person in was.cast if person.key not in keys]
    for key in gone:
        connection.execute(
            delete(schema.person).where(column.series == shall.id, column.key == key)
        )
    known = set(was.cast)
    for person in shall.cast:
        if person in known:
            continue
        values = {
            "name": person.name,
            "role": person.role,
            "aliases": json.dumps(person.aliases),
            "characters": json.dumps([character.name for character in person.characters]),
        }
        connection.execute(
            insert(connection, schema.person)
            .values(series=shall.id, key=person.key, **values)
            .on_conflict_do_update(index_elements=["series", "key"], set_=values)
        )
    return bool(gone)
