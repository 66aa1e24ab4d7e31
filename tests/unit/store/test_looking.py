"""Looking at a library: everything is seen, and not a byte changes, whoever works meanwhile."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.waste import folder_hash

from earwitness.core.errors import CorruptStore, StoreError
from earwitness.core.session import Recording, Session
from earwitness.store.library import Library

RECORDING = Recording("a" * 64, "scene.wav", 1_000, None, 2, 48_000)


def session(suffix: str) -> Session:
    return Session(f"2026-11-20-{suffix}", "A scene", "meeting", None, (RECORDING,))


def seen(home: Path) -> set[str]:
    """Ids in a library that is looked at; nothing changes by it."""
    before = folder_hash(home)
    library = Library.look(home)
    assert library is not None
    with library:
        found = {row.session.id for row in library.sessions()}
    assert folder_hash(home) == before
    return found


def test_a_closed_library_is_seen(tmp_path: Path) -> None:
    with Library.open(tmp_path / "home") as library:
        library.add_session(session("aaaaaa"))
    assert not (tmp_path / "home" / "library.db-wal").exists()
    assert seen(tmp_path / "home") == {"2026-11-20-aaaaaa"}


def test_what_only_the_log_holds_is_seen(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Library.open(home) as library:
        library.add_session(session("aaaaaa"))
        looking = Library.look(home)
        assert looking is not None
        with looking:
            library.add_session(session("bbbbbb"))
            found = {row.session.id for row in looking.sessions()}
            assert found == {"2026-11-20-aaaaaa", "2026-11-20-bbbbbb"}


def test_what_a_crash_left_is_seen_and_left(tmp_path: Path) -> None:
    home, crashed = tmp_path / "home", tmp_path / "crashed"
    with Library.open(home) as library:
        library.add_session(session("aaaaaa"))
        shutil.copytree(home, crashed)
    assert (crashed / "library.db-wal").stat().st_size
    assert seen(crashed) == {"2026-11-20-aaaaaa"}
    (crashed / "library.db-shm").unlink()
    assert seen(crashed) == {"2026-11-20-aaaaaa"}, "a log without its index, from a copy"
    assert not list(Path(tmp_path).glob("earwitness-look-*"))


def test_no_library_is_none_and_none_is_made(tmp_path: Path) -> None:
    assert Library.look(tmp_path / "home") is None
    assert not (tmp_path / "home").exists()


def test_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_bytes(b"a diary" * 100)
    with pytest.raises(CorruptStore):
        Library.look(tmp_path)


def test_another_form_is_refused_and_left(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Library.open(home) as library, library._database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    before = folder_hash(home)
    with pytest.raises(StoreError, match="form is 0001") as caught:
        Library.look(home)
    assert "brings an older one up to date" in (caught.value.hint or "")
    assert folder_hash(home) == before


def test_whoever_looks_cannot_write(tmp_path: Path) -> None:
    with Library.open(tmp_path / "home"):
        pass
    looking = Library.look(tmp_path / "home")
    assert looking is not None
    with looking, pytest.raises(StoreError, match="look only"):
        looking.add_session(session("aaaaaa"))


def test_a_library_on_a_server_is_seen(tmp_path: Path, postgres: str) -> None:
    home = tmp_path / "served"
    with Library.open(home, database=postgres) as library:
        library.add_session(session("aaaaaa"))
    before = folder_hash(home)
    looking = Library.look(home, database=postgres)
    assert looking is not None
    with looking:
        assert [row.session.id for row in looking.sessions()] == ["2026-11-20-aaaaaa"]
    assert folder_hash(home) == before
