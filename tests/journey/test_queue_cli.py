"""The queue as people use it: put in, look, cancel, retry, let workers do it, and come second."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.commands import answer, shown

from earwitness.core.errors import Cancelled, NotFound, UsageError
from earwitness.store.library import Library

SCRIPTED = ("--transcriber", "scripted", "--language", "en", "--formats", "json")
HURRY = {"EARWITNESS_LEASE_S": "3"}
"""Beats come every second."""


@pytest.fixture
def slow(tmp_path: Path) -> tuple[str, ...]:
    """Options of a transcription that takes seconds."""
    words = [{"text": "aye", "start_ms": at, "end_ms": at + 300} for at in range(0, 90_000, 900)]
    script = tmp_path / "slow.json"
    script.write_text(json.dumps({"words": words, "language": "en", "wait_ms": 500}))
    return (*SCRIPTED, "--model", str(script), "--workers", "2")


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `earwitness worker` as a process of its own."""
    running: list[subprocess.Popen[str]] = []

    def start(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "earwitness", "worker", *options]
        running.append(
            subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env={**os.environ, **HURRY},
            )
        )
        return running[-1]

    yield start
    for each in running:
        each.kill()
        each.communicate()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def wait_until(home: Path, true: Callable[[Library], bool]) -> None:
    pause = threading.Event()
    with Library.open(home) as library:
        for _ in range(1_200):
            if true(library):
                return
            pause.wait(0.05)
    raise AssertionError("it never came to that")


def chunks_of(run: str) -> Callable[[Library], int]:
    def count(library: Library) -> int:
        return sum(s.stage == "transcribe" and s.chunk is not None for s in library.steps(run))

    return count


def test_put_in_looked_at_and_worked_off(
    tavern: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    put_in = answer(capsys, "process", str(tavern), *SCRIPTED, "--queue", "--priority", "2")
    assert put_in["queued"] is True
    session, run = str(put_in["session"]), str(put_in["run"])
    assert not (tmp_path / "output").exists()
    listed = answer(capsys, "queue", "list")
    assert listed["counts"] == {"queued": 1, "running": 0, "done": 0}
    assert answer(capsys, "queue", "status", session)["priority"] == 2
    assert run in shown(capsys, "queue", "list")
    again = answer(capsys, "process", str(tavern), *SCRIPTED, "--queue")
    assert again["run"] == run, "the same is queued once"
    done = answer(capsys, "worker", "--until-empty")
    assert [(each["run"], each["outcome"]["kind"]) for each in done["runs"]] == [(run, "done")]  # type: ignore[attr-defined]
    assert (tmp_path / "output" / session / "transcript.json").is_file()
    assert answer(capsys, "queue", "status", run)["state"] == "done"
    assert "0 running, 0 queued, 1 ended" in shown(capsys, "queue", "list", "--all")
    assert answer(capsys, "process", str(tavern), *SCRIPTED)["reused"] is True
    assert answer(capsys, "process", str(tavern), *SCRIPTED, "--queue")["queued"] is False
    assert answer(capsys, "queue", "retry", run, code=UsageError.exit_code)["error"]
    assert answer(capsys, "worker", "--until-empty") == {"runs": []}


def test_taken_out_and_put_in_again(tavern: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = str(answer(capsys, "process", str(tavern), *SCRIPTED, "--queue")["run"])
    gone = answer(capsys, "queue", "cancel", run)
    assert (gone["state"], gone["outcome"]) == ("done", {"kind": "cancelled"})
    answer(capsys, "queue", "cancel", run, code=UsageError.exit_code)
    answer(capsys, "queue", "cancel", "nobody", code=NotFound.exit_code)
    assert answer(capsys, "worker", "--until-empty") == {"runs": []}
    assert answer(capsys, "queue", "retry", run)["state"] == "queued"
    done = answer(capsys, "worker", "--until-empty")
    assert [each["outcome"]["kind"] for each in done["runs"]] == ["done"]  # type: ignore[attr-defined]


def test_a_missing_file_fails_its_run_alone(
    tavern: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.flac"
    copy.write_bytes(tavern.read_bytes())
    lost = str(answer(capsys, "process", str(copy), *SCRIPTED, "--queue")["run"])
    copy.unlink()
    assert "✗" in shown(capsys, "worker", "--until-empty")
    told = answer(capsys, "queue", "status", lost)
    assert told["outcome"]["kind"] == "failed"  # type: ignore[index]
    assert "copy.flac is gone" in told["outcome"]["why"]  # type: ignore[index]
    copy.write_bytes(tavern.read_bytes())
    again = answer(capsys, "queue", "retry", lost)
    assert again["run"] != lost
    shown(capsys, "worker", "--until-empty", "--parallel", "2")
    assert answer(capsys, "queue", "status", str(again["run"]))["outcome"] == {"kind": "done"}


def test_who_comes_second_follows(
    tavern: Path,
    capsys: pytest.CaptureFixture[str],
    worker: Callable[..., subprocess.Popen[str]],
    slow: tuple[str, ...],
    home: Path,
) -> None:
    run = str(answer(capsys, "process", str(tavern), *slow, "--queue")["run"])
    working = worker("--until-empty")
    wait_until(home, lambda library: chunks_of(run)(library) >= 1)
    from earwitness.cli.failures import run as cli

    capsys.readouterr()
    assert cli(["process", str(tavern), *slow, "--json"]) == 0
    told = capsys.readouterr()
    assert "works on this already" in told.err
    result = json.loads(told.out)
    assert result["outcome"] == {"kind": "done"}
    assert Path(result["files"][0]).is_file()
    assert working.wait(timeout=240) == 0
    with Library.open(home) as library:
        assert [each.id for each in library.runs(result["session"])] == [run]
        computed = Counter((step.stage, step.chunk) for step in library.steps(run) if not step.hit)
        assert set(computed.values()) == {1}
        assert library.job_row(run).job.token == 1


def test_cancelled_from_elsewhere(
    tavern: Path,
    capsys: pytest.CaptureFixture[str],
    worker: Callable[..., subprocess.Popen[str]],
    slow: tuple[str, ...],
    home: Path,
) -> None:
    run = str(answer(capsys, "process", str(tavern), *slow, "--queue")["run"])
    working = worker("--until-empty", "--json")
    wait_until(home, lambda library: chunks_of(run)(library) >= 1)
    assert answer(capsys, "queue", "cancel", run)["stopping"] is True
    out, _ = working.communicate(timeout=240)
    (ended,) = json.loads(out)["runs"]
    assert ended["outcome"] == {"kind": "cancelled"}
    before = answer(capsys, "queue", "status", run)
    assert (before["state"], before["outcome"]) == ("done", {"kind": "cancelled"})
    done = answer(capsys, "process", str(tavern), *slow)
    assert done["outcome"] == {"kind": "done"}
    with Library.open(home) as library:
        steps = [s for s in library.steps(run) if s.stage == "transcribe" and s.digest]
    assert any(step.hit for step in steps), "the same run went on"


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_sent_home_gives_back_what_it_holds(
    tavern: Path,
    capsys: pytest.CaptureFixture[str],
    worker: Callable[..., subprocess.Popen[str]],
    slow: tuple[str, ...],
    home: Path,
    number: signal.Signals,
) -> None:
    run = str(answer(capsys, "process", str(tavern), *slow, "--queue")["run"])
    working = worker()
    wait_until(home, lambda library: chunks_of(run)(library) >= 1)
    working.send_signal(number)
    assert working.wait(timeout=240) == (Cancelled.exit_code if number == signal.SIGINT else 0)
    given_back = answer(capsys, "queue", "status", run)
    assert (given_back["state"], given_back["losses"], given_back["outcome"]) == ("queued", 0, None)
    shown(capsys, "worker", "--until-empty")
    with Library.open(home) as library:
        steps = [s for s in library.steps(run) if s.stage == "transcribe" and s.chunk is not None]
    made = Counter(step.chunk for step in steps if step.digest and not step.hit)
    assert set(made.values()) == {1}, "what was done was kept"


def test_nonsense_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for tokens in (("--lanes", "tpu"), ("--parallel", "0"), ("--lanes", "")):
        answer(capsys, "worker", *tokens, code=UsageError.exit_code)
