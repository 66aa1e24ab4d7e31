"""A transcription service at the command line: named, refused, failing, and asked for the rest."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.commands import answer
from tests.faulty import Call, FaultyService, Reply, refused, spoken
from tests.faulty import told as replied

from earwitness.cli.failures import run

INTERRUPTIBLE = """
import signal

from earwitness.cli import main

signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""
"""A shell's background job begins with interrupts ignored, and so do its children."""


KEY = "sk-canary-in-the-mine"


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARWITNESS_OPENAI_API_KEY", KEY)
    monkeypatch.setenv("EARWITNESS_WORKERS", "3")


@pytest.fixture
def service(faulty: FaultyService) -> list[str]:
    """Options that name the faulty service."""
    return ["--transcriber", "openai:whisper-1", "--engine-option", f"base_url={faulty.url}"]


def heard(told: dict[str, object]) -> str:
    return (Path(str(told["output"])) / "transcript.txt").read_text(encoding="utf-8")


def test_a_record_from_a_service_says_where_it_comes_from(
    tavern: Path, service: list[str], faulty: FaultyService, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "process", str(tavern), *service, "--language", "en")
    assert told["outcome"] == {"kind": "done"}
    engines = told["engines"]
    assert isinstance(engines, dict)
    host = faulty.url.split("/")[2]
    assert engines["transcribe"] == f"openai whisper-1 at {host} (not reproducible)"
    assert "word0," in heard(told)
    assert len(faulty.calls) > 1
    assert {call.fields["language"][0] for call in faulty.calls} == {"en"}
    assert all(len(call.sound) < 1_000_000 for call in faulty.calls)
    count = len(faulty.calls)
    assert answer(capsys, "process", str(tavern), *service, "--language", "en")["reused"] is True
    assert len(faulty.calls) == count


def test_a_chunk_that_fails_is_a_gap_and_only_it_is_asked_for_again(
    tavern: Path, service: list[str], faulty: FaultyService, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty.plan = lambda call: refused(400) if call.number == 1 else spoken(call)
    told = answer(capsys, "process", str(tavern), *service)
    outcome = told["outcome"]
    assert isinstance(outcome, dict)
    assert outcome["kind"] == "degraded"
    assert "1 of " in outcome["why"]
    assert "word0," in heard(told)
    whole = len(faulty.calls)
    assert answer(capsys, "process", str(tavern), *service)["outcome"] == {"kind": "done"}
    assert len(faulty.calls) == whole + 1
    assert faulty.calls[-1].sound == faulty.calls[1].sound


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (refused(401, "invalid_api_key"), "EARWITNESS_OPENAI_API_KEY"),
        (refused(429, "insufficient_quota"), "no credit left"),
        (refused(404, "model_not_found"), "no such model"),
    ],
    ids=["key", "quota", "model"],
)
def test_what_holds_for_all_is_asked_once_and_told_once(
    tavern: Path,
    service: list[str],
    faulty: FaultyService,
    capsys: pytest.CaptureFixture[str],
    reply: Reply,
    why: str,
) -> None:
    faulty.plan = lambda _call: reply
    told = answer(capsys, "process", str(tavern), *service)
    assert len(faulty.calls) == 1
    outcome = told["outcome"]
    assert isinstance(outcome, dict)
    assert outcome["kind"] == "degraded"
    assert why in outcome["hint"]
    assert len(json.dumps(told["warnings"]).split("127.0.0.1")) <= 4
    faulty.plan = spoken
    assert answer(capsys, "process", str(tavern), *service)["outcome"] == {"kind": "done"}


def test_a_key_that_runs_out_in_the_middle_keeps_what_was_heard(
    tavern: Path, service: list[str], faulty: FaultyService, capsys: pytest.CaptureFixture[str]
) -> None:
    one = ["--workers", "1"]
    faulty.plan = lambda call: spoken(call) if call.number < 1 else refused(402)
    told = answer(capsys, "process", str(tavern), *service, *one)
    assert len(faulty.calls) == 2
    assert "word0," in heard(told)
    faulty.plan = spoken
    done = answer(capsys, "process", str(tavern), *service, *one)
    assert done["outcome"] == {"kind": "done"}
    sounds = [call.sound for call in faulty.calls[2:]]
    assert faulty.calls[0].sound not in sounds


def test_local_sessions_refuse_what_is_elsewhere_and_take_what_is_here(
    tavern: Path, service: list[str], faulty: FaultyService, capsys: pytest.CaptureFixture[str]
) -> None:
    therapy = ["process", str(tavern), "--playbook", "therapy", "--language", "en"]
    capsys.readouterr()
    assert run([*therapy, "--transcriber", "openai:whisper-1"]) == 6
    assert "local only" in capsys.readouterr().err
    assert answer(capsys, *therapy, *service)["outcome"] == {"kind": "done"}
    assert faulty.calls


def test_it_is_used_only_when_it_is_named(
    tavern: Path,
    faulty: FaultyService,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EARWITNESS_ENGINE_OPTIONS", f"openai.base_url={faulty.url}")
    monkeypatch.setenv("EARWITNESS_MODEL", "no-such-model")
    answer(capsys, "process", str(tavern), "--language", "nl")
    assert faulty.calls == []


def test_a_few_chunks_again_by_a_service(
    tavern: Path, service: list[str], faulty: FaultyService, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted = ["--transcriber", "scripted", "--language", "en"]
    session = str(answer(capsys, "process", str(tavern), *scripted)["session"])
    again = ["--chunk", "2", "--with", "transcriber=openai:whisper-1"]
    again += ["--with", f"base_url={faulty.url}"]
    answer(capsys, "sessions", "rerun", session, *again)
    assert len(faulty.calls) == 1
    assert faulty.calls[0].fields["model"] == ["whisper-1"]


def test_estimated_times_are_told_also_when_no_word_is_asked_for_again(
    tavern: Path, service: list[str], faulty: FaultyService, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty.plan = lambda call: refused(400) if call.number < 2 else replied({"text": "so it goes"})
    done = answer(capsys, "process", str(tavern), *service)
    assert done["outcome"] == {"kind": "done"}
    assert "times of words: some are estimates in 4 chunks" in str(done["warnings"])
    count = len(faulty.calls)
    again = answer(capsys, "process", str(tavern), *service, "--speakers", "2")
    assert again["warnings"] == done["warnings"]
    assert len(faulty.calls) == count


def test_a_model_is_named_once(
    tavern: Path, service: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["process", str(tavern), *service, "--model", "other"]) == 2
    assert "two models" in capsys.readouterr().err


def test_the_key_is_shown_and_written_nowhere(
    tavern: Path,
    tmp_path: Path,
    service: list[str],
    faulty: FaultyService,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    faulty.plan = lambda call: refused(400) if call.number == 1 else spoken(call)
    answer(capsys, "process", str(tavern), *service)
    for command in (["config", "show", "--origin"], ["doctor"], ["config", "show", "--json"]):
        run(command)
        assert "canary" not in capsys.readouterr().out
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        assert KEY.encode() not in path.read_bytes(), path


def test_the_day_is_that_of_the_first_run_with_the_same_request(
    tavern: Path,
    tmp_path: Path,
    service: list[str],
    faulty: FaultyService,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What was begun before midnight is finished after it, and not paid for twice."""
    faulty.plan = lambda call: refused(400) if call.number == 1 else spoken(call)
    answer(capsys, "process", str(tavern), *service)
    whole = len(faulty.calls)
    with closing(sqlite3.connect(tmp_path / "home" / "library.db")) as database, database:
        (begun,) = database.execute("select started_at from run").fetchone()
        yesterday = str(datetime.fromisoformat(begun) - timedelta(days=1))
        database.execute("update run set started_at = ?", [yesterday])
    faulty.plan = lambda call: refused(400) if call.number == whole + 1 else spoken(call)
    answer(capsys, "process", str(tavern), *service)
    assert len(faulty.calls) == 2 * whole, "yesterday's day is in no key yet"
    answer(capsys, "process", str(tavern), *service)
    assert len(faulty.calls) == 2 * whole + 1, "today, the rest of yesterday's is still there"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no interrupt to a child")
def test_an_interrupt_waits_for_no_answer(
    tavern: Path, service: list[str], faulty: FaultyService, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty.plan = lambda call: Reply(late=True) if call.number else spoken(call)
    command = [sys.executable, "-c", INTERRUPTIBLE, "process", str(tavern), *service]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        try:
            faulty.wait_for_calls(2)
            child.send_signal(signal.SIGINT)
            child.communicate(timeout=20)
        finally:
            child.kill()
    assert child.returncode == 130
    asked = len(faulty.calls)
    faulty.plan = spoken
    told = answer(capsys, "process", str(tavern), *service)
    assert told["outcome"] == {"kind": "done"}
    first: Call = faulty.calls[0]
    assert all(call.sound != first.sound for call in faulty.calls[asked:])
