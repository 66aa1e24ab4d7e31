"""kill -9 in the middle of a batch: its report is true, and --resume loses and repeats nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tests.durability.test_kill import chunks_done
from tests.recordings import piece

from earwitness.store.library import Library

SCRIPT = {"words": [{"text": "hello", "start_ms": 1000, "end_ms": 1400}], "wait_ms": 800}
FORMATS = ("m4a", "mp3", "wav", "ogg")


@pytest.fixture
def command(tavern: Path, tmp_path: Path) -> list[str]:
    for number, suffix in enumerate(FORMATS):
        piece(
            tavern,
            tmp_path / "in" / f"night{number}.{suffix}",
            4.0 * number,
            seconds=28 if number else 6,
        )
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SCRIPT))
    return [
        *(sys.executable, "-m", "earwitness", "batch", "--json", "--workers", "1"),
        *("--input-dir", str(tmp_path / "in"), "--output-dir", str(tmp_path / "out")),
        *("--home", str(tmp_path / "home"), "--transcriber", "scripted", "--language", "en"),
        *("--model", str(script), "--formats", "json"),
    ]


def stopped_when(
    command: list[str], ready: Callable[[], bool], number: int
) -> tuple[int, str, list[psutil.Process]]:
    """Send a signal to the batch, and to nothing else, when it is time."""
    pause = threading.Event()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as batch:
        while not ready():
            assert batch.poll() is None, "it ended before it could be stopped"
            pause.wait(0.02)
        children = psutil.Process(batch.pid).children(recursive=True)
        os.kill(batch.pid, number)
        told = batch.communicate(timeout=240)[0]
    return batch.returncode, told, children


def ran(command: list[str], code: int = 0) -> dict[str, object]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


def states(told: dict[str, object]) -> list[str]:
    items = told["items"]
    assert isinstance(items, list)
    return [item["state"] for item in items]


def assert_whole(home: Path, out: Path, count: int) -> None:
    """Each recording has one session, one transcript, and each chunk was heard once."""
    with Library.open(home) as library:
        rows = library.sessions()
        assert len({row.session.recordings[0].id for row in rows}) == len(rows) == count
        for row in rows:
            heard = [
                (step.chunk, step.key)
                for run in library.runs(row.session.id)
                for step in library.steps(run.id)
                if step.stage == "transcribe" and step.chunk is not None and not step.hit
            ]
            assert heard
            assert set(Counter(heard).values()) == {1}, "what was finished is never done twice"
            assert (out / row.session.id / "transcript.json").is_file()
    assert len(list(out.glob("*/"))) == count
    assert not list(home.rglob("*.part")) + list(out.rglob("*.part"))


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
@pytest.mark.parametrize("parallel", ["1", "2"])
def test_a_killed_batch_leaves_a_true_report_and_is_resumed(
    parallel: str, command: list[str], tmp_path: Path
) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    command += ["--parallel", parallel]

    seen: list[int] = []

    def one_done_and_another_begun() -> bool:
        report = next(iter(out.glob("batch-*.md")), None)
        if report is not None and "- Successful: 1" in report.read_text(encoding="utf-8"):
            seen.append(chunks_done(home))
        return bool(seen) and chunks_done(home) > seen[0]

    code, _, children = stopped_when(command, one_done_and_another_begun, signal.SIGKILL)
    assert code == -signal.SIGKILL
    (report,) = out.glob("batch-*.md")
    text = report.read_text(encoding="utf-8")
    assert "**Completed:** not yet" in text
    assert "- Total Sessions: 4" in text
    successful = int(text.partition("- Successful: ")[2].partition("\n")[0])
    assert f"- Unfinished: {4 - successful}" in text
    told = ran([*command, "--resume"])
    gone, alive = psutil.wait_procs(children, timeout=30)
    assert not alive, f"children outlived their parent: {alive}, {gone}"
    counted = told["counts"]
    assert isinstance(counted, dict)
    # What was just about to be finished may be finished by the child although its parent is gone.
    assert counted["skipped"] >= successful
    assert counted["skipped"] + counted["successful"] == 4
    finished = counted["skipped"] - successful
    assert 1 <= counted["resumed"] + finished <= int(parallel)
    assert states(ran([*command, "--resume"])) == ["skipped"] * 4
    assert_whole(home, out, 4)


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_ctrl_c_ends_a_batch_with_its_report(command: list[str], tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    (tmp_path / "in" / "night0.m4a").unlink()
    code, told, _ = stopped_when(command, lambda: chunks_done(home) >= 1, signal.SIGINT)
    assert code == 130
    assert states(json.loads(told)) == ["stopped", "waiting", "waiting"]
    (report,) = out.glob("batch-*.md")
    text = report.read_text(encoding="utf-8")
    assert "(stopped)" in text
    assert "| night1.mp3 | stopped |" in text
    assert "| night3.ogg | not begun |" in text
    again = ran([*command, "--resume"])
    assert states(again) == ["done"] * 3
    assert [item["resumed"] for item in again["items"]] == [True, False, False]  # type: ignore[attr-defined]
    assert_whole(home, out, 3)
