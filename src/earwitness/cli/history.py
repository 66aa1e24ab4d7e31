"""`edit undo|redo|place|apply|list`: what was corrected, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, say, say_json
from earwitness.cli.corrections import (
    FATES,
    NAMES,
    change,
    changed,
    fate_kind,
    listed_json,
    told,
    when,
    where,
    wire_value,
)
from earwitness.cli.options import Common
from earwitness.core.errors import EditConflict, SourceNotFound
from earwitness.core.fate import Applied
from earwitness.core.override import Override, Target
from earwitness.core.span import timestamp

if TYPE_CHECKING:
    from earwitness.app.corrections.edits import Listed, Previewed

FLAG = Parameter(negative="")
_SHORT = frozenset({"", "#", "when (UTC)", "at", "line", "what"})


def undo(
    session: str,
    seq: int,
    /,
    *,
    reason: str = "",
    by: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Take a correction back, with all that were made at one stroke with it.

    Args:
        session: Its id, or the beginning of it.
        seq: The correction's number, from `earwitness edit list`.
        reason: Why; kept in the ledger.
        by: Who you are [default: the setting user].
    """
    from earwitness.app.corrections.api import undo as take_back

    done = take_back(session, seq, reason=reason, by=by, home=common.home)
    told(session, done, as_json=common.json)
    return 0


def redo(
    session: str,
    seq: int,
    /,
    *,
    reason: str = "",
    by: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Bring a correction back that was taken back.

    Args:
        session: Its id, or the beginning of it.
        seq: The correction's number, from `earwitness edit list`.
        reason: Why; kept in the ledger.
        by: Who you are [default: the setting user].
    """
    from earwitness.app.corrections.api import redo as bring_back

    done = bring_back(session, seq, reason=reason, by=by, home=common.home)
    told(session, done, as_json=common.json)
    return 0


def place(
    session: str,
    seq: int,
    utterance: int,
    /,
    *,
    by: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Give a correction that lost its place a new one.

    Args:
        session: Its id, or the beginning of it.
        seq: The number of an orphan or a conflict, from `earwitness edit list`.
        utterance: The line where it belongs, from `earwitness sessions lines`.
        by: Who you are [default: the setting user].
    """
    from earwitness.app.corrections.api import place as place_at

    told(session, place_at(session, seq, utterance, by=by, home=common.home), as_json=common.json)
    return 0


def apply(
    session: str,
    file: Path,
    /,
    *,
    dry_run: Annotated[bool, FLAG] = False,
    by: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make all corrections in a JSON file at one stroke: all of them, or none.

    The file holds a list such as [{"utterance": 7, "field": "text", "value": "So we go in."}];
    `was` and `reason` may be added to each. One undo takes all of them back.

    Args:
        session: Its id, or the beginning of it.
        file: The JSON file.
        dry_run: Only show what would change; exits with 11 when something would be refused.
        by: Who you are [default: the setting user].
    """
    from earwitness.app.corrections.api import apply_edits, preview_edits
    from earwitness.app.corrections.edit_file import read_batch

    if not file.is_file():
        raise SourceNotFound(f"{file.name} is not there", hint="give a JSON file of edits")
    batch = read_batch(file.read_text(encoding="utf-8", errors="replace"))
    if dry_run:
        return _preview(preview_edits(session, batch.edits, home=common.home), common)
    done = apply_edits(session, batch.edits, revision=batch.revision, by=by, home=common.home)
    told(session, done, as_json=common.json)
    if len(done.overrides) > 1 and not common.json:
        say(f"  all are taken back with earwitness edit undo {session} {done.overrides[0].seq}")
    return 0


def list_(session: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """List all corrections of a session, and what became of each.

    Args:
        session: Its id, or the beginning of it.
    """
    from earwitness.app.corrections.api import edits

    rows = edits(session, home=common.home)
    if common.json:
        say_json({"edits": [listed_json(row) for row in rows]})
    elif not rows:
        say(f"no corrections yet: earwitness sessions lines {session} shows what can be corrected")
    else:
        _table(
            ("", "#", "when (UTC)", "by", "at", "line", "what", "change", "why"), map(_row, rows)
        )
        lost = [row.entry.seq for row in rows if fate_kind(row.fate) in ("orphan", "conflict")]
        if lost:
            numbers = ", ".join(map(str, lost))
            say(f"lost its place or contradicts what stands there: {numbers}")
            say(f"place it with earwitness edit place {session} SEQ UTTERANCE, or undo it")
    return 0


def _preview(rows: tuple[Previewed, ...], common: Common) -> int:
    refused = sum(row.problem is not None for row in rows)
    if common.json:
        say_json({"preview": [_previewed_json(row) for row in rows], "refused": refused})
        return EditConflict.exit_code if refused else 0
    _table(("", "at", "line", "what", "change"), map(_previewed_row, rows))
    changes = sum(row.problem is None and row.was != row.now for row in rows)
    say(f"{changes} would be made, {refused} would be refused; nothing was changed")
    return EditConflict.exit_code if refused else 0


def _previewed_json(row: Previewed) -> dict[str, object]:
    problem = row.problem
    return {
        "utterance": row.edit.utterance,
        "field": str(row.edit.field),
        "was": wire_value(row.was),
        "now": wire_value(row.now),
        "refused": {"kind": type(problem).__name__, "message": str(problem)} if problem else None,
    }


def _previewed_row(row: Previewed) -> tuple[str, ...]:
    what = NAMES[row.edit.field]
    at = timestamp(row.span.start_ms) if row.span else ""
    line = str(row.edit.utterance)
    if row.problem is not None:
        return "[yellow]![/]", at, line, what, str(row.problem)
    if row.was == row.now:
        return "[dim]·[/]", at, line, what, "reads so already"
    shown = changed(row.edit.field, row.was, row.now) or f"with {row.edit.value}"
    return "[green]✓[/]", at, line, what, shown


def _row(row: Listed) -> tuple[str, ...]:
    entry = row.entry
    mark, colour = FATES[fate_kind(row.fate)]
    head = (f"[{colour}]{mark}[/]", str(entry.seq), f"{entry.at:%Y-%m-%d %H:%M}", entry.by)
    if not isinstance(entry.said, Override):
        return *head, "", "", "", "erased", ""
    said = entry.said
    place = (when(said), _line(said, row))
    return *head, *place, NAMES[said.field], change(said), said.reason


def _line(said: Override, row: Listed) -> str:
    """Where it is now; where it was made when it is nowhere."""
    if said.undoes is not None:
        return ""
    here = row.fate.utterances[:1] if isinstance(row.fate, Applied) else ()
    return str(here[0]) if here and isinstance(said.target, Target) else where(said)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A table whose first column is a mark with markup, and the others as they are."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        drawn.add_column(
            column, justify="right" if column in ("#", "line") else "left", no_wrap=column in _SHORT
        )
    for mark, *cells in rows:
        drawn.add_row(Text.from_markup(mark), *(Text(cell) for cell in cells))
    console().print(drawn)
