"""How corrections look: in one line or two for people, as objects for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earwitness.cli.answer import console, say_json
from earwitness.core.fate import Applied, Conflict, Fate, Orphan, Undone
from earwitness.core.override import Field, Override, Target, Value, VoiceTarget
from earwitness.core.span import timestamp
from earwitness.core.wire import to_wire

if TYPE_CHECKING:
    from earwitness.app.corrections.desk import Edited
    from earwitness.app.corrections.edits import Listed
    from earwitness.store.overrides import Erased

NAMES = {
    Field.VOICE: "voice",
    Field.PERSON: "person",
    Field.CHARACTER: "character",
    Field.STANCE: "stance",
    Field.UNCERTAIN: "uncertain",
    Field.TEXT: "text",
    Field.SPLIT: "split",
    Field.MERGE: "merge",
    Field.UNDO: "undo",
}
NOBODY = "–"
SHORT = 28
"""Characters of a text in a table."""

FATES = {
    "applied": ("✓", "green"),
    "undone": ("·", "dim"),
    "orphan": ("?", "yellow"),
    "conflict": ("!", "yellow"),
    "erased": ("×", "dim"),
}


def told(session: str, done: Edited, *, as_json: bool) -> None:
    """What a verb appended, and what it did to other corrections."""
    if as_json:
        say_json(
            {
                "overrides": [to_wire(override) for override in done.overrides],
                "utterances": list(done.utterances),
                "disturbed": list(done.disturbed),
                "revision": done.revision,
            }
        )
        return
    screen = console()
    if not done.overrides:
        screen.print("[dim]·[/] nothing to change: it reads so already")
    for override in done.overrides:
        screen.print(f"[green]✓[/] [bold]{override.seq}[/]  ", end="")
        screen.print(f"[dim]{when(override)}[/]  ", end="")
        screen.print(describe(override), markup=False)
        for mark, colour, line in _lines(override, done):
            screen.print(f"    [{colour}]{mark}[/] ", end="")
            screen.print(line, markup=False)
    if done.disturbed:
        numbers = ", ".join(map(str, done.disturbed))
        screen.print(f"[yellow]![/] was built on it and does not fit now: {numbers}")
    if done.overrides:
        screen.print("[dim]  files follow with[/] ", end="")
        screen.print(f"earwitness export {session}", markup=False)


def _lines(override: Override, done: Edited) -> list[tuple[str, str, str]]:
    """What stands under the first line: both texts of an edit, the pieces of a split."""
    if override.field == Field.TEXT:
        return [("-", "red", str(override.was)), ("+", "green", str(override.now))]
    if override.field == Field.SPLIT and isinstance(override.now, tuple):
        numbers = [str(each) for each in done.utterances]
        return [
            (f"{number:>4}", "dim", half)
            for number, half in zip(numbers, override.now, strict=False)
        ]
    return []


def when(override: Override) -> str:
    """The time of its line; nothing for a whole voice."""
    target = override.target
    return timestamp(target.span.start_ms) if isinstance(target, Target) else "all lines"


def where(override: Override) -> str:
    """Its line's id as it was then, or its voice."""
    target = override.target
    return target.voice if isinstance(target, VoiceTarget) else str(target.utterance)


def describe(override: Override) -> str:
    """A correction in half a line; long texts are left to whoever shows them."""
    field, was, now = override.field, override.was, override.now
    if field == Field.UNDO:
        return f"undo of {override.undoes}"
    if field == Field.MERGE and isinstance(now, Target):
        return f"merge {where(override)} and {now.utterance}"
    if field == Field.UNCERTAIN:
        doubt = "is uncertain" if now else "is no longer uncertain"
        return f"{where(override)} {doubt}"
    if field in (Field.TEXT, Field.SPLIT):
        return f"{NAMES[field]} of {where(override)}"
    if field == Field.VOICE and isinstance(override.target, VoiceTarget):
        return f"{where(override)} is merged into {value(now)}"
    return f"{NAMES[field]} of {where(override)}: {value(was)} → {value(now)}"


def change(override: Override) -> str:
    """A correction in one cell of a table, with the words that changed."""
    return changed(override.field, override.was, override.now) or describe(override)


def changed(field: Field, was: Value, now: Value) -> str:
    """What changes in a field, shortened; empty for a merge and an undo."""
    if field == Field.SPLIT and isinstance(now, tuple):
        return f"{_end(now[0])} ┃ {_start(now[1])}"
    if field == Field.TEXT and isinstance(was, str) and isinstance(now, str):
        old, new = _differing(was.split(), now.split())
        return f"{_short(old)} → {_short(new)}"
    if field in (Field.MERGE, Field.UNDO):
        return ""
    return f"{value(was)} → {value(now)}"


def value(of: Value) -> str:
    """A voice, a name, a stance or a doubt."""
    if isinstance(of, bool):
        return "yes" if of else "no"
    return NOBODY if of is None else str(of)


def _differing(was: list[str], now: list[str]) -> tuple[str, str]:
    """The words that differ, with one of the common words on either side."""
    head = 0
    while head < min(len(was), len(now)) and was[head] == now[head]:
        head += 1
    tail = 0
    while tail < min(len(was), len(now)) - head and was[-1 - tail] == now[-1 - tail]:
        tail += 1
    first, last = max(0, head - 1), max(0, tail - 1)
    return tuple(  # type: ignore[return-value]  # one for each of the two
        ("… " if first else "") + " ".join(line[first : len(line) - last]) + (" …" if last else "")
        for line in (was, now)
    )


def _short(text: str) -> str:
    return text if len(text) <= SHORT else text[: SHORT - 1].rstrip() + "…"


_start = _short


def _end(text: str) -> str:
    return text if len(text) <= SHORT else "…" + text[1 - SHORT :].lstrip()


def fate_kind(fate: Fate | Erased) -> str:
    """`applied`, `undone`, `orphan`, `conflict` or `erased`."""
    kinds = ((Applied, "applied"), (Undone, "undone"), (Orphan, "orphan"), (Conflict, "conflict"))
    return next((kind for noun, kind in kinds if isinstance(fate, noun)), "erased")


def listed_json(listed: Listed) -> dict[str, object]:
    """A correction and its fate as one object."""
    entry, fate = listed.entry, listed.fate
    row: dict[str, object] = {
        "seq": entry.seq,
        "user": entry.by,
        "timestamp": entry.at.isoformat(),
        "undoes": entry.undoes,
    }
    if isinstance(entry.said, Override):
        row = dict(to_wire(entry.said))
    about: dict[str, object] = {"kind": fate_kind(fate)}
    if isinstance(fate, Applied):
        about["utterances"] = list(fate.utterances)
    elif isinstance(fate, Orphan):
        about["why"] = fate.why
    elif isinstance(fate, Conflict):
        about |= {"expected": wire_value(fate.expected), "found": wire_value(fate.found)}
    return {**row, "batch": entry.batch, "fate": about}


def wire_value(of: Value) -> object:
    """A value as JSON holds it."""
    if isinstance(of, Target):
        return {"utterance": of.utterance, "start_ms": of.span.start_ms, "end_ms": of.span.end_ms}
    return list(of) if isinstance(of, tuple) else of
