"""Enqueue: what was asked for becomes a session and a run of it, and the run waits for a worker."""

from __future__ import annotations

from dataclasses import dataclass, replace

from earwitness.app.models import on_this_machine
from earwitness.app.request import Request
from earwitness.app.running.orders import lane_of, order_of
from earwitness.app.sharing import refuse_to_leave, share
from earwitness.app.sources.intake import Taken, find_session, new_session_id, take_in
from earwitness.app.sources.tracks import Laid, lay_out
from earwitness.app.understanding.vocabulary import all_words, vocabulary_for
from earwitness.core.people import Series
from earwitness.core.queue import Order
from earwitness.core.run import Run
from earwitness.core.session import Session
from earwitness.core.source import Source
from earwitness.media.layouts import Layout
from earwitness.runs.listener import Listener
from earwitness.store.library import Library


@dataclass(frozen=True, slots=True)
class Asking:
    """A request whose session is in the library.

    Attributes:
        session: The sitting.
        request: What is wanted of it, with all words that hold.
        sources: Where each recording lies.
        layout: The tracks that were recognised; None: plain recordings.
        notices: What the user should know about the words that hold.
        begun: The session is new: nothing was ever done for it.
    """

    session: Session
    request: Request
    sources: tuple[Source, ...]
    layout: Layout | None
    notices: tuple[str, ...]
    begun: bool = False

    @property
    def order(self) -> Order:
        """What a worker must know."""
        return order_of(self.request, self.sources)


def enqueue(
    library: Library,
    request: Request,
    *,
    series: Series | None = None,
    priority: int = 0,
    new_session: bool = False,
) -> Run:
    """Queue what is wanted of a session.

    The same recordings and the same request find what was done before, as `process` does.

    Args:
        library: Where everything is kept.
        request: What is wanted.
        series: The session joins it.
        priority: Higher ones are taken first.
        new_session: Begin a session even if there is one of these recordings.

    Returns:
        The run: one that waits, one that is worked on, or one that is finished, which has an
        outcome and is not queued.

    Raises:
        EarwitnessError: The sources cannot be taken in.
    """
    asking = ask(library, request, series=series, new_session=new_session)
    finished = finished_run(library, asking)
    return finished or submit(library, asking, asking.order, priority=priority)


def ask(
    library: Library,
    request: Request,
    *,
    series: Series | None = None,
    new_session: bool = False,
) -> Asking:
    """Take in the sources, and find or begin their session.

    Raises:
        EarwitnessError: The sources cannot be taken in.
    """
    laid, taken = take_all_in(library, request)
    request = replace(request, tracks=laid.tracks if laid else ())
    session = None
    if not new_session:
        found = find_session(
            library, taken.recordings, request.playbook.name, tracks=laid is not None
        )
        session = _update(library, found, request)
    begun = session is None
    if session is None:
        refuse_to_leave(library, local_only=request.playbook.local_only)
        session = _begin_session(library, request, taken, laid)
    if series is not None:
        library.join_series(session.id, series.id)
    words = (
        all_words(library, request, series) if begun else vocabulary_for(library, session, request)
    )
    request = replace(request, options=replace(request.options, vocabulary=words.terms))
    layout = laid.layout if laid else None
    return Asking(session, request, taken.sources, layout, words.notices, begun)


def finished_run(library: Library, asking: Asking) -> Run | None:
    """A run that can be used as it is; one with failed steps is tried again instead."""
    request = asking.request
    if asking.begun or request.fresh or request.from_stage is not None:
        return None
    run = library.finished_run(asking.session.id, wanted_digest(request))
    if run is None or any(step.outcome.kind == "failed" for step in library.steps(run.id)):
        return None
    return run


def submit(
    library: Library,
    asking: Asking,
    order: Order,
    *,
    priority: int = 0,
    listener: Listener = lambda _stage, _share: None,
) -> Run:
    """Queue the unfinished run of a request, or a new one, once any machine can hear it.

    Raises:
        NotAllowed: The session must stay on this machine, and results would leave it.
        ArtifactsUnavailable: The recording cannot be sent to the store of artifacts.
    """
    session, request = asking.session, asking.request
    share(library, session, asking.sources, listener)
    wanted = wanted_digest(request)
    run = None if asking.begun else library.unfinished_run(session.id, wanted)
    if run is None or run.asked is None:  # runs of older versions did not keep it
        run = library.start_run(session.id, wanted, asked=request.asked)
    library.submit(run, order, lane=lane_of(request), priority=priority)
    return run


def wanted_digest(request: Request) -> str:
    """The digest of a request here and now: a model that is fetched may be what `auto` means."""
    return request.digest(on_this_machine(request.transcriber, request.options))


def take_all_in(library: Library, request: Request) -> tuple[Laid | None, Taken]:
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
