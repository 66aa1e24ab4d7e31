"""Transactions on both databases: whole or nothing, one writer, readers undisturbed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from earwitness.store.database import Database
from earwitness.store.library import Library
from earwitness.store.schema import removal


@pytest.fixture
def database(library: Library) -> Database:
    return library._database


def rows(database: Database) -> Iterator[str]:
    with database.read() as connection:
        yield from connection.scalars(select(removal.c.path))


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            connection.execute(insert(removal).values(path="one"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(rows(database)) == []
    with database.write() as connection:
        connection.execute(insert(removal).values(path="two"))
    assert list(rows(database)) == ["two"]


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.read() as reader:
        before = reader.scalars(select(removal.c.path)).all()
        with database.write() as connection:
            connection.execute(insert(removal).values(path="meanwhile"))
        assert reader.scalars(select(removal.c.path)).all() == before
    assert list(rows(database)) == ["meanwhile"]


def test_broken_rules_pass(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(removal).values(path=None))


@pytest.mark.parametrize("shared", [False, True])
def test_a_writer_keeps_all_others_out(database: Database, *, shared: bool) -> None:
    """What it has read is true until its end, also where the others could write side by side."""
    knocked, inside = threading.Event(), threading.Event()

    def second() -> str | None:
        knocked.set()
        with database.write(shared=shared) as connection:
            inside.set()
            return connection.scalar(select(removal.c.path))

    with ThreadPoolExecutor(1) as pool:
        with database.write() as connection:
            found = pool.submit(second)
            knocked.wait()
            assert not inside.wait(0.2)
            connection.execute(insert(removal).values(path="first"))
        assert found.result() == "first"
