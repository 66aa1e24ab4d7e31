"""Whisper models in the hub's cache: what they take there, and removing them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from earwitness.core.errors import NotAllowed, NotFound, StoreError, UsageError
from earwitness.engines import hub_cache
from earwitness.engines.whisper_models import (
    ALIASES,
    PUBLISHED,
    looks_like_whisper,
    names_a_folder,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A model in the hub's cache, whole or half fetched.

    Attributes:
        name: Its short name, else its hub id.
        repo: Its hub id.
        folder: All of it: snapshots and what they point to.
        size_bytes: On disk.
    """

    name: str
    repo: str
    folder: Path
    size_bytes: int


def entries(cache: Path | None = None) -> tuple[Entry, ...]:
    """Whisper models in the cache, by name; those of other kinds are left alone."""
    names = {item.repo: item.name for item in PUBLISHED}
    found = []
    for repo, folder in hub_cache.entries(cache):
        if folder.is_symlink() or not folder.is_dir():
            continue
        if repo in names or looks_like_whisper(folder):
            found.append(Entry(names.get(repo, repo), repo, folder, size_bytes(folder)))
    return tuple(sorted(found, key=lambda entry: entry.name))


def size_bytes(folder: Path) -> int:
    """What a folder takes on disk; what snapshots share is counted once."""
    return sum(
        path.lstat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    )


def find(model: str, *, cache: Path | None = None, used: str | None = None) -> Entry:
    """The entry that a name means, if it may be removed.

    Args:
        model: Short name or hub id.
        cache: The hub's cache folder; None: where the hub's own tools keep it.
        used: What the settings name as model; never removed when it is a folder inside.

    Raises:
        UsageError: It is the path of a folder, which is not ours to remove.
        NotFound: It is not in the cache.
        NotAllowed: The settings name a folder inside it.
    """
    if names_a_folder(model):
        raise UsageError(
            "only models in the hub's cache are removed, not folders of yours",
            hint="give its name as in `earwitness models list`, or delete the folder yourself",
        )
    wanted = ALIASES.get(model, model)
    entry = next((each for each in entries(cache) if wanted in (each.name, each.repo)), None)
    if entry is None:
        raise NotFound(
            f"no Whisper model {model!r} is on this machine", hint="earwitness models list"
        )
    if used is not None and names_a_folder(used):
        path = Path(used).expanduser().resolve()
        if path.is_relative_to(entry.folder.resolve()):
            raise NotAllowed(
                f"the setting `model` names a folder of {entry.name}",
                hint="change the setting first: earwitness config show --origin",
            )
    return entry


def remove(entry: Entry) -> None:
    """Remove a model from the cache, and what the hub's tools locked for it.

    Raises:
        StoreError: Something of it cannot be removed; the rest may be gone.
    """
    try:
        shutil.rmtree(entry.folder)
    except OSError as error:
        raise StoreError(
            f"the model {entry.name} could not be removed whole ({type(error).__name__})",
            hint="close what uses it and run the same command again",
        ) from error
    shutil.rmtree(entry.folder.parent / ".locks" / entry.folder.name, ignore_errors=True)
