"""The report of `make test-engines`: what did not run is never counted as passed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def tool(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("tool", root / "tools" / "test_engines.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tool"] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ('tests="3" failures="0" errors="0" skipped="1"', "PASSED"),
        ('tests="3" failures="1" errors="0" skipped="0"', "FAILED"),
        ('tests="3" failures="0" errors="1" skipped="2"', "FAILED"),
        ('tests="3" failures="0" errors="0" skipped="3"', "NOT RUN"),
        ('tests="0" failures="0" errors="0" skipped="0"', "NOT RUN"),
    ],
)
def test_the_verdict_of_a_report(
    tool: ModuleType, tmp_path: Path, counts: str, verdict: str
) -> None:
    report = tmp_path / "one.xml"
    report.write_text(f"<testsuites><testsuite {counts}/></testsuites>", encoding="utf-8")
    assert tool.read(report)[0] == verdict


def test_no_report_is_a_failure(tool: ModuleType, tmp_path: Path) -> None:
    assert tool.read(tmp_path / "none.xml")[0] == "FAILED"


def test_every_extra_is_tested_or_says_why_not(tool: ModuleType, root: Path) -> None:
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    for name in tool.ENGINES:
        assert f"\n{name} = [" in project
