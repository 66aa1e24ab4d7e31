"""A purse gives leave for calls: never for more than the budget, whoever asks at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.errors import ServiceError
from earwitness.core.purse import CHARS_PER_TOKEN, Purse
from earwitness.core.text_ports import Budget

CHARS = round(100 * CHARS_PER_TOKEN)
"""A hundred tokens."""


@dataclass
class Used:
    requests: int = 1
    input_tokens: int = 100
    output_tokens: int = 10


def by_token(tokens_in: int, tokens_out: int) -> int:
    return tokens_in + 2 * tokens_out


def ask(purse: Purse, used: Used) -> bool:
    """Make one call that may write 50 tokens; False: no leave."""
    try:
        mark = purse.hold(CHARS, 50, by_token)
    except ServiceError:
        return False
    purse.settle(mark, used, by_token)
    return True


@given(st.integers(0, 2_000), st.lists(st.integers(0, 50), max_size=20))
def test_what_is_spent_never_exceeds_it(tokens: int, written: list[int]) -> None:
    purse = Purse(Budget(tokens=tokens))
    answers = [ask(purse, Used(output_tokens=each)) for each in written]
    assert purse.spent.tokens_in + purse.spent.tokens_out <= tokens
    assert purse.spent.calls == sum(answers)
    assert answers == sorted(answers, reverse=True), "once it is used up it stays so"


def test_a_call_waits_for_others_that_only_may_be_dear() -> None:
    purse = Purse(Budget(tokens=300))
    first = purse.hold(CHARS, 50, by_token)
    second = purse.hold(CHARS, 50, by_token)
    with ThreadPoolExecutor(1) as pool:
        third = pool.submit(purse.hold, CHARS, 50, by_token)
        purse.settle(first, Used(output_tokens=0), by_token)
        assert not third.done()
        purse.release(second)
        purse.settle(third.result(20), Used(), by_token)
    assert purse.spent.tokens_in == 200
    assert not ask(purse, Used())


def test_whoever_waits_is_let_go_at_the_end() -> None:
    purse = Purse(Budget(tokens=200))
    purse.hold(CHARS, 50, by_token)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(purse.hold, CHARS, 50, by_token)
        purse.close()
        with pytest.raises(ServiceError, match="closed"):
            waiting.result(20)


def test_money_is_limited_by_what_a_call_may_cost_at_most() -> None:
    purse = Purse(Budget(money_micro=399))
    assert ask(purse, Used())
    assert purse.spent.money_micro == 120
    assert ask(purse, Used(requests=0)), "what was not answered is not paid"
    assert ask(purse, Used())
    with pytest.raises(ServiceError, match="budget of money") as caught:
        purse.hold(CHARS, 50, by_token)
    assert (caught.value.fault, caught.value.final) == ("quota", True)
    with pytest.raises(ServiceError, match="nobody knows"):
        purse.hold(CHARS, 50, lambda _in, _out: None)
