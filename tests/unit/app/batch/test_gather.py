"""What a batch takes from folders: recordings, sessions of tracks, each path once."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from earwitness.app.batch.gather import gather
from earwitness.core.errors import SourceNotFound, UnsupportedSource

INFO = """Recording x

Guild:		G (1)
Channel:	evening (2)

Tracks:
	ann#0 (1)
	bob#0 (2)
"""


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def craig(folder: Path) -> None:
    put(folder, "1-ann.flac", "2-bob.flac")
    (folder / "info.txt").write_text(INFO)


def names(folder: Path, *files: Path, recursive: bool = False) -> list[str]:
    return [each.name for each in gather([folder], files, recursive=recursive).found]


def test_recordings_are_taken_in_natural_order_and_the_rest_is_counted(tmp_path: Path) -> None:
    put(tmp_path, "night 10.mp3", "night 2.WAV", "clip.mkv", "notes.txt", ".hidden.wav", "._x.m4a")
    put(tmp_path, "old/night 1.ogg")
    found = gather([tmp_path], ())
    assert [each.name for each in found.found] == ["clip.mkv", "night 2.WAV", "night 10.mp3"]
    assert (found.folders, found.others) == (1, 1)
    assert names(tmp_path, recursive=True)[-1] == "old/night 1.ogg"


def test_a_path_is_taken_once_however_it_is_named(tmp_path: Path) -> None:
    put(tmp_path, "a.wav", "b.wav")
    (tmp_path / "link.wav").symlink_to(tmp_path / "b.wav")
    found = gather([tmp_path, tmp_path], [tmp_path / "." / "b.wav", tmp_path / "b.wav"]).found
    assert [each.path.name for each in found] == ["b.wav", "a.wav"]


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    put(tmp_path, "one/night.wav", "two/night.wav")
    found = gather([tmp_path / "one", tmp_path / "two"], ()).found
    assert [each.name for each in found] == [str(each.path) for each in found]
    assert names(tmp_path, recursive=True) == ["one/night.wav", "two/night.wav"]


def test_a_folder_or_archive_of_tracks_is_one_session(tmp_path: Path) -> None:
    craig(tmp_path / "craig")
    put(tmp_path, "zoom/Audio Record/audioAnn11111111111.m4a", "solo.wav", "others.zip")
    with zipfile.ZipFile(tmp_path / "evening.zip", "w") as archive:
        archive.writestr("info.txt", INFO)
        for name in ("1-ann.flac", "2-bob.flac"):
            archive.writestr(name, b"x")
    expected = ["craig", "evening.zip", "solo.wav", "zoom"]
    assert names(tmp_path) == names(tmp_path, recursive=True) == expected
    assert [each.path for each in gather([tmp_path / "craig"], ()).found] == [tmp_path / "craig"]


def test_what_the_program_writes_is_no_recording(tmp_path: Path) -> None:
    put(tmp_path, "a.wav", "processed/2026-11-25-abcdef/clips/0001.wav")
    found = gather([tmp_path], (), recursive=True, but=[tmp_path / "processed"]).found
    assert [each.name for each in found] == ["a.wav"]


def test_a_file_that_is_named_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    put(tmp_path, "notes.txt")
    found = gather((), [tmp_path / "notes.txt", tmp_path / "gone.wav"]).found
    assert len(found) == 2


def test_a_folder_must_be_one(tmp_path: Path) -> None:
    put(tmp_path, "a.wav")
    with pytest.raises(SourceNotFound, match="no such folder"):
        gather([tmp_path / "gone"], ())
    with pytest.raises(UnsupportedSource, match="not a folder"):
        gather([tmp_path / "a.wav"], ())
