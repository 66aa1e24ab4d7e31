"""Names of language models as users say them, and where each one is.

ollama:qwen3                      Ollama on this machine
openai:gpt-4o-mini                OpenAI itself
anthropic:claude-sonnet-4-5       Anthropic; needs `earwitness[anthropic]`
http://127.0.0.1:1234/v1#qwen3    any other OpenAI-compatible service
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from earwitness.core.errors import UsageError
from earwitness.core.services import Dependency
from earwitness.engines.endpoint_form import Address, read_address

Maker = Literal["openai", "anthropic"]

OLLAMA: Final = "http://127.0.0.1:11434/v1"
OPENAI: Final = "https://api.openai.com/v1"
ANTHROPIC: Final = "https://api.anthropic.com"

_PLACES: Final = {
    "ollama": (OLLAMA, "", ""),
    "openai": (OPENAI, "openai_account_key", "openai"),
    "anthropic": (ANTHROPIC, "anthropic_api_key", "anthropic"),
}
_HINT: Final = "such as ollama:qwen3, openai:gpt-4o-mini or http://127.0.0.1:1234/v1#qwen3"


@dataclass(frozen=True, slots=True)
class ModelName:
    """A language model, and where it is.

    Attributes:
        said: As the user names it.
        maker: Whose form of requests it takes.
        address: Where it is.
        model: As the service calls it.
        key: The setting that holds the key it is asked with; empty: it wants none.
        provider: Whose price list holds; empty where nobody knows, or nobody asks a price.
    """

    said: str
    maker: Maker
    address: Address
    model: str
    key: str
    provider: str

    @property
    def dependency(self) -> Dependency:
        """As its breaker knows it."""
        return Dependency("language model", self.address.place, self.model)

    @property
    def stays_here(self) -> bool:
        """What is asked does not leave this machine."""
        return self.address.loopback


def read_model_name(said: str) -> ModelName:
    """A model by its name.

    Raises:
        UsageError: It is none, or lies on another machine that is asked without encryption.
    """
    place, sign, model = said.partition("#")
    if sign and place.startswith(("http://", "https://")):
        url, key, provider = place, "language_model_key", ""
    else:
        kind, _, model = said.partition(":")
        if kind not in _PLACES:
            raise UsageError("that is no name of a language model", hint=_HINT)
        url, key, provider = _PLACES[kind]
    if not model.strip():
        raise UsageError("a language model is named with its service", hint=_HINT)
    address = read_address(url)
    if not (address.encrypted or address.loopback):
        raise UsageError(
            "what was said would go to another machine without encryption",
            hint="use its https:// address",
        )
    maker: Maker = "anthropic" if provider == "anthropic" else "openai"
    return ModelName(said, maker, address, model, key, provider)


def read_model_names(said: Sequence[str]) -> tuple[ModelName, ...]:
    """Models in the order in which they are tried, each once.

    Raises:
        UsageError: There is none, or one of them is no name.
    """
    names = tuple(read_model_name(each.strip()) for each in dict.fromkeys(said) if each.strip())
    if not names:
        raise UsageError(
            "no language model is named", hint="earwitness config: language_models, " + _HINT
        )
    return names
