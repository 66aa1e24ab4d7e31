"""Process: recordings become a record; what was done before is found again and used."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from earwitness.app.choose import AUTO, choose_transcriber, open_detector, open_diarizers
from earwitness.app.intake import find_session, new_session_id, take_in
from earwitness.app.models import fetch_if_wanted, on_this_machine
from earwitness.app.records import REPORT, export_record, read_record
from earwitness.app.request import Request
from earwitness.core.errors import EarwitnessError
from earwitness.core.ports import Engine
from earwitness.core.run import CANCELLED, DONE, Outcome, Run, Step, degraded, failed
from earwitness.core.session import Recording, Session
from earwitness.core.sound import Listening
from earwitness.core.speech import Detection
from earwitness.core.stage import Stage
from earwitness.core.transcript import Record, Report
from earwitness.runs.decoding import Decode, ScratchSound
from earwitness.runs.execute import Execution, Listener, Result
from earwitness.runs.plan import dependents, ordered
from earwitness.stages.attribute import Attribute
from earwitness.stages.detect import Detect
from earwitness.stages.diarize import Diarize
from earwitness.stages.transcribe import Transcribe
from earwitness.store.library import Library


@dataclass(frozen=True, slots=True)
class Processed:
    """What `process` did.

    Attributes:
        session: The sitting.
        outcome: Done or degraded; a failure is raised instead.
        stages: Each stage's outcome, in the order in which they ended; empty when reused.
        files: What was written.
        record: What was written into them.
        reused: Everything was there already; no engine was asked.
    """

    session: Session
    outcome: Outcome
    stages: dict[str, Outcome]
    files: tuple[Path, ...]
    record: Record
    reused: bool


def process(
    library: Library, request: Request, listener: Listener = lambda _stage, _share: None
) -> Processed:
    """Make a session's record, and write it.

    The same recordings and the same request find what was done before: a finished run is used as
    it is, an unfinished one is continued, a changed request is a new run of the same session.

    Args:
        library: Where everything is kept.
        request: What is wanted.
        listener: Told about progress, from any thread.

    Raises:
        EarwitnessError: See `earwitness.core.errors`; what was done so far is kept.
        KeyboardInterrupt: After the run was closed; the same call continues it.
    """
    recordings, held_at = take_in(library, request.sources)
    session = find_session(library, recordings, request.playbook.name)
    session = _update(library, session, request) or _new(library, request, recordings, held_at)
    afresh = request.fresh or request.from_stage is not None
    finished = None if afresh else _finished(library, session, _wanted(request))
    if finished is not None and finished.outcome is not None:
        record = read_record(library, session.id)
        files = export_record(record, request.formats, request.output)
        return Processed(session, finished.outcome, {}, files, record, reused=True)
    fetch_if_wanted(request.transcriber, request.options, request.hub_token, listener)
    wanted = _wanted(request)  # again: a model that was fetched may be what `auto` means now
    run = library.unfinished_run(session.id, wanted) or library.start_run(session.id, wanted)
    sources = tuple(zip(recordings, request.sources, strict=True))
    outcome, stages = _execute(
        library, request, sources=sources, session=session, run=run, listener=listener
    )
    record = read_record(library, session.id)
    files = export_record(record, request.formats, request.output)
    return Processed(session, outcome, stages, files, record, reused=False)


def _wanted(request: Request) -> str:
    return request.digest(on_this_machine(request.transcriber, request.options, AUTO))


def _finished(library: Library, session: Session, wanted: str) -> Run | None:
    """A run that can be used as it is; one with failed steps is tried again instead."""
    run = library.finished_run(session.id, wanted)
    if run is None or any(step.outcome.kind == "failed" for step in library.steps(run.id)):
        return None
    return run


def _new(
    library: Library,
    request: Request,
    recordings: tuple[Recording, ...],
    held_at: datetime | None,
) -> Session:
    session = Session(
        id=new_session_id(held_at),
        title=request.title or request.sources[0].stem,
        playbook=request.playbook.name,
        language=request.language,
        recordings=recordings,
        held_at=held_at,
        local_only=request.playbook.local_only,
    )
    library.add_session(session)
    return session


def _update(library: Library, session: Session | None, request: Request) -> Session | None:
    """Keep what is newly said about a session that exists."""
    if session is None:
        return None
    said = replace(session, language=request.language, title=request.title or session.title)
    if said != session:
        library.update_session(said)
    return said


def _execute(
    library: Library,
    request: Request,
    *,
    sources: tuple[tuple[Recording, Path], ...],
    session: Session,
    run: Run,
    listener: Listener,
) -> tuple[Outcome, dict[str, Outcome]]:
    with ExitStack() as engines:
        decoding = Decode(sources, library)
        try:
            stages, notes = _stages(request, session, decoding, engines)
        except EarwitnessError as error:
            library.finish_run(run.id, failed(str(error), hint=error.hint))
            raise
        plan = ordered(stages)
        execution = Execution(
            run,
            plan,
            library,
            sound=ScratchSound(decoding).open,
            workers=request.options.workers,
            afresh=_afresh(request, plan),
            listener=listener,
            release=engines.close,
        )
        try:
            result = execution.go()
        except KeyboardInterrupt:
            execution.close(CANCELLED)
            raise
        outcome = _outcome(result)
        if outcome.kind in ("done", "degraded"):
            _report(library, run, plan, result, notes)
        execution.close(outcome)
    if outcome.kind == "failed":
        raise result.error or EarwitnessError(outcome.why, hint=outcome.hint)
    for recording in session.recordings:
        library.drop_scratch(recording.id)
    return outcome, result.stages


def _stages(
    request: Request, session: Session, decoding: Decode, engines: ExitStack
) -> tuple[tuple[Stage, ...], tuple[str, ...]]:
    def held(engine: Engine) -> None:
        engines.callback(engine.close)

    choice = choose_transcriber(
        request.transcriber, request.language, request.options, local_only=session.local_only
    )
    if choice.transcriber is not None:
        held(choice.transcriber)
    detector = open_detector(request.options)
    held(detector)
    mixed, isolated = open_diarizers(request.diarizer, request.options)
    held(mixed)
    if isolated is not None:
        held(isolated)
    stages: tuple[Stage, ...] = (
        decoding,
        Detect(detector),
        Diarize(mixed, isolated, request.speakers),
        Transcribe(choice.transcriber, request.language, choice.verdict),
        Attribute(),
    )
    return stages, choice.notes


def _afresh(request: Request, plan: tuple[Stage, ...]) -> frozenset[str]:
    if request.fresh:
        return frozenset(stage.name for stage in plan)
    return dependents(plan, request.from_stage) if request.from_stage else frozenset()


def _outcome(result: Result) -> Outcome:
    """The run's outcome; a damaged recording is a partial result even when all stages are done."""
    if result.outcome.kind != "done":
        return result.outcome
    for reel in result.inputs.take(Listening).reels:
        if reel.damage is not None:
            return degraded(reel.damage, instead="what could be decoded")
    return DONE


def _report(
    library: Library, run: Run, plan: tuple[Stage, ...], result: Result, notes: tuple[str, ...]
) -> None:
    """Keep what readers must know beside the results."""
    inputs = result.inputs
    engines = ((stage.name, stage.engine(inputs)) for stage in plan)
    reels = inputs.take(Listening).reels
    warnings = [reel.damage for reel in reels if reel.damage]
    warnings += [notice for reel in reels for notice in reel.notices]
    if inputs.take(Detection).speech_ms == 0:
        warnings.append("no speech was found")
    for name, outcome in result.stages.items():
        if outcome.kind in ("degraded", "failed"):
            warnings.append(
                f"{name}: {outcome.why}" + (f" ({outcome.hint})" if outcome.hint else "")
            )
    report = Report(
        tuple((stage, engine) for stage, engine in engines if engine is not None),
        (*warnings, *notes),
    )
    key = f"{REPORT}:{run.id}"
    now = datetime.now(UTC)
    digest = library.put(key, REPORT, run.session, report)
    library.note_step(Step(run.id, REPORT, None, key, digest, False, DONE, now, 0, 0))
