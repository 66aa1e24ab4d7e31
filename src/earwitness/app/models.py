"""Models: what is on this machine, and fetching more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from earwitness import plugins
from earwitness.app.request import engine_options
from earwitness.app.services import shared
from earwitness.app.settings import Settings
from earwitness.app.understanding.language_models import Named, named_models
from earwitness.app.wishes import AUTO, options_for
from earwitness.core.errors import EngineUnavailable, UsageError
from earwitness.core.ports import EngineOptions
from earwitness.engines import whisper_cache
from earwitness.engines.hub_calls import Progress
from earwitness.engines.whisper import to_fetch
from earwitness.engines.whisper_hub import pull
from earwitness.engines.whisper_models import ModelRow
from earwitness.engines.whisper_models import list_models as list_whisper
from earwitness.runs.listener import Listener

FETCH = "fetch model"
"""What the listener is told while a model is fetched."""


def list_models() -> tuple[ModelRow, ...]:
    """Models that have a short name, and others that are on this machine."""
    return tuple(list_whisper())


def list_language_models(settings: Settings) -> tuple[Named, ...]:
    """Language models that the settings name, in the order in which they are tried."""
    return named_models(settings, engine_options(settings))


@dataclass(frozen=True, slots=True)
class Removed:
    """What `remove_model` did.

    Attributes:
        name: Of the model.
        size_bytes: That are free now.
    """

    name: str
    size_bytes: int


def find_model(name: str, settings: Settings) -> whisper_cache.Entry:
    """The model on this machine that a name means, if it may be removed.

    Raises:
        NotFound: It is not in the hub's cache.
        UsageError: It is the path of a folder.
        NotAllowed: The settings name a folder inside it.
    """
    return whisper_cache.find(name, used=settings.model)


def remove_model(name: str, settings: Settings) -> Removed:
    """Remove a model from the hub's cache.

    Raises:
        NotFound: It is not there.
        UsageError: It is the path of a folder.
        NotAllowed: The settings name a folder inside it.
        StoreError: It cannot be removed.
    """
    entry = find_model(name, settings)
    whisper_cache.remove(entry)
    return Removed(entry.name, entry.size_bytes)


def disk_use() -> tuple[whisper_cache.Entry, ...]:
    """What Whisper models take in the hub's cache, half fetched ones too."""
    return whisper_cache.entries()


def pull_model(name: str, settings: Settings, on_progress: Progress | None = None) -> Path:
    """Fetch a model from the hub, if it is not on this machine yet.

    Returns:
        Its folder.

    Raises:
        UsageError: Fetching is switched off.
        EngineUnavailable: There is no such model, or the hub cannot be reached.
        DiskFull: No room.
    """
    if settings.offline:
        raise UsageError("nothing may be fetched", hint="leave --offline out")
    token = settings.hub_token.get_secret_value() if settings.hub_token else None
    with shared(settings) as services:
        return pull(name, on_progress, token=token, services=services)


def fetch_if_wanted(
    asked: str, options: EngineOptions, token: str | None, listener: Listener
) -> str | None:
    """Fetch the Whisper model that a run would use, once, if it may be fetched.

    Returns:
        Why there is still none under `auto`; None when nothing is missing.

    Raises:
        EngineUnavailable: faster-whisper was named, and its model cannot be had.
    """
    if asked not in ("auto", "faster-whisper"):
        return None
    try:
        factory = plugins.engine("transcribe", "faster-whisper")
        options = options_for(factory, options)
        missing = to_fetch(options)
        if missing is None or options.offline:
            return None
        ready = factory.ready(options)
        if not ready.ok:
            raise EngineUnavailable(ready.why, hint=ready.hint)

        def told(done: int, whole: int) -> None:
            listener(FETCH, done / whole if whole else 0.0)

        pull(missing.repo or missing.name, told, token=token, services=options.services)
        listener(FETCH, 1.0)
    except EngineUnavailable as error:
        if asked != "auto":
            raise
        return str(error)
    return None


def on_this_machine(asked: str, options: EngineOptions) -> str:
    """What `auto` stands for without fetching anything; asks no network and loads no engine."""
    if asked != "auto":
        return asked
    here = replace(options, offline=True)
    factories = (plugins.engine("transcribe", name) for name in AUTO)
    ready = (each.name for each in factories if each.ready(options_for(each, here)).ok)
    return next(ready, "nobody")
