"""Following: a stage begins its parts as another one's end; a long run says how far it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.unit.runs.test_execute import SESSION, Toy, diarizer, execute, heard, transcriber

from earwitness.core.clip import Clipped
from earwitness.core.errors import EngineError
from earwitness.core.ports import Tick
from earwitness.core.run import CANCELLED, DONE
from earwitness.core.speech import Diarization
from earwitness.core.stage import Inputs, Made, Part
from earwitness.runs.course import Course
from earwitness.store.library import Library

WAIT_S = 20.0


@dataclass
class Follower(Toy):
    """Follows `transcribe`; keeps what it was given."""

    follows: str = "transcribe"

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        assert part.hears is not None
        return Toy.work(self, part, inputs, tick)

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> object:
        return Clipped("", len(pieces), 0)


def follower(count: int = 6, **more: object) -> Follower:
    pieces = tuple(Part(index, f"clip {index}") for index in range(count))
    do = more.pop("do", lambda _: Clipped("", 1, 0))
    return Follower("clip", Clipped, do, pieces=pieces, lane="io", **more)  # type: ignore[arg-type]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "home") as opened:
        opened.add_session(SESSION)
        yield opened


def test_it_works_while_later_parts_of_the_other_are_still_done(library: Library) -> None:
    followed = threading.Event()

    def hear(part: Part) -> object:
        if part.index == 5:
            assert followed.wait(WAIT_S), "nothing followed while this part was still heard"
        return heard(part)

    def follow(part: Part) -> object:
        if part.index == 0:
            followed.set()
        return Clipped("", 1, 0)

    result = execute(library, transcriber(hear), follower(do=follow))
    assert result.outcome == DONE
    assert result.inputs.take(Clipped).ready == 6


def test_it_waits_for_what_it_needs_and_then_catches_up(library: Library) -> None:
    told: list[str] = []
    clip = follower(needs=(Diarization,), part_needs=(Diarization,))
    result = execute(
        library, transcriber(), diarizer(), clip, listener=lambda stage, _: told.append(stage)
    )
    assert result.outcome == DONE
    assert sorted(clip.worked, key=str) == list(range(6))
    assert "clip" in told


def test_parts_that_the_other_fails_in_or_has_not_are_left_out(library: Library) -> None:
    def hear(part: Part) -> object:
        if part.index == 2:
            raise EngineError("no")
        return heard(part)

    clip = follower(8)
    result = execute(library, transcriber(hear), clip)
    assert sorted(clip.worked, key=str) == [0, 1, 3, 4, 5]
    assert result.stages["clip"] == DONE
    assert result.outcome.kind == "degraded"


def test_nothing_to_follow_is_no_error(library: Library) -> None:
    clip = follower()
    result = execute(library, transcriber(count=0), clip)
    assert result.outcome == DONE
    assert clip.worked == []
    assert result.inputs.take(Clipped).ready == 0


def test_it_looks_for_itself_in_every_run(library: Library) -> None:
    execute(library, transcriber(), follower())
    heard_again, clip = transcriber(), follower()
    execute(library, heard_again, clip)
    assert heard_again.worked == []
    assert sorted(clip.worked, key=str) == list(range(6))


def test_one_that_fails_degrades_the_run(library: Library) -> None:
    def refuse(_part: Part) -> object:
        raise EngineError("no room")

    clip = follower(do=refuse, instead=Clipped("", 0, 0))
    result = execute(library, transcriber(), clip)
    assert result.stages["transcribe"] == DONE
    assert result.outcome.kind == "degraded"
    assert "no room" in result.outcome.why


def test_a_stop_is_a_stop(library: Library) -> None:
    def stopped(stage: str, _share: float) -> None:
        if stage == "clip":
            raise_in_part()

    def raise_in_part() -> None:
        from earwitness.core.errors import Cancelled

        raise Cancelled("stopped")

    clip = follower(do=lambda _part: raise_in_part())
    result = execute(library, transcriber(), clip)
    assert result.outcome == CANCELLED


def test_a_long_run_says_how_far_it_is(library: Library) -> None:
    def hear(part: Part) -> object:
        seen = threading.Event()
        for _ in range(2_000):
            told = [e for e in library.events(SESSION.id) if e.type == "run.progress"]
            if len(told) > (part.index or 0):
                return heard(part)
            seen.wait(0.01)
        raise AssertionError("nobody said how far it is")

    execute(library, transcriber(hear), diarizer(), progress_s=0.02)
    told = [e.percent for e in library.events(SESSION.id) if e.type == "run.progress"]
    assert len(told) >= 6
    assert None not in told
    assert told == sorted(told, key=lambda percent: percent or 0)
    assert told[-1] > told[0]  # type: ignore[operator]


def test_a_short_run_says_nothing_of_it(library: Library) -> None:
    execute(library, transcriber(), diarizer())
    assert "run.progress" not in {event.type for event in library.events(SESSION.id)}


def test_a_course_never_falls_and_ends_at_all() -> None:
    course = Course(("decode", "transcribe", "cut"))
    seen = [course.share]
    for stage, share in (
        ("decode", 1.0),
        ("transcribe", 0.5),
        ("transcribe", 0.2),
        ("cut", 1.0),
        ("unknown", 1.0),
        ("transcribe", 1.0),
    ):
        course.hear(stage, share)
        seen.append(course.share)
    assert seen == sorted(seen)
    assert seen[0] == 0.0
    assert seen[-1] == 1.0
    assert Course(()).share == 0.0
