"""Originals: recordings in the store of artifacts, so that any machine can hear them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import exists, select, update

from earwitness.core.errors import SourceNotFound
from earwitness.core.files import disk_faults
from earwitness.core.ports import Tick, silent_tick
from earwitness.store import schema
from earwitness.store.blobs import Laid
from earwitness.store.far import Far, refuse_late
from earwitness.store.objects import new_name
from earwitness.store.place import private_folder


class Originals(Far):
    """The bytes of recordings that a session has, by their own hash."""

    def keeps_original(self, recording: str) -> bool:
        """Whether the store of artifacts has a recording's bytes."""
        return self._original(recording) is not None

    def keep_original(self, recording: str, path: Path, tick: Tick = silent_tick) -> bool:
        """Send a recording's bytes to the store, once; nothing without a store.

        Args:
            recording: Its id, which a session has.
            path: Where its bytes are.
            tick: Told how much was sent.

        Returns:
            Whether anything was sent; never of a session that must stay on this machine.

        Raises:
            SourceNotFound: The file holds other bytes, or changed meanwhile.
            ArtifactsUnavailable: The store cannot take it.
        """
        if self._objects is None or self.keeps_original(recording) or self._is_bound(recording):
            return False
        name = new_name(self._mark, "recordings", recording)
        laid = Laid(recording, path.stat().st_size, name)
        named = 0
        try:
            if self._objects.put_file(name, path, tick) != recording:
                raise SourceNotFound(
                    f"{path.name} holds something else now",
                    hint="put the recording back where it was; or process the new one",
                )
            column, parts = schema.recording.c, schema.session_recording.c
            statement = (
                update(schema.recording)
                .where(
                    column.id == recording,
                    column.object.is_(None),
                    exists().where(parts.recording == recording),
                )
                .values(object=name)
            )
            # It took long to get here, and was hashed on the way; a day is enough for any.
            with self._database.write() as connection:
                refuse_late(laid)
                named = connection.execute(statement).rowcount
        finally:
            if not named:
                self._blobs.take_back(laid)
        return bool(named)

    def fetch_original(self, recording: str, target: Path, tick: Tick = silent_tick) -> bool:
        """Copy a recording from the store into a file, verified by its hash.

        Returns:
            False when the store does not have it, or there is no store.

        Raises:
            CorruptStore: The store's bytes are others.
            ArtifactsUnavailable: The store is away.
            DiskFull: No space; nothing was left behind.
        """
        name = self._original(recording)
        if self._objects is None or name is None:
            return False
        with disk_faults("room for a recording cannot be made"):
            private_folder(target.parent)
        self._objects.fetch(name, target, recording, tick)
        return True

    def _is_bound(self, recording: str) -> bool:
        """Whether a session that may not leave this machine has it, and the store is elsewhere."""
        parts = schema.session_recording.c
        statement = select(parts.session).where(parts.recording == recording)
        with self._database.read() as connection:
            sessions = list(connection.scalars(statement))
        return any(self.must_stay(session) for session in sessions)

    def _original(self, recording: str) -> str | None:
        statement = select(schema.recording.c.object).where(schema.recording.c.id == recording)
        with self._database.read() as connection:
            return connection.scalar(statement)
