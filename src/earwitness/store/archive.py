"""The backup file: a tar with a manifest, a snapshot of the database and every blob it names."""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sqlalchemy import select

from earwitness.core.errors import CorruptStore, DiskFull, SourceNotFound, StoreError
from earwitness.core.files import part_path
from earwitness.store import schema
from earwitness.store.blobs import FolderBlobs, digest_of
from earwitness.store.database import Database
from earwitness.store.manifest import (
    DATABASE,
    MANIFEST,
    Listed,
    Manifest,
    foreign,
    manifest,
    read_manifest,
)
from earwitness.store.moving import written_copy
from earwitness.store.objects import Objects
from earwitness.store.opening import snapshot
from earwitness.store.place import Place

_BLOCK = 1 << 20
_MANIFEST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Attributes:
        path: The file.
        made_at: When, UTC.
        sessions: How many sittings.
        files: How many files, the database among them.
        size_bytes: Of all these files.
    """

    path: Path
    made_at: datetime
    sessions: int
    files: int
    size_bytes: int


class Deleted(Exception):
    """A blob of the snapshot went away because its session was deleted meanwhile."""


def pack(
    place: Place,
    part: Path,
    target: Path,
    *,
    database: Database | None = None,
    objects: Objects | None = None,
) -> Backup:
    """Write the archive of a library to `part`; it will be called `target`.

    Results in a bucket are fetched, so that the archive is whole. What is restored from it lies in
    a home folder: it lays no claim to the bucket.

    Args:
        place: The library's home folder.
        part: The file to write.
        target: What it will be called.
        database: Where the rows are; None: in the home folder's file.
        objects: The bucket in which results lie, if they lie in one.

    Raises:
        Deleted: A session was deleted meanwhile: begin again.
        ArtifactsUnavailable: Results lie in a bucket that is away.
        CorruptStore: The library misses something, or holds damaged bytes.
    """
    with _private(part) as file:
        return _write(_Library(place, database, objects), file, target)


def unpack(archive: Path, folder: Path) -> Manifest:
    """Write every file of an archive under `folder`, each one as listed, none besides.

    Raises:
        SourceNotFound: There is no such file.
        CorruptStore: Cut short, damaged or foreign.
        DiskFull: It would not fit.
    """
    if not archive.is_file():
        raise SourceNotFound(f"no such file: {archive.name}", hint="check the path")
    with archive.open("rb") as file, _damage(), tarfile.open(fileobj=file, mode="r:") as tar:
        first = tar.next()
        if first is None or first.name != MANIFEST or first.size > _MANIFEST_BYTES:
            raise foreign()
        told = read_manifest(_member(tar, first).read())
        awaited = {entry.name: entry for entry in told.files}
        if sum(entry.size_bytes for entry in told.files) > Place(folder).free_bytes():
            raise DiskFull("no room for the backup", hint="free some space and try again")
        while (member := tar.next()) is not None:
            entry = awaited.pop(member.name, None)
            if entry is None or member.size != entry.size_bytes:
                raise foreign()
            _copy(_member(tar, member), folder / entry.name, entry)
    if awaited:
        raise foreign()
    return told


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    handle = os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600
    )
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class _Library:
    """What is packed."""

    place: Place
    database: Database | None
    objects: Objects | None


def _write(library: _Library, file: IO[bytes], target: Path) -> Backup:
    place, database = library.place, library.database
    copy = part_path(place.home)
    made_at = datetime.now(UTC)
    try:
        with (
            snapshot(place.database, copy)
            if database is None
            else written_copy(database, copy) as rows
        ):
            revision, sessions, blobs = _contents(rows)
            names = _let_go(rows)
        listed = [Listed(DATABASE, _digest_of_file(copy), copy.stat().st_size)]
        listed += [Listed(f"blobs/{name[:2]}/{name}", name, size) for name, size in blobs]
        told = manifest(made_at=made_at, revision=revision, sessions=sessions, files=tuple(listed))
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            _add(archive, MANIFEST, io.BytesIO(told), len(told), made_at)
            with copy.open("rb") as source:
                _add(archive, DATABASE, source, listed[0].size_bytes, made_at)
            for entry in listed[1:]:
                data = _blob(library, entry.sha256, names.get(entry.sha256))
                _add(archive, entry.name, io.BytesIO(data), len(data), made_at)
    finally:
        copy.unlink(missing_ok=True)
    size = sum(entry.size_bytes for entry in listed)
    return Backup(target, made_at, sessions, len(listed), size)


def _contents(rows: sqlite3.Connection) -> tuple[str, int, list[tuple[str, int]]]:
    """Revision, number of sessions, and every blob with its size."""
    try:
        (revision,) = rows.execute("SELECT version_num FROM alembic_version").fetchone()
        (sessions,) = rows.execute("SELECT count(*) FROM session").fetchone()
        blobs = rows.execute("SELECT digest, size_bytes FROM blob ORDER BY digest").fetchall()
    except (sqlite3.OperationalError, TypeError) as error:
        raise CorruptStore(
            "the library's database misses its tables", hint="restore an earlier backup"
        ) from error
    return str(revision), int(sessions), [(str(name), int(size)) for name, size in blobs]


def _let_go(rows: sqlite3.Connection) -> dict[str, str]:
    """Take what names objects out of the copy; returns the objects of blobs by digest."""
    columns = {str(row[1]) for row in rows.execute("PRAGMA table_info(blob)")}
    if "object" not in columns:
        return {}  # a library of an older form, which is backed up as it is
    named = rows.execute("SELECT digest, object FROM blob WHERE object IS NOT NULL").fetchall()
    rows.execute("UPDATE blob SET object = NULL")
    rows.execute("UPDATE recording SET object = NULL")
    rows.execute("DELETE FROM shelf_mark")
    rows.execute("DELETE FROM removal WHERE path LIKE 'objects/%'")
    rows.commit()
    return {str(digest): str(name) for digest, name in named}


def _blob(library: _Library, digest: str, name: str | None) -> bytes:
    """Verified bytes of a blob.

    Raises:
        Deleted: It is gone, and nobody needs it any more.
        CorruptStore: It is gone or damaged, and somebody does.
    """
    blobs = FolderBlobs(library.place.blobs)
    try:
        return blobs.read(digest) if name is None else _fetched(library, digest, name)
    except CorruptStore:
        if not _is_named(library, digest, name) and not blobs.path(digest).exists():
            raise Deleted from None
        raise


def _fetched(library: _Library, digest: str, name: str) -> bytes:
    if library.objects is None:
        raise StoreError(
            "results of the library lie in a store of artifacts, and none is set",
            hint="set EARWITNESS_ARTIFACTS as it was when they were made",
        )
    data = library.objects.get(name)
    if digest_of(data) != digest:
        raise CorruptStore(
            f"the stored result {digest[:12]} is damaged in the store of artifacts",
            hint="run `earwitness process` on the recording again with --fresh",
        )
    return data


def _is_named(library: _Library, digest: str, name: str | None) -> bool:
    """Whether the library still names a blob, and calls it so."""
    place, database = library.place, library.database
    if database is not None:
        with database.read() as connection:
            blob = schema.blob.c
            named = select(blob.digest).where(blob.digest == digest, blob.object == name)
            return connection.scalar(named) is not None
    with closing(sqlite3.connect(place.database)) as live:
        live.execute("PRAGMA busy_timeout=30000")
        row = live.execute("SELECT * FROM blob WHERE digest = ?", (digest,)).fetchone()
    return row is not None and (name is None or name in row)


def _add(archive: tarfile.TarFile, name: str, data: IO[bytes], size: int, at: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(at.timestamp())
    archive.addfile(entry, data)


def _digest_of_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError) as error:
        raise foreign() from error


def _member(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    data = tar.extractfile(member) if member.isreg() else None
    if data is None:
        raise foreign()
    return data


def _copy(data: IO[bytes], path: Path, entry: Listed) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("xb") as file:
        while block := data.read(_BLOCK):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o600)
    if digest.hexdigest() != entry.sha256:
        raise foreign()
