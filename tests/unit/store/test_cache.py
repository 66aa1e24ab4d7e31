"""Cache: copies in bounded room; what was used last stays, and nothing here is ever a fault."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from earwitness.store.blobs import digest_of
from earwitness.store.cache import Cache


def keep(cache: Cache, data: bytes, *, used_at: int) -> str:
    digest = digest_of(data)
    cache.keep(digest, data)
    if cache.path(digest).exists():
        os.utime(cache.path(digest), (used_at, used_at))
    return digest


def test_the_copies_that_were_not_used_for_longest_give_way(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", 1_000)
    old, used = (keep(cache, bytes([n]) * 300, used_at=n) for n in (1, 2))
    keep(cache, bytes([3]) * 300, used_at=3)
    assert cache.read(used) is not None  # and so it was used now
    newest = keep(cache, bytes([4]) * 300, used_at=4)
    left = set(cache.digests())
    assert {used, newest} <= left
    assert old not in left
    assert sum(cache.path(digest).stat().st_size for digest in left) <= 1_000


def test_a_copy_larger_than_the_room_is_not_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", 100)
    assert cache.read(keep(cache, bytes(101), used_at=1)) is None
    nothing = Cache(tmp_path / "cache", 0)
    assert nothing.read(keep(nothing, b"any", used_at=1)) is None


def test_a_damaged_copy_is_none(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", 1_000)
    digest = keep(cache, b"bytes", used_at=1)
    cache.path(digest).write_bytes(b"other")
    assert cache.read(digest) is None
    assert not cache.path(digest).exists()


def test_no_copy_can_be_kept_and_nothing_happens(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = Cache(tmp_path / "cache", 1_000)
    digest = keep(cache, b"bytes", used_at=1)
    assert cache.read(digest) is None
    assert cache.drop(digest) == 0
    assert "no copy is kept" in caplog.text
