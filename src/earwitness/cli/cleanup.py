"""`sessions audit` and `sessions cleanup`: look for waste, and remove it after a yes."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import say, say_json, table, warn
from earwitness.cli.options import Common
from earwitness.cli.waste import audit_json, cleanup_json, list_waste
from earwitness.core.errors import UsageError
from earwitness.core.waste import (
    CATEGORIES,
    Audit,
    Category,
    Cleanup,
    Kept,
    Removed,
    Waste,
    shown_size,
    size_of,
)
from earwitness.core.waste_words import WORDS

if TYPE_CHECKING:
    from earwitness.app.cleanup.cleanup import Answerer, Question

FLAG = Parameter(negative="")
_UNITS = {"h": 1, "d": 24, "w": 24 * 7}


def audit(
    *,
    stale_days: int | None = None,
    older_than: str | None = None,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Find what nobody may need any more; not a byte is changed.

    Orphaned, incomplete and failed sessions, stale checkpoints, duplicates, decoded sound that is
    not needed, unreferenced results and leftovers, each with what its removal would give back.

    Args:
        stale_days: Days after which an unfinished run is stale [default: the playbook's, 7].
        older_than: Only what rested for longer: 30d, 12h, 2w.
        output: Where session folders are written.
    """
    from earwitness.app.cleanup.api import audit_sessions

    found = audit_sessions(
        stale_days=stale_days,
        older_than=_age(older_than),
        output=output,
        home=common.home,
    )
    if common.json:
        say_json(audit_json(found))
    else:
        _show(found)
    return 0


def cleanup(  # noqa: PLR0913 - one option per thing a user may say
    *,
    interactive: Annotated[bool, FLAG] = False,
    dry_run: Annotated[bool, FLAG] = False,
    force: Annotated[bool, FLAG] = False,
    category: Annotated[
        list[Category] | None, Parameter(negative="", consume_multiple=False)
    ] = None,
    older_than: str | None = None,
    stale_days: int | None = None,
    report: Path | None = None,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Remove what nobody needs any more, category by category, after a yes.

    Nothing is removed without --interactive and a yes, or --force. Sessions that people corrected
    or named are never removed by --force, nor is anything that is worked on right now; what was
    stopped lately, and duplicates under another playbook, only when their category is named.
    Recordings are yours and are not touched.

    Args:
        interactive: Ask about each category; the answer is no unless you say yes. The default
            on a terminal.
        dry_run: List what --force would remove, and remove nothing.
        force: Ask nothing.
        category: Only this one: orphaned, stale, incomplete, failed, duplicates, sound, blobs or
            leftovers; may be said again.
        older_than: Only what rested for longer: 30d, 12h, 2w; 0 takes what was stopped just now.
        stale_days: Days after which an unfinished run is stale [default: the playbook's, 7].
        report: Where the report is written [default: cleanup-<time>.md in the output folder].
        output: Where session folders are written.
    """
    from earwitness.app.cleanup.api import cleanup_sessions

    asking = _asking(interactive=interactive, dry_run=dry_run, force=force, json=common.json)
    done = cleanup_sessions(
        dry_run=dry_run,
        categories=category,
        older_than=_age(older_than),
        stale_days=stale_days,
        report=report,
        answerer=_answerer(asking=asking, told=not common.json, named=category or ()),
        output=output,
        home=common.home,
    )
    if common.json:
        say_json(cleanup_json(done))
        return 0
    if dry_run and (done.removed or done.kept):
        _show_plan(done)
    _show_end(done)
    return 0


def _asking(*, interactive: bool, dry_run: bool, force: bool, json: bool) -> bool:
    """Whether questions are asked.

    Raises:
        UsageError: Two things were said at once, or nothing where nobody can answer.
    """
    if interactive + dry_run + force > 1:
        raise UsageError("say one of --interactive, --dry-run and --force")
    if dry_run or force:
        return False
    if json:
        raise UsageError(
            "with --json nobody can be asked", hint="add --dry-run to look, or --force to delete"
        )
    if not interactive and not sys.stdin.isatty():
        raise UsageError(
            "cleaning up needs to be told how, and nobody can answer here; nothing was deleted",
            hint="--dry-run lists what would go, --force deletes it, --interactive asks",
        )
    return True


def _answerer(*, asking: bool, told: bool, named: Sequence[Category]) -> Answerer:
    """Whoever answers, at the terminal or by the rules."""
    from earwitness.app.cleanup.cleanup import Answerer

    class Terminal(Answerer):
        """Tells what happens, and asks when it may."""

        def why_not(self, waste: Waste) -> str:
            return "" if asking else super().why_not(waste)

        def agrees(self, question: Question) -> bool:
            if not asking:
                return super().agrees(question)
            return _ask(question)

        def saw(self, removed: Removed) -> None:
            if told and not WORDS[removed.waste.category].deleted:
                say(f"Deleted {removed.waste.name} (freed {shown_size(removed.freed_bytes)})")

        def hear(
            self, question: Question, removed: Sequence[Removed], kept: Sequence[Kept]
        ) -> None:
            if told:
                _tell(question.category, removed, kept)

    return Terminal(named)


def _ask(question: Question) -> bool:
    words = WORDS[question.category]
    waste = question.waste
    say()
    if question.work:
        (one,) = waste
        article = "an" if words.one[0] in "aeiou" else "a"
        say(f"Found {article} {words.one} with people's work in it:")
        list_waste(waste)
        return _yes(f"Delete {one.name} and the work in it, for good? [y/N]: ")
    say(f"Found {words.count(len(waste))}:")
    list_waste(waste)
    for line in _warnings(question):
        say(line)
    return _yes(f"Delete {words.many}? [y/N]: ")


def _warnings(question: Question) -> list[str]:
    """What should be known before saying yes."""
    lines = []
    read = sum(each.has_transcript for each in question.waste)
    if question.category == "orphaned" and read:
        which = "its transcript" if len(question.waste) == 1 else f"{read} of the transcripts"
        lines.append(f"Only the recording is gone: {which} can still be read, and would be lost.")
    if question.category == "incomplete":
        lines.append("The same `earwitness process` command would continue where it stopped.")
    if question.category == "duplicates":
        kept = sorted({each.keep for each in question.waste if each.keep})
        more = ", …" if len(kept) > 3 else ""
        lines.append(f"The newest is kept, or what people worked on: {', '.join(kept[:3])}{more}")
    return lines


def _yes(prompt: str) -> bool:
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        say(line.strip())
    return line.strip().lower() in ("y", "yes")


def _tell(category: Category, removed: Sequence[Removed], kept: Sequence[Kept]) -> None:
    """What was removed together, and what somebody was quicker with."""
    words = WORDS[category]
    if removed and words.deleted:
        freed = shown_size(sum(each.freed_bytes for each in removed))
        say(f"Deleted {words.count_deleted(len(removed))} (freed {freed})")
    for kept_one in kept:
        say(f"Kept {kept_one.waste.name}: {kept_one.why}")


def _show(found: Audit) -> None:
    say(f"Looked at {_sessions(found.sessions)}; nothing was changed.")
    if found.waste:
        say()
        table(
            ("found", "", "frees", "what it is"),
            [
                (
                    f"{len(some):,}",
                    WORDS[category].one if len(some) == 1 else WORDS[category].many,
                    shown_size(size_of(some)),
                    WORDS[category].about,
                )
                for category in CATEGORIES
                if (some := found.of(category))
            ],
            right=(0, 2),
        )
    for category in CATEGORIES:
        if some := found.of(category):
            say()
            say(f"{WORDS[category].many.capitalize()}:")
            list_waste(some, limit=10)
    _show_notes(found)
    say()
    if found.waste:
        say(f"{shown_size(found.size_bytes)} could be freed:")
        say("  earwitness sessions cleanup --interactive   asks about each category")
        say("  earwitness sessions cleanup --dry-run       lists what --force would delete")
    else:
        say("The library is clean.")


def _show_notes(found: Audit) -> None:
    """What is no waste, but should be known."""
    if found.working:
        say()
        say(f"Worked on right now, and left alone: {', '.join(found.working)}")
    if found.away:
        say()
        say(f"The disk with the recording is not there: {', '.join(found.away)}")
    if found.pending_bytes:
        say()
        rest = shown_size(found.pending_bytes)
        say(f"{rest} of sessions deleted earlier go with the next command that writes.")
    if found.folders:
        say()
        say("Output folders whose session is gone; they are yours to delete:")
        for path, size in found.folders[:10]:
            say(f"  {path} ({shown_size(size)})")
        if len(found.folders) > 10:
            say(f"  ... and {len(found.folders) - 10:,} more")
    for session in found.damaged:
        warn(f"a stored result of {session} is missing: restore a backup, or process it --fresh")


def _show_plan(planned: Cleanup) -> None:
    say("Dry run: nothing is deleted.")
    for category in CATEGORIES:
        going = [each.waste for each in planned.removed if each.waste.category == category]
        if going:
            say()
            say(f"Would delete {WORDS[category].count(len(going))}:")
            list_waste(going)


def _show_end(done: Cleanup) -> None:
    """What was kept, and the total."""
    kept = Counter((each.waste.category, each.why) for each in done.kept)
    if kept:
        say()
    for (category, why), number in kept.items():
        verb = "Would keep" if done.dry_run else "Kept"
        say(f"{verb} {WORDS[category].count(number)} ({why})")
    say()
    if not done.removed:
        clean = not done.audit.waste
        say("Nothing to clean up." if clean else "Nothing was deleted.")
    elif done.dry_run:
        say(f"Would free {shown_size(done.freed_bytes)}.")
    else:
        rest = done.besides_bytes
        more = f", {shown_size(rest)} of it in the database" if rest > 0 else ""
        say(f"Freed {shown_size(done.freed_bytes)}{more}.")
    if done.report:
        say(f"Report: {done.report}")


def _sessions(number: int) -> str:
    return f"{number:,} session{'s' * (number != 1)}"


def _age(told: str | None) -> timedelta | None:
    """`30d`, `12h`, `2w`, or a number of days.

    Raises:
        UsageError: It is none of these.
    """
    if told is None:
        return None
    found = re.fullmatch(r"(\d+)([hdw]?)", told.strip().lower())
    if found is None:
        raise UsageError(f"not an age: {told!r}", hint="write 30d, 12h or 2w")
    return timedelta(hours=int(found[1]) * _UNITS[found[2] or "d"])
