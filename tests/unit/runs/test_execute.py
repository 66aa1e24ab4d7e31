"""Execute: parts are remembered, failures have an owner, branches run at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from earwitness.core.errors import EngineError, ServiceError, UsageError
from earwitness.core.ports import Tick
from earwitness.core.run import CANCELLED, DONE, Outcome, Run
from earwitness.core.session import Recording, Session
from earwitness.core.sound import Listening
from earwitness.core.span import Span
from earwitness.core.speech import Detection, Diarization, Heard, Segment, Speech, Turn, Word
from earwitness.core.stage import WHOLE, Inputs, Lane, Made, Part, Stage
from earwitness.core.transcript import Transcript
from earwitness.runs.execute import Execution, Result
from earwitness.runs.kept import Kept
from earwitness.runs.plan import dependents, ordered
from earwitness.store.library import Library

SESSION = Session(
    id="2026-11-20-abc234",
    title="",
    playbook="meeting",
    language=None,
    recordings=(Recording("a" * 64, "night.wav", 10, 1000, 1, 16_000),),
)


def no_sound(_listening: Listening) -> object:
    raise AssertionError("these stages listen to nothing")


@dataclass
class Toy:
    """A stage whose parts call `do`; it counts them."""

    name: str
    makes: type
    do: Callable[[Part], object]
    needs: tuple[type, ...] = ()
    part_needs: tuple[type, ...] = ()
    pieces: tuple[Part, ...] = WHOLE
    identity: str = ""
    version: int = 1
    lane: Lane = "cpu"
    verdict: Outcome = DONE
    spent_ms: int = 0
    instead: object | None = None
    worked: list[int | None] = field(default_factory=list)

    @property
    def piece(self) -> type:
        return self.makes

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        return self.pieces

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        self.worked.append(part.index)
        tick(0.5)
        return Made(self.do(part))

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> object:
        parts = [piece for piece in pieces.values() if isinstance(piece, Heard)]
        return Heard(tuple(segment for part in parts for segment in part.segments))

    def engine(self, inputs: Inputs) -> None:
        return None

    def substitute(self, inputs: Inputs) -> Made | None:
        return None if self.instead is None else Made(self.instead)


def heard(part: Part) -> Heard:
    span = Span(part.index or 0, (part.index or 0) + 1)
    return Heard((Segment(span, (Word(f"w{part.index}", span),)),))


def transcriber(do: Callable[[Part], object] = heard, count: int = 6, **more: object) -> Toy:
    pieces = tuple(Part(index, f"chunk {index}") for index in range(count))
    return Toy("transcribe", Heard, do, pieces=pieces, **more)  # type: ignore[arg-type]


def diarizer(do: Callable[[Part], object] | None = None, **more: object) -> Toy:
    turns = Diarization((Turn(Span(0, 10), "S1"),))
    return Toy("diarize", Diarization, do or (lambda _: turns), **more)  # type: ignore[arg-type]


def attributor() -> Toy:
    return Toy(
        "attribute",
        Transcript,
        lambda _: Transcript(()),
        needs=(Heard, Diarization),
        part_needs=(Heard, Diarization),
    )


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "home") as opened:
        opened.add_session(SESSION)
        yield opened


def execute(library: Library, *plan: Stage, run: Run | None = None, **more: object) -> Result:
    run = run or library.start_run(SESSION.id, "request")
    execution = Execution(run, plan, library, sound=no_sound, workers=2, **more)  # type: ignore[arg-type]
    result = execution.go()
    execution.close(result.outcome)
    return result


def test_every_stage_is_done_and_noted(library: Library) -> None:
    result = execute(library, transcriber(), diarizer(), attributor())
    assert result.outcome == DONE
    run = library.latest_run(SESSION.id)
    assert run is not None
    assert run.outcome == DONE
    whole = [step.stage for step in library.steps(run.id) if step.chunk is None]
    assert sorted(whole) == ["attribute", "diarize", "transcribe"]
    kinds = [event.type for event in library.events(SESSION.id)]
    assert kinds[0] == "run.started"
    assert kinds[-1] == "run.finished"
    assert kinds.count("chunk.done") == 6


def test_a_second_run_works_on_nothing(library: Library) -> None:
    execute(library, transcriber(), diarizer(), attributor())
    plan = transcriber(), diarizer(), attributor()
    execute(library, *plan)
    assert [toy.worked for toy in plan] == [[], [], []]
    run = library.latest_run(SESSION.id)
    assert run is not None
    assert all(step.hit for step in library.steps(run.id))


def test_another_engine_redoes_its_stage_and_an_equal_result_stops_there(library: Library) -> None:
    execute(library, transcriber(), diarizer(), attributor())
    plan = transcriber(), diarizer(identity="other"), attributor()
    execute(library, *plan)
    assert [toy.worked for toy in plan] == [[], [None], []]


def test_afresh_means_of_this_run_only(library: Library) -> None:
    execute(library, transcriber(), diarizer(), attributor())
    plan = transcriber(), diarizer(), attributor()
    execute(library, *plan, afresh=frozenset({"transcribe"}))
    assert sorted(plan[0].worked, key=str) == [0, 1, 2, 3, 4, 5]
    assert plan[1].worked == []


def test_a_chunk_that_fails_leaves_a_gap_and_is_tried_again_next_time(library: Library) -> None:
    def stumble(part: Part) -> Heard:
        if part.index == 2:
            raise EngineError("child ended")
        return heard(part)

    first = transcriber(stumble)
    result = execute(library, first, diarizer(), attributor())
    assert result.outcome.kind == "degraded"
    assert "1 of 6" in result.stages["transcribe"].why
    assert first.worked.count(2) == 2, "one more attempt with a fresh child"
    assert len(result.inputs.take(Heard).segments) == 5
    second = transcriber()
    result = execute(library, second, diarizer(), attributor())
    assert second.worked == [2]
    assert result.outcome == DONE
    assert len(result.inputs.take(Heard).segments) == 6


def test_a_service_that_failed_has_its_own_policy_and_is_not_asked_once_more(
    library: Library,
) -> None:
    def stumble(part: Part) -> Heard:
        if part.index == 2:
            raise ServiceError("no answer", fault="network")
        return heard(part)

    toy = transcriber(stumble, lane="io")
    result = execute(library, toy, diarizer(), attributor())
    assert result.stages["transcribe"].kind == "degraded"
    assert toy.worked.count(2) == 1


def test_a_failed_stage_is_stood_in_for(library: Library) -> None:
    def fail(_part: Part) -> object:
        raise EngineError("no voices today", hint="try again")

    result = execute(library, transcriber(), diarizer(fail, instead=Diarization(())), attributor())
    assert result.outcome.kind == "degraded"
    assert result.stages["diarize"].kind == "failed"
    assert result.stages["attribute"] == DONE
    run = library.latest_run(SESSION.id)
    assert run is not None
    assert library.result(run.id, "attribute") is not None
    assert library.result(run.id, "diarize") is None


def test_a_failed_stage_nothing_stands_in_for_ends_the_run_typed(library: Library) -> None:
    def fail(_part: Part) -> object:
        raise EngineError("broken", hint="mend it")

    last = attributor()
    result = execute(library, transcriber(), diarizer(fail), last)
    assert result.outcome.kind == "failed"
    assert isinstance(result.error, EngineError)
    assert result.error.hint == "mend it"
    assert last.worked == []


def test_a_mistake_in_a_plugin_fails_its_step_and_tells_no_secrets(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(_part: Part) -> object:
        raise RuntimeError("she said: the canary sings at noon")

    result = execute(library, transcriber(), diarizer(stumble, instead=Diarization(())))
    assert "RuntimeError" in result.stages["diarize"].why
    run = library.latest_run(SESSION.id)
    assert run is not None
    told = str(library.steps(run.id)) + str(library.events(SESSION.id)) + caplog.text
    assert "canary" not in told


def test_transcribe_and_diarize_run_at_the_same_time(library: Library) -> None:
    met = threading.Barrier(2, timeout=20)

    def meet(part: Part) -> object:
        if part.index in (None, 0):
            met.wait()
        return heard(part) if part.index is not None else Diarization(())

    result = execute(library, diarizer(meet), transcriber(meet), attributor())
    assert result.outcome == DONE


def test_an_interrupt_is_resumed_where_it_stopped(library: Library) -> None:
    run = library.start_run(SESSION.id, "request")
    released: list[str] = []

    def listener(stage: str, share: float) -> None:
        if stage == "transcribe" and share >= 0.5:
            raise KeyboardInterrupt

    first = transcriber()
    execution = Execution(
        run,
        (first,),
        library,
        sound=no_sound,  # type: ignore[arg-type]
        workers=2,
        listener=listener,
        release=lambda: released.append("engines"),
    )
    with pytest.raises(KeyboardInterrupt):
        execution.go()
    execution.close(CANCELLED)
    assert released == ["engines"]
    kept = {s.chunk for s in library.steps(run.id) if s.digest is not None}
    second = transcriber()
    assert execute(library, second).outcome == DONE
    assert set(second.worked) == set(range(6)) - kept


def test_the_order_in_which_chunks_come_changes_no_artifact(tmp_path: Path) -> None:
    digests = []
    for order in ((0, 1, 2, 3, 4, 5), (5, 3, 1, 4, 2, 0)):
        with Library.open(tmp_path / "".join(map(str, order))) as library:
            library.add_session(SESSION)
            toy = transcriber()
            toy.pieces = tuple(toy.pieces[index] for index in order)
            execute(library, toy)
            run = library.latest_run(SESSION.id)
            assert run is not None
            steps = library.steps(run.id)
            digests.append({(s.chunk, s.key, s.digest) for s in steps if s.chunk is not None})
    assert digests[0] == digests[1]


def test_a_kept_stage_and_kept_parts_are_taken_as_they_are(library: Library) -> None:
    execute(library, transcriber(), diarizer(), attributor())
    before = library.latest_run(SESSION.id)
    assert before is not None
    voices = library.result(before.id, "diarize")
    chunks = {s.chunk: s.digest for s in library.steps(before.id) if s.stage == "transcribe"}
    assert voices is not None
    again = transcriber(identity="another engine")
    again.pieces = tuple(
        part if part.index == 3 else replace(part, kept=chunks[part.index]) for part in again.pieces
    )
    plan = again, Kept("diarize", Diarization, voices, verdict=DONE), attributor()
    result = execute(library, *plan)
    assert result.outcome == DONE
    assert again.worked == [3]
    run = library.latest_run(SESSION.id)
    assert run is not None
    assert library.result(run.id, "diarize") == voices
    steps = {s.chunk: s for s in library.steps(run.id) if s.stage == "transcribe"}
    assert all(steps[place].digest == digest for place, digest in chunks.items() if place != 3)
    assert [place for place, step in steps.items() if not step.hit] == [3, None]
    told = [event.chunk for event in library.events(SESSION.id) if event.run == run.id]
    assert [place for place in told if place is not None] == [3], "only what was done is told"


def test_a_plan_is_ordered_by_needs_and_knows_its_dependents() -> None:
    detect = Toy("detect", Detection, lambda _: Detection((Speech(None, ()),)))
    hear, last = transcriber(needs=(Detection,)), attributor()
    plan = ordered((last, hear, diarizer(needs=(Detection,)), detect))
    assert [stage.name for stage in plan] == ["detect", "transcribe", "diarize", "attribute"]
    assert dependents(plan, "diarize") == {"diarize", "attribute"}
    assert dependents(plan, "detect") == {"detect", "transcribe", "diarize", "attribute"}
    with pytest.raises(UsageError):
        dependents(plan, "translate")
    with pytest.raises(UsageError):
        ordered((last,))
