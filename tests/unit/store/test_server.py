"""Opening a library on a server: made whole, migrated whole, or left as it is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.postgres import PostgresServer

from earwitness.core.errors import CorruptStore, NewerStore, StoreError, UsageError
from earwitness.core.session import Recording, Session
from earwitness.store.address import read_address
from earwitness.store.library import Library
from earwitness.store.place import Place
from earwitness.store.schema import HEAD, metadata
from earwitness.store.server import open_server

OPEN = """
import sys
from pathlib import Path
from earwitness.store.library import Library
with Library.open(Path(sys.argv[1]), database=sys.argv[2]) as library:
    library.sessions()
"""

NEXT = f'''"""What a coming version might do."""

import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{HEAD}"


def upgrade():
    op.add_column("session", sa.Column("mood", sa.String))
    op.execute("UPDATE session SET mood = title")
'''


@pytest.fixture
def unused(postgres_server: PostgresServer) -> str:
    """An address whose schema is not there yet."""
    return postgres_server.unused()


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    folder = tmp_path / "100% scripts"
    ours = Path(str(files("earwitness.store") / "migrations"))
    shutil.copytree(ours, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9000_next.py").write_text(NEXT)
    return folder


def schema_of(address: str) -> str:
    return read_address(address).schema


def a_session(recording: Recording) -> Session:
    return Session("2026-11-20-aaaaaa", "A scene", "meeting", None, (recording,))


def test_the_tables_are_what_the_migrations_make(home: Path, unused: str) -> None:
    with Library.open(home, database=unused) as library, library._database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_opening_leaves_other_schemas_alone(
    home: Path, unused: str, postgres_server: PostgresServer
) -> None:
    postgres_server.execute("CREATE TABLE IF NOT EXISTS public.session (theirs int)")
    with Library.open(home, database=unused) as library:
        assert library.sessions() == ()
        assert library.database.startswith("PostgreSQL ")
        assert schema_of(unused) in library.database
    postgres_server.execute("SELECT theirs FROM public.session", "DROP TABLE public.session")


def test_a_schema_that_an_administrator_made_will_do(
    home: Path, unused: str, postgres_server: PostgresServer
) -> None:
    postgres_server.execute(f"CREATE SCHEMA {schema_of(unused)}")
    with Library.open(home, database=unused) as library:
        assert library.sessions() == ()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE {}.theirs (x int)",
        "CREATE TABLE {}.alembic_version (version_num varchar(32)); "
        "INSERT INTO {}.alembic_version VALUES ('0001')",
    ],
)
def test_what_is_not_ours_is_refused_and_left_alone(
    home: Path, unused: str, postgres_server: PostgresServer, statement: str
) -> None:
    schema = schema_of(unused)
    postgres_server.execute(f"CREATE SCHEMA {schema}")
    postgres_server.execute(*statement.replace("{}", schema).split("; "))
    before = postgres_server.tables(schema)
    with pytest.raises(CorruptStore, match="not a library") as caught:
        Library.open(home, database=unused)
    assert "schema=" in caught.value.hint
    assert postgres_server.tables(schema) == before


def test_a_library_without_its_revision_is_refused(
    home: Path, unused: str, postgres_server: PostgresServer
) -> None:
    Library.open(home, database=unused).close()
    postgres_server.execute(f"DELETE FROM {schema_of(unused)}.alembic_version")
    with pytest.raises(CorruptStore, match="does not say which revision"):
        Library.open(home, database=unused)


def test_a_newer_library_is_refused_and_left_alone(
    home: Path, unused: str, postgres_server: PostgresServer
) -> None:
    Library.open(home, database=unused).close()
    schema = schema_of(unused)
    postgres_server.execute(f"UPDATE {schema}.alembic_version SET version_num = '9999'")
    before = postgres_server.tables(schema)
    with pytest.raises(NewerStore, match="9999"):
        Library.open(home, database=unused)
    assert postgres_server.tables(schema) == before


def test_an_old_library_is_migrated(
    home: Path, unused: str, scripts: Path, recording: Recording
) -> None:
    with Library.open(home, database=unused) as library:
        library.add_session(a_session(recording))
    for _ in range(2):
        database = open_server(Place(home), read_address(unused), head="9000", scripts=str(scripts))
        with database.read() as connection:
            rows = connection.exec_driver_sql("SELECT id, mood FROM session").all()
        assert rows == [("2026-11-20-aaaaaa", "A scene")]
        database.close()
    with pytest.raises(NewerStore):
        Library.open(home, database=unused)


def test_a_failed_migration_changes_nothing(
    home: Path, unused: str, scripts: Path, recording: Recording, postgres_server: PostgresServer
) -> None:
    with Library.open(home, database=unused) as library:
        library.add_session(a_session(recording))
    before = postgres_server.tables(schema_of(unused))
    with (scripts / "versions" / "9000_next.py").open("a") as file:
        file.write('    op.execute("UPDATE gone SET there = 1")\n')
    with pytest.raises(CorruptStore):
        open_server(Place(home), read_address(unused), head="9000", scripts=str(scripts))
    assert postgres_server.tables(schema_of(unused)) == before
    with Library.open(home, database=unused) as library:
        assert [row.session.id for row in library.sessions()] == ["2026-11-20-aaaaaa"]


def test_many_processes_make_one_library(home: Path, unused: str) -> None:
    command = [sys.executable, "-c", OPEN, str(home), unused]
    children = [subprocess.Popen(command) for _ in range(4)]
    assert [child.wait() for child in children] == [0, 0, 0, 0]


def test_a_folder_belongs_to_one_library(
    home: Path, tmp_path: Path, unused: str, recording: Recording, postgres_server: PostgresServer
) -> None:
    """Another library would clear its results away as nobody's."""
    with Library.open(home, database=unused) as library:
        library.add_session(a_session(recording))
    for other in (None, postgres_server.unused()):
        with pytest.raises(UsageError, match="belongs to") as caught:
            Library.open(home, database=other)
        assert "EARWITNESS_DATABASE" in caught.value.hint
    Library.open(tmp_path / "file").close()
    with pytest.raises(UsageError, match="a library of its own"):
        Library.open(tmp_path / "file", database=unused)
    with Library.open(tmp_path / "second machine", database=unused) as library:
        assert library.sessions() != (), "as long as there are no results, any folder will do"


def test_what_the_user_may_not_do_is_told(
    home: Path, unused: str, postgres_server: PostgresServer
) -> None:
    postgres_server.execute("DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN")
    with pytest.raises(StoreError, match="may not do that") as caught:
        Library.open(home, database=unused.replace("postgres:@", "guest:@"))
    assert "how-to-postgresql" in caught.value.hint


def test_without_the_driver_the_command_is_told(
    home: Path, unused: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match="needs the package psycopg") as caught:
        Library.open(home, database=unused)
    assert caught.value.hint == "pip install 'earwitness[server]'"


def test_the_driver_is_imported_only_when_it_is_used(home: Path) -> None:
    code = "import sys; from pathlib import Path; from earwitness.store.library import Library\n"
    code += "Library.open(Path(sys.argv[1])).close(); print('psycopg' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", code, str(home)], capture_output=True, text=True, check=True
    )
    assert told.stdout == "False\n"


def test_the_server_must_speak_unicode(
    home: Path, unused: str, postgres_server: PostgresServer
) -> None:
    postgres_server.execute(
        "CREATE DATABASE narrow ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
    )
    with pytest.raises(StoreError, match="SQL_ASCII"):
        Library.open(home, database=unused.replace("/postgres?", "/narrow?"))
    postgres_server.execute("DROP DATABASE narrow")
