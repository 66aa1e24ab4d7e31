"""Recordings and the files or archives they were seen in: what is unchanged is not hashed twice."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from earwitness.core.session import Recording
from earwitness.core.source import Source
from earwitness.store import schema
from earwitness.store.dialect import insert
from earwitness.store.shelf import Shelf, plain


class Sources(Shelf):
    """Which file holds which recording."""

    def remember_source(
        self, recording: Recording, path: Path, size_bytes: int, mtime_ns: int
    ) -> None:
        """Note that a file holds a recording; replaces what was known of that path.

        Args:
            recording: What is in the file.
            path: The file, in any notation.
            size_bytes: Of the file when its bytes were hashed.
            mtime_ns: Of the file when its bytes were hashed.
        """
        seen = {
            "recording": recording.id,
            "name": plain(recording.name),
            "size_bytes": size_bytes,
            "mtime_ns": mtime_ns,
            "seen_ns": time.time_ns(),
        }
        where = _as_bytes(path)
        with self._database.write() as connection:
            keep_recording(connection, recording)
            statement = insert(connection, schema.source).values(path=where, **seen)
            connection.execute(statement.on_conflict_do_update(index_elements=["path"], set_=seen))

    def known_recording(self, path: Path, size_bytes: int, mtime_ns: int) -> Recording | None:
        """What is in a file, if it has not changed since it was remembered."""
        source, recording = schema.source.c, schema.recording.c
        columns = (
            source.name,
            recording.id,
            recording.size_bytes,
            recording.duration_ms,
            recording.channels,
            recording.rate_hz,
        )
        statement = (
            select(*columns)
            .join_from(schema.source, schema.recording)
            .where(
                source.path == _as_bytes(path),
                source.size_bytes == size_bytes,
                source.mtime_ns == mtime_ns,
            )
        )
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else recording_of(row)

    def length_of(self, recording_id: str) -> int | None:
        """How long a recording is that was decoded here; None when it never was."""
        statement = select(schema.recording.c.duration_ms).where(
            schema.recording.c.id == recording_id
        )
        with self._database.read() as connection:
            return connection.scalar(statement)

    def source(self, recording_id: str) -> Path | None:
        """Where a recording's file was last seen.

        Returns:
            The latest path that still exists; else the latest one, so that it can be named;
            None when there never was one, or another file took its place.
        """
        columns = schema.source.c
        statement = (
            select(columns.path)
            .where(columns.recording == recording_id)
            .order_by(columns.seen_ns.desc())
        )
        with self._database.read() as connection:
            paths = [Path(os.fsdecode(path)) for path in connection.scalars(statement)]
        return next((path for path in paths if path.is_file()), paths[0] if paths else None)

    def remember_member(
        self, recording: Recording, source: Source, size_bytes: int, mtime_ns: int
    ) -> None:
        """Note that a member of an archive is a recording.

        Args:
            recording: What it is.
            source: The archive and the member.
            size_bytes: Of the archive when it was unpacked.
            mtime_ns: Of the archive when it was unpacked.
        """
        seen = {
            "recording": recording.id,
            "name": plain(recording.name),
            "size_bytes": size_bytes,
            "mtime_ns": mtime_ns,
            "seen_ns": time.time_ns(),
        }
        place = {"path": _as_bytes(source.path), "member": plain(source.member or "")}
        with self._database.write() as connection:
            keep_recording(connection, recording)
            statement = insert(connection, schema.member).values(**place, **seen)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["path", "member"], set_=seen)
            )

    def known_member(self, source: Source, size_bytes: int, mtime_ns: int) -> Recording | None:
        """What a member of an archive is, if the archive has not changed since."""
        member, recording = schema.member.c, schema.recording.c
        statement = (
            select(
                member.name,
                recording.id,
                recording.size_bytes,
                recording.duration_ms,
                recording.channels,
                recording.rate_hz,
            )
            .join_from(schema.member, schema.recording)
            .where(
                member.path == _as_bytes(source.path),
                member.member == plain(source.member or ""),
                member.size_bytes == size_bytes,
                member.mtime_ns == mtime_ns,
            )
        )
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else recording_of(row)

    def origin(self, recording_id: str) -> Source | None:
        """Where a recording's bytes were last seen: a file of its own, else an archive's member.

        Returns:
            What still exists goes first; None when it was never seen.
        """
        columns = schema.member.c
        statement = (
            select(columns.path, columns.member)
            .where(columns.recording == recording_id)
            .order_by(columns.seen_ns.desc())
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        own = self.source(recording_id)
        found = [Source(own)] if own is not None else []
        found += [Source(Path(os.fsdecode(row.path)), row.member) for row in rows]
        return next((each for each in found if each.path.is_file()), found[0] if found else None)

    def set_duration(self, recording_id: str, duration_ms: int) -> None:
        """Note how long a recording is, once it has been decoded."""
        statement = (
            update(schema.recording)
            .where(schema.recording.c.id == recording_id)
            .values(duration_ms=duration_ms)
        )
        with self._database.write() as connection:
            connection.execute(statement)


def recording_of(row: Row[*tuple[Any, ...]]) -> Recording:
    """The recording of a row that has its columns and a name."""
    return Recording(
        id=row.id,
        name=row.name,
        size_bytes=row.size_bytes,
        duration_ms=row.duration_ms,
        channels=row.channels,
        rate_hz=row.rate_hz,
    )


def keep_recording(connection: Connection, recording: Recording) -> None:
    """Make sure a recording's row is there; a known duration is not forgotten."""
    statement = insert(connection, schema.recording).values(
        id=recording.id,
        size_bytes=recording.size_bytes,
        duration_ms=recording.duration_ms,
        channels=recording.channels,
        rate_hz=recording.rate_hz,
    )
    duration = func.coalesce(statement.excluded.duration_ms, schema.recording.c.duration_ms)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"duration_ms": duration})
    )


def _as_bytes(path: Path) -> bytes:
    return os.fsencode(path.resolve())
