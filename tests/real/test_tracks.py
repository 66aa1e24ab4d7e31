"""A real call as two microphones in one room: offset and drift come back, and voices stay apart."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

import earwitness

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("EARWITNESS_DATA") or ROOT.parent / "shared" / "data")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the recordings are not here")


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """The benchmark: it makes the two files."""
    folder = ROOT / "benchmarks"
    sys.path.insert(0, str(folder))
    try:
        spec = importlib.util.spec_from_file_location("bench_tracks", folder / "tracks.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
    return module


def test_a_late_start_and_a_fast_clock_are_found(bench: ModuleType, tmp_path: Path) -> None:
    first, second, _ = bench.two_files(tmp_path, 360)
    done = earwitness.process([first, second], tracks=True, transcriber="scripted", language="en")
    agent, caller = earwitness.show_session(done.session.id).places
    assert agent.by == "sound"
    assert agent.confidence is not None
    assert agent.confidence > 0.8
    assert (agent.offset_us - caller.offset_us) / 1000 == pytest.approx(700, abs=20)
    assert 1e6 * (1 / (1 + agent.drift_ppb / 1e9) - 1) == pytest.approx(200, abs=10)
    named = {line.person for line in done.record.transcript.utterances}
    assert named == {"agent", "caller"}
