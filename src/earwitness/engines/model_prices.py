"""Prices of language models as genai-prices lists them, where nobody said another one.

Prices are not fetched; those of the installed version count.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from earwitness.core.money import Price, Unit
from earwitness.core.spending import Call
from earwitness.engines.gateway import OPERATION

if TYPE_CHECKING:
    from genai_prices import Usage

_FEW: Final = 1_000
"""Tokens that a price is read from: some lists ask more for a token of very long questions."""


def listed_prices(call: Call, day: date) -> tuple[Price, ...]:
    """What its model asked for tokens on a day; empty: nobody knows."""
    if call.operation != OPERATION:
        return ()
    return _listed(call.service, call.model, day.replace(day=1))


@cache
def _listed(service: str, model: str, day: date) -> tuple[Price, ...]:
    from genai_prices import Usage

    read = _asked(service, model, Usage(input_tokens=_FEW), day)
    written = _asked(service, model, Usage(output_tokens=_FEW), day)
    if read is None or written is None:
        return ()
    amounts: tuple[tuple[Unit, Decimal], ...] = (
        ("million_tokens_in", read),
        ("million_tokens_out", written),
    )
    source = f"genai-prices {version('genai-prices')}"
    return tuple(
        Price(service, model, OPERATION, unit, amount, "USD", day, source, day)
        for unit, amount in amounts
    )


def _asked(service: str, model: str, usage: Usage, day: date) -> Decimal | None:
    """Dollars for a million tokens; None: nobody knows."""
    from genai_prices import calc_price

    try:
        cost = calc_price(
            usage,
            model,
            provider_api_url=f"https://{service}",
            genai_request_timestamp=datetime.combine(day, time(12), UTC),
        )
    except LookupError:
        return None
    return Decimal(cost.total_price) * 1_000_000 / _FEW
