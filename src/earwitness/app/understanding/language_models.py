"""Language models that the settings name: whether each could be asked now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from earwitness.app.settings import Settings
from earwitness.core.errors import UsageError
from earwitness.core.ports import EngineOptions, Readiness
from earwitness.engines.model_looking import look
from earwitness.engines.model_names import ModelName, read_model_name

NONE: Final = Readiness(
    False,
    "none is named; rules label, and find moments",
    "ollama pull qwen3 (ollama.com), then EARWITNESS_LANGUAGE_MODELS=ollama:qwen3",
)


@dataclass(frozen=True, slots=True)
class Named:
    """A language model of the settings.

    Attributes:
        said: As it is named there.
        name: Where it is; None: that is no name.
        key: What its service is asked with; empty for none.
    """

    said: str
    name: ModelName | None
    key: str


def named_models(settings: Settings, options: EngineOptions) -> tuple[Named, ...]:
    """In the order in which they are tried; none is asked."""
    keys: Mapping[str, str] = dict(options.keys)
    return tuple(_named(said, keys) for said in dict.fromkeys(settings.language_models) if said)


def look_at(model: Named, options: EngineOptions) -> Readiness:
    """Whether it is there; nothing that was said is sent."""
    if model.name is None:
        try:
            read_model_name(model.said)
        except UsageError as error:
            return Readiness(False, str(error), error.hint)
    assert model.name is not None
    return look(model.name, model.key, offline=options.offline)


def _named(said: str, keys: Mapping[str, str]) -> Named:
    try:
        name = read_model_name(said)
    except UsageError:
        return Named(said, None, "")
    return Named(said, name, keys.get(name.key, ""))
