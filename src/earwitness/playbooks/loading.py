"""Loading: a playbook from its folder - shipped, or the user's own.

    <folder>/playbook.toml
    <folder>/notes/<id>.<language>.toml
    <folder>/prompts/<name>.<language>.md     its first line is `version: N`

Own ones lie in `playbooks/` of the library's folder and are found by the folder's name. One that
says `extends = "tabletop"` takes over whatever it does not say, file by file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from earwitness.core.errors import UsageError
from earwitness.core.files import disk_faults
from earwitness.core.note import Template
from earwitness.core.playbook import Playbook, Prompt
from earwitness.playbooks.form import NAME, NoteForm, PlaybookForm

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

SHIPPED: Final = ("meeting", "tabletop", "therapy", "screen")
COMMON: Final = "common"
"""Notes and prompts that hold for every playbook that has none of its own."""

FILE: Final = "playbook.toml"
_NAMED = re.compile(rf"({NAME})\.([a-z]{{2,3}})")
_VERSION = re.compile(r"version: ([1-9]\d{0,5})\n+")
_LONGEST_BYTES = 200_000
_DEEPEST = 5


def listed(own: Path | None = None) -> tuple[str, ...]:
    """Names of all playbooks: the shipped ones, then the user's.

    Args:
        own: The folder of the user's playbooks; need not be there.
    """
    mine = sorted(path.name for path in _folders(own) if path.name not in SHIPPED)
    return (*SHIPPED, *mine)


def load(name: str, own: Path | None = None) -> Playbook:
    """The playbook of that name.

    Raises:
        UsageError: There is none, or its folder holds something that makes no sense; the message
            names the file and the place in it.
    """
    return _load(name, own, 0)


def check(folder: Path, own: Path | None = None) -> Playbook:
    """Read a folder that need not lie where playbooks are found.

    Raises:
        UsageError: It is none, or holds something that makes no sense.
    """
    if not (folder / FILE).is_file():
        raise UsageError(f"there is no {FILE} in that folder", hint="earwitness playbooks new NAME")
    return _read(folder.name, folder, own, 0)


def _load(name: str, own: Path | None, depth: int) -> Playbook:
    if name in SHIPPED:
        return _read(name, files("earwitness.playbooks") / name, own, depth)
    folder = next((path for path in _folders(own) if path.name == name), None)
    if folder is None:
        raise UsageError(
            f"no playbook is called {name!r}", hint="there are: " + ", ".join(listed(own))
        )
    return replace(_read(name, folder, own, depth), own=True)


def _folders(own: Path | None) -> Iterator[Path]:
    """Folders of the user's that look like playbooks."""
    if own is None or not own.is_dir():
        return
    with disk_faults("the folder of playbooks cannot be read"):
        found = [path for path in own.iterdir() if (path / FILE).is_file()]
    yield from (path for path in found if re.fullmatch(NAME, path.name))


def _read(name: str, folder: Traversable, own: Path | None, depth: int) -> Playbook:
    if not re.fullmatch(NAME, name):
        raise UsageError("a playbook's folder is called by small letters, digits, `-` and `_`")
    if depth > _DEEPEST:
        raise UsageError("playbooks extend each other in a circle", hint=f"look at {name}/{FILE}")
    form = _form(folder / FILE, f"{name}/{FILE}", PlaybookForm)
    base = _load(form.extends, own, depth + 1) if form.extends else _bare(name)
    schemes = base.schemes if form.scheme is None else tuple(each.noun() for each in form.scheme)
    if len({scheme.name for scheme in schemes}) != len(schemes):
        raise UsageError(f"{name}/{FILE}: two schemes have one name")
    try:
        language = base.language if form.language is None else form.default_language()
    except ValueError as error:
        raise UsageError(f"{name}/{FILE}: {error}", hint="a code such as en or nl") from error
    terms = {**dict(base.vocabulary), **form.vocabulary}
    return Playbook(
        name,
        form.about,
        language,
        base.local_only if form.local_only is None else form.local_only,
        base.pseudonyms if form.pseudonyms is None else form.pseudonyms,
        schemes,
        base.moments if form.moments is None else form.moments,
        _over(base.templates, _templates(folder, name), lambda each: (each.id, each.language)),
        tuple(sorted(terms.items())),
        _over(base.prompts, _prompts(folder, name), lambda each: (each.name, each.language)),
        stale_days=base.stale_days if form.stale_days is None else form.stale_days,
        keep_sound_days=(
            base.keep_sound_days if form.keep_sound_days is None else form.keep_sound_days
        ),
        clinical=base.clinical if form.clinical is None else form.clinical,
    )


def _bare(name: str) -> Playbook:
    """What a playbook that extends none begins with: the common notes and prompts."""
    common = files("earwitness.playbooks") / COMMON
    return Playbook(
        name, "", templates=_templates(common, COMMON), prompts=_prompts(common, COMMON)
    )


def _over(
    base: tuple[T, ...], own: tuple[T, ...], key: Callable[[T], tuple[str, str]]
) -> tuple[T, ...]:
    """Both, the own ones in place of those with the same key."""
    found = {key(each): each for each in (*base, *own)}
    return tuple(found[each] for each in sorted(found))


def _templates(folder: Traversable, name: str) -> tuple[Template, ...]:
    made = []
    for id_, language, path, told in _files(folder, name, "notes", ".toml"):
        form = _form(path, told, NoteForm)
        try:
            made.append(form.noun(id_, language))
        except ValueError as error:
            raise UsageError(f"{told}: {error}") from error
    return tuple(made)


def _prompts(folder: Traversable, name: str) -> tuple[Prompt, ...]:
    made = []
    for id_, language, path, told in _files(folder, name, "prompts", ".md"):
        text = _text(path, told)
        version = _VERSION.match(text)
        if version is None:
            raise UsageError(f"{told}: its first line does not say `version: N`")
        made.append(Prompt(id_, language, int(version[1]), text[version.end() :].strip()))
    return tuple(made)


def _files(
    folder: Traversable, name: str, kind: str, suffix: str
) -> Iterator[tuple[str, str, Traversable, str]]:
    """Name, language, file and what to call it, for every file of a kind."""
    inside = folder / kind
    if not inside.is_dir():
        return
    for path in sorted(inside.iterdir(), key=lambda each: each.name):
        if not path.name.endswith(suffix) or path.name.startswith("."):
            continue
        named = _NAMED.fullmatch(path.name.removesuffix(suffix))
        told = f"{name}/{kind}/{path.name}"
        if named is None:
            raise UsageError(f"{told}: is called NAME.LANGUAGE{suffix}, such as soap.en{suffix}")
        yield named[1], named[2], path, told


def _form(path: Traversable, told: str, form: type[M]) -> M:
    try:
        return form.model_validate(tomllib.loads(_text(path, told)))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{told}: {error}", hint="mend the file") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{told}: {place}: {first['msg']}", hint="mend the file") from None


def _text(path: Traversable, told: str) -> str:
    with disk_faults("a playbook's file cannot be read"):
        data = path.read_bytes()
    if len(data) > _LONGEST_BYTES:
        raise UsageError(f"{told}: longer than {_LONGEST_BYTES} bytes")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{told}: is not UTF-8") from error
