"""`make bench-check`: a slower stage is found, an equal one is not; other machines do not count."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def regression(root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import regression  # type: ignore[import-not-found]

    found: ModuleType = regression
    return found


@pytest.fixture
def bench(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, with a transcriber that takes so much processor time for each chunk."""
    monkeypatch.setenv("EARWITNESS_DATA", str(tmp_path))

    def command(what: str, work_ms: int, *more: str) -> subprocess.CompletedProcess[str]:
        script = tmp_path / "script.json"
        script.write_text(json.dumps({"words": [], "work_ms": work_ms}))
        said = [sys.executable, str(root / "benchmarks" / "regression.py"), what]
        said += ["--minutes", "0.5", "--transcriber", "scripted", "--model", str(script)]
        said += ["--stages", "transcribe", "--baselines", str(tmp_path / "kept"), *more]
        return subprocess.run(said, capture_output=True, text=True, check=False)

    return command


def test_a_slower_stage_is_found_and_an_equal_one_is_not(bench: Command, tmp_path: Path) -> None:
    nothing = bench("check", 120)
    assert (nothing.returncode, "no baseline" in nothing.stdout) == (0, True)
    assert bench("store", 120).returncode == 0
    (kept,) = (tmp_path / "kept").iterdir()
    assert "transcribe" in kept.read_text("utf-8")
    same = bench("check", 120, "--share", "0.5")
    assert same.returncode == 0, same.stdout
    slow = bench("check", 300, "--share", "0.5")
    assert slow.returncode == 1, slow.stdout
    assert "WORSE transcribe" in slow.stdout


def timing(regression: ModuleType, **more: float) -> object:
    usual = {"wall_s": 10.0, "cpu_s": 9.0, "peak_mb": 90.0, "work_wall_s": 0.5, "work_cpu_s": 0.5}
    return regression.Timing(**(usual | more))


@pytest.mark.parametrize(
    ("now", "is_worse"),
    [
        ({}, False),
        ({"cpu_s": 10.7}, False),
        ({"cpu_s": 11.0}, True),
        ({"cpu_s": 18.0, "wall_s": 20.0, "work_cpu_s": 1.0, "work_wall_s": 1.0}, False),
        ({"wall_s": 30.0, "work_wall_s": 1.5}, False),  # the machine is busy
        ({"wall_s": 13.0}, True),  # it waits, on a machine that has nothing else to do
        ({"cpu_s": 5.0, "wall_s": 6.0}, False),
    ],
)
def test_what_counts_is_the_ratio_to_fixed_work(
    regression: ModuleType, now: dict[str, float], is_worse: bool
) -> None:
    verdict = regression.worse(timing(regression, **now), timing(regression), 0.2)
    assert (verdict is not None) == is_worse


def test_a_stage_that_takes_next_to_nothing_is_not_judged(regression: ModuleType) -> None:
    little = {"wall_s": 0.1, "cpu_s": 0.1}
    more = {"wall_s": 0.3, "cpu_s": 0.3}
    now, before = timing(regression, **more), timing(regression, **little)
    assert regression.worse(now, before, 0.2) is None


def test_baselines_of_other_machines_are_never_read(
    regression: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regression.store(tmp_path, "10 min", {"decode": timing(regression)})
    assert regression.read(tmp_path) == {"10 min": {"decode": timing(regression)}}
    regression.store(tmp_path, "60 min", {"decode": timing(regression)})
    assert set(regression.read(tmp_path)) == {"10 min", "60 min"}
    monkeypatch.setattr(regression, "processor", lambda: "another one")
    assert regression.read(tmp_path) == {}
