"""Opening engines that work on text, and letting them work on a run whose transcript is there."""

from __future__ import annotations

from earwitness import plugins
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
    afresh: frozenset[str] = frozenset(),
) -> Result:
    """Carry out stages that follow a run's transcript; the run itself has ended and stays so.

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
    )
    result = execution.go()
    failed = next((each for each in result.stages.values() if each.kind == "failed"), None)
    if failed is not None or result.outcome.kind not in ("done", "degraded"):
        why = failed or result.outcome
        raise result.error or EngineError(
            why.why, hint=why.hint or "what was found before stays; the same command tries again"
        )
    return result
