"""Archives made to do harm: refused with a typed error, and nothing is written anywhere."""

from __future__ import annotations

import hashlib
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from earwitness.core.errors import UnsupportedSource
from earwitness.media import archive
from earwitness.media.archive import is_archive, members, read_text, unpack

TRICKS = [
    "../1-ann.flac",
    "tracks/../../1-ann.flac",
    "/etc/1-ann.flac",
    "C:/1-ann.flac",
    "C:1-ann.flac",
    "\\\\server\\share\\1-ann.flac",
    "..\\1-ann.flac",
    "a//1-ann.flac",
    "./1-ann.flac",
    "CON",
    "nul.flac",
    "tracks/COM1.flac",
    "aux /1-ann.flac",
    "1-ann\n.flac",
    "1-ann.flac\x7f",
    "more.zip",
    "more.tar.gz",
    "MORE.7Z",
]


def made(path: Path, *names: str, data: bytes = b"sound") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in names:
            target.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path


@pytest.mark.parametrize("name", TRICKS)
def test_names_that_play_tricks(tmp_path: Path, name: str) -> None:
    path = made(tmp_path / "a.zip", "1-ann.flac", name)
    with pytest.raises(UnsupportedSource) as caught:
        members(path)
    assert caught.value.hint
    assert [each.name for each in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("other", ["1-ann.flac", "1-ANN.flac"])
def test_names_that_are_there_twice(tmp_path: Path, other: str) -> None:
    with pytest.raises(UnsupportedSource, match="same name"):
        members(made(tmp_path / "a.zip", "1-ann.flac", other))


@pytest.mark.parametrize("mode", [0o120777, 0o020600, 0o010600])
def test_links_and_devices(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.zip"
    info = zipfile.ZipInfo("1-ann.flac")
    info.external_attr = mode << 16
    with zipfile.ZipFile(path, "w") as target:
        target.writestr(info, "/etc/passwd")
    with pytest.raises(UnsupportedSource, match="link or device"):
        members(path)


def patched(path: Path, change: Callable[[bytearray, int], None]) -> Path:
    """Change the first entry of an archive's directory."""
    data = bytearray(path.read_bytes())
    change(data, data.index(b"PK\x01\x02"))
    path.write_bytes(data)
    return path


def encrypted(data: bytearray, at: int) -> None:
    data[at + 8] |= 1


def huge(data: bytearray, at: int) -> None:
    data[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFFE)


def packed_oddly(data: bytearray, at: int) -> None:
    data[at + 10 : at + 12] = struct.pack("<H", 97)


def beyond_the_end(data: bytearray, at: int) -> None:
    data[at + 20 : at + 24] = struct.pack("<I", 0x7FFFFFFF)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (encrypted, "encrypted"),
        (huge, "GB"),
        (packed_oddly, "cannot be read"),
        (beyond_the_end, "over each other"),
    ],
)
def test_directories_that_lie(
    tmp_path: Path, change: Callable[[bytearray, int], None], told: str
) -> None:
    path = patched(made(tmp_path / "a.zip", "1-ann.flac", "2-bob.flac"), change)
    with pytest.raises(UnsupportedSource, match=told):
        members(path)


def test_bytes_that_several_members_share(tmp_path: Path) -> None:
    path = made(tmp_path / "a.zip", "1-ann.flac", "2-bob.flac", data=b"x" * 5_000)
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(data)
    with pytest.raises(UnsupportedSource):
        members(path)


def test_too_many_members_and_too_long_a_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path / "a.zip", *(f"{n}-x.flac" for n in range(30)))
    monkeypatch.setattr(archive, "MAX_MEMBERS", 29)
    with pytest.raises(UnsupportedSource, match="more than 29"):
        members(path)
    monkeypatch.setattr(archive, "_DIRECTORY_BYTES", 100)
    with pytest.raises(UnsupportedSource, match="too long"):
        members(path)


def test_silence_may_shrink_but_not_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path / "a.zip", "1-ann.wav", data=bytes(3_000_000))
    assert len(members(path)) == 1, "a silent track of a short call"
    monkeypatch.setattr(archive, "SMALL_BYTES", 1_000_000)
    with pytest.raises(UnsupportedSource, match="GB"):
        members(path)


def test_damage_is_told_when_a_member_is_unpacked(tmp_path: Path) -> None:
    path = made(tmp_path / "a.zip", "1-ann.flac", data=bytes(range(256)) * 40)
    data = bytearray(path.read_bytes())
    data[80] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(UnsupportedSource, match="damaged"):
        unpack(path, "1-ann.flac", tmp_path / "out")
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(UnsupportedSource, match="damaged"):
        members(path)
    path.write_bytes(b"PK\x03\x04" + bytes(200))
    with pytest.raises(UnsupportedSource, match="damaged"):
        members(path)


def test_a_good_archive_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("night/", "")
        target.writestr("night/1-Zoë 🎲.flac", b"abc")
        target.writestr("night/info.txt", "\ufeffGuild: x\n")
    assert is_archive(path)
    found = members(path)
    assert [(each.shown, each.size_bytes) for each in found] == [
        ("night/1-Zoë 🎲.flac", 3),
        ("night/info.txt", 12),
    ]
    assert read_text(path, "night/info.txt", most_bytes=20) == "Guild: x\n"
    with pytest.raises(UnsupportedSource, match="far too large"):
        read_text(path, "night/info.txt", most_bytes=5)
    digest = unpack(path, found[0].name, tmp_path / "out")
    assert digest == hashlib.sha256(b"abc").hexdigest()
    assert (tmp_path / "out").read_bytes() == b"abc"


def test_other_files_are_no_archives(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(b"fLaC")
    assert not is_archive(tmp_path / "a.flac")
    assert not is_archive(tmp_path / "gone")
