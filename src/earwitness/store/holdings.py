"""Holdings: what the library holds and who needs it, read in one go; nothing is changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, or_, select

from earwitness.core.naming import RECOGNISER
from earwitness.core.queue import Gone, Owner
from earwitness.core.run import OutcomeKind
from earwitness.core.session import Session
from earwitness.core.waste import NO_WORK, Work
from earwitness.store import schema
from earwitness.store.blobs import NAME, stale_parts
from earwitness.store.dialect import moment_ms
from earwitness.store.jobs import is_free
from earwitness.store.outcomes import outcome_kind
from earwitness.store.reclaim import BACKUPS, LOG_PAGES
from earwitness.store.sessions import Sessions

_OPEN = or_(schema.run.c.outcome.is_(None), schema.run.c.outcome == "cancelled")


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a run came.

    Attributes:
        id: The run's.
        kind: How it ended; None while it has not.
        why: Why it ended so; empty otherwise.
        active_at: When anything last happened to it.
        stages: Of unfinished runs: stages that had begun and not ended.
        pieces: Of unfinished runs: pieces of those stages that are done.
    """

    id: str
    kind: OutcomeKind | None
    why: str
    active_at: datetime
    stages: tuple[str, ...] = ()
    pieces: int = 0

    @property
    def is_open(self) -> bool:
        """It can be continued."""
        return self.kind is None or self.kind == "cancelled"

    @property
    def has_result(self) -> bool:
        """People can read what it made."""
        return self.kind in ("done", "degraded")


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a recording's bytes were once seen.

    Attributes:
        path: The file, or the archive that holds it.
        is_archive: The recording is a member of it; size and time are the archive's.
        size_bytes: Of the file then.
        mtime_ns: Of the file then.
    """

    path: Path
    is_archive: bool
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Held:
    """One session with what it holds.

    Attributes:
        session: The sitting.
        created_at: When it was added.
        runs: The newest first.
        work: What people did to it.
        keys: Results it refers to.
        is_busy: Somebody works on it right now, or it waits in the queue.
    """

    session: Session
    created_at: datetime
    runs: tuple[RunState, ...]
    work: Work
    keys: tuple[str, ...]
    is_busy: bool

    @property
    def has_result(self) -> bool:
        """People can read it."""
        return any(run.has_result for run in self.runs)

    @property
    def active_at(self) -> datetime:
        """When anything last happened to it."""
        return max((self.created_at, *(run.active_at for run in self.runs)))


@dataclass(frozen=True, slots=True)
class Heap:
    """A file or folder of the library that may be left over.

    Attributes:
        path: Where it lies.
        size_bytes: Of all files in it.
        active_at: When the newest of them was written.
    """

    path: Path
    size_bytes: int
    active_at: datetime


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything the library holds.

    Attributes:
        held: Sessions, the newest first.
        seen: Where each recording was seen, by its id.
        sent: Recordings that lie in the store of artifacts, with their sizes.
        digests: Which blob each result is, by its key.
        blobs: Sizes of committed blobs whose file is there, or that lie in a bucket, by digest.
        missing: Committed blobs whose file is gone.
        strays: Blob files that no row names.
        sound: Decoded sound, by recording.
        parts: Files in the making whose maker is gone.
        unknown: Decoded sound of recordings the library does not know.
        pending: Files and folders of deleted sessions that are still to be removed: whoever opens
            the library next does it.
    """

    held: tuple[Held, ...] = ()
    seen: dict[str, list[Seen]] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    blobs: dict[str, int] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    strays: tuple[Heap, ...] = ()
    sound: dict[str, Heap] = field(default_factory=dict)
    parts: tuple[Heap, ...] = ()
    unknown: tuple[Heap, ...] = ()
    pending: tuple[Heap, ...] = ()


class Overview(Sessions):
    """Looking at all of the library at once."""

    def holdings(self, here: Owner, gone: Gone, *, stale_seconds: float = 3_600.0) -> Holdings:
        """Everything the library holds, and who needs it.

        Args:
            here: This process.
            gone: Whether an owner of a job is surely gone.
            stale_seconds: Age from which a file in the making is given up although a process of
                its maker's number lives.
        """
        rows = self.sessions()
        with self._database.read() as connection:
            runs = _runs(connection)
            work = _work(connection)
            keys, digests = _references(connection)
            rows_of_blobs = connection.execute(select(schema.blob)).all()
            seen = _seen(connection)
            busy = _busy(connection, here, gone)
            removals = set(connection.scalars(select(schema.removal.c.path)))
            recordings = connection.execute(select(schema.recording)).all()
        known = {row.id for row in recordings}
        sizes = {row.digest: row.size_bytes for row in rows_of_blobs}
        far = {row.digest for row in rows_of_blobs if row.object is not None}
        going = {self._place.home / each for each in removals - {BACKUPS, LOG_PAGES}}
        files = {path.name: path for path in _blob_files(self._place.blobs)}
        strays = (files[name] for name in sorted(files.keys() - (sizes.keys() - far)))
        sound = {heap.path.name: heap for heap in _heaps(self._place.scratch) if _is_sound(heap)}
        return Holdings(
            held=tuple(
                Held(
                    row.session,
                    row.created_at,
                    tuple(runs.get(row.session.id, ())),
                    work.get(row.session.id, NO_WORK),
                    tuple(keys.get(row.session.id, ())),
                    row.session.id in busy,
                )
                for row in rows
            ),
            seen=seen,
            sent={row.id: row.size_bytes for row in recordings if row.object is not None},
            digests=digests,
            blobs={d: size for d, size in sizes.items() if d in files or d in far},
            missing=frozenset(sizes.keys() - files.keys() - far),
            strays=tuple(heap_of(path) for path in strays if path not in going),
            sound={name: heap for name, heap in sound.items() if name in known},
            parts=tuple(map(heap_of, stale_parts(self._place.home, stale_seconds=stale_seconds))),
            unknown=tuple(
                heap
                for name, heap in sorted(sound.items())
                if name not in known and heap.path not in going
            ),
            pending=tuple(heap_of(path) for path in sorted(going) if path.exists()),
        )


def heap_of(path: Path) -> Heap:
    """A file or folder with the size and the newest time of all files in it."""
    size, newest = 0, 0.0
    paths = [path, *path.rglob("*")] if path.is_dir() else [path]
    for each in paths:
        with suppress(FileNotFoundError):
            status = each.stat()
            newest = max(newest, status.st_mtime)
            size += status.st_size if each.is_file() else 0
    return Heap(path, size, datetime.fromtimestamp(newest, UTC))


def _heaps(folder: Path) -> Iterator[Heap]:
    if folder.is_dir():
        yield from (heap_of(each) for each in sorted(folder.iterdir()))


def _is_sound(heap: Heap) -> bool:
    return NAME.fullmatch(heap.path.name) is not None


def _blob_files(folder: Path) -> Iterator[Path]:
    """Blobs that lie in the folder; a library of hundreds of thousands is listed in a second."""
    with suppress(FileNotFoundError), os.scandir(folder) as shelves:
        for shelf in shelves:
            if shelf.is_dir() and len(shelf.name) == 2:
                with os.scandir(shelf.path) as entries:
                    yield from (Path(entry.path) for entry in entries if NAME.fullmatch(entry.name))


def _runs(connection: Connection) -> dict[str, list[RunState]]:
    """Runs by session, the newest first."""
    run = schema.run.c
    begun, last = _begun(connection)
    pieces = _pieces(connection)
    found: dict[str, list[RunState]] = {}
    columns = (run.id, run.session, run.started_at, run.finished_at, run.outcome, run.why)
    for row in connection.execute(select(*columns).order_by(run.n.desc())):
        stages = tuple(dict.fromkeys(begun.get(row.id, ())))
        moments = (row.started_at, row.finished_at, last.get(row.id))
        state = RunState(
            id=row.id,
            kind=outcome_kind(row.outcome),
            why=row.why or "",
            active_at=max(moment for moment in moments if moment is not None),
            stages=stages,
            pieces=sum(pieces.get((row.id, stage), 0) for stage in stages),
        )
        found.setdefault(row.session, []).append(state)
    return found


def _begun(connection: Connection) -> tuple[dict[str, list[str]], dict[str, datetime]]:
    """Of unfinished runs: stages that began and did not end, and when anything last happened."""
    run, event = schema.run.c, schema.event.c
    begun: dict[str, list[str]] = {}
    last: dict[str, datetime] = {}
    statement = (
        select(event.run, event.at, event.type, event.stage)
        .join_from(schema.event, schema.run, run.id == event.run)
        .where(_OPEN)
        .order_by(event.session, event.seq)
    )
    for row in connection.execute(statement):
        last[row.run] = max(row.at, last.get(row.run, row.at))
        stages = begun.setdefault(row.run, [])
        if row.type == "run.started":
            stages.clear()  # it was continued
        elif row.type == "stage.started" and row.stage is not None:
            stages.append(row.stage)
        elif row.type == "stage.finished" and row.stage in stages:
            stages.remove(row.stage)
    return begun, last


def _pieces(connection: Connection) -> dict[tuple[str, str], int]:
    """Of unfinished runs: pieces that are done, by run and stage."""
    run, step = schema.run.c, schema.step.c
    counted = (
        select(step.run, step.stage, func.count(step.chunk.distinct()).label("pieces"))
        .join_from(schema.step, schema.run, run.id == step.run)
        .where(_OPEN, step.digest.is_not(None))
        .group_by(step.run, step.stage)
    )
    return {(row.run, row.stage): row.pieces for row in connection.execute(counted)}


def _busy(connection: Connection, here: Owner, gone: Gone) -> set[str]:
    """Sessions with a run that waits in the queue, or is held by a worker that lives."""
    job, run = schema.job, schema.run.c
    statement = (
        select(job, run.session)
        .join_from(job, schema.run, run.id == job.c.run)
        .where(job.c.state != "done")
    )
    rows = connection.execute(statement).all()
    moment = moment_ms(connection)
    return {
        row.session for row in rows if row.state == "queued" or not is_free(row, moment, here, gone)
    }


def _work(connection: Connection) -> dict[str, Work]:
    """What people did, by session."""
    override, voice = schema.override.c, schema.voice_print.c
    said = (
        select(override.session, func.count().label("count"))
        .where(override.by != RECOGNISER)
        .group_by(override.session)
    )
    enrolled = select(voice.session, func.count().label("count")).group_by(voice.session)
    corrections = {row[0]: row[1] for row in connection.execute(said)}
    prints = {row[0]: row[1] for row in connection.execute(enrolled)}
    return {
        session: Work(corrections.get(session, 0), prints.get(session, 0))
        for session in corrections.keys() | prints.keys()
    }


def _references(connection: Connection) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Keys by session, and the digest of each key."""
    reference, artifact = schema.reference.c, schema.artifact.c
    keys: dict[str, list[str]] = {}
    for session, key in connection.execute(select(reference.session, reference.key)):
        keys.setdefault(session, []).append(key)
    rows = connection.execute(select(artifact.key, artifact.digest))
    digests = {row.key: row.digest for row in rows}
    return keys, digests


def _seen(connection: Connection) -> dict[str, list[Seen]]:
    """Where recordings were seen, the latest first."""
    found: dict[str, list[Seen]] = {}
    for table, is_archive in ((schema.source, False), (schema.member, True)):
        column = table.c
        statement = select(
            column.recording, column.path, column.size_bytes, column.mtime_ns
        ).order_by(column.seen_ns.desc())
        for row in connection.execute(statement):
            place = Seen(Path(os.fsdecode(row.path)), is_archive, row.size_bytes, row.mtime_ns)
            found.setdefault(row.recording, []).append(place)
    return found
