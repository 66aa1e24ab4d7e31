"""The tables, as the newest migration leaves them; a test compares the two."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Named,
    String,
    Table,
    TypedColumns,
    TypeDecorator,
)

HEAD = "0014"
"""The revision this program reads and writes."""

APPLICATION_ID = 0x45415257
"""`EARW` in the header of every library database: a foreign file is known by its lack."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A time with its zone's offset, as ISO 8601 text: SQLite has no type that keeps offsets."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Refuse a time without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a stored time has a zone")
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401  # SQLAlchemy's signature
        """Read it back with the same offset."""
        return None if value is None else datetime.fromisoformat(value)


def _to(target: str) -> ForeignKey:
    return ForeignKey(target, ondelete="CASCADE")


class RecordingColumns(TypedColumns):
    """One row per media file known by its bytes; `object` names them in the store of artifacts."""

    id: Named[str] = Column(String(64), primary_key=True)
    size_bytes: Named[int] = Column(BigInteger)
    duration_ms: Named[int | None]
    channels: Named[int]
    rate_hz: Named[int]
    object: Named[str | None]


class SourceColumns(TypedColumns):
    """Where a recording was last seen; paths are bytes, for not every name is Unicode."""

    path: Named[bytes] = Column(LargeBinary, primary_key=True)
    recording: Named[str] = Column(String(64), _to("recording.id"), index=True)
    name: Named[str]
    size_bytes: Named[int] = Column(BigInteger)
    mtime_ns: Named[int] = Column(BigInteger)
    seen_ns: Named[int] = Column(BigInteger)


class MemberColumns(TypedColumns):
    """Which recording was seen as a member of which archive; size and time are the archive's."""

    path: Named[bytes] = Column(LargeBinary, primary_key=True)
    member: Named[str] = Column(String, primary_key=True)
    recording: Named[str] = Column(String(64), _to("recording.id"), index=True)
    name: Named[str]
    size_bytes: Named[int] = Column(BigInteger)
    mtime_ns: Named[int] = Column(BigInteger)
    seen_ns: Named[int] = Column(BigInteger)


class SessionColumns(TypedColumns):
    """One row per sitting; `n` is the order in which they were added."""

    n: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    id: Named[str] = Column(String(24), unique=True)
    title: Named[str]
    playbook: Named[str]
    language: Named[str | None]
    held_at: Named[datetime | None] = Column(Moment)
    local_only: Named[bool] = Column(Boolean)
    created_at: Named[datetime] = Column(Moment)
    shown_run: Named[str | None] = Column(String(12))


class SessionRecordingColumns(TypedColumns):
    """Which recordings make a session, in order; the name is the one given to that session.

    `role` is `track`, `mix` or `unsure` where they lie side by side, else None.
    """

    session: Named[str] = Column(_to("session.id"), primary_key=True)
    ordinal: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    recording: Named[str] = Column(String(64), ForeignKey("recording.id"), index=True)
    name: Named[str]
    role: Named[str | None]
    person: Named[str | None]
    offset_ms: Named[int | None]
    said: Named[bool | None] = Column(Boolean)


class SessionDocumentColumns(TypedColumns):
    """Transcripts made elsewhere that a session was imported from, in order."""

    session: Named[str] = Column(_to("session.id"), primary_key=True)
    ordinal: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    document: Named[str] = Column(String(64), index=True)
    name: Named[str]
    size_bytes: Named[int] = Column(BigInteger)
    format: Named[str]
    part: Named[str]


class OutcomeColumns(TypedColumns):
    """How something ended; all None while it has not."""

    outcome: Named[str | None]
    why: Named[str | None]
    instead: Named[str | None]
    hint: Named[str | None]


class RunColumns(OutcomeColumns):
    """One execution of a plan; `asked` and `target` are JSON."""

    n: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    id: Named[str] = Column(String(12), unique=True)
    session: Named[str] = Column(_to("session.id"), index=True)
    request: Named[str]
    started_at: Named[datetime] = Column(Moment)
    finished_at: Named[datetime | None] = Column(Moment)
    asked: Named[str | None]
    parent: Named[str | None] = Column(String(12))
    target: Named[str | None]


class StepColumns(OutcomeColumns):
    """One stage or chunk of a run; append-only."""

    n: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    run: Named[str] = Column(_to("run.id"))
    stage: Named[str]
    chunk: Named[int | None]
    key: Named[str | None]
    digest: Named[str | None]
    hit: Named[bool] = Column(Boolean)
    started_at: Named[datetime] = Column(Moment)
    wall_ms: Named[int]
    cpu_ms: Named[int | None]
    peak_bytes: Named[int | None] = Column(BigInteger)
    mean_bytes: Named[int | None] = Column(BigInteger)
    gpu_percent: Named[int | None]
    read_bytes: Named[int | None] = Column(BigInteger)
    written_bytes: Named[int | None] = Column(BigInteger)
    sent_bytes: Named[int | None] = Column(BigInteger)
    received_bytes: Named[int | None] = Column(BigInteger)
    attempts: Named[int | None]


class EventColumns(TypedColumns):
    """What happened to a session: `seq` is 1, 2, 3, ... per session; `segments` is JSON."""

    session: Named[str] = Column(_to("session.id"), primary_key=True)
    seq: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    at: Named[datetime] = Column(Moment)
    run: Named[str] = Column(_to("run.id"), index=True)
    type: Named[str]
    stage: Named[str | None]
    chunk: Named[int | None]
    outcome: Named[str | None]
    segments: Named[str]
    percent: Named[int | None]


class BlobColumns(TypedColumns):
    """Committed bytes: an object in the store of artifacts, or else a file under `blobs/`."""

    digest: Named[str] = Column(String(64), primary_key=True)
    size_bytes: Named[int] = Column(BigInteger)
    object: Named[str | None]


class ArtifactColumns(TypedColumns):
    """The result committed under a key; never changed, removed with its last reference."""

    key: Named[str] = Column(primary_key=True)
    stage: Named[str]
    digest: Named[str] = Column(String(64), ForeignKey("blob.digest"), index=True)
    made_at: Named[datetime] = Column(Moment)


class ReferenceColumns(TypedColumns):
    """Which session needs which artifact."""

    session: Named[str] = Column(_to("session.id"), primary_key=True)
    key: Named[str] = Column(ForeignKey("artifact.key"), primary_key=True, index=True)


class OverrideColumns(TypedColumns):
    """One correction; append-only. Payload and salt are None once they are erased."""

    session: Named[str] = Column(_to("session.id"), primary_key=True)
    seq: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    by: Named[str]
    at: Named[datetime] = Column(Moment)
    undoes: Named[int | None]
    batch: Named[int | None]
    salt: Named[bytes | None] = Column(LargeBinary)
    payload: Named[bytes | None] = Column(LargeBinary)
    commitment: Named[bytes] = Column(LargeBinary)
    link: Named[bytes] = Column(LargeBinary)
    erased_by: Named[str | None]
    erased_at: Named[datetime | None] = Column(Moment)


class OverrideHeadColumns(TypedColumns):
    """Where each session's chain of corrections ends."""

    session: Named[str] = Column(_to("session.id"), primary_key=True)
    seq: Named[int]
    erased: Named[int]
    link: Named[bytes] = Column(LargeBinary)


class SeriesColumns(TypedColumns):
    """A campaign, client or show; `folded` is its name as it is compared, `vocabulary` JSON."""

    id: Named[str] = Column(String(12), primary_key=True)
    name: Named[str]
    folded: Named[str] = Column(String, unique=True)
    playbook: Named[str | None]
    language: Named[str | None]
    speakers: Named[int | None]
    vocabulary: Named[str]
    created_at: Named[datetime] = Column(Moment)


class PersonColumns(TypedColumns):
    """One of a series' cast; `aliases` and `characters` are JSON."""

    series: Named[str] = Column(String(12), _to("series.id"), primary_key=True)
    key: Named[str] = Column(String(64), primary_key=True)
    name: Named[str]
    role: Named[str]
    aliases: Named[str]
    characters: Named[str]


class SessionSeriesColumns(TypedColumns):
    """Which series a session belongs to; at most one."""

    session: Named[str] = Column(_to("session.id"), primary_key=True)
    series: Named[str] = Column(String(12), _to("series.id"), index=True)


class VoicePrintColumns(TypedColumns):
    """An enrolled print; it lives as long as the person and the session it was taken from."""

    session: Named[str] = Column(_to("session.id"), primary_key=True)
    voice: Named[str] = Column(String, primary_key=True)
    series: Named[str] = Column(String(12))
    person: Named[str] = Column(String(64))
    model: Named[str]
    vector: Named[bytes] = Column(LargeBinary)
    speech_ms: Named[int]
    enrolled_at: Named[datetime] = Column(Moment)


class ForgettingColumns(TypedColumns):
    """The receipt of a forgotten person's embeddings; names nobody."""

    n: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    at: Named[datetime] = Column(Moment)
    series: Named[str] = Column(String(12))
    person: Named[str] = Column(String(64))
    prints: Named[int]
    results: Named[int]


class NoteColumns(TypedColumns):
    """One version of a note; key and digest are None once what it said was dropped."""

    session: Named[str] = Column(_to("session.id"), primary_key=True)
    template: Named[str] = Column(String, primary_key=True)
    version: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    key: Named[str | None]
    digest: Named[str | None] = Column(String(64))
    run: Named[str] = Column(String(12), _to("run.id"), index=True)
    made_at: Named[datetime] = Column(Moment)
    request: Named[str]


class JobColumns(TypedColumns):
    """A run in the queue; the lowest `rank`, then the lowest `n`, has its turn.

    `wanted` is JSON. `lease_ms` is a time since 1970; `made` counts what the run had made when it
    was claimed last.
    """

    n: Named[int] = Column(Integer, primary_key=True, autoincrement=True)
    run: Named[str] = Column(String(12), _to("run.id"), unique=True)
    lane: Named[str]
    rank: Named[int]
    wanted: Named[str]
    state: Named[str]
    queued_at: Named[datetime] = Column(Moment)
    owner: Named[str | None]
    token: Named[int]
    lease_ms: Named[int | None] = Column(BigInteger)
    losses: Named[int]
    made: Named[int]
    stop: Named[bool] = Column(Boolean)


class ServiceColumns(TypedColumns):
    """How a service outside stands: its breaker, shared by all who ask it."""

    name: Named[str] = Column(String, primary_key=True)
    state: Named[str] = Column(String(9))
    era: Named[int]
    changes: Named[int]
    failed: Named[int]
    lapses: Named[int]
    since: Named[datetime | None] = Column(Moment)
    until: Named[datetime | None] = Column(Moment)
    fault: Named[str | None] = Column(String(12))
    failed_at: Named[datetime | None] = Column(Moment)


class RemovalColumns(TypedColumns):
    """Files of deleted things that are still to be unlinked, relative to the home folder.

    Objects are named `objects/<bytes>/<name>`.
    """

    path: Named[str] = Column(String, primary_key=True)


class ShelfMarkColumns(TypedColumns):
    """The library's own mark in the names of its objects: two never share one. At most one row."""

    n: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    mark: Named[str] = Column(String(32))


recording = Table("recording", metadata, RecordingColumns)
source = Table("source", metadata, SourceColumns)
member = Table("member", metadata, MemberColumns)
session = Table("session", metadata, SessionColumns)
session_recording = Table("session_recording", metadata, SessionRecordingColumns)
session_document = Table("session_document", metadata, SessionDocumentColumns)
run = Table("run", metadata, RunColumns)
step = Table("step", metadata, StepColumns, Index(None, "run", "stage"))
event = Table("event", metadata, EventColumns)
job = Table("job", metadata, JobColumns, Index(None, "state", "rank", "n"))
blob = Table("blob", metadata, BlobColumns)
artifact = Table("artifact", metadata, ArtifactColumns)
reference = Table("reference", metadata, ReferenceColumns)
override = Table("override", metadata, OverrideColumns)
override_head = Table("override_head", metadata, OverrideHeadColumns)
series = Table("series", metadata, SeriesColumns)
person = Table("person", metadata, PersonColumns)
session_series = Table("session_series", metadata, SessionSeriesColumns)
voice_print = Table(
    "voice_print",
    metadata,
    VoicePrintColumns,
    ForeignKeyConstraint(["series", "person"], ["person.series", "person.key"], ondelete="CASCADE"),
    Index(None, "series", "person"),
)
forgetting = Table("forgetting", metadata, ForgettingColumns)
note = Table("note", metadata, NoteColumns)
service = Table("service", metadata, ServiceColumns)
removal = Table("removal", metadata, RemovalColumns)
shelf_mark = Table("shelf_mark", metadata, ShelfMarkColumns)
