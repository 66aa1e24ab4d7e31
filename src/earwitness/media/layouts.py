"""Layouts: which files of a folder or archive are whose microphone, by their names and lists.

Known are Craig's (one numbered file per speaker, `info.txt`), Zoom's (`Audio Record` beside the
mix), Audacity projects that import files, and plain files when the user says they are tracks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from xml.etree import ElementTree

from earwitness.core.errors import UnsupportedSource
from earwitness.core.people import written_name
from earwitness.core.session import Track

MAX_TRACKS: Final = 200
TEXT_BYTES: Final = 4 << 20
"""The longest list or project that is read."""

SOUND: Final = frozenset(
    {"aac", "aif", "aiff", "amr", "au", "caf", "flac", "m4a", "m4b", "mka", "mkv", "mov", "mp3"}
    | {"mp4", "oga", "ogg", "opus", "w64", "wav", "webm", "wma", "wv"}
)
_INFO: Final = "info.txt"
_NUMBERED: Final = re.compile(r"(\d{1,3})(?:-(.*))?")
_SEAL: Final = re.compile(r"[#_](0|\d{4})$")
"""What Discord puts after a name; `_` where a file's name cannot hold `#`."""
_ZOOM: Final = re.compile(r"audio(.*?)(\d{6,})")
_ZOOM_FOLDER: Final = "audio record"
_MIX: Final = re.compile(r"\b(mix|mixed|mixdown|audio only|combined)\b")
_PERHAPS_MIX: Final = re.compile(r"\b(all|complete|everybody|everyone|full|master|room|session)\b")
_NOBODY: Final = re.compile(
    r"(audio|ch|channel|file|mic|microphone|part|rec|recording|speaker|tr|track|voice|zoom)?\s*\d*"
)


@dataclass(frozen=True, slots=True)
class Strand:
    """One file of a layout.

    Attributes:
        file: Its name in the folder or archive, parts divided by `/`.
        track: What is said of it.
    """

    file: str
    track: Track


@dataclass(frozen=True, slots=True)
class Layout:
    """Files that belong side by side.

    Attributes:
        kind: `Craig`, `Zoom`, `Audacity` or `plain files`.
        strands: In order of their numbers or names.
        held_at: When it began, with zone; None when nothing says so.
        title: What to call it; empty when nothing says so.
        left_out: Files that look like sound and are not part of it.
    """

    kind: str
    strands: tuple[Strand, ...]
    held_at: datetime | None = None
    title: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def speakers(self) -> int:
        """How many tracks are not the mix."""
        return sum(not strand.track.is_mix for strand in self.strands)


def recognise(files: Iterable[str], text: Callable[[str], str], *, told: bool) -> Layout | None:
    """The layout of some files.

    Args:
        files: Their names, parts divided by `/`.
        text: Reads one of them.
        told: The user says that they are tracks; else only what plainly is a layout is one.

    Returns:
        None when they are no layout.

    Raises:
        UnsupportedSource: A list or project is broken, or there are too many tracks.
    """
    names = [name for name in files if not _hidden(name)]
    sound = sorted((name for name in names if suffix(name) in SOUND), key=_in_order)
    found = (
        _audacity(names, text)
        or _craig(names, sound, text)
        or _zoom(sound)
        or (_plain(sound) if told else None)
    )
    if found is None:
        return None
    if not found.speakers:
        raise UnsupportedSource(
            "there is no speaker's track in it", hint="name the files that are tracks one by one"
        )
    if len(found.strands) > MAX_TRACKS:
        raise UnsupportedSource(
            f"more than {MAX_TRACKS} tracks are in it", hint="name the files that are meant"
        )
    used = {strand.file for strand in found.strands}
    return replace(found, left_out=tuple(name for name in sound if name not in used))


def suffix(name: str) -> str:
    """A file's suffix in small letters, without dot."""
    return name.rpartition("/")[2].rpartition(".")[2].lower() if "." in name else ""


def _audacity(names: list[str], text: Callable[[str], str]) -> Layout | None:
    projects = [name for name in names if suffix(name) == "aup"]
    if len(projects) != 1:
        return None
    offsets = read_project(text(projects[0]))
    folder = projects[0].rpartition("/")[0]
    lists = [name for name in names if name.lower().rpartition("/")[2] == _INFO]
    info = read_info(text(lists[0])) if lists else Info()
    strands = []
    for written, offset_ms in offsets.items():
        file = _beside(names, folder, written)
        if file is None:
            raise UnsupportedSource(
                "the Audacity project names a file that is not beside it",
                hint="put the project and its files into one folder",
            )
        strands.append(Strand(file, _named(file, Track(None, offset_ms), info)))
    return Layout("Audacity", tuple(strands), info.started_at, info.channel)


def read_project(xml: str) -> dict[str, int]:
    """Files an Audacity project imports, with the time each begins at, in milliseconds.

    Raises:
        UnsupportedSource: It is broken, or keeps its sound in blocks of its own.
    """
    if "<!ENTITY" in xml:
        raise UnsupportedSource("the Audacity project defines entities", hint="save it anew")
    try:
        root = ElementTree.fromstring(xml.encode("utf-8"))
    except (ElementTree.ParseError, ValueError) as error:
        raise UnsupportedSource(
            "the Audacity project is broken", hint="name the files that are tracks one by one"
        ) from error
    found: dict[str, int] = {}
    for at_s, element in _imports(root, 0.0):
        found[element.get("filename") or ""] = round(at_s * 1000)
    found.pop("", None)
    if not found:
        raise UnsupportedSource(
            "the Audacity project keeps its sound in blocks of its own",
            hint="export its tracks as files (Audacity: File, Export, Multiple) and name those",
        )
    return found


def _imports(
    element: ElementTree.Element, at_s: float
) -> Iterable[tuple[float, ElementTree.Element]]:
    """Imports with the time they begin at: offsets of what holds them are added."""
    for child in element:
        kind = child.tag.rpartition("}")[2]
        try:
            mine_s = at_s + float(child.get("offset") or 0)
        except ValueError as error:
            raise UnsupportedSource(
                "the Audacity project has an offset that is no number", hint="save it anew"
            ) from error
        if not abs(mine_s) < 48 * 3600:
            raise UnsupportedSource("the Audacity project is longer than 48 hours")
        if kind == "import":
            yield mine_s, child
        else:
            yield from _imports(child, mine_s)


def _beside(names: list[str], folder: str, written: str) -> str | None:
    """The file a project means; only its own folder and what lies in it is looked at."""
    tail = written.replace("\\", "/").rpartition("/")[2]
    near = [name for name in names if name.startswith(folder + "/") or not folder]
    exact = [name for name in near if name == (f"{folder}/{written}" if folder else written)]
    same = [name for name in near if name.rpartition("/")[2] == tail]
    return next(iter(exact or same), None)


@dataclass(frozen=True, slots=True)
class Info:
    """What Craig's `info.txt` says.

    Attributes:
        started_at: With zone.
        channel: The channel's name.
        users: In order of track: name, what Discord puts after it, id.
    """

    started_at: datetime | None = None
    channel: str = ""
    users: tuple[tuple[str, str, str], ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it is such a list at all."""
        return bool(self.users)

    def names(self) -> tuple[str | None, ...]:
        """A name per track: the same for the same user, another one for another user."""
        ids: dict[str, str] = {}
        taken: set[str] = set()
        found: list[str | None] = []
        for number, (name, seal, user) in enumerate(self.users):
            key = user or f"#{number}"
            if key not in ids:
                wanted = [name, f"{name}#{seal}"] if seal.strip("0") else [name]
                wanted += [f"{name} ({count})" for count in range(2, MAX_TRACKS + 2)]
                ids[key] = next(each for each in wanted if each not in taken)
                taken.add(ids[key])
            found.append(written_name(ids[key]))
        return tuple(found)


_USER: Final = re.compile(r"\s+(.+?)(?:#(\d{1,4}))?(?:\s+\((\d+)\))?\s*")


def read_info(text: str) -> Info:
    """What an `info.txt` of Craig says; an empty one when it is something else."""
    started_at, channel = None, ""
    users: list[tuple[str, str, str]] = []
    inside = False
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if inside and line[:1].isspace() and line.strip():
            if (user := _USER.fullmatch(line)) is not None:
                users.append((user[1], user[2] or "", user[3] or ""))
            continue
        inside = key == "Tracks" and not value.strip()
        if key == "Start time":
            started_at = _moment(value.strip())
        elif key == "Channel":
            channel = re.sub(r"\s*\(\d+\)$", "", value.strip())
    return Info(started_at, written_name(channel) or "", tuple(users[:MAX_TRACKS]))


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _craig(names: list[str], sound: list[str], text: Callable[[str], str]) -> Layout | None:
    lists = [name for name in names if name.lower().rpartition("/")[2] == _INFO]
    info = read_info(text(lists[0])) if len(lists) == 1 else Info()
    if not info.plain:
        return None
    folder = lists[0].rpartition("/")[0]
    strands = []
    for file in sound:
        above, _, name = file.rpartition("/")
        if above == folder and (_NUMBERED.fullmatch(_stem(name)) or _is_mix(name)):
            # One program wrote them all on one clock, from one moment on.
            mix = bool(_is_mix(name))
            strands.append(Strand(file, _named(file, Track(None, 0, mix), info)))
    if not any(not strand.track.is_mix for strand in strands):
        return None
    return Layout("Craig", tuple(strands), info.started_at, info.channel)


def _named(file: str, track: Track, info: Info) -> Track:
    """The track with its person: from the list by its number, else from the file's name."""
    if track.is_mix:
        return track
    stem = _stem(file.rpartition("/")[2])
    numbered = _NUMBERED.fullmatch(stem)
    if numbered is None:
        return replace(track, person=_person(stem))
    number, rest = int(numbered[1]), numbered[2] or ""
    names = info.names()
    if 1 <= number <= len(names) and _same(rest, info.users[number - 1][0]):
        return replace(track, person=names[number - 1])
    return replace(track, person=_person(_SEAL.sub("", rest)))


def _same(written: str, listed: str) -> bool:
    """Whether a file's name can be that of a listed user: what a file cannot hold is gone there."""
    told, wanted = _letters(_SEAL.sub("", written)), _letters(listed)
    return not told or told == wanted or _letters(written).startswith(wanted)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _zoom(sound: list[str]) -> Layout | None:
    own = [file for file in sound if _ZOOM_FOLDER in file.lower().split("/")[:-1]]
    if not own:
        return None
    above = own[0].lower().split("/").index(_ZOOM_FOLDER)
    root = "/".join(own[0].split("/")[:above])
    strands = []
    for file in own:
        found = _ZOOM.fullmatch(_stem(file.rpartition("/")[2]))
        person = _person(found[1]) if found else _person(_stem(file.rpartition("/")[2]))
        strands.append(Strand(file, Track(person, 0)))
    beside = [file for file in sound if file.rpartition("/")[0] == root and suffix(file) == "m4a"]
    mixes = [
        file for file in beside if re.fullmatch(r"audio(_only)?\d*", _stem(file.rpartition("/")[2]))
    ]
    if len(mixes) == 1:
        strands.append(Strand(mixes[0], Track(None, 0, is_mix=True)))
    return Layout("Zoom", tuple(strands))


def _plain(sound: list[str]) -> Layout | None:
    if not sound:
        raise UnsupportedSource("there is no sound in it", hint="name the files that are tracks")
    mixes = [file for file in sound if _is_mix(file.rpartition("/")[2])]
    perhaps = [file for file in sound if _is_mix(file.rpartition("/")[2]) is None]
    sure = mixes[0] if len(mixes) == 1 and len(sound) > 1 else None
    strands = []
    for file in sound:
        stem = _stem(file.rpartition("/")[2])
        numbered = _NUMBERED.fullmatch(stem)
        rest = (numbered[2] or "") if numbered else stem
        track = Track(_person(rest), None)
        if file == sure:
            track = Track(None, None, is_mix=True)
        elif sure is None and len(sound) > 2 and perhaps == [file]:
            track = replace(track, is_mix=None)
        strands.append(Strand(file, track))
    return Layout("plain files", tuple(strands))


def _is_mix(name: str) -> bool | None:
    """Whether a file's name says that it holds everybody; None: it may."""
    words = re.sub(r"[\W_]+", " ", _stem(name).casefold())
    if _MIX.search(words):
        return True
    return None if _PERHAPS_MIX.search(words) else False


def _person(text: str) -> str | None:
    """A name that a file's name tells; None for names such as `track 3`."""
    name = written_name(text.replace("_", " "))
    if name is None or _NOBODY.fullmatch(name.casefold().replace("-", " ")):
        return None
    return name


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _hidden(name: str) -> bool:
    """Leftovers of file managers are nobody's voice."""
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _in_order(name: str) -> tuple[str, int, str]:
    """By folder, then by number, then by name."""
    above, _, last = name.rpartition("/")
    number = re.match(r"\d{1,9}", last)
    return above, int(number[0]) if number else 1 << 31, last
