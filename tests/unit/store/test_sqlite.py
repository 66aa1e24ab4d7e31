"""The file: durable writes, the log, damage, faults of our types."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert

from earwitness.core.errors import CorruptStore, DiskFull, StoreError
from earwitness.core.session import Session
from earwitness.store.library import Library
from earwitness.store.schema import removal
from earwitness.store.sqlite import SqliteDatabase, raise_fault


@pytest.fixture
def address() -> None:
    """A file."""


@pytest.fixture
def database(library: Library) -> SqliteDatabase:
    assert isinstance(library._database, SqliteDatabase)
    return library._database


@pytest.mark.parametrize("fails", [False, True])
def test_a_durable_write_syncs_and_only_that_one(database: SqliteDatabase, *, fails: bool) -> None:
    full, normal = 2, 1
    try:
        with database.write(durable=True) as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == full
            if fails:
                raise KeyError
    except KeyError:
        assert fails
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == normal


def test_a_checkpoint_empties_the_log(database: SqliteDatabase) -> None:
    with database.write() as connection:
        connection.execute(insert(removal).values(path="one"))
    log = database.path.with_name("library.db-wal")
    assert log.stat().st_size > 0
    assert database.checkpoint()
    assert log.stat().st_size == 0


def test_damage_under_an_open_library(home: Path, library: Library, session: Session) -> None:
    library.close()
    path = home / "library.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
    with pytest.raises(CorruptStore, match="is damaged") as caught, Library.open(home) as again:
        again.session(session.id)
    assert "restore" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SQLITE_FULL", DiskFull),
        ("SQLITE_IOERR_WRITE", DiskFull),
        ("SQLITE_CORRUPT_INDEX", CorruptStore),
        ("SQLITE_NOTADB", CorruptStore),
        ("SQLITE_BUSY_SNAPSHOT", StoreError),
        ("SQLITE_IOERR_READ", StoreError),
        ("SQLITE_CANTOPEN", StoreError),
        ("SQLITE_READONLY_DBMOVED", StoreError),
    ],
)
def test_faults_have_our_types_and_a_hint(name: str, kind: type[StoreError]) -> None:
    fault = sqlite3.OperationalError("as SQLite says it")
    fault.sqlite_errorname = name
    with pytest.raises(StoreError) as caught:
        raise_fault(fault)
    assert type(caught.value) is kind
    assert caught.value.hint


def test_a_folder_in_the_databases_place_is_told(home: Path) -> None:
    (home / "library.db").mkdir(parents=True)
    with pytest.raises(StoreError) as caught:
        Library.open(home)
    assert caught.value.hint
