"""Process: recordings become a record; what was done before is found again and used."""

from __future__ import annotations

from dataclasses import dataclass, replace

from earwitness.app.earlier import show
from earwitness.app.intake import Taken, find_session, new_session_id, take_in
from earwitness.app.models import fetch_if_wanted, on_this_machine
from earwitness.app.recognition import Assigned, assign
from earwitness.app.records import Written, read_record, write_session
from earwitness.app.request import Request
from earwitness.app.track_names import name_by_tracks
from earwitness.app.tracks import Laid, lay_out
from earwitness.app.understand import understand_if_possible
from earwitness.app.vocabulary import vocabulary_for
from earwitness.core.people import Series
from earwitness.core.ports import ExportOptions
from earwitness.core.run import Outcome, Run
from earwitness.core.session import Session
from earwitness.core.source import Source
from earwitness.core.transcript import Record
from earwitness.media.layouts import Layout
from earwitness.runs.listener import Listener
from earwitness.store.library import Library


@dataclass(frozen=True, slots=True)
class Processed:
    """What `process` did.

    Attributes:
        session: The sitting.
        outcome: Done or degraded; a failure is raised instead.
        stages: Each stage's outcome, in the order in which they ended; empty when reused.
        written: The files, and the reading rules their subtitles had to break.
        record: What was written into them.
        reused: Everything was there already; no engine was asked.
        assigned: Which voices were recognised and which are to be asked about; None: the session
            is in no series.
        layout: The tracks that were recognised; None: plain recordings.
        notices: What else the user should know now; no part of the record.
    """

    session: Session
    outcome: Outcome
    stages: dict[str, Outcome]
    written: Written
    record: Record
    reused: bool
    assigned: Assigned | None = None
    layout: Layout | None = None
    notices: tuple[str, ...] = ()


def process(
    library: Library,
    request: Request,
    listener: Listener = lambda _stage, _share: None,
    *,
    series: Series | None = None,
) -> Processed:
    """Make a session's record, and write it.

    The same recordings and the same request find what was done before: a finished run is used as
    it is, an unfinished one is continued, a changed request is a new run of the same session.

    Args:
        library: Where everything is kept.
        request: What is wanted.
        listener: Told about progress, from any thread.
        series: The session joins it; enrolled voices are recognised.

    Raises:
        EarwitnessError: See `earwitness.core.errors`; what was done so far is kept.
        KeyboardInterrupt: After the run was closed; the same call continues it.
    """
    laid, taken = _take_in(library, request)
    request = replace(request, tracks=laid.tracks if laid else ())
    session = find_session(
        library, taken.recordings, request.playbook.name, tracks=laid is not None
    )
    session = _update(library, session, request) or _begin_session(library, request, taken, laid)
    if series is not None:
        library.join_series(session.id, series.id)
    words = vocabulary_for(library, session, request)
    request = replace(request, options=replace(request.options, vocabulary=words.terms))
    afresh = request.fresh or request.from_stage is not None
    finished = None if afresh else _finished(library, session, _wanted(request))
    if finished is not None and finished.outcome is not None:
        show(library, finished)
        done = write_up(library, request, finished, finished.outcome, {}, reused=True)
        return replace(
            done, layout=laid.layout if laid else None, notices=(*words.notices, *done.notices)
        )
    fetch_if_wanted(request.transcriber, request.options, request.hub_token, listener)
    wanted = _wanted(request)  # again: a model that was fetched may be what `auto` means now
    run = library.unfinished_run(session.id, wanted) or library.start_run(
        session.id, wanted, asked=request.asked
    )
    sources = tuple(zip(taken.recordings, taken.sources, strict=True))
    # Imported only now: engines and stages are not needed to find what is finished.
    from earwitness.app.session_run import run_session

    outcome, stages = run_session(
        library, request, sources=sources, session=session, run=run, listener=listener
    )
    done = write_up(library, request, run, outcome, stages, reused=False)
    return replace(
        done, layout=laid.layout if laid else None, notices=(*words.notices, *done.notices)
    )


def write_up(
    library: Library,
    request: Request,
    run: Run,
    outcome: Outcome,
    stages: dict[str, Outcome],
    *,
    reused: bool,
) -> Processed:
    """Name whose track it is and who is known, then write what people see."""
    name_by_tracks(library, library.session(run.session), run)
    known = library.series_of(run.session) is not None
    assigned = assign(library, run.session) if known else None
    notices = understand_if_possible(library, run.session)
    record = read_record(library, run.session, run)
    options = ExportOptions(doubted=request.doubted)
    written = write_session(library, record, request.formats, request.output, options)
    return Processed(
        record.session,
        outcome,
        stages,
        written,
        record,
        reused=reused,
        assigned=assigned,
        notices=notices,
    )


def _wanted(request: Request) -> str:
    return request.digest(on_this_machine(request.transcriber, request.options))


def _finished(library: Library, session: Session, wanted: str) -> Run | None:
    """A run that can be used as it is; one with failed steps is tried again instead."""
    run = library.finished_run(session.id, wanted)
    if run is None or any(step.outcome.kind == "failed" for step in library.steps(run.id)):
        return None
    return run


def _take_in(library: Library, request: Request) -> tuple[Laid | None, Taken]:
    """What the user named, as tracks or as plain recordings."""
    laid = lay_out(request.sources, told=request.as_tracks, offsets=request.offsets)
    if laid is None:
        return None, take_in(library, tuple(Source(path) for path in request.sources))
    taken = take_in(library, laid.sources, tracks=True)
    return laid.without(taken.twice), taken


def _begin_session(library: Library, request: Request, taken: Taken, laid: Laid | None) -> Session:
    held_at = (laid.layout.held_at if laid else None) or taken.held_at
    title = request.title or (laid.layout.title if laid else "")
    session = Session(
        id=new_session_id(held_at),
        title=title or request.sources[0].stem,
        playbook=request.playbook.name,
        language=request.language,
        recordings=taken.recordings,
        held_at=held_at,
        local_only=request.playbook.local_only,
        tracks=request.tracks,
    )
    library.add_session(session)
    return session


def _update(library: Library, session: Session | None, request: Request) -> Session | None:
    """Keep what is newly said about a session that exists."""
    if session is None:
        return None
    said = replace(
        session,
        language=request.language,
        title=request.title or session.title,
        tracks=request.tracks,
    )
    if said != session:
        library.update_session(said)
    return said
