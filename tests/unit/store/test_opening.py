"""Opening a library: made, migrated, refused - and never overwritten."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from earwitness.core.errors import CorruptStore, NewerStore, StoreError
from earwitness.core.session import Session
from earwitness.store.library import Library
from earwitness.store.migrating import SCRIPTS
from earwitness.store.opening import is_ours, open_database, revision
from earwitness.store.place import Place
from earwitness.store.schema import HEAD, metadata
from earwitness.store.sqlite import SqliteDatabase

OPEN = """
import sys
from pathlib import Path
from earwitness.store.library import Library

with Library.open(Path(sys.argv[1])) as library:
    library.sessions()
sys.stdout.write(str("alembic" in sys.modules))
"""

PAGES_AT = 28
"""Where SQLite's first page says how many there are."""

ALONE = """
import sqlite3
import sys

connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
except sqlite3.OperationalError as error:
    mode = error.sqlite_errorname
sys.stdout.write(mode)
"""

NEXT = f"""
import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{HEAD}"


def upgrade():
    op.add_column("session", sa.Column("series", sa.String))
    op.execute("UPDATE session SET series = title")
"""


@pytest.fixture
def address() -> None:
    """A file; `test_server` does the same with a server."""


def opened_elsewhere(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", OPEN, str(home)], stdout=subprocess.PIPE, text=True
    )


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_the_tables_are_what_the_migrations_make(library: Library) -> None:
    with library._database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_settings_of_every_connection(library: Library) -> None:
    with library._database.read() as one, library._database.read() as other:
        for connection in (one, other):
            for pragma, value in [
                ("journal_mode", "wal"),
                ("secure_delete", 1),
                ("foreign_keys", 1),
                ("synchronous", 1),
                ("busy_timeout", 30_000),
            ]:
                assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_an_open_library_needs_no_alembic(home: Path) -> None:
    for imported in ("True", "False"):
        with opened_elsewhere(home) as child:
            assert child.communicate()[0] == imported
            assert child.returncode == 0


def test_a_path_with_odd_signs(tmp_path: Path) -> None:
    with Library.open(tmp_path / "a%b ?c#d 'e\" é") as library:
        assert library.sessions() == ()
        assert library.home.is_dir()


def test_opening_again_takes_no_locks_from_those_who_have_it_open(
    home: Path, library: Library
) -> None:
    """Another process that thinks itself alone would take the log from under the open library."""
    library.sessions()
    Library.open(home).close()
    told = subprocess.run(
        [sys.executable, "-c", ALONE, str(home / "library.db")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "SQLITE_BUSY"


def test_a_growing_database_is_looked_at_again(home: Path, library: Library) -> None:
    """In the middle of a checkpoint the first page may name pages that are not there yet."""
    library.sessions()
    with (home / "library.db").open("r+b") as file:
        file.seek(PAGES_AT)
        file.write((1000).to_bytes(4, "big"))
    assert is_ours(home / "library.db")


def test_an_empty_file_is_a_library_to_be(home: Path) -> None:
    home.mkdir()
    (home / "library.db").touch()
    with Library.open(home) as library:
        assert library.sessions() == ()


def foreign_sqlite(path: Path) -> None:
    execute(path, "CREATE TABLE theirs (x)", "INSERT INTO theirs VALUES (1)")


def text_file(path: Path) -> None:
    path.write_text("Dear diary, " * 50)


def short_file(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00")


def cut_library(path: Path) -> None:
    Library.open(path.parent).close()
    path.write_bytes(path.read_bytes()[:6_000])


def without_version(path: Path) -> None:
    Library.open(path.parent).close()
    execute(path, "DROP TABLE alembic_version")


@pytest.mark.parametrize(
    "make", [foreign_sqlite, text_file, short_file, cut_library, without_version]
)
def test_what_is_not_ours_is_refused_and_left_alone(
    home: Path, make: Callable[[Path], None]
) -> None:
    home.mkdir()
    path = home / "library.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(CorruptStore) as caught:
        Library.open(home)
    assert "--home" in caught.value.hint
    assert path.read_bytes() == before


def test_a_newer_library_is_refused_and_left_alone(home: Path) -> None:
    Library.open(home).close()
    path = home / "library.db"
    execute(path, "UPDATE alembic_version SET version_num = '9999'")
    execute(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    with pytest.raises(NewerStore, match="9999") as caught:
        Library.open(home)
    assert "pip install --upgrade earwitness" in caught.value.hint
    assert path.read_bytes() == before


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    folder = tmp_path / "100% scripts"
    ours = Path(str(files("earwitness.store") / "migrations"))
    shutil.copytree(ours, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9000_next.py").write_text(NEXT)
    return folder


def test_an_old_library_is_backed_up_and_migrated(
    home: Path, session: Session, library: Library, scripts: Path
) -> None:
    library.close()
    place = Place(home)
    for _ in range(2):
        database = open_database(place, head="9000", scripts=str(scripts))
        with database.read() as connection:
            rows = connection.exec_driver_sql("SELECT id, series FROM session").all()
        assert rows == [(session.id, session.title)]
        assert revision(database) == "9000"
        database.close()
    (backup,) = place.backups.iterdir()
    assert HEAD in backup.name
    old = SqliteDatabase(backup)
    assert revision(old) == HEAD
    old.close()
    with pytest.raises(NewerStore):
        Library.open(home)


def test_a_failed_migration_changes_nothing(
    home: Path, session: Session, library: Library, scripts: Path
) -> None:
    library.close()
    with (scripts / "versions" / "9000_next.py").open("a") as file:
        file.write('    op.execute("UPDATE gone SET there = 1")\n')
    with pytest.raises(Exception, match="no such table: gone"):
        open_database(Place(home), head="9000", scripts=str(scripts))
    with Library.open(home) as again:
        assert again.session(session.id) == session
    assert len(list(Place(home).backups.iterdir())) == 1


def test_many_processes_make_one_library(home: Path) -> None:
    children = [opened_elsewhere(home) for _ in range(4)]
    for child in children:
        with child:
            child.communicate()
        assert child.returncode == 0
    assert not list(home.glob(".*.part"))
    with Library.open(home) as library:
        assert library.sessions() == ()


def test_a_locked_database_is_told(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earwitness.store.sqlite.BUSY_SECONDS", 0)
    other = SqliteDatabase(library.home / "library.db")
    with (
        library._database.write(),
        pytest.raises(StoreError, match="keeps the library locked"),
        other.write(),
    ):
        pytest.fail("two wrote at once")
    other.close()
