"""Tracks: what the user named - a folder, an archive, files - as one session of tracks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from earwitness.core.errors import SourceNotFound, UnsupportedSource, UsageError
from earwitness.core.session import Track
from earwitness.core.source import Source
from earwitness.media import archive
from earwitness.media.layouts import TEXT_BYTES, Layout, Strand, recognise, suffix

_MAX_FILES: Final = 10_000
_NOT_TOLD: Final = "name the files inside it, or add --tracks when it holds one file per speaker"


@dataclass(frozen=True, slots=True)
class Laid:
    """Files that are one session of tracks.

    Attributes:
        layout: What was recognised.
        sources: Where each of its strands is read from.
    """

    layout: Layout
    sources: tuple[Source, ...]

    @property
    def tracks(self) -> tuple[Track, ...]:
        """What is said of each."""
        return tuple(strand.track for strand in self.layout.strands)

    def without(self, places: frozenset[int]) -> Laid:
        """The same but for some."""
        kept = [place for place in range(len(self.sources)) if place not in places]
        strands = tuple(self.layout.strands[place] for place in kept)
        return Laid(
            replace(self.layout, strands=strands), tuple(self.sources[place] for place in kept)
        )


def lay_out(
    paths: tuple[Path, ...], *, told: bool, offsets: tuple[tuple[str, int], ...] = ()
) -> Laid | None:
    """The tracks among what the user named.

    Args:
        paths: A folder, a zip, an Audacity project, or files.
        told: The user says that they are tracks.
        offsets: Name (a person's, or a file's) and session time in milliseconds of its start.

    Returns:
        None when they are plain recordings.

    Raises:
        SourceNotFound: There is nothing.
        UnsupportedSource: A folder or archive without tracks, or one that plays tricks.
        UsageError: An offset is for nobody.
    """
    found = _one(paths[0], told=told) if len(paths) == 1 else None
    if found is None and told:
        found = _several(paths)
    if found is None:
        if offsets:
            raise UsageError("an offset is for a track", hint="add --tracks")
        return None
    return replace(found, layout=_moved(found.layout, offsets))


def _one(path: Path, *, told: bool) -> Laid | None:
    if path.is_dir():
        return _recognised(path, _in_folder(path), told=told)
    if path.is_file() and suffix(path.name) == "aup":
        return _recognised(path.parent, _in_folder(path.parent, only=path), told=True)
    if path.is_file() and archive.is_archive(path):
        inside = {
            member.shown: Source(path, member.name, member.shown)
            for member in archive.members(path)
        }
        return _recognised(path, inside, told=told)
    return None


def _several(paths: tuple[Path, ...]) -> Laid:
    for path in paths:
        if path.is_dir() or (path.is_file() and archive.is_archive(path)):
            raise UsageError(
                f"{path.name} is a folder or archive among files", hint="name it alone"
            )
    names = [f"{number:04}/{path.name}" for number, path in enumerate(paths)]
    # Every file the user names is meant, whatever it is called.
    layout = recognise(
        [name if suffix(name) else f"{name}.wav" for name in names], _no_text, told=True
    )
    if layout is None or layout.left_out or len(layout.strands) != len(paths):
        raise UnsupportedSource(
            "not all of these are names of sound files", hint="give them names such as ann.wav"
        )
    return Laid(layout, tuple(Source(paths[int(s.file[:4])]) for s in layout.strands))


def _recognised(path: Path, inside: dict[str, Source], *, told: bool) -> Laid:
    def text(name: str) -> str:
        source = inside[name]
        if source.member is not None:
            return archive.read_text(source.path, source.member, most_bytes=TEXT_BYTES)
        with source.path.open("rb") as file:
            return file.read(TEXT_BYTES).decode("utf-8-sig", errors="replace")

    try:
        layout = recognise(inside, text, told=told)
    except UnsupportedSource as error:
        raise UnsupportedSource(f"{path.name}: {error}", hint=error.hint) from error
    if layout is None:
        what = "a folder" if path.is_dir() else "an archive"
        raise UnsupportedSource(f"{path.name}: {what}, not a recording", hint=_NOT_TOLD)
    return Laid(layout, tuple(inside[strand.file] for strand in layout.strands))


def _in_folder(folder: Path, only: Path | None = None) -> dict[str, Source]:
    """Files of a folder and of folders in it; links lead nowhere.

    Args:
        folder: Which.
        only: The one project that counts when there are several.
    """
    found: dict[str, Source] = {}
    try:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_file():
                continue
            if only is not None and suffix(path.name) == "aup" and path.name != only.name:
                continue
            found[path.relative_to(folder).as_posix()] = Source(path)
            if len(found) > _MAX_FILES:
                raise UnsupportedSource(
                    f"{folder.name}: more than {_MAX_FILES} files are in it",
                    hint="name the files that are tracks one by one",
                )
    except PermissionError as error:
        raise SourceNotFound(
            f"{folder.name}: cannot be looked into", hint="check that you may read it"
        ) from error
    return found


def _moved(layout: Layout, offsets: tuple[tuple[str, int], ...]) -> Layout:
    """The layout with what the user says of offsets."""
    strands = list(layout.strands)
    for name, offset_ms in offsets:
        wanted = [place for place, strand in enumerate(strands) if _goes_by(strand, name)]
        if len(wanted) != 1:
            known = ", ".join(strand.file.rpartition("/")[2] for strand in strands)
            raise UsageError(
                "an offset is for one track, and its name fits "
                + ("none" if not wanted else "several"),
                hint=f"the files are: {known}",
            )
        strand = strands[wanted[0]]
        track = replace(strand.track, offset_ms=offset_ms, said=True)
        strands[wanted[0]] = replace(strand, track=track)
    return replace(layout, strands=tuple(strands))


def _goes_by(strand: Strand, name: str) -> bool:
    file = strand.file.rpartition("/")[2]
    known = (file, file.rpartition(".")[0], strand.track.person or "")
    return name.strip().casefold() in {each.casefold() for each in known if each}


def _no_text(name: str) -> str:
    raise AssertionError(name)  # pragma: no cover - plain files have no lists
