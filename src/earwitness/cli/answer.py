"""Answers: tables and marks for people, one JSON object for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from earwitness.core.run import Outcome

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {
    "done": ("✓", "green"),
    "skipped": ("·", "dim"),
    "degraded": ("!", "yellow"),
    "failed": ("✗", "red"),
    "cancelled": ("–", "yellow"),
}


def console(*, stderr: bool = False) -> Console:
    """A console that knows NO_COLOR and whether it is a terminal."""
    from rich.console import Console

    class Ours(Console):
        def on_broken_pipe(self) -> None:
            """Where the reader went away, rich itself would call it a failure."""
            raise BrokenPipeError

    return Ours(stderr=stderr, highlight=False, soft_wrap=True)


def say_json(value: Mapping[str, object]) -> None:
    """One JSON object on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def say(line: str = "") -> None:
    """One line on standard output, as it is: no markup."""
    sys.stdout.write(line + "\n")


def warn(line: str) -> None:
    """One warning on standard error; a terminal that is gone is no failure."""
    with suppress(OSError):
        sys.stderr.write(f"warning: {line}\n")


def note(line: str) -> None:
    """One line about what goes on, on standard error."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def fact(name: str, text: str, *, width: int = 11, mark: str = "", dim: bool = False) -> None:
    """A name and what is said of it; further lines stand under the first, words stay whole.

    Where no terminal is, it is one line, whatever its length: programs look for it.

    Args:
        name: Shown dim; padded, so that what follows stands below what stands above.
        text: As it is: no markup.
        width: Columns of the name, beside the two before it.
        mark: In place of the two columns before it, with markup; one column wide.
        dim: The text is of little interest.
    """
    from rich.table import Table
    from rich.text import Text

    screen = console()
    head, style = f"{name:<{width}} ", "dim" if dim else ""
    if screen.is_terminal and len(name) > width:
        screen.print(f"{mark or ' '} ", end="")
        screen.print(name, style="" if mark else "dim", markup=False)
        mark, head = "", " " * (width + 1)
    if not screen.is_terminal or screen.width < 2 * (width + 3):
        screen.print(f"{mark or ' '} ", end="")
        screen.print(head, style="" if mark else "dim", markup=False, end="")
        screen.print(text, style=style, markup=False)
        return
    row = Table.grid(padding=0, pad_edge=False)
    for columns in (2, width + 1):
        row.add_column(width=columns, no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(Text.from_markup(mark), Text(head, "" if mark else "dim"), Text(text, style))
    screen.print(row)


def plain(id_: str) -> str:
    """An id of several words as people write it."""
    return id_.replace("_", " ")


def outcome_json(outcome: Outcome | None) -> dict[str, str] | None:
    """An outcome with the fields that say something."""
    if outcome is None:
        return None
    fields = {"why": outcome.why, "instead": outcome.instead, "hint": outcome.hint}
    return {"kind": outcome.kind, **{name: text for name, text in fields.items() if text}}


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
) -> None:
    """A table without frame; columns in `right` are flush right."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for index, column in enumerate(columns):
        drawn.add_column(column, justify="right" if index in right else "left", no_wrap=index == 0)
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    console().print(drawn)
