"""Blobs: named by their content, checked when read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from earwitness.core.errors import CorruptStore
from earwitness.core.files import part_path
from earwitness.store.blobs import FolderBlobs, digest_of, stale_parts


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path)


def test_bytes_come_back(blobs: FolderBlobs) -> None:
    digest = blobs.write(b"bytes")
    assert digest == digest_of(b"bytes")
    assert blobs.write(b"bytes") == digest
    assert blobs.read(digest) == b"bytes"
    assert list(blobs.digests()) == [digest]
    assert blobs.path(digest).parent.name == digest[:2]


@pytest.mark.parametrize("damage", [b"", b"byte", b"bytez", b"bytes and more"])
def test_damage_is_seen_and_mended_by_the_same_bytes(blobs: FolderBlobs, damage: bytes) -> None:
    digest = blobs.write(b"bytes")
    blobs.path(digest).write_bytes(damage)
    with pytest.raises(CorruptStore, match="is damaged"):
        blobs.read(digest)
    blobs.write(b"bytes")
    assert blobs.read(digest) == b"bytes"


def test_what_is_gone_is_told(blobs: FolderBlobs) -> None:
    with pytest.raises(CorruptStore, match="is gone") as caught:
        blobs.read(digest_of(b"never written"))
    assert "--fresh" in caught.value.hint


def test_parts_of_the_living_are_left_alone(tmp_path: Path) -> None:
    mine = part_path(tmp_path)
    mine.touch()
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    )
    dead = tmp_path / mine.name.replace(f".{os.getpid()}.", f".{int(child.stdout)}.")
    dead.touch()
    (tmp_path / ".other.part").touch()
    assert list(stale_parts(tmp_path, stale_seconds=60)) == [dead]
    assert set(stale_parts(tmp_path, stale_seconds=0)) == {dead, mine}
