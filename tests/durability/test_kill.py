"""kill -9 in the middle of transcription: the same command goes on, and the result is the same."""

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

import psutil
import psycopg
import pytest

from earwitness.store.library import Library

FORMATS = "json,txt,md,csv,srt,vtt,ass,stm,rttm"
pocketsphinx = pytest.mark.skipif(
    sys.version_info[:2] == (3, 12), reason="pocketsphinx has no wheel for Python 3.12"
)


def command(recording: Path, home: Path, output: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "earwitness",
        "process",
        str(recording),
        *("--transcriber", "pocketsphinx", "--language", "en", "--formats", FORMATS),
        *("--home", str(home), "--output", str(output), "--workers", "2", "--json"),
    ]


def transcripts(output: Path) -> dict[str, str]:
    """Every file that was written, with the session's random id taken out."""
    (folder,) = output.iterdir()
    return {
        path.name: path.read_text(encoding="utf-8").replace(folder.name, "SESSION")
        for path in folder.iterdir()
    }


def chunks_done(home: Path, address: str | None = None) -> int:
    if address is not None:
        return chunks_on_server(address)
    database = home / "library.db"
    if not database.is_file():
        return 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as connection:
        try:
            question = "select count(*) from step where stage = 'transcribe' and chunk is not null"
            return int(connection.execute(question).fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def chunks_on_server(address: str) -> int:
    question = "select count(*) from step where stage = 'transcribe' and chunk is not null"
    url, _, schema = address.rpartition("&schema=")
    with psycopg.connect(url, options=f"-c search_path={schema}") as connection:
        (count,) = connection.execute(question).fetchone() or (0,)
        return int(count)


def wait_for_chunks(
    started: subprocess.Popen[str], home: Path, count: int, address: str | None
) -> None:
    pause = threading.Event()
    while chunks_done(home, address) < count:
        assert started.poll() is None, "it ended before it could be disturbed"
        pause.wait(0.02)


def kill_after_chunks(
    started: subprocess.Popen[str], home: Path, count: int, address: str | None = None
) -> list[int]:
    """Kill -9 as soon as `count` chunks are in the ledger; returns the children's ids."""
    wait_for_chunks(started, home, count, address)
    children = [child.pid for child in psutil.Process(started.pid).children(recursive=True)]
    os.kill(started.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    started.wait()
    return children


@pocketsphinx
def test_a_killed_run_goes_on_and_ends_the_same(
    tavern: Path,
    heard_tavern: Path,
    tmp_path: Path,
    address: str | None,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """On a server, it is restarted while the second process works: that one waits for it."""
    if address is not None:
        monkeypatch.setenv("EARWITNESS_DATABASE", address)
    home, output = tmp_path / "killed-home", tmp_path / "killed"
    with subprocess.Popen(
        command(tavern, home, output),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")},
    ) as started:
        children = kill_after_chunks(started, home, 2, address)
    assert not list(output.glob("*/transcript.*")), "nothing is written before it is whole"
    gone, alive = psutil.wait_procs([p for c in children if (p := _process(c))], timeout=20)
    assert not alive, f"children outlived their parent: {alive}, {gone}"

    with subprocess.Popen(
        command(tavern, home, output), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as again:
        if address is not None:
            wait_for_chunks(again, home, 4, address)
            with request.getfixturevalue("postgres_server").stopped():
                pass
        told, complaints = again.communicate()
    assert again.returncode == 0, complaints
    assert transcripts(output) == transcripts(heard_tavern.parent)

    session = str(json.loads(told)["session"])
    with Library.open(home, database=address) as library:
        (run,) = library.runs(session)
        steps = [
            s for s in library.steps(run.id) if s.stage == "transcribe" and s.chunk is not None
        ]
    computed = Counter(step.chunk for step in steps if not step.hit)
    assert set(computed.values()) == {1}, "what was finished is never done twice"
    assert sum(step.hit for step in steps) >= 2
    assert not list(home.rglob("*.part"))


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None
