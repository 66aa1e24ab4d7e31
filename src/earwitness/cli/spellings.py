"""`suggest spelling`: words that may be a known term misheard; shown, never changed by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, say, say_json
from earwitness.cli.options import Common
from earwitness.cli.words import origin_json
from earwitness.core.files import disk_faults, write_atomic
from earwitness.core.span import timestamp

if TYPE_CHECKING:
    from earwitness.app.corrections.wanted import Edit
    from earwitness.app.understanding.spellings import SpellingSuggestions, SuggestedSpelling

AROUND = 6
"""So many words are shown on each side."""

FORM = "earwitness/spellings@1"
"""The form in which suggestions are written as JSON; its JSON Schema ships in `core`."""


def spelling(
    session: str,
    /,
    *,
    only: Annotated[list[str] | None, Parameter(negative="")] = None,
    to: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List words that may be a known name or term misheard; nothing is changed.

    Known is what holds for the session's series: its words and cast, names that were given to
    voices, words that were put right before.

    Args:
        session: Its id, or the beginning of it.
        only: Look at this term only; may be said several times.
        to: Write the edits into this JSON file, for `earwitness edit apply`.
    """
    from earwitness.app.understanding.words_api import word_suggestions

    told = word_suggestions(session, only=only or (), home=common.home)
    if to is not None and told.edits:
        batch = {"revision": told.revision, "edits": [_edit_json(each) for each in told.edits]}
        text = json.dumps(batch, ensure_ascii=False, indent=1) + "\n"
        with disk_faults("the file of edits cannot be written"):
            write_atomic(to.absolute(), text.encode("utf-8"))
    if common.json:
        say_json(_json(told))
        return 0
    if not told.found:
        say(_nothing(told))
        return 0
    for each in told.found:
        _draw(each)
    count = len(told.found)
    console().print(f"[dim]{count} place{'s' * (count > 1)}; nothing was changed[/]")
    if to is not None:
        say(f"  delete what you do not want from {to.name}, then")
        say(f"  earwitness edit apply {session} {to.name} --dry-run")
    else:
        say("  --to FILE writes the edits; --only TERM looks at one term")
    return 0


def _nothing(told: SpellingSuggestions) -> str:
    if not told.terms:
        return (
            "no names or terms are known yet: earwitness series words add SERIES WORD, "
            "or correct one here"
        )
    return "no word seems to be a known name or term misheard"


def _draw(each: SuggestedSpelling) -> None:
    from rich.text import Text

    found, screen = each.found, console()
    words = each.line.split()
    end = found.place + found.count
    lead, _, tail = " ".join(words[found.place : end]).partition(found.wrong)
    before = " ".join([*words[max(0, found.place - AROUND) : found.place], lead])
    behind = " ".join([tail, *words[end : end + AROUND]])
    shown = Text(f"{found.utterance}  ", style="bold")
    rest = f"{timestamp(found.at_ms)}  {'… ' * (found.place > AROUND)}{before}"
    shown.append(rest, style="not bold")
    shown.append(found.wrong, style="not bold red strike")
    shown.append(" → ", style="not bold dim")
    shown.append(found.right, style="green")
    shown.append(f"{behind}{' …' * (end + AROUND < len(words))}", style="not bold")
    screen.print(shown)
    screen.print(f"[dim]    {found.why}, {found.likeness:.0%} alike[/]")


def _json(told: SpellingSuggestions) -> dict[str, object]:
    return {
        "schema": FORM,
        "revision": told.revision,
        "suggestions": [
            {
                "utterance": each.found.utterance,
                "at_ms": each.found.at_ms,
                "speaker": each.speaker,
                "line": each.line,
                "place": each.found.place,
                "wrong": each.found.wrong,
                "right": each.found.right,
                "term": each.found.term,
                "why": str(each.found.why),
                "likeness": each.found.likeness,
                "origins": [origin_json(origin) for origin in each.origins],
                "edit": _edit_json(each.edit),
            }
            for each in told.found
        ],
        "edits": [_edit_json(each) for each in told.edits],
    }


def _edit_json(edit: Edit) -> dict[str, object]:
    return {
        "utterance": edit.utterance,
        "field": "text",
        "value": edit.value,
        "was": edit.was,
        "reason": edit.reason,
    }
