"""`process` where things go wrong around it: signals, closed pipes, full and read-only places."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import earwitness
from earwitness.cli.progress import progress
from earwitness.core.errors import DiskFull, StoreError
from earwitness.store.library import Library

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals, pipes and limits")

AS_FROM_A_TERMINAL = [
    sys.executable,
    "-c",
    # A job in the background of a shell ignores interrupts, and so would this test's child.
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "signal.signal(signal.SIGHUP, signal.SIG_DFL); "
    "from earwitness.cli import main; main()",
]

Command = Callable[..., list[str]]


@pytest.fixture
def command(tavern: Path, tmp_path: Path) -> Command:
    """`process` with a transcriber that waits so long for each chunk."""

    def made(*more: str, wait_ms: int = 0) -> list[str]:
        script = tmp_path / "script.json"
        words = [
            {"text": "hello", "start_ms": 1000 * at, "end_ms": 1000 * at + 900} for at in range(60)
        ]
        script.write_text(json.dumps({"words": words, "wait_ms": wait_ms}))
        said = [sys.executable, "-m", "earwitness", "process", str(tavern)]
        said += ["--transcriber", "scripted", "--model", str(script), "--language", "en"]
        return [*said, *more]

    return made


def sessions(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "home")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_closes_the_run_ends_its_children_and_the_same_command_goes_on(
    command: Command, tmp_path: Path, number: signal.Signals
) -> None:
    def begun() -> bool:
        if not (tmp_path / "home" / "library.db").is_file():
            return False
        with sessions(tmp_path) as library:
            rows = library.sessions()
            run = library.latest_run(rows[0].session.id) if rows else None
            return run is not None and any(s.stage == "detect" for s in library.steps(run.id))

    with subprocess.Popen(
        [*AS_FROM_A_TERMINAL, *command(wait_ms=60_000)[3:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        pause = threading.Event()
        while not begun():
            assert child.poll() is None
            pause.wait(0.05)
        children = psutil.Process(child.pid).children(recursive=True)
        child.send_signal(number)
        _, complaint = child.communicate(timeout=120)
    assert child.returncode == 130
    assert "the same command continues" in complaint
    assert "Traceback" not in complaint
    assert not psutil.wait_procs(children, timeout=240)[1]
    with sessions(tmp_path) as library:
        (row,) = library.sessions()
        run = library.latest_run(row.session.id)
        assert run is not None
        assert run.outcome is not None
        assert run.outcome.kind == "cancelled"
    again = subprocess.run(command(), capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize(
    "closed", ["| head -n 0", "2>&- | cat", ">&-", "<&- >&- 2>&-", "2>&1 | head -n 1"]
)
def test_whoever_closes_its_pipes_fails_no_run(
    command: Command, tmp_path: Path, closed: str
) -> None:
    line = " ".join(f"'{part}'" for part in command())
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line} {closed}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    with sessions(tmp_path) as library:
        (row,) = library.sessions()
        run = library.latest_run(row.session.id)
    assert run is not None
    assert run.outcome is not None
    assert run.outcome.kind == "done"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_an_answer_that_finds_no_room_is_told_and_the_work_is_kept(
    command: Command, tmp_path: Path
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command(), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 9
    assert "error: the answer could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "output").glob("*/transcript.json"))


def test_progress_that_nobody_reads_fails_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as gone, monkeypatch.context() as quick:
        quick.setattr("earwitness.cli.progress.QUIET_S", 0.0)
        quick.setattr("earwitness.cli.progress.LINE_EVERY_S", 0.0)
        quick.setattr(sys, "stderr", gone)
        lines = progress(quiet=False)
        for share in (0.1, 0.5, 1.0):
            lines("transcribe", share)
        quick.undo()
        with pytest.raises(BrokenPipeError):
            gone.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), gone.fileno())


@pytest.mark.parametrize("where", ["file", "below a file"])
def test_an_output_that_cannot_be_written_is_told_before_any_work(
    tavern: Path, tmp_path: Path, where: str
) -> None:
    (tmp_path / "file").write_text("mine")
    output = tmp_path / "file" if where == "file" else tmp_path / "file" / "deep"
    with pytest.raises(StoreError, match="output folder"):
        earwitness.process(tavern, transcriber="scripted", output=output)
    assert earwitness.sessions() == ()
    assert (tmp_path / "file").read_text() == "mine"


FULL = """
import resource, signal, sys
from earwitness.cli.failures import run

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.parametrize("largest", [4_000, 40_000, 400_000])
def test_a_full_disk_is_told_leaves_no_half_file_and_the_same_command_goes_on(
    command: Command, tmp_path: Path, largest: int
) -> None:
    words = command("--fresh")[3:]
    limited = [sys.executable, "-c", FULL, str(largest), *words]
    # Whoever measures which lines are run has no room for that either, and would say so.
    bare = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(limited, capture_output=True, text=True, check=False, env=bare)
    assert done.returncode in (DiskFull.exit_code, StoreError.exit_code), done.stderr
    assert "Traceback" not in done.stderr
    assert "hint:" in done.stderr
    again = subprocess.run(command(), capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert not list(tmp_path.rglob("*.part"))


def test_a_terminal_that_goes_away_fails_no_work(command: Command, tmp_path: Path) -> None:
    """As under `nohup`: hanging up is ignored, and whatever draws progress finds nobody."""
    import pty

    ignoring = [*AS_FROM_A_TERMINAL]
    ignoring[2] = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); " + ignoring[2]
    keyboard, terminal = pty.openpty()
    with (
        (tmp_path / "answer").open("w") as out,
        subprocess.Popen(
            [*ignoring, *command(wait_ms=1_500)[3:], "--workers", "8"],
            stdin=terminal,
            stdout=out,
            stderr=terminal,
            start_new_session=True,
        ) as child,
    ):
        os.close(terminal)
        os.read(keyboard, 1)  # it has begun to draw
        os.close(keyboard)
        assert child.wait(180) == 0
    assert "transcript" in str(list((tmp_path / "output").glob("*/*")))
    assert (tmp_path / "answer").read_text(encoding="utf-8").startswith("✓")
