"""The model hub's cache on this machine: its folders, their snapshots, and digests of files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import Final

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def cache_folder() -> Path:
    """Where the hub's tools keep what they fetched, so that models are shared with them."""
    from huggingface_hub import constants

    return Path(str(constants.HF_HUB_CACHE)).expanduser()


def entries(cache: Path | None = None) -> Iterator[tuple[str, Path]]:
    """Ids of the models in the cache, whole or half fetched, each with its folder."""
    for folder in sorted((cache or cache_folder()).glob("models--*--*")):
        yield folder.name.removeprefix("models--").replace("--", "/", 1), folder


def entry(repo: str, cache: Path | None = None) -> Path:
    """The folder of a model, whether or not it is there."""
    return (cache or cache_folder()) / ("models--" + repo.replace("/", "--"))


def snapshots(repo: str, cache: Path | None = None) -> tuple[Path, ...]:
    """What was fetched of a model: the current state first, then others, the newest first."""
    folder = entry(repo, cache)
    main = folder / "refs" / "main"
    found = [folder / "snapshots" / main.read_text().strip()] if main.is_file() else []
    if (folder / "snapshots").is_dir():
        others = [path for path in (folder / "snapshots").iterdir() if path.is_dir()]
        found += sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)
    return tuple(found)


def digest(path: Path) -> str:
    """SHA-256 of a file, inside the cache or not.

    It is read once per process, path, size and time of change; the cache itself names large files
    by their SHA-256, and those are not read at all.
    """
    blob = path.resolve()
    if _DIGEST.fullmatch(blob.name):
        return blob.name
    state = blob.stat()
    return _digest(blob, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _digest(path: Path, size_bytes: int, changed_ns: int) -> str:
    del size_bytes, changed_ns  # part of the key alone
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
