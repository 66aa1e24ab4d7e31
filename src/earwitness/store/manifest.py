"""What a backup says about itself: its form, the files in it and their digests."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from earwitness.core.errors import CorruptStore, NewerStore

MANIFEST = "manifest.json"
DATABASE = "library.db"

_FORM = "earwitness/backup"
_VERSION = 1
_NAME = re.compile(r"library\.db|blobs/([0-9a-f]{2})/\1[0-9a-f]{62}")


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a backup; the name is relative to the home folder."""

    name: str
    sha256: str
    size_bytes: int


class Manifest(msgspec.Struct, frozen=True):
    """First member of every backup."""

    schema: str
    made_at: datetime
    revision: str
    sessions: int
    files: tuple[Listed, ...]


def manifest(
    *, made_at: datetime, revision: str, sessions: int, files: tuple[Listed, ...]
) -> bytes:
    """The manifest as bytes."""
    found = Manifest(f"{_FORM}@{_VERSION}", made_at, revision, sessions, files)
    return msgspec.json.format(msgspec.json.encode(found))


def read_manifest(data: bytes) -> Manifest:
    """A manifest whose names are safe to be made under a home folder.

    Raises:
        CorruptStore: It is none, or names files that no backup of ours holds.
        NewerStore: It is of a form this version does not know.
    """
    try:
        found = msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise foreign() from error
    form, _, version = found.schema.rpartition("@")
    if form != _FORM or not version.isdecimal():
        raise foreign()
    if int(version) > _VERSION:
        raise NewerStore(
            f"the backup is of form {version}; this version reads {_VERSION}",
            hint="upgrade with `pip install --upgrade earwitness`",
        )
    names = [entry.name for entry in found.files]
    if len(set(names)) != len(names) or DATABASE not in names:
        raise foreign()
    for entry in found.files:
        blob = entry.name.startswith("blobs/")
        if not _NAME.fullmatch(entry.name) or (blob and not entry.name.endswith(entry.sha256)):
            raise foreign()
    return found


def foreign() -> CorruptStore:
    """The error for a file that is no backup of ours."""
    return CorruptStore(
        "the file is not a backup of Earwitness, or is damaged",
        hint="give a file that `earwitness backup` made; nothing was changed",
    )
