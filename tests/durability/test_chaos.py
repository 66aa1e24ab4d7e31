"""Chaos in short: the benchmark of the same name, with fewer runs and the same promises."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from tests.faulty import FaultyService

from earwitness.store.library import Library

SEED = 20_261_125


@pytest.fixture
def chaos(root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    sys.modules.pop("chaos", None)
    import chaos  # type: ignore[import-not-found]

    found: ModuleType = chaos
    return found


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "home") as opened:
        yield opened


def test_most_runs_fail_without_the_policy_and_nearly_none_with_it(
    chaos: ModuleType, library: Library, faulty: FaultyService
) -> None:
    bench = chaos.Bench(library, faulty.url)
    share = {}
    for policy in (False, True):
        plan = chaos.fault_plan(0.2, SEED, chaos.PASSING)
        found = chaos.success(bench, faulty, 40, plan, seed=SEED, policy=policy)
        share[policy] = found["succeeded"]
    assert share[False] < 0.5
    assert share[True] >= 0.95


def test_refusals_make_no_second_call_and_an_open_breaker_none(
    chaos: ModuleType, library: Library, faulty: FaultyService
) -> None:
    bench = chaos.Bench(library, faulty.url)
    found = chaos.refusals(bench, faulty)
    assert {row["second calls"] for row in found.values()} == {0}
    assert all(row["calls"] == 1 for name, row in found.items() if name != "too large (413)")
    down = chaos.while_open(bench, faulty, 10)
    assert (down["until it opens"], down["while open"]) == (8, 0)


def test_a_service_that_hangs_holds_up_nobody_else(chaos: ModuleType, tmp_path: Path) -> None:
    """Healthy runs end while others wait; neither calls nor threads pile up for the dead one."""
    found = chaos.cascade(tmp_path / "cascade", 4)
    assert found["calls to the dead"] <= 8 + 2 * 4, "eight open it; others were under way"
    assert found["threads left behind"] <= 2 * 4
