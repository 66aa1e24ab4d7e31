"""Process: recordings become a record; what was done before is found again and used."""

from __future__ import annotations

from dataclasses import replace

from earwitness.app.models import fetch_if_wanted
from earwitness.app.records import check_output
from earwitness.app.request import Request
from earwitness.app.running.earlier import show
from earwitness.app.running.enqueue import ask, finished_run, submit
from earwitness.app.running.execute import Told, nobody, see_through
from earwitness.app.running.orders import Means
from earwitness.app.running.processed import Processed, write_up
from earwitness.app.services import guarded
from earwitness.core.people import Series
from earwitness.runs.listener import Listener
from earwitness.store.library import Library

__all__ = ["Processed", "process"]


def process(
    library: Library,
    request: Request,
    listener: Listener = lambda _stage, _share: None,
    *,
    series: Series | None = None,
    new_session: bool = False,
    told: Told = nobody,
    means: Means | None = None,
) -> Processed:
    """Make a session's record, and write it.

    The same recordings and the same request find what was done before: a finished run is used as
    it is, an unfinished one is continued, a changed request is a new run of the same session. When
    another process works on the run, its result is waited for.

    Args:
        library: Where everything is kept.
        request: What is wanted.
        listener: Told about progress, from any thread.
        series: The session joins it; enrolled voices are recognised.
        new_session: Begin a session even if there is one of these recordings.
        told: Told, in words, what is waited for.
        means: What this machine brings; None: what the request says.

    Raises:
        EarwitnessError: See `earwitness.core.errors`; what was done so far is kept.
        KeyboardInterrupt: After the run was closed; the same call continues it.
    """
    check_output(request.output)
    asking = ask(library, request, series=series, new_session=new_session)
    request = asking.request
    finished = finished_run(library, asking)
    if finished is not None and finished.outcome is not None:
        show(library, finished)
        done = write_up(library, request, finished, finished.outcome, {}, reused=True)
        return replace(done, layout=asking.layout, notices=(*asking.notices, *done.notices))
    fetch_if_wanted(
        request.transcriber, guarded(request.options, library), request.hub_token, listener
    )
    order = asking.order
    run = submit(library, asking, order, listener=listener)
    library.sweep()
    means = means or Means(request.options, request.hub_token)
    done = see_through(library, run, order, means=means, listener=listener, told=told)
    return replace(done, layout=asking.layout, notices=(*asking.notices, *done.notices))
