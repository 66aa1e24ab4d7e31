"""What models take in the hub's cache, and what may be removed of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.core.errors import NotAllowed, NotFound, UsageError
from earwitness.engines.whisper_cache import entries, find, remove

COMMIT = "a" * 40
SMALL = "Systran/faster-whisper-small"


def keep(cache: Path, repo: str, *, config: bytes = b'{"alignment_heads": []}') -> Path:
    """An entry as the hub's tools make it: blobs, and a snapshot that points to them."""
    entry = cache / ("models--" + repo.replace("/", "--"))
    (entry / "blobs").mkdir(parents=True)
    (entry / "blobs" / "weights").write_bytes(bytes(3_000_000))
    snapshot = entry / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "model.bin").symlink_to(entry / "blobs" / "weights")
    (snapshot / "config.json").write_bytes(config)
    (cache / ".locks" / entry.name).mkdir(parents=True)
    return entry


def test_whisper_models_are_listed_with_what_they_take(tmp_path: Path) -> None:
    keep(tmp_path, SMALL)
    keep(tmp_path, "someone/whisper-frisian")
    keep(tmp_path, "someone/poetry", config=b"{}")
    found = {entry.name: entry.size_bytes for entry in entries(tmp_path)}
    assert set(found) == {"small", "someone/whisper-frisian"}
    assert all(3_000_000 <= size < 3_001_000 for size in found.values()), "links count once"


def test_a_fetch_that_broke_off_counts_too(tmp_path: Path) -> None:
    half = tmp_path / "models--Systran--faster-whisper-tiny" / "blobs"
    half.mkdir(parents=True)
    (half / "weights.incomplete").write_bytes(bytes(500))
    (entry,) = entries(tmp_path)
    assert (entry.name, entry.size_bytes) == ("tiny", 500)


@pytest.mark.parametrize("name", ["small", SMALL])
def test_a_model_is_removed_by_name_and_nothing_else(tmp_path: Path, name: str) -> None:
    entry, other = keep(tmp_path, SMALL), keep(tmp_path, "someone/poetry", config=b"{}")
    remove(find(name, cache=tmp_path))
    assert not entry.exists()
    assert not (tmp_path / ".locks" / entry.name).exists()
    assert other.is_dir()
    assert (tmp_path / ".locks" / other.name).is_dir()


def test_folders_of_the_user_are_never_removed(tmp_path: Path) -> None:
    entry = keep(tmp_path, SMALL)
    for path in (str(entry), str(entry / "snapshots" / COMMIT), "./small", "~/models/small"):
        with pytest.raises(UsageError) as refused:
            find(path, cache=tmp_path)
        assert refused.value.hint
    assert entry.is_dir()


def test_a_model_that_the_settings_name_by_its_path_stays(tmp_path: Path) -> None:
    entry = keep(tmp_path, SMALL)
    used = str(entry / "snapshots" / COMMIT)
    with pytest.raises(NotAllowed) as refused:
        find("small", cache=tmp_path, used=used)
    assert "config show" in refused.value.hint
    assert find("small", cache=tmp_path, used="small").folder == entry


@pytest.mark.parametrize("name", ["base", "someone/poetry", "nonsense"])
def test_what_is_not_there_or_no_whisper_model_is_not_found(tmp_path: Path, name: str) -> None:
    keep(tmp_path, "someone/poetry", config=b"{}")
    with pytest.raises(NotFound):
        find(name, cache=tmp_path)


def test_an_entry_that_points_elsewhere_is_left_alone(tmp_path: Path) -> None:
    elsewhere = keep(tmp_path / "elsewhere", SMALL)
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / elsewhere.name).symlink_to(elsewhere)
    assert entries(tmp_path / "hub") == ()
    with pytest.raises(NotFound):
        find("small", cache=tmp_path / "hub")
