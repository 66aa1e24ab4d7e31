"""`profiles suggest|merge`: what a session would add to profiles, and adding what is approved."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, say, say_json, warn
from earwitness.cli.options import Common
from earwitness.cli.progress import progress
from earwitness.core.errors import UsageError
from earwitness.core.people import folded
from earwitness.core.profile import update_id
from earwitness.core.profile_updates import to_wire
from earwitness.core.span import timestamp

if TYPE_CHECKING:
    from rich.console import Console

    from earwitness.core.profile import Asked, Suggestions, Update

MANY = Parameter(negative="")
_WHY = {
    "unknown_name": "is not in the cast",
    "plays_nobody": "is not said to play anybody",
    "plays_several": "plays several",
    "nobody_named": "is a voice without a name",
}


def suggest(
    session: str,
    /,
    *,
    profile: Path | None = None,
    output: Path | None = None,
    means: Annotated[list[str] | None, MANY] = None,
    by: str = "auto",
    model: Annotated[list[str] | None, MANY] = None,
    likeness: float | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Say what a session would add to the profiles of its characters, or of its people.

    Nothing is changed. In a game only what is in character counts, dice aside. What stands in
    your profiles already is not offered again.

    Args:
        session: Its id, or the beginning of it; old and imported sessions, too.
        profile: Your file of profiles.
        output: Write the updates into this file, to look through and to merge.
        means: Whom a name of the session means, such as Bob=Thorin; may be given again.
        by: rules, models or another plug-in's name; auto: whoever found moments before, else
            rules, unless --model is given.
        model: A language model, such as ollama:qwen3; may be given again.
        likeness: From which on two texts say the same, 0 to 1 [default: the setting].
    """
    from earwitness.app.profiles.api import profile_updates, save_updates

    with progress(quiet=common.json) as listener:
        found = profile_updates(
            session,
            profile=profile,
            names=_names(means or ()),
            by=by,
            models=model or (),
            likeness=likeness,
            home=common.home,
            listener=listener,
        )
    if output is not None:
        save_updates(found, output)
    if common.json:
        say_json(_json(found, output))
        return 0
    _tell(found)
    if output is not None:
        say(str(output))
    return 0


def merge(
    updates: Path,
    /,
    *only: str,
    profile: Path,
    likeness: float | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Add updates that you approve of to your file of profiles; nothing else in it changes.

    Args:
        updates: A file that `profiles suggest --output` wrote; take out of it what you do not want.
        only: Ids of the updates that are taken [default: all of the file].
        profile: Your file of profiles; made when it is not there.
        likeness: From which on two texts say the same, 0 to 1 [default: the setting].
    """
    from earwitness.app.profiles.api import merge_profiles

    done = merge_profiles(updates, profile, only=only, likeness=likeness, home=common.home)
    if common.json:
        say_json(
            {
                "file": str(done.file),
                "added": done.added,
                "known": done.known,
                "new_profiles": list(done.profiles),
            }
        )
        return 0
    new = f", new profiles: {', '.join(done.profiles)}" if done.profiles else ""
    known = f", {done.known} stood there already" if done.known else ""
    say(f"{done.added} added{known}{new}")
    say(str(done.file))
    return 0


def _names(told: Sequence[str]) -> dict[str, str]:
    names = {}
    for each in told:
        name, sign, meant = each.partition("=")
        if not (sign and name.strip() and meant.strip()):
            raise UsageError("--means is NAME=WHOM", hint="such as --means Bob=Thorin")
        names[name.strip()] = meant.strip()
    return names


def _tell(found: Suggestions) -> None:
    screen = console()
    whose = sorted(found.updates, key=lambda each: (folded(each.character), each.rank))
    groups = [(n, list(own)) for n, own in groupby(whose, key=lambda each: each.character)]
    count = len(found.updates)
    of = f" for {len(groups)} profile{'s' * (len(groups) != 1)}" if count else ""
    screen.print(f"[bold]{found.session}[/]  {count or 'no'} update{'s' * (count != 1)}{of}")
    for name, own in groups:
        screen.print(f"\n{name} ({len(own)})", style="bold", markup=False)
        for update in own:
            _one(screen, found.session, update)
    if found.asked:
        screen.print("\n[bold]Who is this?[/]")
    for asked in found.asked:
        screen.print(f"  {_question(asked)}", markup=False)
    told = [
        (found.known, "stood in the profiles already"),
        (found.merged, "said what another one says"),
        (found.of_leader, "of the leader's own people or dice"),
    ]
    left = [f"{number} {why}" for number, why in told if number]
    if left:
        screen.print(f"\n[dim]left out: {', '.join(left)}[/]")
    for warning in found.warnings:
        warn(warning)


def _one(screen: Console, session: str, update: Update) -> None:
    sure = "  – " if update.confidence is None else f"{update.confidence:.2f}"
    what = update.type.replace("_", " ")
    if update.relation:
        what = f"{update.relation}: {update.others[0]}"
    elif update.others:
        what += f" with {', '.join(update.others)}"
    screen.print(f"  {sure}  [dim]{timestamp(update.start_ms)}[/]  ", end="")
    screen.print(what, style="cyan", markup=False, end="")
    screen.print(f"  [dim]{update_id(session, update)}[/]")
    screen.print(f"        {update.content}", markup=False)
    if update.context:
        screen.print(f"        {update.context}", style="dim", markup=False)
    if update.like:
        screen.print(f"        like what is there: {update.like}", style="yellow", markup=False)


def _question(asked: Asked) -> str:
    waits = f"{asked.count} update{'s' * (asked.count != 1)} wait{'s' * (asked.count == 1)}"
    choices = f": {', '.join(asked.choices)}" if asked.choices else ""
    whom = asked.choices[0] if asked.choices else "WHOM"
    return (
        f"{asked.name} {_WHY[asked.why]}{choices}; {waits}"
        f" (lines {', '.join(map(str, asked.evidence))}; --means '{asked.name}={whom}')"
    )


def _json(found: Suggestions, output: Path | None) -> dict[str, object]:
    return to_wire(found) | {
        "asked": [
            {
                "name": each.name,
                "why": each.why,
                "count": each.count,
                "evidence": list(each.evidence),
                "choices": list(each.choices),
            }
            for each in found.asked
        ],
        "left_out": {
            "known": found.known,
            "merged": found.merged,
            "of_leader": found.of_leader,
        },
        "warnings": list(found.warnings),
        "output": str(output) if output else None,
    }
