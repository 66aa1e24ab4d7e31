"""Reports at the command line: real runs, a real service, what it cost and what to change."""

from __future__ import annotations

import json
import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from tests.commands import answer, shown
from tests.faulty import FaultyService, refused, spoken

KEY = "sk-canary-in-the-mine"
LINKS = ("src", "href", "xlink:href")
TITLE = "<script>alert('night')</script>"


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARWITNESS_OPENAI_API_KEY", KEY)
    monkeypatch.setenv("EARWITNESS_WORKERS", "2")


@pytest.fixture
def service(faulty: FaultyService) -> list[str]:
    """Options that name the faulty service."""
    return ["--transcriber", "openai:whisper-1", "--engine-option", f"base_url={faulty.url}"]


def own_price(faulty: FaultyService, amount: str, currency: str = "USD") -> None:
    home = Path(os.environ["EARWITNESS_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    (home / "prices.toml").write_text(
        f'[[price]]\nservice = "{faulty.url.split("/")[2]}"\nmodel = "whisper-1"\n'
        f'unit = "audio_minute"\namount = "{amount}"\ncurrency = "{currency}"\n'
    )


def rows(told: dict[str, object], name: str) -> list[dict[str, Any]]:
    found = told[name]
    assert isinstance(found, list)
    return found


class Page(HTMLParser):
    """Tags and attributes that a page really has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [
            value or "" for name, value in attrs if name in ("src", "href", "xlink:href")
        ]


def test_an_empty_library_has_nothing_to_tell(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "no runs yet" in shown(capsys, "report", "performance")
    assert answer(capsys, "report", "performance")["runs"] == []
    assert "no service was asked" in shown(capsys, "report", "cost")
    page = tmp_path / "page.html"
    shown(capsys, "report", "performance", "--html", str(page))
    assert "no runs" in page.read_text(encoding="utf-8")
    assert "is no month" in shown(capsys, "report", "cost", "--month", "2026-13", code=2)
    assert "no session" in shown(capsys, "report", "cost", "--session", "2026", code=10).lower()


def test_a_run_is_measured_and_a_service_is_paid(
    tavern: Path, service: list[str], faulty: FaultyService, capsys: pytest.CaptureFixture[str]
) -> None:
    own_price(faulty, "0.6")
    faulty.plan = lambda call: refused(503) if call.number == 0 else spoken(call)
    told = answer(capsys, "process", str(tavern), *service, "--language", "en")
    costs = answer(capsys, "report", "cost")
    (row,) = rows(costs, "services")
    count = len(faulty.calls)
    assert (row["attempts"], row["unanswered"]) == (count, 0)
    assert "transcribe: retry: 1 server" in shown(capsys, "sessions", "show", str(told["session"]))
    assert row["calls"] == count - 1
    heard_ms = sum(call.length_ms for call in faulty.calls[1:])
    assert abs(row["audio_ms"] - heard_ms) <= count
    (amount,) = row["cost"]
    assert amount["currency"] == "USD"
    assert abs(amount["micros"] - row["audio_ms"] * 10) <= row["calls"]
    assert rows(costs, "sessions")[0]["session"] == told["session"]
    assert "USD" in shown(capsys, "report", "cost")

    performance = answer(capsys, "report", "performance", "--session", str(told["session"]))
    (run,) = rows(performance, "runs")
    assert run["cpu_ms"] > 0
    assert run["peak_bytes"] >= run["mean_bytes"] > 0
    assert run["gpu_ms"] is None or run["machine"]["gpu"]
    assert run["transcriber"].startswith("openai whisper-1")
    assert sum(stage["critical_ms"] for stage in run["stages"]) == pytest.approx(
        run["wall_ms"], abs=250
    )
    steps = answer(capsys, "sessions", "show", str(told["session"]))
    asked = [s for s in rows(steps, "runs")[0]["steps"] if s["stage"] == "transcribe"]
    assert sum(s["sent_bytes"] or 0 for s in asked) > sum(len(c.sound) for c in faulty.calls)
    assert all(s["attempts"] == 1 for s in asked)


def test_a_price_nobody_knows_is_unknown_and_not_nothing(
    tavern: Path, service: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "process", str(tavern), *service, "--language", "en")
    costs = answer(capsys, "report", "cost")
    assert costs["total"] == []
    assert costs["unknown_calls"] == rows(costs, "services")[0]["calls"]
    assert "unknown" in shown(capsys, "report", "cost")


def test_memory_saves_what_it_cost(
    tavern: Path, service: list[str], faulty: FaultyService, capsys: pytest.CaptureFixture[str]
) -> None:
    own_price(faulty, "0.6")
    answer(capsys, "process", str(tavern), *service, "--language", "en")
    paid = answer(capsys, "report", "cost")["total"]
    count = len(faulty.calls)
    answer(capsys, "process", str(tavern), *service, "--language", "en", "--from", "diarize")
    assert len(faulty.calls) == count
    costs = answer(capsys, "report", "cost")
    assert costs["total"] == paid
    saved = costs["savings"]
    assert isinstance(saved, dict)
    assert saved["cost"] == paid
    assert saved["hits"] == saved["traced"] > count
    assert saved["work_ms"] > 0


def test_a_budget_says_when_it_is_nearly_used_up_and_when_it_is(
    tavern: Path,
    service: list[str],
    faulty: FaultyService,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own_price(faulty, "0.6")
    answer(capsys, "process", str(tavern), *service, "--language", "en")
    (total,) = rows(answer(capsys, "report", "cost"), "total")
    spent = total["micros"] / 1_000_000
    for limit, percent, alert in (
        (spent * 2, 50, None),
        (spent * 1.2, 83, "nearly"),
        (spent, 100, "is used up"),
    ):
        monkeypatch.setenv("EARWITNESS_BUDGET_MONTH", f"{limit:.6f}")
        budget = answer(capsys, "report", "cost")["budget"]
        assert isinstance(budget, dict)
        assert budget["percent"] in (percent - 1, percent)
        assert alert is None if budget["alert"] is None else str(alert) in budget["alert"]
    done = answer(capsys, "process", str(tavern), *service, "--language", "en", "--fresh")
    assert "is used up" in str(done["notices"])
    monkeypatch.setenv("EARWITNESS_CURRENCY", "EUR")
    budget = answer(capsys, "report", "cost")["budget"]
    assert isinstance(budget, dict)
    assert budget["spent"] == {"micros": 0, "currency": "EUR"}
    assert budget["uncounted"][0]["currency"] == "USD"


@pytest.mark.parametrize("kind", ["performance", "cost"])
def test_the_page_needs_nothing_and_says_nothing_that_was_said(
    tavern: Path,
    service: list[str],
    faulty: FaultyService,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    kind: str,
) -> None:
    own_price(faulty, "0.6")
    told = ["process", str(tavern), *service, "--language", "en", "--title", TITLE]
    answer(capsys, *told)
    answer(capsys, *told, "--fresh")
    page = tmp_path / "page.html"
    assert str(page) in shown(capsys, "report", kind, "--html", str(page))
    text = page.read_text(encoding="utf-8")
    parsed = Page(text)
    assert parsed.links == []
    assert not {"script", "link", "iframe", "img", "object"} & set(parsed.tags)
    assert not re.search(r"https?://|url\(|@import", text)
    assert "word0" not in text
    assert KEY not in text
    assert "&lt;script&gt;alert(" in text
    if kind == "performance":
        assert parsed.tags.count("svg") >= 3
        assert "transcribe" in text
    assert shown(capsys, "report", kind, "--html", str(tmp_path / "no" / "page.html"), code=8)


@pytest.mark.skipif(sys.version_info[:2] == (3, 12), reason="pocketsphinx has no wheel there")
def test_an_estimate_is_kept_and_compared_with_what_came(
    tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["process", str(tavern), "--transcriber", "pocketsphinx", "--language", "en"]
    first = answer(capsys, *said, "--estimate-only", "--workers", "7")
    assert first["wall_ms"] is None
    assert first["sound_ms"] is not None
    assert "unknown" in shown(capsys, *said, "--estimate-only", "--workers", "7")
    assert answer(capsys, "sessions", "list")["sessions"] == []
    answer(capsys, *said)
    again = answer(capsys, *said, "--estimate-only")
    assert again["finished"] is True
    assert again["basis"] == "1 earlier run here"
    assert "finished already" in shown(capsys, *said, "--estimate-only")
    answer(capsys, *said, "--speakers", "2", "--fresh")
    runs = answer(capsys, "report", "performance")["runs"]
    assert isinstance(runs, list)
    assert runs[-1]["expected"]["basis"] == "1 earlier run here"
    assert runs[-1]["expected"]["wall_ms"] > 0
    assert "off by" in shown(capsys, "report", "performance")


def test_the_reference_names_every_field(
    tavern: Path,
    service: list[str],
    faulty: FaultyService,
    capsys: pytest.CaptureFixture[str],
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own_price(faulty, "0.6")
    monkeypatch.setenv("EARWITNESS_BUDGET_MONTH", "1")
    answer(capsys, "process", str(tavern), *service, "--language", "en")
    page = (root / "docs" / "reference" / "reports.md").read_text(encoding="utf-8")

    def fields(value: object) -> set[str]:
        if isinstance(value, list):
            return {name for each in value for name in fields(each)}
        if isinstance(value, dict):
            return set(value) | {name for each in value.values() for name in fields(each)}
        return set()

    told = [answer(capsys, "report", kind) for kind in ("performance", "cost")]
    told.append(answer(capsys, "process", str(tavern), *service, "--estimate-only"))
    missing = {name for each in told for name in fields(each) if f"`{name}`" not in page}
    assert missing == set(), json.dumps(sorted(missing))
