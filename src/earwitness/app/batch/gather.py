"""Batch gather: which files of a folder are recordings, and which folders are one session."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from earwitness.app.sources.tracks import lay_out
from earwitness.core.errors import SourceNotFound, UnsupportedSource
from earwitness.media.layouts import SOUND, suffix

_VIDEO: Final = {"3gp", "avi", "flv", "m4v", "mpeg", "mpg", "mts", "ogv", "wmv"}
MEDIA: Final = SOUND | _VIDEO | {"ac3", "mp2", "spx", "voc"}
"""Suffixes of files that are taken from a folder."""

_ARCHIVE: Final = "zip"
_MOST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Found:
    """One source of a batch.

    Attributes:
        path: A file, or a folder or archive with one file per speaker.
        name: What to call it: from the input folder on, or as it was given.
    """

    path: Path
    name: str


@dataclass(slots=True)
class Gathered:
    """What there is to do.

    Attributes:
        found: Each path once: what was named first, then what lies in folders, in natural order.
        folders: Folders that were not looked into.
        others: How many files were left out, because their names are not those of recordings.
    """

    found: list[Found] = field(default_factory=list)
    folders: int = 0
    others: int = 0


def gather(
    folders: Sequence[Path],
    files: Sequence[Path],
    *,
    recursive: bool = False,
    but: Sequence[Path] = (),
) -> Gathered:
    """Find the sources of a batch; nothing of them is read but lists of tracks.

    A file that is named is taken whatever it is called; if it is not there, its turn will tell.

    Args:
        folders: Recordings in them are taken.
        files: Taken as they are.
        recursive: Folders in folders, too.
        but: Folders that are not looked into: what the program writes is no recording.

    Raises:
        SourceNotFound: A folder is not there.
        UnsupportedSource: It is a file, or holds too much.
    """
    gathered = Gathered()
    seen: set[Path] = set()
    barred = frozenset(_real(path) for path in but)
    for path in files:
        if _is_unseen(path, seen):
            gathered.found.append(Found(path, str(path)))
    for folder in folders:
        _require_folder(folder)
        for path in _in_folder(folder, gathered, recursive=recursive, barred=barred):
            if _is_unseen(path, seen):
                name = path.name if path == folder else path.relative_to(folder).as_posix()
                gathered.found.append(Found(path, name))
            if len(gathered.found) > _MOST:
                raise UnsupportedSource(
                    f"more than {_MOST} recordings", hint="give fewer folders at a time"
                )
    gathered.found = _named_apart(gathered.found)
    return gathered


def is_recording(path: Path) -> bool:
    """Whether a file's name is that of a recording."""
    return not path.name.startswith(".") and suffix(path.name) in MEDIA


def is_session(path: Path) -> bool:
    """Whether a folder or archive plainly holds one file per speaker: Craig, Zoom, Audacity."""
    if not path.is_dir() and suffix(path.name) != _ARCHIVE:
        return False
    try:
        if path.is_dir() and not _may_be_session(path):
            return False
        return lay_out((path,), told=False) is not None
    except (UnsupportedSource, SourceNotFound):
        return False


def _in_folder(
    folder: Path, gathered: Gathered, *, recursive: bool, barred: frozenset[Path]
) -> Iterator[Path]:
    """Sources in a folder; what lies in a folder that is one session is no source of its own."""
    if is_session(folder):
        yield folder
        return
    inside = _listed(folder)
    for path in inside:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            if path.is_symlink() or _real(path) in barred:
                continue
            if is_session(path):
                yield path
            elif recursive and os.access(path, os.R_OK | os.X_OK):
                yield from _in_folder(path, gathered, recursive=True, barred=barred)
            else:
                gathered.folders += 1
        elif is_recording(path) or (suffix(path.name) == _ARCHIVE and is_session(path)):
            yield path
        else:
            gathered.others += 1


def _may_be_session(folder: Path) -> bool:
    """Whether what tells a layout lies in the folder itself, not in a folder of it."""
    names = [path.name.lower() for path in _listed(folder)]
    projects = sum(suffix(name) == "aup" for name in names)
    return projects == 1 or "info.txt" in names or "audio record" in names


def _listed(folder: Path) -> list[Path]:
    """What lies in a folder, in natural order.

    Raises:
        SourceNotFound: It cannot be looked into.
    """
    try:
        return sorted(folder.iterdir(), key=_natural)
    except OSError as error:
        raise SourceNotFound(
            f"{folder.name or folder}: cannot be looked into", hint="check that you may read it"
        ) from error


def _natural(path: Path) -> tuple[object, ...]:
    """`night 2` comes before `night 10`."""
    parts = re.split(r"(\d{1,18})", path.name.casefold())
    return (*((int(p), "") if p.isdigit() else (-1, p) for p in parts), path.name)


def _require_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    if folder.exists():
        raise UnsupportedSource(
            f"{folder.name}: a file, not a folder", hint="name it with --files instead"
        )
    raise SourceNotFound(
        f"{folder.name or folder}: no such folder", hint="check the path and its spelling"
    )


def _is_unseen(path: Path, seen: set[Path]) -> bool:
    real = _real(path)
    if real in seen:
        return False
    seen.add(real)
    return True


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _named_apart(found: list[Found]) -> list[Found]:
    """Two folders may hold files of one name: then the whole path names them."""
    count = Counter(each.name for each in found)
    return [Found(each.path, str(each.path)) if count[each.name] > 1 else each for each in found]
