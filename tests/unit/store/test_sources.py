"""Files and the recordings in them."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from earwitness.core.session import Recording, Session
from earwitness.store.library import Library


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "scene.wav"
    found.write_bytes(b"sound")
    return found


def test_an_unchanged_file_is_known(library: Library, recording: Recording, path: Path) -> None:
    library.remember_source(recording, path, 5, 10**18 + 7)
    assert library.known_recording(path, 5, 10**18 + 7) == recording
    assert library.known_recording(path, 6, 10**18 + 7) is None
    assert library.known_recording(path, 5, 10**18 + 8) is None
    assert library.known_recording(path.with_name("other.wav"), 5, 10**18 + 7) is None
    assert library.source(recording.id) == path.resolve()


def test_any_notation_of_a_path(
    library: Library, recording: Recording, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    library.remember_source(recording, Path("scene.wav"), 5, 1)
    assert library.known_recording(path, 5, 1) == recording


def test_a_file_that_changed_holds_its_new_recording_only(
    library: Library, recording: Recording, path: Path
) -> None:
    library.remember_source(recording, path, 5, 1)
    other = replace(recording, id="b" * 64, name="scene.wav")
    library.remember_source(other, path, 6, 2)
    assert library.known_recording(path, 5, 1) is None
    assert library.known_recording(path, 6, 2) == other
    assert library.source(recording.id) is None
    assert library.source(other.id) == path.resolve()


def test_the_latest_copy_that_exists(library: Library, recording: Recording, path: Path) -> None:
    copy = path.with_name("copy.wav")
    copy.write_bytes(path.read_bytes())
    library.remember_source(recording, path, 5, 1)
    library.remember_source(replace(recording, name="copy.wav"), copy, 5, 2)
    assert library.source(recording.id) == copy.resolve()
    assert library.known_recording(path, 5, 1) == recording
    copy.unlink()
    assert library.source(recording.id) == path.resolve()
    path.unlink()
    assert library.source(recording.id) == copy.resolve()
    assert library.source("b" * 64) is None


def test_a_known_duration_is_not_forgotten(
    library: Library, recording: Recording, path: Path, session: Session
) -> None:
    library.set_duration(recording.id, 61_000)
    library.remember_source(recording, path, 5, 1)
    known = library.known_recording(path, 5, 1)
    assert known is not None
    assert known.duration_ms == 61_000
    assert library.session(session.id).recordings == (replace(recording, duration_ms=61_000),)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="all names are Unicode there")
def test_a_name_that_is_no_unicode(library: Library, recording: Recording, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"sc\xe8ne.wav")
    path.write_bytes(b"sound")
    library.remember_source(replace(recording, name=path.name), path, 5, 1)
    assert library.source(recording.id) == path
    known = library.known_recording(path, 5, 1)
    assert known is not None
    assert known.name == "sc?ne.wav"
