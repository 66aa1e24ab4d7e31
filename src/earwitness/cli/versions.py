"""`sessions history|diff|put-back`: the results a session ever had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, outcome_json, say, say_json, table
from earwitness.cli.options import Common
from earwitness.cli.rerun import describe, target_json
from earwitness.core.span import timestamp

if TYPE_CHECKING:
    from earwitness.app.running.versions import Version
    from earwitness.core.compare import Comparison

NOBODY = "–"


def history(session: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """List all results of a session: what was done again, when, and which one is shown.

    Args:
        session: Its id, or the beginning of it.
    """
    from earwitness.app.running.rerun_api import history as list_runs

    rows = list_runs(session, home=common.home)
    if common.json:
        say_json({"runs": [_version_json(row) for row in rows]})
        return 0
    table(
        ("", "run", "when (UTC)", "outcome", "done again", "really done"),
        [_version_row(row) for row in rows],
    )
    if len(rows) > 1:
        say(f"earwitness sessions put-back {session} RUN shows another one again")
    return 0


def diff(
    session: str,
    run_a: str,
    run_b: str,
    /,
    *,
    machine: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show how two results of a session differ: words by time, voices, labels.

    Args:
        session: Its id, or the beginning of it.
        run_a: A run, from `earwitness sessions history`.
        run_b: The other one.
        machine: Compare what the engines made, without corrections.
    """
    from earwitness.app.running.rerun_api import diff as compare

    found = compare(session, run_a, run_b, machine=machine, home=common.home)
    if common.json:
        say_json(_comparison_json(found))
        return 0
    _draw(found)
    say(f"{found.same} words are the same; other words at {len(found.words)} places")
    return 0


def put_back(session: str, run: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show the result of an earlier run again; corrections are folded onto it.

    Nothing is lost: put the other one back to undo it.

    Args:
        session: Its id, or the beginning of it.
        run: The run, from `earwitness sessions history`.
    """
    from earwitness.app.running.rerun_api import put_back as show

    shown = show(session, run, home=common.home)
    if common.json:
        say_json({"session": shown.session, "shown": shown.id})
        return 0
    console().print(f"[green]✓[/] run [bold]{shown.id}[/] is shown")
    say(f"  files follow with earwitness export {session}")
    return 0


def _version_json(row: Version) -> dict[str, object]:
    run = row.run
    return {
        "run": run.id,
        "parent": run.parent,
        "target": target_json(run.target),
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "outcome": outcome_json(run.outcome),
        "shown": row.shown,
        "complete": row.complete,
        "computed": dict(row.computed),
    }


def _version_row(row: Version) -> tuple[str, ...]:
    run = row.run
    return (
        "▸" if row.shown else "",
        run.id,
        f"{run.started_at:%Y-%m-%d %H:%M}",
        run.outcome.kind if run.outcome else "unfinished",
        describe(run.target),
        ", ".join(stage + (f" {count}" if count > 1 else "") for stage, count in row.computed),
    )


def _comparison_json(found: Comparison) -> dict[str, object]:
    return {
        "same_words": found.same,
        "words": [
            {
                "start_ms": change.span.start_ms,
                "end_ms": change.span.end_ms,
                "was": change.was,
                "now": change.now,
            }
            for change in found.words
        ],
        "fields": [
            {
                "start_ms": change.span.start_ms,
                "end_ms": change.span.end_ms,
                "field": change.field,
                "was": change.was,
                "now": change.now,
                "words": change.words,
            }
            for change in found.fields
        ],
    }


def _draw(found: Comparison) -> None:
    rows = [
        (change.span.start_ms, "words", change.was or NOBODY, change.now or NOBODY)
        for change in found.words
    ]
    rows += [
        (change.span.start_ms, change.field, change.was or NOBODY, change.now or NOBODY)
        for change in found.fields
    ]
    if rows:
        table(
            ("at", "what", "was", "now"),
            [(timestamp(at_ms), *cells) for at_ms, *cells in sorted(rows)],
        )
