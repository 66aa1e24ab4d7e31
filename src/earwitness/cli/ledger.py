"""`sessions lines|verify|erase`: what can be corrected, and whether the ledger is what it was."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, say, say_json
from earwitness.cli.options import Common
from earwitness.core.doubt import stretches
from earwitness.core.errors import CorruptStore, UsageError
from earwitness.core.fate import Applied
from earwitness.core.span import read_timestamp, timestamp
from earwitness.core.text import join_words

if TYPE_CHECKING:
    from earwitness.app.corrections.view import Seen
    from earwitness.core.transcript import Utterance

AROUND_MS = 30_000
"""How far `--around` looks in either direction."""


def lines(
    session: str,
    /,
    *,
    around: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List what was said, with the ids that corrections need.

    A star marks lines somebody corrected, a question mark those somebody or the guard doubts.
    Words that the guard doubts, and files leave out, stand in brackets behind the reason:
    `[loop: no no]`; `earwitness edit uncertain SESSION LINE no` shows them again.

    Args:
        session: Its id, or the beginning of it.
        around: Only half a minute before and after this time (HH:MM:SS).
    """
    from earwitness.app.corrections.api import view

    seen = view(session, home=common.home)
    chosen = _around(seen.folded.transcript.utterances, around)
    if common.json:
        say_json({"revision": seen.revision, "lines": [_line_json(line) for line in chosen]})
        return 0
    if not chosen:
        say("nothing was said" + (f" around {around}" if around else ""))
        return 0
    _draw(chosen, seen)
    screen = console()
    made = len(seen.entries)
    count = f"{made} correction{'' if made == 1 else 's'}" if made else "no corrections yet"
    screen.print(f"[dim]revision {seen.revision}, {count}[/]")
    return 0


def verify(session: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Check that nobody changed, moved or dropped a correction.

    Exits with 8 when somebody did.

    Args:
        session: Its id, or the beginning of it.
    """
    from earwitness.app.corrections.api import verify as check

    found = check(session, home=common.home)
    if common.json:
        say_json(
            {
                "count": found.count,
                "erased": found.erased,
                "broken_at": found.broken_at,
                "head": found.head,
            }
        )
        return 0 if found.broken_at is None else CorruptStore.exit_code
    screen = console()
    corrections = f"{found.count} correction{'' if found.count == 1 else 's'}"
    if found.erased:
        corrections += f" ({found.erased} erased)"
    if found.broken_at is None:
        screen.print(f"[green]✓[/] {corrections}: the chain is whole")
        screen.print(f"[dim]  head {found.head}[/]")
        return 0
    screen.print(f"[red]✗[/] {corrections}: the chain is broken at [bold]{found.broken_at}[/]")
    say("  it, or something before the next one, was changed, moved or dropped")
    return CorruptStore.exit_code


def erase(
    session: str,
    seq: int,
    /,
    *,
    yes: Annotated[bool, Parameter(negative="")] = False,
    by: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Erase what a correction said, for good: its text, its names, its reason.

    It has no effect any more, is listed as erased, and the ledger still verifies.

    Args:
        session: Its id, or the beginning of it.
        seq: The correction's number, from `earwitness edit list`.
        yes: Do not ask.
        by: Who you are [default: the setting user].
    """
    from earwitness.app.corrections.api import erase as erase_one

    if not yes and not _confirmed(seq, asked_by_program=common.json):
        say("kept")
        return 0
    done = erase_one(session, seq, by=by, home=common.home)
    if common.json:
        say_json(
            {
                "erased": list(done.erasure.seqs),
                "complete": done.erasure.complete,
                "remains": done.erasure.remains,
                "quoted_in": list(done.quoted_in),
                "found_anew": done.erasure.findings > 0,
                "notes": done.notes,
            }
        )
        return 0
    first, *undos = done.erasure.seqs
    also = f", with its undos {', '.join(map(str, undos))}" if undos else ""
    say(f"erased {first}{also}")
    if done.quoted_in:
        say(f"  the same words stand in {', '.join(map(str, done.quoted_in))}; erase these, too")
    if done.erasure.findings:
        say("  labels and moments found since went with it; those of rules were found anew")
    if done.notes:
        versions = f"{done.notes} version{'s' * (done.notes > 1)}"
        say(f"  {versions} of notes could repeat it, and were dropped (earwitness notes list)")
    if not done.erasure.complete:
        say("  another process was reading: the last traces go when the library is opened next")
    if done.erasure.remains:
        say(f"  traces may stay for a while in {done.erasure.remains}")
    say(f"  files in output folders still say it; earwitness export {session} writes them anew")
    return 0


def _around(utterances: tuple[Utterance, ...], around: str | None) -> list[Utterance]:
    if around is None:
        return list(utterances)
    try:
        at_ms = read_timestamp(around)
    except ValueError as error:
        raise UsageError(str(error), hint="--around 00:12:00") from error
    first_ms, last_ms = at_ms - AROUND_MS, at_ms + AROUND_MS
    return [u for u in utterances if u.span.start_ms < last_ms and first_ms < u.span.end_ms]


def _draw(chosen: list[Utterance], seen: Seen) -> None:
    from rich.table import Table
    from rich.text import Text

    corrected = {
        each
        for override, fate in seen.folded.history
        if isinstance(fate, Applied) and override.undoes is None
        for each in fate.utterances
    }
    drawn = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    drawn.add_column("id", justify="right", no_wrap=True)
    drawn.add_column("time", no_wrap=True, style="dim")
    drawn.add_column("speaker", no_wrap=True)
    drawn.add_column("")
    drawn.add_column("text")
    for line in chosen:
        mark = ("*" if line.id in corrected else "") + ("?" if line.uncertain else "")
        cells = (str(line.id), timestamp(line.span.start_ms), line.speaker or "Unknown", mark)
        drawn.add_row(*(Text(cell) for cell in cells), Text(_marked(line)))
    console().print(drawn)


def _marked(line: Utterance) -> str:
    """The line, with what is hidden in brackets."""
    return " ".join(
        f"[{doubt}: {join_words(words)}]" if doubt else join_words(words)
        for doubt, words in stretches(line)
    )


def _line_json(line: Utterance) -> dict[str, object]:
    return {
        "id": line.id,
        "start_ms": line.span.start_ms,
        "end_ms": line.span.end_ms,
        "voice": line.voice,
        "person": line.person,
        "uncertain": line.uncertain,
        "text": line.text,
        "doubted": [
            {
                "doubt": doubt,
                "start_ms": words[0].span.start_ms,
                "end_ms": words[-1].span.end_ms,
                "text": join_words(words),
            }
            for doubt, words in stretches(line)
            if doubt
        ],
    }


def _confirmed(seq: int, *, asked_by_program: bool) -> bool:
    if asked_by_program or not sys.stdin.isatty():
        raise UsageError("erasing needs a yes", hint="add --yes")
    return input(f"Erase what correction {seq} said for good? [y/N]: ").strip().lower() in (
        "y",
        "yes",
    )
