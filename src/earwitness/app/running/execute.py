"""Execute: a queued run is claimed, carried out and written up - here, or by whoever holds it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from earwitness.app.models import fetch_if_wanted
from earwitness.app.reports.costs import Rates, alerts
from earwitness.app.reports.estimate import expect, sound_of
from earwitness.app.request import Request
from earwitness.app.running.enqueue import wanted_digest
from earwitness.app.running.following import Following
from earwitness.app.running.orders import Means, means_of, request_of, sources_of
from earwitness.app.running.processed import Processed, write_up
from earwitness.app.services import guarded
from earwitness.app.settings import Settings
from earwitness.core.errors import Cancelled, EarwitnessError, EngineError, NotCompleted, StoreError
from earwitness.core.queue import LOSSES, Job, Order
from earwitness.core.run import CANCELLED, Event, Outcome, Run, failed
from earwitness.runs.holding import Holding, stopped
from earwitness.runs.listener import Listener
from earwitness.runs.owner import is_gone, this_owner
from earwitness.store.library import Library

Told = Callable[[str], None]
"""Told, in words for people, what is waited for."""

_LOOK_S: Final = 0.3
"""How often whoever follows a run looks how far it is."""

log = logging.getLogger(__name__)


def nobody(_told: str) -> None:
    """A `Told` who does not listen."""


def execute(
    library: Library,
    run_id: str,
    settings: Settings,
    listener: Listener = lambda _stage, _share: None,
) -> Processed:
    """Claim a queued run, carry it out and write its files.

    May be called any number of times for one run, by any process of any machine that has the
    library: one of them works on it, and what was done once is not done again.

    Args:
        library: Where the run is.
        run_id: Its id.
        settings: What this machine brings.
        listener: Told about progress, from any thread.

    Raises:
        NotCompleted: Another process holds it, or it is not queued.
        EarwitnessError: It failed, and is closed; what was done so far is kept.
        Cancelled: It was stopped, or another worker has taken it over.
        KeyboardInterrupt: After the run was closed.
    """
    means = means_of(settings)
    job = library.claim(run_id, this_owner(), lease_s=means.lease_s, gone=is_gone)
    if job is None:
        raise NotCompleted(
            "another process works on this run, or it is not queued",
            hint="`earwitness queue list` says who",
        )
    with Holding(library, job.hold, lease_s=means.lease_s) as holding:
        return carry_out(library, job, means, listener=listener, holding=holding)


def see_through(
    library: Library,
    run: Run,
    order: Order,
    *,
    means: Means,
    listener: Listener,
    told: Told = nobody,
) -> Processed:
    """Carry out a queued run here, or follow whoever does until there is a result.

    Args:
        library: Where the run is.
        run: Which one.
        order: What is wanted here, whatever it was queued with.
        means: What this machine brings.
        listener: Told about progress.
        told: Told what is waited for.

    Raises:
        EarwitnessError: It failed; what was done so far is kept.
        Cancelled: Somebody stopped it.
        KeyboardInterrupt: It was stopped here; whoever else works on it goes on.
    """
    following: Following | None = None
    owner, lease_s = this_owner(), means.lease_s
    while True:
        job = library.claim(run.id, owner, lease_s=lease_s, gone=is_gone, order=order)
        if job is not None:
            with Holding(library, job.hold, lease_s=lease_s) as holding:
                return carry_out(library, job, means, listener=listener, holding=holding)
        job = library.job(run.id)
        if job is None or job.state == "done":
            return _seen(library, library.run(run.id), order, means)
        following = following or Following(library, run, listener)
        following.look(job, told)
        time.sleep(_LOOK_S)


def carry_out(
    library: Library, job: Job, means: Means, *, listener: Listener, holding: Holding
) -> Processed:
    """Do what a claimed job asks for, and end it; the rest as `execute`."""
    try:
        done = _carried_out(library, job, means, listener=listener, holding=holding)
    except KeyboardInterrupt:
        library.end_job(job.hold)
        raise
    except Cancelled:
        if holding.why == "released":
            library.release(job.hold)
        else:
            library.end_job(job.hold)
        raise
    except EarwitnessError as error:
        with suppress(StoreError, Cancelled):  # the first reason is the one to be told
            holding.fence(library).finish_run(job.run, failed(str(error), hint=error.hint))
            library.end_job(job.hold)
        raise
    library.end_job(job.hold)
    return done


def _carried_out(
    library: Library, job: Job, means: Means, *, listener: Listener, holding: Holding
) -> Processed:
    run, session = library.run(job.run), library.session(job.session)
    if job.stop:
        cancel_held(library, run, holding)
    if job.losses >= LOSSES:
        _give_up(library, run, holding)
    request = request_of(session, run, job.order, means, library.home)
    stages: dict[str, Outcome] = {}
    outcome = run.outcome
    if outcome is None or outcome.kind == "cancelled":
        if run.target is None:
            outcome, stages = _run(
                library, job, request, rates=means.rates, listener=listener, holding=holding
            )
        else:
            # Imported only now: it needs what is here.
            from earwitness.app.running.rerun import redo

            outcome, stages = redo(library, job, request, listener=listener, holding=holding)
    holding.raise_if_ended()
    done = write_up(library, request, library.run(run.id), outcome, stages, reused=False)
    return replace(done, notices=(*done.notices, *alerts(library, means.rates)))


def _run(
    library: Library,
    job: Job,
    request: Request,
    *,
    rates: Rates,
    listener: Listener,
    holding: Holding,
) -> tuple[Outcome, dict[str, Outcome]]:
    run, session = library.run(job.run), library.session(job.session)
    sources = sources_of(library, session, job.order)
    options = guarded(request.options, library)
    fetch_if_wanted(request.transcriber, options, request.hub_token, listener)
    wanted = wanted_digest(request)
    if wanted != run.request:  # the model that was fetched is what `auto` means now
        library.restate_run(run.id, wanted)
    sound = sound_of(session.recordings, sources, beside=bool(session.tracks))
    expect(library, request, sound, run, wanted=wanted, rates=rates)
    # Imported only now: engines and stages are not needed to find what is finished.
    from earwitness.app.running.session_run import run_session

    return run_session(
        library,
        request,
        sources=tuple(zip(session.recordings, sources, strict=True)),
        session=session,
        run=library.run(run.id),
        listener=listener,
        holding=holding,
    )


def cancel_held(library: Library, run: Run, holding: Holding) -> None:
    """Close a run as cancelled that somebody wants stopped.

    Raises:
        Cancelled: Always.
    """
    _close(library, run, CANCELLED, holding)
    raise stopped("cancelled")


def _close(library: Library, run: Run, outcome: Outcome, holding: Holding) -> None:
    """Close a run of which nothing was executed."""
    ledger, now = holding.fence(library), datetime.now(UTC)
    ledger.finish_run(run.id, outcome)
    ledger.append(Event(0, now, run.session, run.id, "run.finished", outcome=outcome.kind))


def _give_up(library: Library, run: Run, holding: Holding) -> None:
    """End a run that loses its workers; one that is finished already only lacked its files.

    Raises:
        EngineError: Always, unless it is finished.
    """
    if run.outcome is not None and run.outcome.kind in ("done", "degraded"):
        return
    why = f"its worker was lost {LOSSES} times in a row, each time before it had done anything more"
    hint = (
        "`earwitness process` tries again from where it stands; another engine, model or fewer "
        "--workers may get past it"
    )
    _close(library, run, failed(why, hint=hint), holding)
    log.warning("run %s of session %s: %s", run.id, run.session, why)
    raise EngineError(why, hint=hint)


def _seen(library: Library, run: Run, order: Order, means: Means) -> Processed:
    """The result of a run that somebody else ended."""
    outcome = run.outcome
    if outcome is None or outcome.kind == "cancelled":
        raise stopped("cancelled")
    if outcome.kind == "failed":
        raise EarwitnessError(outcome.why, hint=outcome.hint)
    session = library.session(run.session)
    request = request_of(session, run, order, means, library.home)
    return write_up(library, request, run, outcome, {}, reused=False)
