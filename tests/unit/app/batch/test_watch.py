"""A watched folder: nothing is begun before it has come to rest, and nothing twice."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from earwitness.app.batch.gather import Found
from earwitness.app.batch.watch import Watch


def found(*paths: Path) -> list[Found]:
    return [Found(path, path.name) for path in paths]


def ready(watch: Watch, now_s: float, *paths: Path) -> list[str]:
    return [each.name for each in watch.ready(found(*paths), now_s)]


def test_a_file_is_ready_when_it_has_not_changed_for_a_while_and_only_once(tmp_path: Path) -> None:
    path, watch = tmp_path / "a.wav", Watch(5)
    path.write_bytes(b"12")
    assert ready(watch, 0, path) == []
    assert ready(watch, 4, path) == []
    path.write_bytes(b"1234")
    assert ready(watch, 6, path) == []
    assert ready(watch, 10.9, path) == []
    assert ready(watch, 11, path) == ["a.wav"]
    assert ready(watch, 100, path) == []


def test_a_file_that_keeps_its_size_but_is_written_to_is_not_ready(tmp_path: Path) -> None:
    path, watch = tmp_path / "a.wav", Watch(5)
    path.write_bytes(b"0000")
    assert ready(watch, 0, path) == []
    os.utime(path, ns=(1, 1))  # what some copies do: the size is there first
    assert ready(watch, 5, path) == []
    assert ready(watch, 10, path) == ["a.wav"]


def test_an_empty_file_is_not_ready_and_one_that_vanishes_is_forgotten(tmp_path: Path) -> None:
    path, watch = tmp_path / "a.wav", Watch(5)
    path.touch()
    assert ready(watch, 0, path) == []
    assert ready(watch, 50, path) == []
    path.write_bytes(b"1")
    assert ready(watch, 51, path) == []
    assert ready(watch, 54) == []
    assert ready(watch, 57, path) == [], "it was away; it has to rest anew"
    assert ready(watch, 62, path) == ["a.wav"]


def test_a_file_that_changed_after_it_was_taken_is_taken_again(tmp_path: Path) -> None:
    path, watch = tmp_path / "a.wav", Watch(5)
    path.write_bytes(b"half")
    ready(watch, 0, path)
    assert ready(watch, 5, path) == ["a.wav"]
    path.write_bytes(b"half and half")
    assert ready(watch, 6, path) == []
    assert ready(watch, 11, path) == ["a.wav"]


def test_a_folder_rests_when_all_in_it_does(tmp_path: Path) -> None:
    folder, watch = tmp_path / "craig", Watch(5)
    folder.mkdir()
    (folder / "1-ann.flac").write_bytes(b"1")
    assert ready(watch, 0, folder) == []
    (folder / "2-bob.flac").write_bytes(b"1")
    assert ready(watch, 5, folder) == []
    assert ready(watch, 10, folder) == ["craig"]


@given(st.lists(st.tuples(st.floats(0.1, 4.0), st.booleans()), max_size=30))
def test_a_file_is_never_ready_within_its_rest(steps: list[tuple[float, bool]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path, watch = Path(folder) / "a.wav", Watch(5)
        path.write_bytes(b"x")
        now_s, changed_s, size = 0.0, 0.0, 1
        watch.ready(found(path), now_s)
        for wait_s, grows in steps:
            now_s += wait_s
            if grows:
                size += 1
                path.write_bytes(b"x" * size)
                changed_s = now_s
            if watch.ready(found(path), now_s):
                assert now_s - changed_s >= 5
