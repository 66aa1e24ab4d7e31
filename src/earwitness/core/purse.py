"""Purse: what language models are asked for is known before each call, and counted after it."""

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

    All engines of one command share one. Calls that are under way count with what they may cost at
    most, so that several at once do not exceed it together; where only they are in the way, a call
    waits for them.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._lock = threading.Condition()
        self._closed = False
        self._held: dict[object, tuple[int, int]] = {}
        self._spent = Spent()

    @property
    def spent(self) -> Spent:
        """So far."""
        with self._lock:
            return self._spent

    def hold(self, chars: int, most_out: int, price: Price) -> object:
        """Leave to make one call; give the returned mark to `settle`, or to `release`.

        Raises:
            ServiceError: It could exceed the budget; nothing may be sent.
        """
        tokens_in = round(chars / CHARS_PER_TOKEN)
        money = price(tokens_in, most_out)
        if money is None and self._budget.money_micro is not None:
            raise _stopped("nobody knows what this model costs, and money is limited")
        tokens = tokens_in + most_out
        with self._lock:
            while True:
                if self._closed:
                    raise ServiceError("the engine was closed", fault="closed")
                self._check(tokens, money or 0)
                held = [sum(each) for each in zip(*self._held.values(), strict=True)] or [0, 0]
                if self._fits(held[0] + tokens, held[1] + (money or 0)) is None:
                    mark = object()
                    self._held[mark] = tokens, money or 0
                    return mark
                self._lock.wait()

    def release(self, mark: object) -> None:
        """A call was not made."""
        with self._lock:
            self._held.pop(mark, None)
            self._lock.notify_all()

    def close(self) -> None:
        """No leave any more; whoever waits for one is let go."""
        with self._lock:
            self._closed = True
            self._lock.notify_all()

    def _check(self, tokens: int, money: int) -> None:
        """Refuse what would not fit even with nothing else under way."""
        which = self._fits(tokens, money)
        if which is not None:
            raise _stopped(f"the next call could exceed the budget of {which}")

    def _fits(self, tokens: int, money: int) -> str | None:
        """Of which budget so much more is too much; None: of none."""
        spent, budget = self._spent, self._budget
        all_tokens = spent.tokens_in + spent.tokens_out + tokens
        if budget.tokens is not None and all_tokens > budget.tokens:
            return "tokens"
        all_money = (spent.money_micro or 0) + money
        if budget.money_micro is not None and all_money > budget.money_micro:
            return "money"
        return None

    def settle(self, mark: object, usage: Usage, price: Price) -> None:
        """A call has ended; one that was answered, in whatever form, is paid."""
        tokens_in, tokens_out = usage.input_tokens, usage.output_tokens
        money = price(tokens_in, tokens_out)
        with self._lock:
            self._held.pop(mark, None)
            self._lock.notify_all()
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
