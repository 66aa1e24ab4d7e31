"""A service that is down is left alone by the next command, too, and doctor says how it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.commands import answer, shown
from tests.faulty import FaultyService, refused

from earwitness.app.settings import read_settings
from earwitness.core.breaker import Standing
from earwitness.store.library import Library


@pytest.fixture
def service(faulty: FaultyService, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("EARWITNESS_ENGINE_OPTIONS", f"openai.base_url={faulty.url}")
    monkeypatch.setenv("EARWITNESS_TRANSCRIBER", "openai:whisper-1")
    return ["--language", "en", "--workers", "1"]


def services(told: dict[str, object]) -> dict[str, dict[str, object]]:
    findings = told["findings"]
    assert isinstance(findings, list)
    return {each["service"]["name"]: each["service"] for each in findings if "service" in each}


def test_the_next_command_leaves_it_alone_and_doctor_says_when_it_is_tried(
    tavern: Path,
    service: list[str],
    faulty: FaultyService,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    address: str | None,
) -> None:
    if address:
        monkeypatch.setenv("EARWITNESS_DATABASE", address)
    host = faulty.url.removeprefix("http://").removesuffix("/v1")
    monkeypatch.setenv("EARWITNESS_BREAKER_FAILURES", "2")
    monkeypatch.setenv("EARWITNESS_BREAKERS", f"{host}.reset_s=3600, hub.failures=7")
    faulty.plan = lambda _call: refused(503)
    first = answer(capsys, "process", str(tavern), *service)
    assert first["outcome"]["kind"] == "degraded"  # type: ignore[index]
    assert len(faulty.calls) == 2
    second = answer(capsys, "process", str(tavern), *service)
    assert "left alone" in second["outcome"]["why"]  # type: ignore[index]
    assert len(faulty.calls) == 2, "an open breaker makes no call, in no process"

    found = services(answer(capsys, "doctor"))
    mine = found[f"transcribe {host}/v1 whisper-1"]
    assert (mine["state"], mine["last_fault"], mine["lapses"]) == ("OPEN", "server", 1)
    assert (mine["failures"], mine["reset_s"]) == (2, 3600)
    due = datetime.fromisoformat(str(mine["next_try_at"])) - datetime.now(UTC)
    assert timedelta(minutes=58) < due <= timedelta(hours=1)
    assert found["hub huggingface.co"]["failures"] == 7
    page = shown(capsys, "doctor")
    assert "tried again at" in page
    assert "server (2 failures, 3600 s)" in page


def test_once_its_time_has_come_one_call_finds_out_that_it_is_back(
    tavern: Path, service: list[str], faulty: FaultyService, capsys: pytest.CaptureFixture[str]
) -> None:
    host = faulty.url.removeprefix("http://")
    now = datetime.now(UTC)
    down = Standing("OPEN", 1, 1, 0, 3, now - timedelta(seconds=40), now - timedelta(seconds=10))
    with Library.open(read_settings().home) as library:
        library.turn(f"transcribe {host} whisper-1", None, down)
    done = answer(capsys, "process", str(tavern), *service)
    assert done["outcome"] == {"kind": "done"}
    with Library.open(read_settings().home) as library:
        (standing,) = library.standings().values()
    assert (standing.state, standing.lapses) == ("CLOSED", 0)


def test_a_setting_that_makes_no_sense_is_refused(
    tavern: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for nonsense in ("hub", "hub.failures=0", "hub.reset_s=soon", "hub.colour=3", "failures=3"):
        monkeypatch.setenv("EARWITNESS_BREAKERS", nonsense)
        assert "hub.failures=3" in shown(capsys, "process", str(tavern), code=2)
