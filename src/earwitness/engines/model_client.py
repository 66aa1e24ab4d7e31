"""Connections to language models, and their faults as errors of ours."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from earwitness.core.errors import EngineError, EngineUnavailable, Fault, ServiceError
from earwitness.engines.model_names import ModelName

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_ai.models import Model

CONNECT_S: Final = 10.0
_NO_KEY: Final = "none"
"""What services that want no key are sent."""


class TooLong(EngineError):
    """The question is longer than the model reads, or its answer than it writes."""


@dataclass(frozen=True, slots=True)
class Client:
    """A model and its connections.

    Attributes:
        model: As pydantic-ai knows it.
        close: Ends the connections.
    """

    model: Model
    close: Callable[[], Coroutine[object, object, None]]


def open_client(name: ModelName, key: str, timeout_s: float) -> Client:
    """A client without retries of its own; nothing is connected yet.

    Raises:
        EngineUnavailable: The service wants a key, or a library that is not installed.
    """
    if name.provider and not key:
        raise EngineUnavailable(
            f"{name.address.host} wants a key",
            hint=f"set EARWITNESS_{name.key.upper()}",
        )
    if name.maker == "anthropic":
        return _anthropic(name, key, timeout_s)
    import httpx2
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    client = AsyncOpenAI(
        base_url=name.address.url,
        api_key=key or _NO_KEY,
        max_retries=0,
        # No redirect: the key and what was said would go where nobody said they may. No proxy from
        # the environment for what stays on this machine.
        http_client=httpx2.AsyncClient(
            timeout=httpx2.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s)),
            follow_redirects=False,
            trust_env=not name.stays_here,
        ),
    )
    model = OpenAIChatModel(name.model, provider=OpenAIProvider(openai_client=client))
    return Client(model, client.close)


def _anthropic(name: ModelName, key: str, timeout_s: float) -> Client:
    try:
        from anthropic import AsyncAnthropic
    except ImportError as error:
        raise EngineUnavailable(
            "the library for Anthropic's models is not installed",
            hint="pip install 'earwitness[anthropic]'",
        ) from error
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    client = AsyncAnthropic(
        api_key=key, base_url=name.address.url, max_retries=0, timeout=timeout_s
    )
    model = AnthropicModel(name.model, provider=AnthropicProvider(anthropic_client=client))
    return Client(model, client.close)


@contextmanager
def model_faults(name: ModelName) -> Iterator[None]:
    """Failures of pydantic-ai as errors of ours; what a service says in them is not repeated.

    Raises:
        TooLong: The question or the answer was.
        ServiceError: Anything else.
    """
    from pydantic_ai import exceptions as those

    try:
        yield
    except (those.ModelContextWindowExceededError, those.OutputTokenLimitExceeded) as error:
        raise TooLong(f"{name.said} cannot read or write so much at once") from error
    except those.ModelAPIError as error:
        fault, final = _fault_of(error)
        raise ServiceError(
            f"{name.said}: {_TOLD[fault]}",
            fault=fault,
            status=getattr(error, "status_code", None),
            retry_after_s=error.retry_after,
            final=final,
            hint=_HINTS.get(fault, ""),
        ) from error
    except (those.UnexpectedModelBehavior, those.UsageLimitExceeded) as error:
        raise ServiceError(f"{name.said}: {_TOLD['answer']}", fault="answer") from error


_TOLD: Final[dict[Fault, str]] = {
    "network": "there was no answer",
    "rate_limit": "too many requests",
    "quota": "the account's quota is used up",
    "auth": "the key was refused",
    "server": "the service failed",
    "client": "the request was refused",
    "answer": "the answer was not in the form that was asked for",
}
_HINTS: Final[dict[Fault, str]] = {
    "network": "see that the service runs and can be reached",
    "quota": "see to the account, or name another model",
    "auth": "see to the key",
    "client": "see that the service has this model: earwitness doctor",
}


def _fault_of(error: Exception) -> tuple[Fault, bool]:
    """The kind of a failure, and whether no other request will do better."""
    from pydantic_ai import exceptions as those

    kinds: tuple[tuple[type[Exception], Fault, bool], ...] = (
        (those.ModelAuthenticationError, "auth", True),
        (those.ModelQuotaExceededError, "quota", True),
        (those.ModelNotFoundError, "client", True),
        (those.ModelRateLimitError, "rate_limit", False),
        (those.ModelServerError, "server", False),
        (those.ModelUnavailableError, "server", False),
        (those.ModelConnectionError, "network", False),
        (those.ModelRequestTimeout, "network", False),
        (those.ModelRequestRejectedError, "client", False),
    )
    for kind, fault, final in kinds:
        if isinstance(error, kind):
            return fault, final
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status >= 500:
        return "server", False
    return ("client" if isinstance(status, int) else "answer"), False
