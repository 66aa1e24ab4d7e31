"""Artifacts: results of stages under their keys; the first commit of a key wins for everybody."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, select

from earwitness.core.errors import NotFound, UsageError
from earwitness.core.files import disk_faults
from earwitness.store import schema
from earwitness.store.blobs import NAME
from earwitness.store.codec import decode, encode
from earwitness.store.dialect import hold, insert
from earwitness.store.place import private_folder
from earwitness.store.reclaim import Reclaim
from earwitness.store.shelf import now, session_needed

T = TypeVar("T")


class Artifacts(Reclaim):
    """What stages made, and the decoded sound they make it from."""

    def find(self, key: str) -> str | None:
        """Digest of the artifact committed under `key`, or None."""
        with self._database.read() as connection:
            return _digest(connection, key)

    def put(self, key: str, stage: str, session: str, value: object) -> str:
        """Commit a noun (or tuple of nouns) as artifact: blob first, row second.

        The first commit of a key wins; the session holds a reference to it either way.

        Args:
            key: What the result depends on, as one digest.
            stage: Who made it.
            session: Who needs it.
            value: A noun, or a tuple of nouns of one class.

        Returns:
            SHA-256 of the committed bytes, which may be another run's.

        Raises:
            DiskFull: Nothing was committed, what was there is untouched.
            NotFound: The session is not there (any more); nothing was committed.
        """
        data = encode(value)
        digest = self._blobs.write(data)
        try:
            with session_needed(session), self._database.write(shared=True) as connection:
                hold(connection, f"key {key}")
                winner = _commit(connection, key=key, stage=stage, digest=digest, size=len(data))
                _refer(connection, key=key, session=session)
                if winner == digest and not self._blobs.path(digest).exists():
                    # Another process unlinked it as unreferenced a moment ago; it cannot again.
                    self._blobs.write(data)
        except BaseException:
            self.reclaim([digest])
            raise
        if winner != digest:
            self.reclaim([digest])
        return winner

    def refer(self, key: str, session: str) -> None:
        """The session uses an artifact that another session may have made.

        Raises:
            NotFound: The session or the artifact is not there (any more).
        """
        with session_needed(session), self._database.write(shared=True) as connection:
            if _digest(connection, key) is None:
                raise NotFound("no result is stored under this key", hint="run its stage again")
            _refer(connection, key=key, session=session)

    def get(self, digest: str, kind: type[T]) -> T:
        """Read an artifact's value; its bytes are verified first.

        Raises:
            CorruptStore: The bytes are not what was committed, or not of this kind.
        """
        return decode(self._blobs.read(digest), kind)

    def scratch(self, recording: str) -> Path:
        """Folder for a recording's decoded sound while runs need it; made if absent."""
        folder = self._scratch(recording)
        with disk_faults("room for decoded sound cannot be made"):
            private_folder(folder)
        return folder

    def drop_scratch(self, recording: str) -> None:
        """Free the decoded sound; it can be made again from the source."""
        shutil.rmtree(self._scratch(recording), ignore_errors=True)

    def _scratch(self, recording: str) -> Path:
        if not NAME.fullmatch(recording):
            raise UsageError("a recording's id is the SHA-256 of its bytes")
        return self._place.scratch / recording


def _digest(connection: Connection, key: str) -> str | None:
    return connection.scalar(select(schema.artifact.c.digest).where(schema.artifact.c.key == key))


def _commit(connection: Connection, *, key: str, stage: str, digest: str, size: int) -> str:
    winner = _digest(connection, key)
    if winner is not None:
        return winner
    blob = insert(connection, schema.blob).values(digest=digest, size_bytes=size)
    connection.execute(blob.on_conflict_do_nothing())
    artifact = insert(connection, schema.artifact)
    connection.execute(artifact.values(key=key, stage=stage, digest=digest, made_at=now()))
    return digest


def _refer(connection: Connection, *, key: str, session: str) -> None:
    statement = insert(connection, schema.reference).values(session=session, key=key)
    connection.execute(statement.on_conflict_do_nothing())
