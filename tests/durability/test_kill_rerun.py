"""kill -9 in the middle of a re-run: people still see what they saw; the same command goes on."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing
from pathlib import Path

import earwitness
from earwitness.store.library import Library


def command(*tokens: str, home: Path, output: Path) -> list[str]:
    folders = ["--home", str(home), "--output", str(output), "--formats", "json,srt", "--json"]
    return [sys.executable, "-m", "earwitness", *tokens, *folders]


def done(*tokens: str, home: Path, output: Path) -> dict[str, object]:
    told = subprocess.run(
        command(*tokens, home=home, output=output), capture_output=True, text=True, check=True
    )
    answer = json.loads(told.stdout)
    assert isinstance(answer, dict)
    return answer


def chunks_done(home: Path) -> int:
    question = """select count(*) from step join run on run.id = step.run
        where run.parent is not null and step.chunk is not null and not step.hit"""
    address = f"file:{home / 'library.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
        return int(connection.execute(question).fetchone()[0])


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*/transcript.*")}


def test_a_killed_rerun_changes_nothing_and_goes_on(tavern: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    script = tmp_path / "slow.json"
    words = [{"text": "aye", "start_ms": at, "end_ms": at + 300} for at in range(0, 90_000, 900)]
    script.write_text(json.dumps({"words": words, "language": "en", "wait_ms": 150}))
    first = done(
        *("process", str(tavern), "--transcriber", "scripted", "--language", "en"),
        home=home,
        output=tmp_path / "first",
    )
    session = str(first["session"])
    again = ("sessions", "rerun", session, "--with", f"model={script}", "--workers", "2")
    with subprocess.Popen(
        command(*again, home=home, output=tmp_path / "killed"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")},
    ) as started:
        pause = threading.Event()
        while chunks_done(home) < 2:
            assert started.poll() is None, "it ended before it could be killed"
            pause.wait(0.02)
        os.kill(started.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    assert not written(tmp_path / "killed"), "nothing is written before it is whole"
    earwitness.export(session, formats="json,srt", home=home, output=tmp_path / "meanwhile")
    assert written(tmp_path / "meanwhile") == written(tmp_path / "first")

    gone_on = done(*again, home=home, output=tmp_path / "again")
    whole = done(*again, home=home, output=tmp_path / "whole")
    assert whole["run"] != gone_on["run"]
    assert written(tmp_path / "again") == written(tmp_path / "whole")
    with Library.open(home) as library:
        steps = library.steps(str(gone_on["run"]))
    parts = [step for step in steps if step.stage == "transcribe" and step.chunk is not None]
    assert set(Counter(step.chunk for step in parts if not step.hit).values()) == {1}
    assert sum(step.hit for step in parts) >= 2, "what was finished is never done twice"
    assert not list(home.rglob("*.part"))
