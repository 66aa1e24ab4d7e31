"""Backup and restore: everything comes back, or nothing changes."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.postgres import PostgresServer

from earwitness.core.errors import (
    CorruptStore,
    DiskFull,
    NewerStore,
    NotFound,
    SourceNotFound,
    StoreError,
    UsageError,
)
from earwitness.core.run import DONE, Event
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Heard, Segment, Word
from earwitness.store.backup import backup, restore
from earwitness.store.library import Library

AT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
Members = list[tuple[tarfile.TarInfo, bytes]]


def heard(text: str) -> Heard:
    return Heard((Segment(Span(0, 900), (Word(text, Span(0, 900)),)),))


def contents(home: Path) -> dict[str, bytes]:
    """Every file below a folder; a log of SQLite's may come and go."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm", ".lock"))
    }


@pytest.fixture
def filled(library: Library, session: Session, recording: Recording) -> Library:
    run = library.start_run(session.id, "request")
    for chunk in range(5):
        library.put(f"key {chunk}", "transcribe", session.id, heard(f"word-{chunk}"))
        library.append(Event(0, AT, session.id, run.id, "chunk.done", "transcribe", chunk))
    library.finish_run(run.id, DONE)
    (library.scratch(recording.id) / "sound.pcm").write_bytes(b"sound")
    return library


@pytest.fixture
def archive(filled: Library, home: Path, tmp_path: Path, address: str | None) -> Path:
    """Made while the library is open."""
    made = backup(home, tmp_path / "backup.tar", database=address)
    assert (made.path, made.sessions, made.files) == (tmp_path / "backup.tar", 1, 6)
    return made.path


def assert_whole(home: Path, session: Session, address: str | None = None) -> None:
    with Library.open(home, database=address) as library:
        assert library.session(session.id) == session
        run = library.latest_run(session.id)
        assert run is not None
        assert run.outcome == DONE
        assert len(library.events(session.id)) == 5
        for chunk in range(5):
            digest = library.find(f"key {chunk}")
            assert digest is not None
            assert library.get(digest, Heard) == heard(f"word-{chunk}")
        assert library.sweep(stale_seconds=0).bytes == 0


def members(archive: Path) -> Members:
    with tarfile.open(archive) as tar:
        return [(member, (tar.extractfile(member) or io.BytesIO()).read()) for member in tar]


def write(archive: Path, entries: Members) -> None:
    with tarfile.open(archive, "w") as tar:
        for member, data in entries:
            member.size = len(data) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(data) if member.isreg() else None)


def test_into_an_empty_place(archive: Path, tmp_path: Path, session: Session) -> None:
    other = tmp_path / "elsewhere" / "home"
    told = restore(archive, other)
    assert (told.sessions, told.files) == (1, 6)
    assert_whole(other, session)
    assert not (other / "scratch" / ("a" * 64)).exists()
    assert not list(other.glob(".*"))


@pytest.mark.skipif(os.name == "nt", reason="no such bits there")
def test_others_cannot_read_it(archive: Path, tmp_path: Path) -> None:
    restore(archive, tmp_path / "other")
    for path in (archive, tmp_path / "other" / "library.db"):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("address", [None])
def test_a_library_is_replaced_only_when_told(
    archive: Path,
    home: Path,
    filled: Library,
    new_session: Callable[..., Session],
    session: Session,
) -> None:
    later = new_session("zzzzzz", title="Later")
    filled.put("later", "transcribe", later.id, heard("later"))
    filled.close()
    (home / "earwitness.log").write_text("the log stays")
    before = contents(home)
    with pytest.raises(UsageError, match="there is a library") as caught:
        restore(archive, home)
    assert caught.value.hint
    assert contents(home) == before
    restore(archive, home, replace=True)
    assert_whole(home, session)
    with Library.open(home) as library:
        assert [row.session for row in library.sessions()] == [session]
        assert library.find("later") is None
        assert len(list(library._blobs.digests())) == 5
    assert (home / "earwitness.log").read_text() == "the log stays"


@pytest.mark.parametrize("address", [None])
def test_a_library_in_use_is_not_replaced(
    archive: Path, home: Path, filled: Library, new_session: Callable[..., Session]
) -> None:
    later = new_session("zzzzzz")
    with pytest.raises(StoreError, match="another process"):
        restore(archive, home, replace=True)
    assert filled.session(later.id) == later


@pytest.mark.parametrize("address", [None])
def test_a_damaged_library_is_replaced(
    archive: Path, home: Path, filled: Library, session: Session
) -> None:
    filled.close()
    (home / "library.db").write_bytes(b"not a database any more" * 100)
    (home / "library.db-wal").write_bytes(b"old pages")
    restore(archive, home, replace=True)
    assert_whole(home, session)


@pytest.mark.parametrize("address", [None])
def test_every_cut_is_noticed(archive: Path, tmp_path: Path, session: Session) -> None:
    whole = archive.read_bytes()
    other = tmp_path / "other"
    cut = tmp_path / "cut.tar"
    last = max(member.offset_data + member.size for member, _ in members(archive))
    for length in [0, 100, 511, 512, 513, 1500, 5_000, len(whole) // 2, last - 1]:
        cut.write_bytes(whole[:length])
        with pytest.raises(CorruptStore, match="not a backup") as caught:
            restore(cut, other)
        assert "nothing was changed" in caught.value.hint
        assert contents(other) == {}
    restore(archive, other)
    assert_whole(other, session)


def flipped(entries: Members) -> None:
    member, data = entries[-1]
    entries[-1] = (member, data.replace(b"word", b"ward"))


def escaping(entries: Members) -> None:
    entries[-1][0].name = "../../escaped"


def escaping_by_manifest(entries: Members) -> None:
    member, _ = entries[-1]
    entries[0] = (entries[0][0], entries[0][1].replace(member.name.encode(), b"../../escaped"))
    member.name = "../../escaped"


def linked(entries: Members) -> None:
    entries[-1][0].type, entries[-1][0].linkname = tarfile.SYMTYPE, "/etc/passwd"


def doubled(entries: Members) -> None:
    entries.append(entries[-1])


def missing(entries: Members) -> None:
    entries.pop()


def besides(entries: Members) -> None:
    entries.append((tarfile.TarInfo("extra"), b"more"))


def out_of_order(entries: Members) -> None:
    entries.reverse()


def no_manifest(entries: Members) -> None:
    entries.pop(0)


def empty_manifest(entries: Members) -> None:
    entries[0] = (entries[0][0], b"{}")


def other_form(entries: Members) -> None:
    entries[0] = (entries[0][0], entries[0][1].replace(b"earwitness/backup@1", b"other@1"))


@pytest.mark.parametrize(
    "trick",
    [
        flipped,
        escaping,
        escaping_by_manifest,
        linked,
        doubled,
        missing,
        besides,
        out_of_order,
        no_manifest,
        empty_manifest,
        other_form,
    ],
)
@pytest.mark.parametrize("address", [None])
def test_tricks_are_refused(
    archive: Path, tmp_path: Path, trick: Callable[[Members], None]
) -> None:
    entries = members(archive)
    trick(entries)
    write(tmp_path / "trick.tar", entries)
    beside = set(tmp_path.iterdir()) | {tmp_path / "deep"}
    with pytest.raises(CorruptStore):
        restore(tmp_path / "trick.tar", tmp_path / "deep" / "home")
    assert contents(tmp_path / "deep") == {}
    assert set(tmp_path.iterdir()) == beside


@pytest.mark.parametrize("address", [None])
def test_a_newer_backup_is_told_from_a_broken_one(archive: Path, tmp_path: Path) -> None:
    entries = members(archive)
    entries[0] = (entries[0][0], entries[0][1].replace(b"backup@1", b"backup@7"))
    write(archive, entries)
    with pytest.raises(NewerStore, match="of form 7"):
        restore(archive, tmp_path / "other")


@pytest.mark.parametrize("address", [None])
def test_a_backup_that_does_not_fit(archive: Path, tmp_path: Path) -> None:
    entries = members(archive)
    size = f'"size_bytes": {len(entries[-1][1])}'.encode()
    assert size in entries[0][1]
    entries[0] = (entries[0][0], entries[0][1].replace(size, b'"size_bytes": 1' + b"0" * 17))
    write(archive, entries)
    with pytest.raises(DiskFull):
        restore(archive, tmp_path / "other")
    assert contents(tmp_path / "other") == {}


@pytest.mark.parametrize("address", [None])
def test_a_foreign_database_in_a_good_archive(archive: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "text"
    foreign.write_bytes(b"text")
    with pytest.raises(CorruptStore):
        restore(foreign, tmp_path / "other")
    with pytest.raises(SourceNotFound):
        restore(tmp_path / "missing.tar", tmp_path / "other")


def test_where_no_backup_is_made(
    filled: Library, home: Path, tmp_path: Path, address: str | None
) -> None:
    nowhere = None if address is None else f"{address}_nowhere"
    with pytest.raises(NotFound):
        backup(tmp_path / "nowhere", tmp_path / "backup.tar", database=nowhere)
    with pytest.raises(UsageError, match="inside"):
        backup(home, home / "backup.tar", database=address)
    with pytest.raises(StoreError):
        backup(home, tmp_path / "missing" / "backup.tar", database=address)
    (tmp_path / "taken").write_text("theirs")
    with pytest.raises(UsageError, match="exists"):
        backup(home, tmp_path / "taken", database=address)
    assert (tmp_path / "taken").read_text() == "theirs"
    assert not (tmp_path / "nowhere").exists()
    assert not list(home.glob(".*"))


def test_a_damaged_blob_stops_a_backup(
    filled: Library, home: Path, tmp_path: Path, address: str | None
) -> None:
    digest = filled.find("key 3")
    assert digest is not None
    shutil.rmtree(filled._folder.path(digest).parent)
    with pytest.raises(CorruptStore, match="is gone"):
        backup(home, tmp_path / "backup.tar", database=address)
    assert {path.name for path in tmp_path.iterdir()} <= {"home", "first"}


def test_from_either_database_into_a_server(
    archive: Path, tmp_path: Path, session: Session, postgres_server: PostgresServer
) -> None:
    other, server = tmp_path / "other", postgres_server.unused()
    told = restore(archive, other, database=server)
    assert (told.sessions, told.files) == (1, 6)
    assert_whole(other, session, server)
    with Library.open(other, database=server) as library:
        first = library.latest_run(session.id)
        second = library.start_run(session.id, "again")
        assert library.runs(session.id) == (second, first), "numbers go on after the old ones"


@pytest.mark.parametrize("address", [None])
def test_a_library_on_a_server_is_replaced_only_when_told(
    archive: Path, tmp_path: Path, session: Session, postgres_server: PostgresServer
) -> None:
    other, server = tmp_path / "other", postgres_server.unused()
    with Library.open(other, database=server) as library:
        later = replace(session, id="2026-11-20-zzzzzz", title="Later")
        library.add_session(later)
        library.put("later", "transcribe", later.id, heard("later"))
        with pytest.raises(UsageError, match="there is a library"):
            restore(archive, other, database=server)
        assert library.session(later.id) == later
        damaged = tmp_path / "damaged.tar"
        damaged.write_bytes(archive.read_bytes()[:-30_000])
        with pytest.raises(CorruptStore):
            restore(damaged, other, database=server, replace=True)
        assert library.session(later.id) == later
        restore(archive, other, database=server, replace=True)
        assert [row.session for row in library.sessions()] == [session]
        assert library.find("later") is None
        assert len(list(library._blobs.digests())) == 5
    shutil.rmtree(other)
    with pytest.raises(UsageError, match="not in this home folder"):
        Library.open(other, database=server)
    restore(archive, other, database=server, replace=True)
    assert_whole(other, session, server)
