"""Session run: engines are chosen, the plan is executed, and what readers must know is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from earwitness.app.clips import CLIP, clipping, end_clips
from earwitness.app.records import REPORT
from earwitness.app.request import Request
from earwitness.app.running.earlier import NOTHING, Earlier, known_voices, seen_run
from earwitness.app.running.opening import Opening
from earwitness.app.running.remarks import notices_of, verdict_of
from earwitness.app.running.spell import Spelling
from earwitness.app.services import guarded
from earwitness.core.clip import Clipped
from earwitness.core.errors import EarwitnessError
from earwitness.core.ledger import Ledger
from earwitness.core.run import CANCELLED, DONE, Outcome, Run, Step, degraded, failed
from earwitness.core.session import Recording, Session
from earwitness.core.sound import Listening, Reel, Reels
from earwitness.core.source import Source
from earwitness.core.speech import Detection, Heard, Remark
from earwitness.core.stage import Stage
from earwitness.core.transcript import Report
from earwitness.runs.aligning import Align
from earwitness.runs.clipbook import Clipbook
from earwitness.runs.clipping import ClipChunks
from earwitness.runs.clipping import verdict_of as verdict_of_clips
from earwitness.runs.decoding import Decode, ScratchSound
from earwitness.runs.execute import Execution, Result
from earwitness.runs.holding import Holding
from earwitness.runs.listener import Listener
from earwitness.runs.plan import dependents, ordered, stages_of
from earwitness.stages.attribute import Attribute
from earwitness.stages.crosstalk import FindCrosstalk
from earwitness.stages.guard import Guard
from earwitness.stages.settle import Settle
from earwitness.store.library import Library

log = logging.getLogger(__name__)


def run_session(
    library: Library,
    request: Request,
    *,
    sources: tuple[tuple[Recording, Source], ...],
    session: Session,
    run: Run,
    listener: Listener,
    holding: Holding,
    earlier: Earlier = NOTHING,
) -> tuple[Outcome, dict[str, Outcome]]:
    """Execute a run and close it.

    Returns:
        The run's outcome (done or degraded), and each stage's.

    Raises:
        EarwitnessError: It failed; what was done so far is kept.
        Cancelled: The holding ended; the same run can be continued.
        KeyboardInterrupt: It was stopped; the same run can be continued.
    """
    wanted = "transcribe" not in earlier.kept
    with clipping(request, session.id, listener, wanted=wanted) as book:
        outcome, stages = _executed(
            library,
            request,
            sources=sources,
            session=session,
            run=run,
            listener=listener,
            holding=holding,
            earlier=earlier,
            book=book,
        )
        if book is not None:
            end_clips(library, run, book, stages.get(CLIP))
    for recording in session.recordings:
        if not library.in_use(recording.id, but=run.id):
            library.drop_scratch(recording.id)
    return outcome, stages


def _executed(  # noqa: PLR0913 - all that surrounds a run, each by its name
    library: Library,
    request: Request,
    *,
    sources: tuple[tuple[Recording, Source], ...],
    session: Session,
    run: Run,
    listener: Listener,
    holding: Holding,
    earlier: Earlier,
    book: Clipbook | None,
) -> tuple[Outcome, dict[str, Outcome]]:
    ledger = holding.fence(library)
    log.info("run %s of session %s: working on it", run.id, session.id)
    options = replace(guarded(request.options, library), day=_day(library, run))
    opening = Opening(replace(request, options=options), session, earlier)
    with Spelling(library, run, opening, request.options.workers) as meter, opening.engines:
        decoding = Decode(sources, library, Reels if session.tracks else Listening)
        try:
            stages = _stages(
                library, session, run, decoding=decoding, opening=opening, earlier=earlier
            )
        except EarwitnessError as error:
            ledger.finish_run(run.id, failed(str(error), hint=error.hint))
            raise
        clip = () if book is None else (ClipChunks(book, ledger),)
        plan = ordered((*stages, *clip))
        execution = Execution(
            run,
            plan,
            ledger,
            sound=ScratchSound(decoding).open,
            workers=request.options.workers,
            afresh=earlier.afresh | _afresh(request, plan),
            listener=listener,
            release=opening.engines.close,
        )
        holding.on_end(execution.stop)
        try:
            result = _judged(execution.go(meter), session.id)
        except KeyboardInterrupt:
            execution.close(CANCELLED)
            raise
        if result.outcome.kind == "cancelled":
            if holding.why == "cancelled":
                execution.close(CANCELLED)
            holding.raise_if_ended()
        outcome = _outcome(result, session)
        for reel in _reels(result):
            library.set_duration(reel.recording, reel.duration_ms)
        if outcome.kind in ("done", "degraded"):
            heard = notices_of(_remarks(result), session.id, request.language)
            told = (*_of_tracks(library, session, run), *heard)
            notes = (*told, *earlier.warnings, *opening.notes)
            _report(ledger, session, run, plan=plan, result=result, notes=notes)
        execution.close(outcome)
    log.info("run %s of session %s: %s", run.id, session.id, outcome.kind)
    if outcome.kind == "failed":
        raise result.error or EarwitnessError(outcome.why, hint=outcome.hint)
    return outcome, result.stages


def _day(library: Library, run: Run) -> str:
    """The day this was first asked for: whoever asks again for what is missing gets the rest."""
    same = (each for each in library.runs(run.session) if each.request == run.request)
    return min(each.started_at for each in same).astimezone(UTC).date().isoformat()


def _stages(
    library: Library,
    session: Session,
    run: Run,
    *,
    decoding: Decode,
    opening: Opening,
    earlier: Earlier,
) -> tuple[Stage, ...]:
    """Every stage: kept as it was, or ready to be done."""

    def settle() -> Settle:
        before, used = known_voices(library, run.session, seen_run(library, run.session), run)
        return Settle(before, used)

    done: dict[str, Callable[[], Stage]] = {
        "decode": lambda: decoding,
        "align": lambda: Align(session, decoding),
        "detect": opening.detect,
        "crosstalk": FindCrosstalk,
        "diarize": opening.diarize,
        "cut": opening.cut,
        "transcribe": opening.transcribe,
        "settle": settle,
        "guard": Guard,
        "attribute": Attribute,
    }
    return tuple(earlier.kept.get(name) or done[name]() for name in stages_of(session))


def _afresh(request: Request, plan: tuple[Stage, ...]) -> frozenset[str]:
    if request.fresh:
        return frozenset(stage.name for stage in plan)
    return dependents(plan, request.from_stage) if request.from_stage else frozenset()


def _outcome(result: Result, session: Session) -> Outcome:
    """The run's outcome; a damaged recording is a partial result even when all stages are done."""
    if result.outcome.kind != "done":
        return result.outcome
    for reel in _reels(result):
        if reel.damage is not None:
            return degraded(_told(reel, session, reel.damage), instead="what could be decoded")
    return DONE


def _told(reel: Reel, session: Session, what: str) -> str:
    """What is said of a recording; of one of several tracks with its name."""
    name = next((each.name for each in session.recordings if each.id == reel.recording), "")
    return f"{name}: {what}" if session.tracks else what


def _of_tracks(library: Library, session: Session, run: Run) -> tuple[str, ...]:
    """Every track that could not be decoded, with the reason; the outcome tells the first only."""
    if not session.tracks:
        return ()
    steps = [step for step in library.steps(run.id) if step.stage == "decode"]
    steps.sort(key=lambda step: step.chunk or 0)
    return tuple(
        f"without this track: {step.outcome.why}"
        for step in steps
        if step.chunk is not None and step.outcome.kind == "failed"
    )


def _judged(result: Result, session: str) -> Result:
    """The result, degraded where chunks were heard with less than was asked for."""
    result = _judged_clips(result)
    verdict = verdict_of(_remarks(result), session)
    if verdict is None or result.stages.get("transcribe") != DONE:
        return result
    outcome = verdict if result.outcome == DONE else result.outcome
    return replace(result, outcome=outcome, stages={**result.stages, "transcribe": verdict})


def _judged_clips(result: Result) -> Result:
    """The result, degraded where single clips could not be cut."""
    clipped = result.inputs.made.get(Clipped)
    if not isinstance(clipped, Clipped) or not clipped.failed or result.stages[CLIP] != DONE:
        return result
    verdict = verdict_of_clips(clipped.failed)
    outcome = verdict if result.outcome == DONE else result.outcome
    return replace(result, outcome=outcome, stages={**result.stages, CLIP: verdict})


def _remarks(result: Result) -> tuple[Remark, ...]:
    """What was told of single chunks; nothing when nothing was heard."""
    heard = result.inputs.made.get(Heard)
    return heard.remarks if isinstance(heard, Heard) else ()


def _reels(result: Result) -> tuple[Reel, ...]:
    """What was decoded; nothing when decoding failed."""
    listening = result.inputs.made.get(Listening)
    return listening.reels if isinstance(listening, Listening) else ()


def _report(
    ledger: Ledger,
    session: Session,
    run: Run,
    *,
    plan: tuple[Stage, ...],
    result: Result,
    notes: tuple[str, ...],
) -> None:
    """Keep what readers must know beside the results."""
    inputs = result.inputs
    engines = ((stage.name, stage.engine(inputs)) for stage in plan)
    listening = inputs.take(Listening)
    reels = listening.reels
    warnings = [_told(reel, session, reel.damage) for reel in reels if reel.damage]
    warnings += [_told(reel, session, notice) for reel in reels for notice in reel.notices]
    warnings += listening.notices
    if inputs.take(Detection).speech_ms == 0:
        warnings.append("no speech was found")
    for name, outcome in result.stages.items():
        if outcome.kind in ("degraded", "failed"):
            warnings.append(
                f"{name}: {outcome.why}" + (f" ({outcome.hint})" if outcome.hint else "")
            )
    report = Report(
        tuple((stage, engine) for stage, engine in engines if engine is not None),
        tuple(dict.fromkeys((*warnings, *notes))),
    )
    key = f"{REPORT}:{run.id}"
    now = datetime.now(UTC)
    digest = ledger.put(key, REPORT, run.session, report)
    ledger.note_step(Step(run.id, REPORT, None, key, digest, False, DONE, now, 0, 0))
