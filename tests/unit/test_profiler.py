"""`tools/profiler.py`: all threads are in the profile, and every stage in the table of memory."""

from __future__ import annotations

import importlib.util
import profile
import pstats
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def tool(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("profiler", root / "tools" / "profiler.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_real_run_is_profiled_with_what_its_workers_do(
    root: Path, tavern: Path, tmp_path: Path
) -> None:
    target = tmp_path / "profile.prof"
    command = [sys.executable, str(root / "tools" / "profiler.py"), "--input", str(tavern)]
    command += ["--output", str(target), "--transcriber", "scripted"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    stats = pstats.Stats(str(target))
    names = {(Path(file).name, function) for file, _, function in stats.stats}  # type: ignore[attr-defined]
    assert ("scripted.py", "transcribe") in names, "done in a thread"
    assert ("execute.py", "go") in names, "done in the main thread"
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line.strip()}
    for stage in ("decode", "detect", "diarize", "transcribe", "attribute"):
        assert int(rows[stage][-1]) > 20, "megabytes"


def busy() -> int:
    return sum(range(1000))


@pytest.mark.parametrize("pure", [False, True])
def test_every_thread_is_counted(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pure: bool
) -> None:
    if pure:  # as from Python 3.12 on
        monkeypatch.setattr(tool, "one_profiler", lambda: profile.Profile(time.perf_counter))
    threads = tool.Threads()
    with threads.watching():
        workers = [threading.Thread(target=busy) for _ in range(5)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        threads.call(busy)
    threads.stats().dump_stats(tmp_path / "x.prof")
    found = pstats.Stats(str(tmp_path / "x.prof")).stats  # type: ignore[attr-defined]
    (calls,) = [row[0] for (_, _, name), row in found.items() if name == "busy"]
    assert calls == 6
    assert threading.Thread.run.__module__ == "threading", "nothing is left behind"
