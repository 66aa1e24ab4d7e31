"""Recordings that are there, gone, or on a disk that is not plugged in."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from earwitness.app.sources import intact
from earwitness.app.sources.intact import Whereabouts, is_unplugged, whereabouts
from earwitness.core.session import Recording
from earwitness.store.holdings import Seen

BYTES = b"sound"
RECORDING = Recording(hashlib.sha256(BYTES).hexdigest(), "a.wav", len(BYTES), None, 1, 16_000)
OTHER = Recording("b" * 64, "b.wav", 9, None, 1, 16_000)


def seen(path: Path, *, is_archive: bool = False) -> Seen:
    return Seen(path, is_archive, len(BYTES), 1)


def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    places = {RECORDING.id: [seen(path)]}
    assert whereabouts((RECORDING,), places) is Whereabouts.GONE
    path.write_bytes(BYTES)
    assert whereabouts((RECORDING,), places) is Whereabouts.THERE
    path.write_bytes(b"other")
    assert whereabouts((RECORDING,), places) is Whereabouts.GONE
    path.write_bytes(b"longer than before")
    assert whereabouts((RECORDING,), places) is Whereabouts.GONE


def test_any_of_its_places_will_do(tmp_path: Path) -> None:
    (tmp_path / "copy.wav").write_bytes(BYTES)
    places = {RECORDING.id: [seen(tmp_path / "a.wav"), seen(tmp_path / "copy.wav")]}
    assert whereabouts((RECORDING,), places) is Whereabouts.THERE


def test_a_session_is_orphaned_only_when_all_of_it_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(BYTES)
    places = {RECORDING.id: [seen(tmp_path / "a.wav")]}
    assert whereabouts((RECORDING, OTHER), places) is Whereabouts.THERE
    assert whereabouts((OTHER,), places) is Whereabouts.GONE, "another file took its place"
    assert whereabouts((), places) is Whereabouts.THERE, "an import has none to miss"


def test_an_archive_that_changed_still_has_its_members(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"grown meanwhile")
    places = {RECORDING.id: [seen(tmp_path / "a.zip", is_archive=True)]}
    assert whereabouts((RECORDING,), places) is Whereabouts.THERE
    (tmp_path / "a.zip").unlink()
    assert whereabouts((RECORDING,), places) is Whereabouts.GONE


def test_a_disk_that_is_not_there_is_no_deletion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = tmp_path / "media"
    (media / "ann").mkdir(parents=True)
    monkeypatch.setattr(intact, "_MOUNTS", frozenset({Path("/"), media}))
    away = media / "ann" / "stick" / "night.wav"
    assert is_unplugged(away), "a user's folder, and no disk in it"
    assert is_unplugged(media / "stick" / "night.wav")
    assert is_unplugged(media / "ann" / "night.wav"), "an empty folder to mount at"
    (media / "ann" / "list.txt").touch()
    assert not is_unplugged(media / "ann" / "night.wav"), "its folder is there, and in use"
    (media / "ann" / "stick").mkdir()
    assert not is_unplugged(away)
    assert not is_unplugged(tmp_path / "night.wav")
    assert not is_unplugged(tmp_path / "gone" / "folders" / "night.wav")
    assert is_unplugged(Path("/no-such-disk-here/night.wav"))
    places = {RECORDING.id: [seen(media / "stick" / "night.wav")]}
    assert whereabouts((RECORDING,), places) is Whereabouts.AWAY
