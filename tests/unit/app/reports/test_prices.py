"""Price tables: what ships is complete, the user's own goes before it, nonsense is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwitness.app.reports.prices import cost_of, read_tariff, used
from earwitness.app.reports.rates import rate_for, rates
from earwitness.core.errors import UsageError
from earwitness.core.money import Money
from earwitness.core.spending import Call, Spending

CALL = Call("api.groq.com", "whisper-large-v3-turbo", "transcribe", True, 1, 3_600_000)
AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def spent(call: Call = CALL, at: datetime = AT, micros: int | None = None) -> Spending:
    return Spending(1, at, call, None, "transcribe", 0, micros, "USD" if micros else None)


def test_every_price_that_ships_says_where_and_when_it_was_read(tmp_path: Path) -> None:
    tariff = read_tariff(tmp_path)
    assert len(tariff.prices) >= 5
    assert all(p.source and p.seen >= p.since and not p.own for p in tariff.prices)
    assert cost_of(spent(), tariff.prices) == Money(40_000, "USD")


def test_the_users_own_price_goes_before_but_not_before_what_was_noted(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(
        '[[price]]\nservice = "API.groq.com"\nmodel = "whisper-large-v3-turbo"\n'
        'unit = "audio_hour"\namount = "0.05"\ncurrency = "EUR"\n'
        '[[quota]]\nservice = "api.groq.com"\ncounts = "calls"\nlimit = 5\nperiod = "day"\n'
    )
    tariff = read_tariff(tmp_path)
    assert cost_of(spent(), tariff.prices) == Money(50_000, "EUR")
    assert cost_of(spent(micros=7), tariff.prices) == Money(7, "USD")
    assert [q.limit for q in tariff.quotas if q.counts == "calls"] == [5]


@pytest.mark.parametrize(
    "text",
    [
        "price = 3",
        "[[price]]\nservice = 'a'",
        "[[prices]]",
        "not toml",
        "[[price]]\nservice='a'\nmodel='b'\nunit='hour'\namount='1'\ncurrency='USD'",
        "[[price]]\nservice='a'\nmodel='b'\nunit='call'\namount=0.1\ncurrency='USD'",
        "[[price]]\nservice='a'\nmodel='b'\nunit='call'\namount='1'\ncurrency='$'",
        "[[price]]\nservice='a'\nmodel='b'\nunit='call'\namount='1'\ncurrency='USD'\nsincs=1",
        "[[quota]]\nservice='a'\ncounts='calls'\nlimit=0\nperiod='day'",
        "[[quota]]\nservice='a'\ncounts='minutes'\nlimit=1\nperiod='day'",
    ],
)
def test_nonsense_is_refused_with_where_to_look(tmp_path: Path, text: str) -> None:
    (tmp_path / "prices.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_tariff(tmp_path)
    assert "how-to-reports" in caught.value.hint


def test_a_quota_counts_what_was_asked_in_its_period(tmp_path: Path) -> None:
    quotas = {quota.counts: quota for quota in read_tariff(tmp_path).quotas}
    calls = [spent(), spent(at=datetime(2026, 11, 24, tzinfo=UTC))]
    assert used(quotas["audio_seconds"], calls, AT) == 3600
    assert used(quotas["calls"], calls, AT) == 1


def test_rates_that_ship_are_those_that_were_measured(root: Path) -> None:
    (file,) = (root / "benchmarks" / "results").glob("cpu-2-*.json")
    told = json.loads(file.read_text(encoding="utf-8"))
    scale = 60 / told["minutes"]
    assert len(rates()) == len(told["rows"])
    for rate, row in zip(rates(), told["rows"], strict=True):
        assert rate.workers == row["workers"]
        assert rate.random == row["random"]
        assert rate.wall_s == pytest.approx(row["wall_s"] * scale, rel=0.01)
        assert rate.cpu_s == pytest.approx(row["cpu_s"] * scale, rel=0.01)


def test_what_nobody_measured_is_not_known() -> None:
    assert rate_for("pocketsphinx", None, 2, 2) is not None
    assert rate_for("pocketsphinx", None, 8, 2) is None
    assert rate_for("faster-whisper", "large-v3", 2, 2) is None
