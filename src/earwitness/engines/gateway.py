"""Gateway: one question to language models, answered in the form that was asked for, or refused.

Models are tried in the order in which they were named. Each has its own breaker and the common
retry policy (`engines.service`, `core.retry`); the libraries' own retries are off. Before each call
the budget is looked at. An answer in another form is asked for once more.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from earwitness.core.errors import Fault, ServiceError
from earwitness.core.purse import Purse, Spent, Usage
from earwitness.core.services import Services
from earwitness.core.spending import Call, tell
from earwitness.core.text_ports import Brief
from earwitness.engines.model_client import model_faults, open_client
from earwitness.engines.model_names import ModelName
from earwitness.engines.service import Service

if TYPE_CHECKING:
    from pydantic import BaseModel

M = TypeVar("M", bound="BaseModel")
R = TypeVar("R")

log = logging.getLogger(__name__)

OPERATION: Final = "chat"
"""What models are asked for, as prices know it."""

MOST_OUT: Final = 4_096
"""Tokens that one answer may have."""

_AWAY: Final[frozenset[Fault]] = frozenset(
    {"network", "server", "rate_limit", "open", "quota", "auth", "answer", "client"}
)
"""After these the next model is asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is asked.

    Attributes:
        told: The instructions.
        data: What was said, as data.
    """

    told: str
    data: str


class Gateway:
    """Asks language models; any number of threads at once.

    Args:
        names: In the order in which they are tried.
        keys: What services ask for, by setting.
        brief: The most that may be asked for, and the prices it is reckoned by.
        timeout_s: No call takes longer.
        services: Their breakers.
    """

    def __init__(
        self,
        names: Sequence[ModelName],
        keys: dict[str, str],
        brief: Brief,
        *,
        timeout_s: float,
        services: Services,
    ) -> None:
        self._purse = brief.purse or Purse(brief.budget)
        self.price = brief.price
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="models", daemon=True)
        self._thread.start()
        self._links = [
            _Link(name, keys, self, timeout_s=timeout_s, services=services) for name in names
        ]

    @property
    def spent(self) -> Spent:
        """What was asked for so far."""
        return self._purse.spent

    def ask(self, question: Question, form: type[M]) -> tuple[M, str]:
        """Ask until a model answers.

        Returns:
            The answer, and the name of the model that gave it.

        Raises:
            TooLong: It is longer than they can read.
            ServiceError: No model answered; the last one's reason.
        """
        last: ServiceError | None = None
        for link in self._links:
            try:
                return link.ask(question, form, self._purse), link.name.said
            except ServiceError as error:
                last = error
                if error.fault not in _AWAY:
                    raise
                log.warning("a language model did not answer: %s", error.fault)
        assert last is not None
        raise last

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        """Do something in the loop that all connections live in."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """Let go of all that waits, and of every connection."""
        self._purse.close()
        for link in self._links:
            link.close()
        if self._loop.is_running():
            for link in self._links:
                self.run(link.client.close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


@dataclass(slots=True)
class _Asking:
    """What one question took so far, whatever came of it.

    Attributes:
        attempts: Requests that were sent.
        tokens_in: As the service counts them; None where it did not say.
        tokens_out: Likewise.
    """

    attempts: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None

    def hear(self, usage: Usage) -> None:
        """What one answer took; in whatever form it was, it is paid."""
        if usage.input_tokens or usage.output_tokens:
            self.tokens_in = (self.tokens_in or 0) + usage.input_tokens
            self.tokens_out = (self.tokens_out or 0) + usage.output_tokens


class _Link:
    """One model behind its breaker."""

    def __init__(
        self,
        name: ModelName,
        keys: dict[str, str],
        gateway: Gateway,
        *,
        timeout_s: float,
        services: Services,
    ) -> None:
        self.name = name
        self._gateway = gateway
        self.client = open_client(name, keys.get(name.key, ""), timeout_s)
        breaker = services.breaker(name.dependency, limit_s=timeout_s)
        self._service = Service(name.said, breaker, limit_s=timeout_s, pause=services.pause)

    def ask(self, question: Question, form: type[M], purse: Purse) -> M:
        """One question, as often as the policy allows; the ledger is told of it."""
        asking = _Asking()
        faults: list[Fault] = []
        answered = False
        leave: list[object] = []
        try:
            # Others are waited for here, where no attempt's time runs out meanwhile.
            leave.append(self._hold(question, purse))
            answer = self._service.call(
                lambda: self._attempt(question, form, purse, asking, leave),
                heard=lambda error: faults.append(error.fault),
            )
            answered = True
            return answer
        finally:
            for mark in leave:
                purse.release(mark)
            tell(replace(self._call(asking), answered=answered, faults=tuple(faults)))

    def close(self) -> None:
        """Let go of whoever waits."""
        self._service.close()

    def price(self, tokens_in: int, tokens_out: int) -> int | None:
        """Millionths of a dollar; None: unknown. A model on this machine is free unless said."""
        asked = self._call(_Asking(1, tokens_in, tokens_out))
        money = self._gateway.price(replace(asked, answered=True))
        if money is None:
            return 0 if self.name.stays_here else None
        return money.micros if money.currency == "USD" else None

    def _call(self, asking: _Asking) -> Call:
        return Call(
            service=self.name.address.host,
            model=self.name.model,
            operation=OPERATION,
            answered=False,
            attempts=asking.attempts,
            tokens_in=asking.tokens_in,
            tokens_out=asking.tokens_out,
        )

    def _hold(self, question: Question, purse: Purse) -> object:
        return purse.hold(len(question.told) + len(question.data), MOST_OUT, self.price)

    def _attempt(
        self,
        question: Question,
        form: type[M],
        purse: Purse,
        asking: _Asking,
        leave: list[object],
    ) -> M:
        from pydantic_ai import Agent, RunUsage, ToolOutput

        mark = leave.pop() if leave else self._hold(question, purse)
        agent = Agent(
            self.client.model,
            output_type=ToolOutput(form, name="answer"),
            instructions=question.told,
            retries=0,
            model_settings={"max_tokens": MOST_OUT, "temperature": 0.0},
        )
        usage = RunUsage()  # filled in also when the answer is not in the right form
        asking.attempts += 1
        try:
            with model_faults(self.name):
                return self._gateway.run(agent.run(question.data, usage=usage)).output
        finally:
            purse.settle(mark, usage, self.price)
            asking.hear(usage)
