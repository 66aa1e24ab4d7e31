"""The server: who writes beside whom, what becomes of its going away, faults of our types."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from tests.postgres import PostgresServer

from earwitness.core.errors import CorruptStore, DiskFull, StoreError, UsageError
from earwitness.core.run import Event
from earwitness.core.session import Session
from earwitness.store.address import read_address
from earwitness.store.dialect import hold, hold_session
from earwitness.store.dialect import insert as dialect_insert
from earwitness.store.library import Library
from earwitness.store.postgres import PostgresDatabase
from earwitness.store.postgres_faults import raise_fault
from earwitness.store.schema import removal

AT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


@pytest.fixture
def address(postgres: str) -> str:
    """A server."""
    return postgres


@pytest.fixture
def database(library: Library) -> PostgresDatabase:
    assert isinstance(library._database, PostgresDatabase)
    return library._database


def shown(database: PostgresDatabase, name: str) -> object:
    with database.write() as connection:
        return connection.exec_driver_sql(f"SHOW {name}").scalar()


def test_settings_of_every_connection(database: PostgresDatabase) -> None:
    with database.read() as reader:
        assert reader.exec_driver_sql("SHOW transaction_isolation").scalar() == "repeatable read"
        assert reader.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
    assert shown(database, "transaction_isolation") == "read committed"
    assert shown(database, "transaction_read_only") == "off"
    assert shown(database, "lock_timeout") == "30s"
    assert shown(database, "statement_timeout") == "5min"
    assert shown(database, "idle_in_transaction_session_timeout") == "5min"
    assert shown(database, "search_path") == database.address.schema


def test_a_durable_write_waits_for_the_disk_whatever_the_server_is_set_to(postgres: str) -> None:
    careless = PostgresDatabase(read_address(f"{postgres}&options=-c%20synchronous_commit%3Doff"))
    assert shown(careless, "synchronous_commit") == "off"
    with careless.write(durable=True) as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    assert shown(careless, "synchronous_commit") == "off"
    careless.close()


def test_shared_writers_write_side_by_side(database: PostgresDatabase) -> None:
    with database.write(shared=True) as one, database.write(shared=True) as other:
        one.execute(insert(removal).values(path="one"))
        other.execute(insert(removal).values(path="other"))
    with database.read() as connection:
        assert set(connection.scalars(select(removal.c.path))) == {"one", "other"}


@pytest.mark.parametrize("what", ["session", "name"])
def test_what_is_held_waits_and_nothing_else_does(
    library: Library, session: Session, database: PostgresDatabase, what: str
) -> None:
    entered = threading.Event()

    def second() -> None:
        with database.write(shared=True) as connection:
            if what == "session":
                hold_session(connection, session.id)
            else:
                hold(connection, "a key")
            entered.set()

    with ThreadPoolExecutor(1) as pool:
        with database.write(shared=True) as connection:
            hold_session(connection, session.id)
            hold(connection, "a key")
            waiting = pool.submit(second)
            assert not entered.wait(0.2)
            with database.write(shared=True) as third:
                hold(third, "another key")
            assert library.start_run(session.id, "request").session == session.id
        waiting.result()


def test_a_locked_library_is_told(
    postgres: str, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earwitness.store.postgres.BUSY_SECONDS", 0.1)
    hasty = PostgresDatabase(read_address(postgres))
    with (
        library._database.write(),
        pytest.raises(StoreError, match="keeps the library locked"),
        hasty.write() as connection,
    ):
        pytest.fail(f"two wrote at once: {connection}")
    hasty.close()


def cut_all(server: PostgresServer) -> None:
    """What a restart does to every connection."""
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND application_name = 'earwitness'"
    )


def test_the_next_call_connects_again(
    library: Library, session: Session, postgres_server: PostgresServer
) -> None:
    run = library.start_run(session.id, "request")
    for number in (1, 2):
        cut_all(postgres_server)
        assert library.append(Event(0, AT, session.id, run.id, "run.started")).seq == number
    cut_all(postgres_server)
    assert library.session(session.id) == session


def test_a_connection_lost_in_the_middle_is_told_and_leaves_nothing(
    library: Library, database: PostgresDatabase, postgres_server: PostgresServer
) -> None:
    def write() -> None:
        with database.write() as connection:
            connection.execute(insert(removal).values(path="half"))
            cut_all(postgres_server)
            connection.execute(insert(removal).values(path="whole"))

    with pytest.raises(StoreError, match="went away") as caught:
        write()
    assert "EARWITNESS_DATABASE" in caught.value.hint
    with database.read() as connection:
        assert connection.scalars(select(removal.c.path)).all() == []


def test_a_restarted_server_is_waited_for(
    library: Library, session: Session, postgres_server: PostgresServer
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with postgres_server.stopped():
            found = pool.submit(library.session, session.id)
            assert not found.done()
        assert found.result() == session


def test_a_server_that_never_was_there_is_not_waited_for() -> None:
    nobody = PostgresDatabase(read_address("postgresql://zoe:hush@127.0.0.1:1/records"))
    with pytest.raises(StoreError, match="cannot be reached") as caught, nobody.read():
        pytest.fail("there is no server")
    assert "hush" not in str(caught.value) + caught.value.hint
    nobody.close()


def test_an_option_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="does not know"):
        PostgresDatabase(read_address("postgresql://zoe:hush@127.0.0.1/records?mood=good"))


def test_waiting_ends_with_the_next_event(library: Library, session: Session) -> None:
    run = library.start_run(session.id, "request")
    assert not library.wait_for_events(session.id, 0, 0.05)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(library.wait_for_events, session.id, 1, 20)
        for _ in range(2):
            library.append(Event(0, AT, session.id, run.id, "run.started"))
        assert waiting.result(timeout=4), "it was woken, and not by the clock"
    assert library.wait_for_events(session.id, 1, 0)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("53100", DiskFull),
        ("53300", StoreError),
        ("53200", StoreError),
        ("55P03", StoreError),
        ("40P01", StoreError),
        ("40001", StoreError),
        ("57014", StoreError),
        ("57P01", StoreError),
        ("57P03", StoreError),
        ("08006", StoreError),
        ("25006", StoreError),
        ("28P01", StoreError),
        ("3D000", StoreError),
        ("42501", StoreError),
        ("42P01", CorruptStore),
        ("XX001", CorruptStore),
        ("", StoreError),
    ],
)
def test_faults_have_our_types_and_a_hint(state: str, kind: type[StoreError]) -> None:
    class Said(Exception):
        sqlstate = state or None

    with pytest.raises(StoreError) as caught:
        raise_fault(OperationalError("SELECT", {}, Said("as PostgreSQL says it")))
    assert type(caught.value) is kind
    assert caught.value.hint


def test_a_bug_stays_what_it_is(database: PostgresDatabase) -> None:
    with pytest.raises(DBAPIError, match="syntax error"), database.read() as connection:
        connection.execute(text("SELEC"))


def test_signs_that_the_server_cannot_keep_are_told(library: Library, session: Session) -> None:
    with pytest.raises(UsageError, match="cannot keep"):
        library.start_run(session.id, "a\0b")


def test_what_is_deleted_leaves_the_servers_tables(
    library: Library, session: Session, postgres_server: PostgresServer
) -> None:
    """Its log keeps it for a while, and the receipt says so."""
    newest = replace(session, id="2026-11-20-zzzzzz", title="xyzzy-plugh")
    library.add_session(newest)
    assert postgres_server.files_with(b"xyzzy-plugh")
    receipt = library.delete_session(newest.id)
    assert receipt.complete
    assert "log" in receipt.remains
    assert postgres_server.files_with(b"xyzzy-plugh") == []


def test_a_reader_in_the_way_of_that_is_told(
    library: Library, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earwitness.store.postgres._VACUUM_WAIT_MS", 50)
    with library._database.read() as reader:
        assert reader.scalar(text("SELECT count(*) FROM session")) == 1
        assert not library.delete_session(session.id).complete
    assert library.settle().complete


def test_sums_and_means_are_numbers_as_sqlite_gives_them(database: PostgresDatabase) -> None:
    question = text("SELECT sum(n::bigint) AS whole, avg(n) AS mean, -3::numeric AS less")
    with database.read() as connection:
        rows = connection.execute(text(f"{question} FROM generate_series(1, 4) AS n")).one()
    assert [repr(value) for value in rows] == ["10", "2.5", "-3"]


def test_rows_that_were_inserted_are_counted(database: PostgresDatabase) -> None:
    with database.write() as connection:
        statement = dialect_insert(connection, removal).values(path="one")
        assert connection.execute(statement.on_conflict_do_nothing()).rowcount == 1
        assert connection.execute(statement.on_conflict_do_nothing()).rowcount == 0
