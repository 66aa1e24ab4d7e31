"""`sessions suggest`: lines that probably hold two voices; shown, never cut by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from earwitness.cli.answer import console, say, say_json
from earwitness.cli.corrections import changed
from earwitness.cli.options import Common
from earwitness.core.files import disk_faults, write_atomic
from earwitness.core.override import Field
from earwitness.core.span import timestamp

if TYPE_CHECKING:
    from earwitness.app.corrections.suggestions import Suggested, Suggestions


def suggest(
    session: str,
    /,
    *,
    to: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List lines that probably hold two voices, and where to cut them; nothing is changed.

    Listen first: such a cut is right about five times of six.

    Args:
        session: Its id, or the beginning of it.
        to: Write the edits into this JSON file, for `earwitness edit apply`.
    """
    from earwitness.app.corrections.suggestions import suggest as find

    told = find(session, home=common.home)
    if to is not None and told.found:
        with disk_faults("the file of edits cannot be written"):
            write_atomic(to, (json.dumps(_batch(told), indent=1) + "\n").encode())
    if common.json:
        found = [_json(each) for each in told.found]
        say_json({"revision": told.revision, "suggestions": found})
        return 0
    if not told.found:
        say("no line seems to hold two voices")
        return 0
    screen = console()
    for each in told.found:
        _draw(session, each)
    count = len(told.found)
    screen.print(f"[dim]{count} line{'s' * (count > 1)}; nothing was changed[/]")
    if to is not None:
        say(f"  delete what you do not want from {to.name}, then")
        say(f"  earwitness edit apply {session} {to.name} --dry-run")
    return 0


def _draw(session: str, each: Suggested) -> None:
    found, screen = each.suggestion, console()
    screen.print(f"[bold]{found.utterance}[/]  {timestamp(found.at_ms)}  ", end="")
    screen.print(changed(Field.SPLIT, each.line.text, each.parts), markup=False)
    evidence = (
        f"{found.words} words in {found.left} ({found.left_share:.0%}), "
        f"{found.behind} in {found.right} ({found.right_share:.0%})"
    )
    both = f", both speak {found.overlap_share:.0%} of the time" if found.overlap_share else ""
    screen.print(f"[dim]    {evidence}{both}[/]")
    say(f"    earwitness edit split {session} {found.utterance} {found.words}")


def _batch(told: Suggestions) -> dict[str, object]:
    """What `edit apply` reads; refused when somebody corrects one of the lines meanwhile."""
    edits = [edit for each in told.found for edit in _edits_json(each)]
    return {"revision": told.revision, "edits": edits}


def _edits_json(each: Suggested) -> list[dict[str, object]]:
    names = {Field.SPLIT: "split", Field.VOICE: "voice"}
    return [
        {
            "utterance": edit.utterance,
            "field": names[edit.field],
            "value": edit.value,
            "reason": edit.reason,
        }
        for edit in each.edits
    ]


def _json(each: Suggested) -> dict[str, object]:
    found = each.suggestion
    return {
        "utterance": found.utterance,
        "at_ms": found.at_ms,
        "voice": found.voice,
        "words": found.words,
        "behind": found.behind,
        "left": found.left,
        "right": found.right,
        "left_share": found.left_share,
        "right_share": found.right_share,
        "overlap_share": found.overlap_share,
        "text": list(each.parts),
        "edits": _edits_json(each),
    }
