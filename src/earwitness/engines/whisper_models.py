"""Whisper models: their names and sizes, where they lie on this machine, and what they know."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from earwitness.core.errors import EngineUnavailable
from earwitness.core.language import KNOWN
from earwitness.engines import hub_cache

ENGLISH: Final = frozenset({"en"})

CONVERT: Final = (
    "convert it: ct2-transformers-converter --model MODEL --output_dir FOLDER "
    "--copy_files tokenizer.json preprocessor_config.json"
)


@dataclass(frozen=True, slots=True)
class Published:
    """A model that has a short name.

    Attributes:
        name: As faster-whisper calls it.
        repo: On the model hub.
        size_mb: Of the download, about.
        english_only: Made for English; it would invent text in other languages.
    """

    name: str
    repo: str
    size_mb: int
    english_only: bool = False


PUBLISHED: Final = (
    Published("tiny", "Systran/faster-whisper-tiny", 78),
    Published("tiny.en", "Systran/faster-whisper-tiny.en", 78, english_only=True),
    Published("base", "Systran/faster-whisper-base", 148),
    Published("base.en", "Systran/faster-whisper-base.en", 148, english_only=True),
    Published("small", "Systran/faster-whisper-small", 486),
    Published("small.en", "Systran/faster-whisper-small.en", 486, english_only=True),
    Published("distil-small.en", "Systran/faster-distil-whisper-small.en", 336, english_only=True),
    Published("medium", "Systran/faster-whisper-medium", 1_530),
    Published("medium.en", "Systran/faster-whisper-medium.en", 1_530, english_only=True),
    Published(
        "distil-medium.en", "Systran/faster-distil-whisper-medium.en", 792, english_only=True
    ),
    Published("large-v1", "Systran/faster-whisper-large-v1", 3_090),
    Published("large-v2", "Systran/faster-whisper-large-v2", 3_090),
    Published("large-v3", "Systran/faster-whisper-large-v3", 3_090),
    Published("large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1_620),
    Published(
        "distil-large-v2", "Systran/faster-distil-whisper-large-v2", 1_515, english_only=True
    ),
    Published(
        "distil-large-v3", "Systran/faster-distil-whisper-large-v3", 1_515, english_only=True
    ),
    Published(
        "distil-large-v3.5", "distil-whisper/distil-large-v3.5-ct2", 1_515, english_only=True
    ),
)
"""Names as in faster-whisper 1.2; sizes as the hub shows them, rounded up."""

ALIASES: Final = {"large": "large-v3", "turbo": "large-v3-turbo"}

_NEEDED: Final = ("model.bin", "config.json", "tokenizer.json")
_HUB_ID: Final = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Located:
    """Where a model lies, or where it would come from.

    Attributes:
        name: To show: its short name, its hub id, or the name of its folder.
        path: Its folder; None when it is not on this machine.
        repo: Its hub id; None for a local folder.
        size_mb: Of the download, about; None when not known.
    """

    name: str
    path: Path | None
    repo: str | None = None
    size_mb: int | None = None


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line of a list of models.

    Attributes:
        name: What to give as `--model`.
        languages: How many it knows.
        size_mb: On this machine when it is here, else of the download, about.
        path: Its folder; None when it is not on this machine.
    """

    name: str
    languages: int
    size_mb: int
    path: Path | None

    @property
    def cached(self) -> bool:
        """Whether it is on this machine."""
        return self.path is not None


def locate(model: str, *, cache: Path | None = None) -> Located:
    """Find a model by its short name, its hub id or its folder.

    Args:
        model: E.g. `small`, `Systran/faster-whisper-small` or `./my-model`.
        cache: The hub's cache folder; None: where the hub's own tools keep it.

    Raises:
        EngineUnavailable: If there is no such name, or the folder holds no such model.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        check_folder(folder)
        return Located(folder.resolve().name, folder)
    known = {item.name: item for item in PUBLISHED} | {item.repo: item for item in PUBLISHED}
    found = known.get(ALIASES.get(model, model))
    if found is not None:
        path = cached(found.repo, cache)
        return Located(found.name, path, found.repo, found.size_mb)
    if _HUB_ID.fullmatch(model) and not model.startswith("."):
        return Located(model, cached(model, cache), model)
    if len(folder.parts) > 1 or model.startswith((".", "~")):
        raise EngineUnavailable(
            f"there is no model folder {folder.name!r}", hint="check the path given as model"
        )
    raise EngineUnavailable(
        f"no Whisper model is called {model!r}",
        hint="a folder, an id on the model hub, or one of: " + ", ".join(p.name for p in PUBLISHED),
    )


def languages(located: Located) -> frozenset[str]:
    """Codes of the languages a model knows, as far as can be told without loading it."""
    published = {item.repo: item for item in PUBLISHED}.get(located.repo or "")
    if published is not None:
        return ENGLISH if published.english_only else KNOWN
    if located.path is None:
        return ENGLISH if located.name.endswith(".en") else KNOWN
    return KNOWN if _multilingual(located.path) else ENGLISH


def check_folder(folder: Path) -> None:
    """Refuse a folder that faster-whisper could not load, before any work starts.

    Raises:
        EngineUnavailable: Naming what is missing or broken.
    """
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if _vocabulary(folder) is None:
        missing.append("vocabulary.json")
    if missing:
        foreign = any(folder.glob("*.safetensors")) or any(folder.glob("pytorch_model*.bin"))
        raise EngineUnavailable(
            f"{folder.name} is no CTranslate2 Whisper model: {missing[0]} is missing",
            hint=CONVERT if foreign else "name a folder with " + ", ".join(_NEEDED),
        )
    for name, part in (("config.json", "suppress_ids"), ("tokenizer.json", "model")):
        try:
            found = json.loads((folder / name).read_bytes())
        except ValueError:
            found = None
        if not isinstance(found, dict) or part not in found:
            raise EngineUnavailable(
                f"{name} of {folder.name} is broken or no Whisper model's", hint="fetch it again"
            )


def cached(repo: str, cache: Path | None = None) -> Path | None:
    """The newest complete snapshot of a hub model on this machine, or None."""
    found = hub_cache.snapshots(repo, cache)
    return next((path for path in found if _complete(path)), None)


def names_a_folder(model: str) -> bool:
    """Whether a model is given as a path, not by its name."""
    folder = Path(model).expanduser()
    outside = len(folder.parts) > 2 or folder.is_absolute() or model.startswith((".", "~"))
    return outside or folder.is_dir()


def looks_like_whisper(entry: Path) -> bool:
    """Whether an entry of the hub's cache holds a Whisper model for CTranslate2."""
    configs = (entry / "snapshots").glob("*/config.json")
    return any(b"alignment_heads" in path.read_bytes() for path in configs if path.is_file())


def list_models(*, cache: Path | None = None) -> tuple[ModelRow, ...]:
    """The models that have a short name, then other Whisper models in the hub's cache."""
    rows = []
    for located in (*(locate(item.name, cache=cache) for item in PUBLISHED), *_others(cache)):
        size_mb = _size_mb(located.path) if located.path else located.size_mb or 0
        rows.append(ModelRow(located.name, len(languages(located)), size_mb, located.path))
    return tuple(rows)


def digest(folder: Path) -> str:
    """SHA-256 over the files that change what a model says."""
    total = sha256()
    vocabulary = _vocabulary(folder)
    for path in (*(folder / name for name in _NEEDED), *([vocabulary] if vocabulary else [])):
        total.update(hub_cache.digest(path).encode())
    return total.hexdigest()


def _complete(folder: Path) -> bool:
    needed = all((folder / name).is_file() for name in _NEEDED)
    return needed and _vocabulary(folder) is not None


def _vocabulary(folder: Path) -> Path | None:
    named = (folder / name for name in ("vocabulary.json", "vocabulary.txt"))
    return next((path for path in named if path.is_file()), None)


def _multilingual(folder: Path) -> bool:
    """CTranslate2's own rule: a multilingual vocabulary holds the empty token."""
    path = _vocabulary(folder)
    if path is None:
        return False
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".txt":
        return "" in text.removesuffix("\n").split("\n")
    try:
        return "" in json.loads(text)
    except (ValueError, TypeError):
        raise EngineUnavailable(
            f"{path.name} of {folder.name} is broken", hint="fetch it again"
        ) from None


def _others(cache: Path | None) -> Iterator[Located]:
    """Whisper models in the cache that have no short name."""
    published = {item.repo for item in PUBLISHED}
    for repo, _ in hub_cache.entries(cache):
        path = cached(repo, cache) if repo not in published else None
        if path is not None and b"alignment_heads" in (path / "config.json").read_bytes():
            yield Located(repo, path, repo)


def _size_mb(folder: Path) -> int:
    return -(-sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) // 10**6)
