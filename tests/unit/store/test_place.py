"""The home folder: private, and on a disk of this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from earwitness.core.errors import StoreError
from earwitness.store.place import Place, filesystem, is_network

MOUNTS = r"""
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
server:/export /mnt/share nfs4 rw 0 0
/dev/sdb1 /mnt/share/local xfs rw 0 0
//box/people /home/my\040people cifs rw 0 0
C:\134 /mnt/c 9p rw 0 0
me@host:/ /mnt/ssh fuse.sshfs rw 0 0
broken line
"""


@pytest.mark.skipif(sys.platform == "win32", reason="paths of another shape")
@pytest.mark.parametrize(
    ("path", "kind", "network"),
    [
        ("/mnt/share", "nfs4", True),
        ("/mnt/share/earwitness", "nfs4", True),
        ("/mnt/shared", "ext4", False),
        ("/mnt/share/local/x", "xfs", False),
        ("/home/my people/x", "cifs", True),
        ("/mnt/c/Users", "9p", True),
        ("/mnt/ssh/x", "fuse.sshfs", True),
    ],
)
def test_network_folders_are_known(path: str, kind: str, network: bool) -> None:
    assert filesystem(Path(path), MOUNTS) == kind
    assert is_network(kind) is network


def test_an_unknown_file_system_is_allowed() -> None:
    assert not is_network(None)
    assert not is_network("overlay")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_this_machine_tells(tmp_path: Path) -> None:
    assert filesystem(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="no such bits there")
def test_folders_are_private(tmp_path: Path) -> None:
    place = Place(tmp_path / "some" / "home")
    place.prepare()
    for folder in (place.home, place.blobs, place.scratch):
        assert folder.stat().st_mode & 0o777 == 0o700
    assert place.free_bytes() > 0


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(StoreError, match="cannot be made") as caught:
        Place(tmp_path / "home").prepare()
    assert caught.value.hint
