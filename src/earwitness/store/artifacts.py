"""Artifacts: results of stages under their keys; the first commit of a key wins for everybody."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, select, update

from earwitness.core.errors import CorruptStore, NotFound, StoreError, UsageError
from earwitness.core.files import disk_faults
from earwitness.store import schema
from earwitness.store.blobs import NAME, Laid
from earwitness.store.codec import decode, encode
from earwitness.store.dialect import hold, insert
from earwitness.store.far import refuse_late
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
        laid = self._blobs.lay(data, here=self.must_stay(session))
        try:
            with session_needed(session), self._database.write(shared=True) as connection:
                hold(connection, f"key {key}")
                winner = _commit(connection, key=key, stage=stage, laid=laid)
                _refer(connection, key=key, session=session)
                idle = _name(connection, laid) if winner == laid.digest else laid
                if idle != laid:
                    self._blobs.assure(laid, data)
        except BaseException:
            self._give_up(laid)
            raise
        if idle is not None:
            self._give_up(idle)
        return winner

    def _give_up(self, laid: Laid) -> None:
        """Take away bytes that no row names."""
        self._blobs.take_back(laid)
        self.reclaim([laid.digest])

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
            ArtifactsUnavailable: They lie in a store that is away.
        """
        try:
            return decode(self._blobs.read(digest), kind)
        except CorruptStore as error:
            if self._objects is None and self._object_of(digest) is not None:
                raise StoreError(
                    "this result lies in a store of artifacts, and none is set",
                    hint="set EARWITNESS_ARTIFACTS as it was when the result was made",
                ) from error
            raise

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


def _commit(connection: Connection, *, key: str, stage: str, laid: Laid) -> str:
    winner = _digest(connection, key)
    if winner is not None:
        return winner
    blob = insert(connection, schema.blob).values(
        digest=laid.digest, size_bytes=laid.size_bytes, object=laid.object
    )
    connection.execute(blob.on_conflict_do_nothing())
    artifact = insert(connection, schema.artifact)
    connection.execute(artifact.values(key=key, stage=stage, digest=laid.digest, made_at=now()))
    return laid.digest


def _name(connection: Connection, laid: Laid) -> Laid | None:
    """Let the blob's row name what was laid last: it is whole, whatever became of what was before.

    Returns:
        What nobody needs any more: that, or what was laid; None when there is only one.
    """
    blob = schema.blob.c
    before = connection.scalar(select(blob.object).where(blob.digest == laid.digest))
    if laid.object == before:
        return None
    if laid.object is None:
        return laid
    refuse_late(laid)
    row = update(schema.blob).where(blob.digest == laid.digest)
    connection.execute(row.values(object=laid.object))
    return replace(laid, object=before)


def _refer(connection: Connection, *, key: str, session: str) -> None:
    statement = insert(connection, schema.reference).values(session=session, key=key)
    connection.execute(statement.on_conflict_do_nothing())
