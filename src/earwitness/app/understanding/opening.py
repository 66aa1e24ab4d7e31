"""Opening engines that work on text, and letting them work on a run whose transcript is there."""

from __future__ import annotations

from collections.abc import Callable

from earwitness import plugins
from earwitness.app.reports.prices import price_all, read_tariff
from earwitness.app.wishes import options_for
from earwitness.core.errors import EngineError, EngineUnavailable
from earwitness.core.ports import Audio, EngineOptions
from earwitness.core.run import Run
from earwitness.core.sound import Listening
from earwitness.core.stage import Stage
from earwitness.core.text_ports import Brief
from earwitness.runs.execute import Execution, Result
from earwitness.runs.listener import Listener
from earwitness.store.library import Library


def open_engine(ability: str, engine: str, options: EngineOptions, brief: Brief) -> object:
    """Open an engine by name.

    Raises:
        UsageError: There is none of that name.
        EngineUnavailable: It cannot run here, or would send text of a session that is local only
            away.
    """
    factory = plugins.text_engine(ability, engine)
    options = options_for(factory, options)
    if brief.local_only and not factory.stays_here(options, brief):
        raise EngineUnavailable(
            f"{engine} would send text away, and this session is local only",
            hint="leave it out for rules, or name a model on this machine",
        )
    return factory.open_for(options, brief)


def carry_out(
    library: Library,
    run: Run,
    plan: tuple[Stage, ...],
    *,
    workers: int,
    listener: Listener,
    release: Callable[[], None] = lambda: None,
    afresh: frozenset[str] = frozenset(),
    bear: bool = False,
) -> Result:
    """Carry out stages that follow a run's transcript; the run itself has ended and stays so.

    What they asked of services is in the ledger afterwards, with what it cost.

    Args:
        library: Where the run is.
        run: Whose transcript is read.
        plan: The stages.
        workers: Pieces that are worked on at the same time.
        listener: Told how far it is.
        release: Ends engines at once, so that an interrupt need not wait for them.
        afresh: Stages whose earlier results are not used.
        bear: A stage of which nothing came is the caller's business; its outcome says so.

    Raises:
        EarwitnessError: A stage failed; what was found before stays.
        KeyboardInterrupt: The same call goes on where it stopped.
    """

    def no_sound(_listening: Listening) -> Audio:
        raise AssertionError("text stages do not listen")

    execution = Execution(
        run,
        plan,
        library,
        sound=no_sound,
        workers=workers,
        afresh=afresh,
        listener=listener,
        release=release,
    )
    try:
        result = execution.go()
    finally:
        if any(spent.micros is None for spent in library.calls(run=run.id)):
            price_all(library, run.id, read_tariff(library.home).prices)
    failed = next((each for each in result.stages.values() if each.kind == "failed"), None)
    ended = result.outcome.kind not in ("done", "degraded")
    if ended or (failed is not None and not bear):
        why = failed or result.outcome
        raise result.error or EngineError(
            why.why, hint=why.hint or "what was found before stays; the same command tries again"
        )
    return result
