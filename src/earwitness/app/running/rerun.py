"""Rerun: one part of a session is done again; everything else stays, byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from typing import Final

from earwitness.app.models import fetch_if_wanted, on_this_machine
from earwitness.app.records import REPORT, check_output, transcribed_run
from earwitness.app.request import (
    Request,
    engine_options,
    read_clips,
    read_enhancement,
    read_formats,
    split_model,
)
from earwitness.app.running.again import Again, about, read_target, with_options
from earwitness.app.running.earlier import Earlier
from earwitness.app.running.execute import Told, nobody, see_through
from earwitness.app.running.orders import NO_ORDER, lane_of, means_of, order_of, sources_of
from earwitness.app.running.processed import Processed
from earwitness.app.running.remarks import ANEW
from earwitness.app.services import guarded
from earwitness.app.settings import Settings
from earwitness.app.sharing import share
from earwitness.app.understanding.playbooks import playbook
from earwitness.app.understanding.understood import NOTE_STAGES, NOTED, TEXT_STAGES
from earwitness.app.understanding.vocabulary import known_words
from earwitness.core.errors import NoSound, UsageError
from earwitness.core.queue import Job
from earwitness.core.run import DONE, Asked, Outcome, Run, RunTarget, Step, degraded
from earwitness.core.session import Session
from earwitness.core.sound import Listening, Reels
from earwitness.core.source import Source
from earwitness.core.speech import (
    Crosstalk,
    Cut,
    Detection,
    Diarization,
    Guarded,
    Heard,
    Settled,
)
from earwitness.core.transcript import Report, Transcript
from earwitness.runs.holding import Holding
from earwitness.runs.kept import Kept
from earwitness.runs.listener import Listener
from earwitness.runs.plan import STAGES, followers, stages_of
from earwitness.store.library import Library

LISTEN: Final = frozenset({"decode", "align", "detect", "crosstalk", "diarize", "transcribe"})
"""Stages that need the sound."""


_MAKES: Final[Mapping[str, type]] = {
    "decode": Listening,
    "align": Listening,
    "detect": Detection,
    "crosstalk": Crosstalk,
    "diarize": Diarization,
    "cut": Cut,
    "transcribe": Heard,
    "settle": Settled,
    "guard": Guarded,
    "attribute": Transcript,
}


@dataclass(frozen=True, slots=True)
class Redone:
    """What a re-run did.

    Attributes:
        processed: The session, how it went, the files and the record.
        run: The new run, which is shown from now on.
        steps: Its ledger, up to the transcript; `hit` says what was taken over.
    """

    processed: Processed
    run: Run
    steps: tuple[Step, ...]


def rerun(
    library: Library,
    session_id: str,
    again: Again,
    settings: Settings,
    listener: Listener = lambda _stage, _share: None,
    *,
    told: Told = nobody,
) -> Redone:
    """Do one part of a session again.

    The named stage is done afresh; what depends on it follows where it gives something else.
    Corrections are folded onto the result. The earlier result stays and can be put back.

    Args:
        library: Where the session is.
        session_id: Its id.
        again: What is wanted.
        settings: Say what is not said by `again` or by the run people see now.
        listener: Told about progress, from any thread.
        told: Told, in words, what is waited for.

    Raises:
        NotFound: There is no such session, or it has no transcript yet.
        UsageError: What is wanted makes no sense.
        NoSound: The session was imported without a recording.
        SourceNotFound: The sound is needed, and its file is gone.
        EarwitnessError: As `process`.
        KeyboardInterrupt: After the run was closed; the same call continues it.
    """
    session = library.session(session_id)
    if not session.recordings:
        raise NoSound(
            "this session has no sound: it was imported without a recording",
            hint="`earwitness import FILE --audio RECORDING` with the same file gives it some",
        )
    parent = transcribed_run(library, session.id)
    usual = parent.asked or _asked(session, settings)
    known = about(again.options, usual)
    target = read_target(again, _cut(library, parent) if again.in_part else None, known)
    terms = known_words(library, library.series_of(session.id)).terms
    wanted = with_options(usual, target.options, terms)
    earlier = _earlier(library, session, parent, target)
    sources: tuple[Source, ...] = ()
    if _must_listen(library, session, earlier):
        sources = sources_of(library, session, NO_ORDER)
    share(library, session, sources, listener)
    request = _request(session, settings, wanted)
    check_output(request.output)
    if "transcribe" not in earlier.kept:
        fetch_if_wanted(
            request.transcriber, guarded(request.options, library), request.hub_token, listener
        )
    digest = _digest(request, parent, target)
    run = library.unfinished_run(session.id, digest) or library.start_run(
        session.id,
        digest,
        asked=usual if again.in_part else wanted,
        parent=parent.id,
        target=target,
    )
    order = order_of(request, ())
    library.submit(run, order, lane=lane_of(request))
    library.sweep()
    processed = see_through(
        library, run, order, means=means_of(settings), listener=listener, told=told
    )
    later = {*TEXT_STAGES, *NOTE_STAGES, NOTED}
    steps = tuple(step for step in library.steps(run.id) if step.stage not in later)
    return Redone(processed, library.run(run.id), steps)


def redo(
    library: Library,
    job: Job,
    request: Request,
    *,
    listener: Listener,
    holding: Holding,
) -> tuple[Outcome, dict[str, Outcome]]:
    """Carry out a re-run that was begun; as `run_session`.

    Args:
        library: Where the session is.
        job: The claimed job.
        request: As the run was asked.
        listener: Told about progress.
        holding: Of the job.

    Raises:
        EarwitnessError: As `rerun`.
    """
    session, run = library.session(job.session), library.run(job.run)
    target = run.target
    assert target is not None
    assert run.parent is not None
    assert run.asked is not None
    if target.chunks is not None:  # the run keeps what holds for the rest
        terms = known_words(library, library.series_of(session.id)).terms
        request = _with(request, with_options(run.asked, target.options, terms))
    earlier = _earlier(library, session, library.run(run.parent), target)
    sources: tuple[Source, ...] = ()
    if _must_listen(library, session, earlier):
        sources = sources_of(library, session, job.order)
    if "transcribe" not in earlier.kept:
        options = guarded(request.options, library)
        fetch_if_wanted(request.transcriber, options, request.hub_token, listener)
    # Imported only now, as in `execute`.
    from earwitness.app.running.session_run import run_session

    return run_session(
        library,
        request,
        sources=tuple(zip(session.recordings, sources, strict=False)),
        session=session,
        run=run,
        listener=listener,
        holding=holding,
        earlier=earlier,
    )


def _asked(session: Session, settings: Settings) -> Asked:
    """For runs of older versions, which did not keep it."""
    return Asked(
        language=session.language,
        speakers=None,
        transcriber=split_model(settings.transcriber)[0],
        diarizer=settings.diarizer,
        model=engine_options(settings).model,
        device=settings.device,
    )


def _request(session: Session, settings: Settings, asked: Asked) -> Request:
    """The request of a re-run."""
    usual = Request(
        sources=(),
        title="",
        playbook=playbook(session.playbook, settings.home),
        language=None,
        speakers=None,
        transcriber="auto",
        diarizer="auto",
        options=engine_options(settings),
        vocabulary=(),
        enhance="none",
        hub_token=settings.hub_token.get_secret_value() if settings.hub_token else None,
        formats=read_formats(settings.formats),
        output=settings.output,
        tracks=session.tracks,
        clips=read_clips(settings),
    )
    return _with(usual, asked)


def _with(request: Request, asked: Asked) -> Request:
    """The same, with what was asked."""
    return replace(
        request,
        language=asked.language,
        speakers=asked.speakers,
        transcriber=asked.transcriber,
        diarizer=asked.diarizer,
        options=replace(
            request.options,
            model=asked.model,
            device=asked.device,
            vocabulary=asked.vocabulary,
            own=asked.own,
        ),
        vocabulary=asked.vocabulary,
        enhance=read_enhancement(asked.enhance),
    )


def _must_listen(library: Library, session: Session, earlier: Earlier) -> bool:
    """Whether any stage will read the sound; tracks are compared only where there are some."""
    missing = LISTEN.intersection(stages_of(session)) - set(earlier.kept)
    if missing != {"crosstalk"}:
        return bool(missing)
    laid = earlier.kept["align" if session.tracks else "decode"]
    return bool(library.get(laid.digest, Listening).tracks)


def _digest(request: Request, parent: Run, target: RunTarget) -> str:
    heard_with = on_this_machine(request.transcriber, request.options)
    asked = [request.digest(heard_with), parent.id, astuple(target)]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _cut(library: Library, parent: Run) -> Cut:
    digest = library.result(parent.id, "cut")
    if digest is None:
        raise UsageError(
            "this session was made by an older version, which did not keep where it was cut",
            hint="--stage transcribe does all of it again",
        )
    cut = library.get(digest, Cut)
    heard = None if cut.chunks else library.result(parent.id, "transcribe")
    if heard is not None and library.get(heard, Heard).segments:
        raise UsageError(
            "this transcript was made elsewhere, so there are no pieces of it",
            hint="--stage transcribe hears the whole recording",
        )
    return cut


def _earlier(library: Library, session: Session, parent: Run, target: RunTarget) -> Earlier:
    """What stays as the run people see has it."""
    makes = {**_MAKES, "decode": Reels} if session.tracks else _MAKES
    done = set(followers(frozenset(target.stages)))
    if "transcribe" in done and target.chunks is None:
        done.add("cut")  # another engine may like another cut; the same one gives the same
    reported = library.result(parent.id, REPORT)
    report = library.get(reported, Report) if reported else Report((), ())
    engines = dict(report.engines)
    kept = {
        name: Kept(name, makes[name], digest, engines.get(name), _verdict(report, name))
        for name in STAGES
        if name not in done and (digest := library.result(parent.id, name)) is not None
    }
    chosen = None if target.chunks is None else frozenset(target.chunks)
    rest: dict[int, str] = {}
    gaps = 0
    if chosen is not None:
        made = _chunks(library, parent)
        rest = {place: digest for place, digest in made.items() if place not in chosen}
        gaps = len({chunk.index for chunk in _cut(library, parent).chunks} - set(rest) - chosen)
    return Earlier(
        kept=kept,
        afresh=frozenset(target.stages),
        chosen=chosen,
        rest=rest,
        gaps=gaps,
        engines=engines,
        warnings=tuple(
            told for told in report.warnings if told.split(":")[0] not in (*STAGES, *ANEW)
        ),
    )


def _verdict(report: Report, name: str) -> Outcome:
    """How a stage ended then, as its readers were told."""
    told = next((line for line in report.warnings if line.startswith(f"{name}: ")), None)
    return DONE if told is None else degraded(told.partition(": ")[2], instead="as before")


def _chunks(library: Library, run: Run) -> dict[int, str]:
    """Digests of the chunks of which a run's text is made, also when an earlier one made them."""
    runs = {each.id: each for each in library.runs(run.session)}
    whole = library.result(run.id, "transcribe")
    here: Run | None = run
    while here is not None and library.result(here.id, "transcribe") == whole:
        found = {
            step.chunk: step.digest
            for step in library.steps(here.id)
            if step.stage == "transcribe" and step.chunk is not None and step.digest
        }
        if found:
            return found
        here = runs.get(here.parent or "")
    return {}
