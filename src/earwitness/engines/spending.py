"""Spending: what language models are asked for is known before each call, and counted after it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from earwitness.core.errors import ServiceError
from earwitness.core.text_ports import Budget

CHARS_PER_TOKEN: Final = 3.0
"""English has about four, Dutch and names fewer: an estimate that is rather too high."""

Price = Callable[[int, int], int | None]
"""Millionths of a dollar for tokens read and written; None: unknown."""


class Usage(Protocol):
    """What a model says it did for one call, as pydantic-ai tells it."""

    requests: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What was asked for so far.

    Attributes:
        calls: Requests that were answered.
        tokens_in: Read by models.
        tokens_out: Written by models.
        money_micro: In millionths of a US dollar; None when any of it has no known price.
    """

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    money_micro: int | None = 0


class Purse:
    """Gives leave for each call as long as the budget lasts; thread-safe.

    Calls that are under way count with what they may cost at most, so that several at once do not
    exceed it together.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._lock = threading.Lock()
        self._held: dict[object, tuple[int, int]] = {}
        self._spent = Spent()

    @property
    def spent(self) -> Spent:
        """So far."""
        with self._lock:
            return self._spent

    def hold(self, chars: int, most_out: int, price: Price) -> object:
        """Leave to make one call; give the returned mark to `settle`.

        Raises:
            ServiceError: It could exceed the budget; nothing may be sent.
        """
        tokens_in = round(chars / CHARS_PER_TOKEN)
        money = price(tokens_in, most_out)
        if money is None and self._budget.money_micro is not None:
            raise _stopped("nobody knows what this model costs, and money is limited")
        tokens = tokens_in + most_out
        with self._lock:
            held = [sum(each) for each in zip(*self._held.values(), strict=True)] or [0, 0]
            spent = self._spent.tokens_in + self._spent.tokens_out
            most = self._budget.tokens
            if most is not None and spent + held[0] + tokens > most:
                raise _stopped("the next call could exceed the budget of tokens")
            most = self._budget.money_micro
            if most is not None and (self._spent.money_micro or 0) + held[1] + (money or 0) > most:
                raise _stopped("the next call could exceed the budget of money")
            mark = object()
            self._held[mark] = tokens, money or 0
            return mark

    def settle(self, mark: object, usage: Usage, price: Price) -> None:
        """A call has ended; one that was answered, in whatever form, is paid."""
        tokens_in, tokens_out = usage.input_tokens, usage.output_tokens
        money = price(tokens_in, tokens_out)
        with self._lock:
            self._held.pop(mark, None)
            if not usage.requests:
                return
            before = self._spent
            known = None if money is None or before.money_micro is None else before.money_micro
            self._spent = Spent(
                before.calls + usage.requests,
                before.tokens_in + tokens_in,
                before.tokens_out + tokens_out,
                None if known is None or money is None else known + money,
            )


def _stopped(why: str) -> ServiceError:
    return ServiceError(
        why,
        fault="quota",
        final=True,
        hint="a larger budget, or a smaller model; what was judged so far is kept",
    )
