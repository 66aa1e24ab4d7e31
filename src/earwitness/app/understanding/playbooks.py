"""Playbooks as a user meets them: those that ship, their own, and making a new one."""

from __future__ import annotations

import re
import shutil
from importlib.resources import as_file, files
from pathlib import Path

from earwitness.core.errors import UsageError
from earwitness.core.files import disk_faults, part_path, write_atomic
from earwitness.core.playbook import Playbook
from earwitness.playbooks import loading
from earwitness.playbooks.form import NAME


def own_folder(home: Path) -> Path:
    """Where a user's own playbooks lie."""
    return home.expanduser() / "playbooks"


def playbook(name: str, home: Path | None) -> Playbook:
    """The playbook of a name: one that ships, or the user's own in the library's folder.

    Raises:
        UsageError: There is none, or its folder holds something that makes no sense.
    """
    return loading.load(name, own_folder(home) if home else None)


def list_playbooks(home: Path) -> tuple[Playbook, ...]:
    """All playbooks, the shipped ones first.

    Raises:
        UsageError: One of the user's own makes no sense; the message names the file.
    """
    own = own_folder(home)
    return tuple(loading.load(name, own) for name in loading.listed(own))


def validate_playbook(name_or_folder: str, home: Path) -> Playbook:
    """Read a playbook by its name, or in a folder anywhere.

    Raises:
        UsageError: It makes no sense; the message names the file and the place in it.
    """
    folder = Path(name_or_folder).expanduser()
    if folder.is_dir():
        return loading.check(folder.absolute(), own_folder(home))
    return playbook(name_or_folder, home)


def new_playbook(name: str, home: Path, *, extends: str = "meeting", whole: bool = False) -> Path:
    """Make a playbook of the user's own, ready to be changed.

    Args:
        name: Small letters, digits, `-` and `_`.
        home: The library's folder.
        extends: Whatever the new one does not say is taken from this one.
        whole: Copy all of that one's files, to change them.

    Returns:
        Its folder.

    Raises:
        UsageError: The name is none, or taken; or there is no playbook to extend.
    """
    own = own_folder(home)
    if not re.fullmatch(NAME, name):
        raise UsageError("a playbook is called by small letters, digits, `-` and `_`")
    if name in loading.listed(own) or name == loading.COMMON or (own / name).exists():
        raise UsageError(f"there is a playbook called {name!r} already", hint="choose another name")
    base = loading.load(extends, own)
    folder = own / name
    part = part_path(own)
    told = (
        f'form = 1\nabout = "like {base.name}, with changes of ours"\nextends = "{base.name}"\n\n'
        "# Whatever is not said here is taken from it: language, local_only, pseudonyms,\n"
        "# moments, [[scheme]], [vocabulary], and files in notes/ and prompts/.\n"
    )
    with disk_faults("the playbook cannot be written"):
        part.mkdir(parents=True)
        try:
            if whole:
                _copy(base, own, part)
            for inside in ("notes", "prompts"):
                (part / inside).mkdir(exist_ok=True)
            write_atomic(part / loading.FILE, told.encode())
            part.rename(folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return folder


def _copy(base: Playbook, own: Path, part: Path) -> None:
    """The base's notes and prompts as files, the common prompts too."""
    source = own / base.name if base.own else files("earwitness.playbooks") / base.name
    with as_file(files("earwitness.playbooks") / loading.COMMON) as common, as_file(source) as mine:
        for folder in (common, mine):
            for inside in ("notes", "prompts"):
                if (folder / inside).is_dir():
                    shutil.copytree(folder / inside, part / inside, dirs_exist_ok=True)
