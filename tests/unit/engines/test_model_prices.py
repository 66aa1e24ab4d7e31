"""Prices of language models: listed ones, where nobody says another."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from earwitness.app.reports.prices import cost_of, price_list, read_tariff
from earwitness.core.money import Money
from earwitness.core.spending import Call, Spending
from earwitness.engines.model_prices import listed_prices

DAY = date(2026, 11, 25)
CALL = Call("api.openai.com", "gpt-4o-mini", "chat", True, 1, None, 1_000_000, 100_000)


def test_a_listed_model_has_a_price_for_each_way() -> None:
    found = {price.unit: price for price in listed_prices(CALL, DAY)}
    assert found["million_tokens_in"].amount == Decimal("0.15")
    assert found["million_tokens_out"].amount == Decimal("0.6")
    assert all(price.source.startswith("genai-prices") for price in found.values())


def test_what_nobody_lists_has_no_price() -> None:
    for service, model in (("127.0.0.1:11434", "qwen3"), ("api.openai.com", "no such model")):
        assert listed_prices(Call(service, model, "chat", True), DAY) == ()
    assert listed_prices(Call("api.openai.com", "gpt-4o-mini", "transcribe", True), DAY) == ()


def test_the_budget_and_the_ledger_go_by_the_same_prices(tmp_path: Path) -> None:
    spent = Spending(1, datetime(2026, 11, 25, tzinfo=UTC), CALL, None, "classify", 0)
    listed = Money(210_000, "USD")
    assert cost_of(spent, read_tariff(tmp_path).prices) == price_list(tmp_path)(CALL) == listed
    (tmp_path / "prices.toml").write_text(
        '[[price]]\nservice = "api.openai.com"\nmodel = "gpt-4o-mini"\noperation = "chat"\n'
        'unit = "call"\namount = "0.5"\ncurrency = "EUR"\n'
    )
    own = Money(500_000, "EUR")
    assert cost_of(spent, read_tariff(tmp_path).prices) == price_list(tmp_path)(CALL) == own


def test_an_answer_of_no_use_is_paid(tmp_path: Path) -> None:
    useless = Call("api.openai.com", "gpt-4o-mini", "chat", False, 2, None, 1_000_000, 0)
    assert price_list(tmp_path)(useless) == Money(150_000, "USD")
    assert price_list(tmp_path)(Call("api.openai.com", "gpt-4o-mini", "chat", False)) is None
