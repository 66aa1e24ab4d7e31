"""Atomic writing: whole or absent, also when the disk says no."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from earwitness.core.errors import DiskFull, SourceNotFound, StoreError
from earwitness.core.files import disk_faults, part_owner, part_path, write_atomic

LIMITED = """
import resource, sys
from pathlib import Path
from earwitness.core.errors import DiskFull
from earwitness.core.files import write_atomic

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomic(Path(sys.argv[1]), b"new" * 1000)
except DiskFull as error:
    sys.stdout.write(f"{error.exit_code} {error.hint}")
"""


def test_replaces_a_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "transcript.txt"
    write_atomic(path, b"old")
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_long_name_fits(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250 + ".txt")
    write_atomic(path, b"text")
    assert path.read_bytes() == b"text"


@pytest.mark.parametrize("where", ["missing/file", "."])
def test_what_cannot_be_written_is_an_error_of_ours(tmp_path: Path, where: str) -> None:
    with pytest.raises(StoreError, match="cannot be written") as caught:
        write_atomic(tmp_path / where, b"text")
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file sizes there")
def test_no_room_is_disk_full_and_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "transcript.txt"
    path.write_bytes(b"old")
    child = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True
    )
    assert child.stdout.startswith("9 free some space")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, DiskFull), (errno.EFBIG, DiskFull), (errno.EIO, StoreError)]
)
def test_faults_have_our_types(number: int, kind: type[StoreError]) -> None:
    with pytest.raises(StoreError) as caught, disk_faults("the test cannot go on"):
        raise OSError(number, os.strerror(number))
    assert type(caught.value) is kind
    assert str(caught.value).startswith("the test cannot go on")


def test_an_error_of_ours_that_is_an_os_error_passes() -> None:
    with pytest.raises(SourceNotFound), disk_faults("never said"):
        raise SourceNotFound("no such file")


def test_many_writers_of_one_name_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    texts = [bytes([65 + n]) * 20_000 for n in range(8)]
    threads = [threading.Thread(target=write_atomic, args=(path, text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in texts
    assert list(tmp_path.iterdir()) == [path]


def test_a_part_tells_its_maker(tmp_path: Path) -> None:
    assert part_owner(part_path(tmp_path)) == os.getpid()
    assert part_owner(tmp_path / "transcript.txt") is None
    assert part_path(tmp_path) != part_path(tmp_path)
