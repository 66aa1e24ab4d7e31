"""Where the time went: parts of the critical path add up, and advice follows from what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.app.reports.advice import advise
from earwitness.app.reports.performance import (
    CLOSING,
    OPENING,
    RunUse,
    bottleneck,
    critical_path,
    run_use,
    together,
)
from earwitness.app.settings import Settings
from earwitness.core.run import DONE, Run, Step
from earwitness.core.usage import Machine, Spell, Taken
from earwitness.runs.plan import NEEDS

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
RUN = Run("r", "2026-11-25-aaaaaa", "request", AT, AT, DONE)
MACHINE = Machine("abc", 4, 16 * 10**9)


def step(stage: str, start_ms: int, wall_ms: int, **more: object) -> Step:
    began = AT + timedelta(milliseconds=start_ms)
    told = Step("r", stage, None, "k", "d", False, DONE, began, wall_ms, 0, 100)
    return replace(told, **more)  # type: ignore[arg-type]


def night(**more: object) -> RunUse:
    """A run of ten minutes that took 100 s, 80 of them hearing words with one worker."""
    steps = [
        step("decode", 1_000, 5_000),
        step("detect", 6_000, 4_000),
        step("crosstalk", 6_000, 100),
        step("cut", 10_000, 0),
        step("diarize", 10_000, 20_000),
        step("settle", 30_000, 10),
        step("transcribe", 10_000, 80_000, chunk=None, cpu_ms=78_000),
        step("guard", 90_000, 4_000),
        step("attribute", 94_000, 1_000),
    ]
    spell = Spell(
        "r",
        AT,
        MACHINE,
        Taken(100_000, 110_000, 10**9, 10**9),
        1,
        "pocketsphinx 5.1.1 (draft)",
        "embedded",
        600_000,
    )
    return run_use(RUN, steps, [replace(spell, **more)])  # type: ignore[arg-type]


def test_the_parts_of_the_critical_path_are_the_whole_time() -> None:
    run = night()
    critical = {stage.name: stage.critical_ms for stage in run.stages}
    assert critical == {
        OPENING: 1_000,
        "decode": 5_000,
        "detect": 4_000,
        "crosstalk": 0,
        "cut": 0,
        "diarize": 0,
        "settle": 0,
        "transcribe": 80_000,
        "guard": 4_000,
        "attribute": 1_000,
        CLOSING: 5_000,
    }
    assert sum(critical.values()) == run.wall_ms == 100_000
    slow = bottleneck(run.stages)
    assert slow is not None
    assert slow.name == "transcribe"
    assert run.speed == 6.0


@given(st.lists(st.integers(0, 10_000), min_size=len(NEEDS), max_size=len(NEEDS)))
def test_whatever_stages_take_their_parts_add_up(lengths: list[int]) -> None:
    ends: dict[str, int] = {}
    steps = {}
    for (name, needs), wall_ms in zip(NEEDS.items(), lengths, strict=True):
        began = max((ends[need] for need in needs), default=0)
        ends[name] = began + wall_ms
        steps[name] = step(name, began, wall_ms)
    last = max(ends.values())
    owned = critical_path(steps, None)
    assert sum(owned.values()) == last
    assert all(part >= 0 for part in owned.values())


def test_runs_put_together_are_the_sum_of_their_parts() -> None:
    both = {stage.name: stage for stage in together([night(), night()])}
    assert both["transcribe"].critical_ms == 160_000
    assert both["transcribe"].cpu_ms == 156_000
    assert both["transcribe"].peak_bytes == 100
    assert both[OPENING].cpu_ms is None
    assert together([]) == ()
    assert bottleneck(()) is None


def test_nothing_is_advised_where_nothing_was_seen() -> None:
    assert advise([]) == ()
    old = run_use(RUN, [step("transcribe", 0, 50)], [])
    assert advise([old])[0].setting is None


@pytest.mark.parametrize(
    ("run", "setting", "option"),
    [
        (night(), "workers", "--workers 4"),
        (night(workers=4), "transcriber", "--transcriber faster-whisper --model tiny"),
        (
            night(machine=replace(MACHINE, memory_bytes=2 * 10**9)),
            "model",
            "--model",
        ),
        (
            night(transcriber="openai whisper-1 at api.openai.com (not reproducible)"),
            "engine_options",
            "--workers 2 --engine-option concurrency=2",
        ),
        (
            night(machine=replace(MACHINE, gpu="NVIDIA H100"), transcriber="faster-whisper small"),
            "device",
            "--device cuda",
        ),
        (
            night(machine=replace(MACHINE, gpu="NVIDIA H100")),
            "device",
            "--transcriber faster-whisper --device cuda",
        ),
    ],
    ids=["idle cores", "full cores", "no room", "service", "idle gpu", "engine without gpu"],
)
def test_the_advice_names_the_setting_that_changes_it(
    run: RunUse, setting: str, option: str
) -> None:
    first = advise([run])[0]
    assert (first.setting, first.option) == (setting, option)
    assert setting in Settings.model_fields
    assert first.what.startswith("transcribe: 80 % of the time")


def test_memory_near_its_end_is_told() -> None:
    tight = night(workers=4, machine=replace(MACHINE, memory_bytes=11 * 10**8))
    assert [each.option for each in advise([tight])][1:] == ["--workers 3"]


def test_a_run_from_memory_does_not_hide_the_bottleneck() -> None:
    hits = [
        replace(each, hit=True)
        for each in (step("decode", 0, 1), step("transcribe", 1, 1), step("attribute", 2, 60_000))
    ]
    remembered = run_use(RUN, hits, [])
    assert not remembered.fresh
    assert advise([night(), remembered])[0].setting == "workers"
