"""Zip archives that may be made to do harm: looked through before a byte of them is unpacked.

Members are known by name and never become paths; the caller says where bytes go. Even so, an
archive that tries a trick is refused whole: whoever made it did not mean well, or it is broken.
"""

from __future__ import annotations

import hashlib
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from earwitness.core.errors import UnsupportedSource
from earwitness.core.files import disk_faults
from earwitness.media.source import require_file

MAX_MEMBERS: Final = 10_000
MAX_BYTES: Final = 64 << 30
"""Of all members together; 16 tracks of 8 hours as wav are 44 GB."""
MAX_RATIO: Final = 200
"""Sound does not shrink so much, except silence: small archives may."""
SMALL_BYTES: Final = 4 << 30
_DIRECTORY_BYTES: Final = 16 << 20
_BLOCK: Final = 1 << 20
_END: Final = b"PK\x05\x06"
_LOCATOR: Final = b"PK\x06\x07"
_END_64: Final = b"PK\x06\x06"
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_NESTED: Final = re.compile(r"\.(zip|7z|rar|tar|tgz|gz|bz2|xz|zst|lz4|cab|iso|jar)$", re.IGNORECASE)
_DEVICE: Final = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)", re.IGNORECASE
)
_AGAIN: Final = "fetch it again; or unpack it yourself and name the folder"


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside an archive.

    Attributes:
        name: As the archive's directory has it, parts divided by `/`.
        shown: The same, as people should read it.
        size_bytes: Unpacked.
    """

    name: str
    shown: str
    size_bytes: int


def is_archive(path: Path) -> bool:
    """Whether a file is a zip, by its first bytes."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError:
        return False
    return head in (b"PK\x03\x04", _END)


def members(path: Path) -> tuple[Member, ...]:
    """The files in an archive, none of them opened.

    Raises:
        UnsupportedSource: It is damaged, encrypted, too large, or plays a trick.
    """
    require_file(path)
    with _opened(path) as archive:
        infos = archive.infolist()
        _check(path, infos)
        return tuple(
            Member(info.filename, _readable(info), info.file_size)
            for info in infos
            if not info.is_dir()
        )


def read_text(path: Path, member: str, *, most_bytes: int) -> str:
    """A small text file in an archive; what is no UTF-8 is replaced.

    Raises:
        UnsupportedSource: It is damaged, or larger than `most_bytes`.
    """
    with _opened(path) as archive, _member(archive, path, member) as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise _refused(path, "a text file in it is far too large")
    return data.decode("utf-8-sig", errors="replace")


def unpack(path: Path, member: str, target: Path) -> str:
    """Write a member's bytes to `target`, no more of them than the archive says.

    Returns:
        Their SHA-256, 64 hex digits.

    Raises:
        UnsupportedSource: The member is damaged.
        DiskFull: No space.
    """
    sha = hashlib.sha256()
    with _opened(path) as archive, _member(archive, path, member) as file:
        left = archive.getinfo(member).file_size
        with disk_faults("the archive cannot be unpacked"), target.open("wb") as out:
            while block := file.read(_BLOCK):
                left -= len(block)
                if left < 0:
                    raise _refused(path, "a file in it is longer than it says")
                sha.update(block)
                out.write(block)
    if left:
        raise _refused(path, "a file in it breaks off before its end")
    return sha.hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error) as error:
        raise _refused(path, "the archive is damaged") from error
    except (NotImplementedError, RuntimeError) as error:
        raise _refused(path, "it is packed in a way that cannot be read") from error


@contextmanager
def _member(archive: zipfile.ZipFile, path: Path, member: str) -> Iterator[IO[bytes]]:
    try:
        file = archive.open(member)
    except KeyError as error:
        raise _refused(path, "a file is no longer in it") from error
    with file:
        yield file


def _check_directory(path: Path) -> None:
    """Refuse a directory so long that reading it would fill the memory.

    Raises:
        UnsupportedSource: It is, or there is none.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - (1 << 16) - 22 - 20 - 56))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise _refused(path, "the archive is damaged: its directory is missing")
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    wide = tail[at - 76 : at - 20] if at >= 76 and tail[at - 20 : at - 16] == _LOCATOR else b""
    if wide[:4] == _END_64:
        length = int.from_bytes(wide[40:48], "little")
    if length > min(size, _DIRECTORY_BYTES):
        raise _refused(path, "its directory is too long")


def _check(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MAX_MEMBERS:
        raise _refused(path, f"more than {MAX_MEMBERS} files are in it")
    total, packed = sum(info.file_size for info in infos), 0
    seen: set[str] = set()
    end = 0
    for info in sorted(infos, key=lambda each: each.header_offset):
        if info.flag_bits & 0x1:
            raise _refused(path, "it is encrypted", "unpack it yourself and name the folder")
        if info.compress_type not in _METHODS:
            raise _refused(path, "it is packed in a way that cannot be read")
        _check_name(path, info)
        folded = info.filename.casefold()
        if folded in seen:
            raise _refused(path, "two files in it have the same name")
        seen.add(folded)
        # One stretch of packed bytes that many members share is how a small file becomes huge.
        if info.header_offset < end or info.header_offset + info.compress_size > _size(path):
            raise _refused(path, "files in it lie over each other")
        end = info.header_offset + 30 + info.compress_size
        packed += info.compress_size
    if total > MAX_BYTES or (total > SMALL_BYTES and total > MAX_RATIO * max(1, packed)):
        raise _refused(path, f"unpacked it would take {total / 1e9:.0f} GB")


def _check_name(path: Path, info: zipfile.ZipInfo) -> None:
    mode = info.external_attr >> 16
    kind = stat.S_IFMT(mode)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refused(path, "a link or device is in it")
    name = info.orig_filename
    parts = name.rstrip("/").split("/")
    odd = any(ord(sign) < 32 or ord(sign) == 127 for sign in name) or set(name) & set("\\:")
    if odd or any(part in ("", ".", "..") for part in parts):
        raise _refused(path, "a name in it leads out of it")
    if any(_DEVICE.fullmatch(part.split(".")[0].strip()) for part in parts):
        raise _refused(path, "a name in it is that of a device")
    if _NESTED.search(name):
        raise _refused(path, "another archive is in it", "unpack that one by itself")


def _readable(info: zipfile.ZipInfo) -> str:
    """A member's name; many programs write UTF-8 without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _size(path: Path) -> int:
    return path.stat().st_size


def _refused(path: Path, why: str, hint: str = _AGAIN) -> UnsupportedSource:
    return UnsupportedSource(f"{path.name}: {why}", hint=hint)
