"""Runs that Procrastinate delivers: by lane, to any worker, and again when a worker is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.commands import answer
from tests.machines import slow_script, wait_for
from tests.postgres import PostgresServer

from earwitness.app.library import open_library
from earwitness.app.settings import Settings, read_settings
from earwitness.cli.failures import run

SCRIPTED = ["--transcriber", "scripted", "--language", "en", "--formats", "txt"]


@pytest.fixture
def server(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("EARWITNESS_DATABASE", postgres_server.unused())
    monkeypatch.setenv("EARWITNESS_QUEUE", "procrastinate")
    monkeypatch.setenv("EARWITNESS_LEASE_S", "3")
    return read_settings()


def queued(
    capsys: pytest.CaptureFixture[str], sound: Path, *more: str, speakers: int = 2
) -> dict[str, object]:
    return answer(
        capsys, "process", str(sound), *SCRIPTED, "--queue", "--speakers", str(speakers), *more
    )


def test_what_is_queued_is_delivered_and_what_was_forgotten_is_found(
    server: Settings,
    tavern: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = queued(capsys, tavern)
    monkeypatch.setenv("EARWITNESS_QUEUE", "local")  # queued, and handed to nobody
    second = queued(capsys, tavern, speakers=3)
    monkeypatch.setenv("EARWITNESS_QUEUE", "procrastinate")
    told = answer(capsys, "worker", "--until-empty", "--parallel", "2")
    runs = told["runs"]
    assert isinstance(runs, list)
    assert {each["run"] for each in runs} == {first["run"], second["run"]}
    assert {each["outcome"]["kind"] for each in runs} == {"done"}
    assert answer(capsys, "worker", "--until-empty")["runs"] == []


def test_another_worker_goes_on_where_one_was_killed(
    server: Settings,
    tavern: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    script = slow_script(tmp_path / "script.json", wait_ms=150)
    told = queued(capsys, tavern, "--model", str(script))
    run_id = str(told["run"])
    worker = subprocess.Popen(
        [sys.executable, "-P", "-m", "earwitness", "worker"], start_new_session=True
    )
    with open_library(server) as library:
        wait_for(
            lambda: sum(step.stage == "transcribe" for step in library.steps(run_id)) >= 3,
            at_most_s=240,
        )
        os.killpg(worker.pid, signal.SIGKILL)
        job = library.job(run_id)
        assert job is not None
        assert job.owner is not None
        os.kill(job.owner.pid, signal.SIGKILL)
        worker.wait()
        before = sum(step.stage == "transcribe" for step in library.steps(run_id))
        runs = answer(capsys, "worker", "--until-empty")["runs"]
        assert isinstance(runs, list)
        assert [(each["run"], each["outcome"]["kind"]) for each in runs] == [(run_id, "done")]
        steps = [step for step in library.steps(run_id) if step.stage == "transcribe"]
    again = [step.chunk for step in steps[before:] if not step.hit and step.chunk is not None]
    assert len(again) == len(set(again))
    assert sum(step.hit for step in steps) >= 3, "what was done is not done again"


def test_a_library_in_a_file_is_not_delivered_from(
    tavern: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARWITNESS_QUEUE", "procrastinate")
    assert run(["worker", "--until-empty"]) == 2
    assert "PostgreSQL" in capsys.readouterr().err
