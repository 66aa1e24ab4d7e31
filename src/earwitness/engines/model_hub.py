"""Models of optional engines: in the hub's cache, fetched once, or why they cannot be had."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from earwitness.core.errors import DiskFull, EngineUnavailable
from earwitness.core.services import Services
from earwitness.engines import hub_cache
from earwitness.engines.hub_calls import NO_ROOM, fetched, hub_errors

TOKEN_HINT: Final = "set EARWITNESS_HUB_TOKEN (or hub_token) to one from hf.co/settings/tokens"
"""What to do where the hub wants to know who asks."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model on the hub.

    Attributes:
        repo: Its id there.
        files: Patterns of what is fetched.
        needed: Patterns of which each must match a file, or the model is not whole.
        gated: It is given only to those who accepted its conditions, and show a token.
        size_mb: Of the download, about; None when not known.
    """

    repo: str
    files: tuple[str, ...]
    needed: tuple[str, ...]
    gated: bool = False
    size_mb: int | None = None

    @property
    def page(self) -> str:
        """Where its conditions stand."""
        return f"hf.co/{self.repo}"


def here(model: HubModel, *, cache: Path | None = None) -> Path | None:
    """The newest whole snapshot on this machine, or None; asks no network.

    A snapshot whose fetch was broken off is not whole, though all that is `needed` may be there.
    """
    if any((hub_cache.entry(model.repo, cache) / "blobs").glob("*.incomplete")):
        return None
    found = hub_cache.snapshots(model.repo, cache)
    return next((path for path in found if whole(path, model.needed)), None)


def whole(folder: Path, needed: Iterable[str]) -> bool:
    """Whether each pattern finds a file."""
    return all(any(path.is_file() for path in folder.glob(pattern)) for pattern in needed)


def fetch(
    model: HubModel,
    *,
    token: str | None = None,
    cache: Path | None = None,
    services: Services | None = None,
) -> Path:
    """The model's folder; fetched first when it is not here.

    Raises:
        EngineUnavailable: The hub cannot be reached, does not have it, or does not give it.
        DiskFull: There is no room for it.
    """
    found = here(model, cache=cache)
    if found is not None:
        return found
    _LOG.info("fetching the model %s", model.repo)
    try:
        # False: none. Nothing would let the hub's package look for one by itself.
        folder = fetched(
            model.repo, model.files, services or Services(), token=token or False, cache=cache
        )
    except hub_errors() as error:
        raise refused(error, model, token) from error
    if not whole(folder, model.needed):
        raise EngineUnavailable(
            f"the model {model.repo} is not whole on this machine, and the rest cannot be had",
            hint="connect and run the same command again",
        )
    return folder


def refused(error: Exception, model: HubModel, token: str | None) -> EngineUnavailable | DiskFull:
    """What the hub or the way to it said, as an error of ours; the token is never in it."""
    from huggingface_hub import errors

    cause = error.__cause__ if isinstance(error, errors.LocalEntryNotFoundError) else error
    if isinstance(cause, errors.HFValidationError):
        return EngineUnavailable(
            f"{model.repo} is no id of a model", hint="ids look like owner/name; or name a folder"
        )
    if isinstance(cause, OSError) and cause.errno in NO_ROOM:
        size = f"it needs about {model.size_mb} MB" if model.size_mb else "make room"
        return DiskFull(f"no room for the model {model.repo}", hint=size)
    status = getattr(getattr(cause, "response", None), "status_code", None)
    if status is None:
        return absent(model, offline=False)
    if isinstance(cause, errors.GatedRepoError) or (model.gated and status in (401, 403)):
        return gated(model, token)
    return _answered(cause, int(status), model, token)


def _answered(
    cause: BaseException | None, status: int, model: HubModel, token: str | None
) -> EngineUnavailable:
    from huggingface_hub import errors

    if status == 401 and token:
        return EngineUnavailable("the model hub does not know this token", hint=TOKEN_HINT)
    if isinstance(cause, errors.RepositoryNotFoundError | errors.RevisionNotFoundError):
        return EngineUnavailable(
            f"the model hub has no model {model.repo} for everyone",
            hint=f"check its id; if it is private: {TOKEN_HINT}",
        )
    return EngineUnavailable(
        f"fetching the model {model.repo} broke off (the hub said {status})",
        hint="run the same command again: it goes on where it stopped",
    )


def gated(model: HubModel, token: str | None) -> EngineUnavailable:
    """The error for a model that the hub gives to those only who accepted its conditions."""
    if token is None:
        return EngineUnavailable(
            f"the model hub gives {model.repo} only to those who show a token",
            hint=f"accept the conditions at {model.page}, then {TOKEN_HINT}",
        )
    return EngineUnavailable(
        f"the token's owner has not accepted the conditions of {model.repo}, "
        "or the token may not read it",
        hint=f"accept the conditions at {model.page} with the token's own account",
    )


def absent(model: HubModel, *, offline: bool) -> EngineUnavailable:
    """The error for a model that is not here and cannot be fetched."""
    if offline:
        return EngineUnavailable(
            f"the model {model.repo} is not on this machine, and nothing may be fetched",
            hint="run once without --offline (EARWITNESS_OFFLINE), or name a folder as model",
        )
    return EngineUnavailable(
        f"the model {model.repo} is not on this machine, and the model hub cannot be reached",
        hint="connect and run the same command again, or name a folder as model",
    )


def digest(files: Iterable[Path]) -> str:
    """SHA-256 over names and bytes of files."""
    lines = [f"{path.name} {hub_cache.digest(path)}\n" for path in files]
    return sha256("".join(sorted(lines)).encode()).hexdigest()
