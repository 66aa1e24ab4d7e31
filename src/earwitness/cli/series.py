"""`series add|list|show|set|person|import|export|delete`: campaigns, clients and shows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, say, say_json, table
from earwitness.cli.options import Common
from earwitness.core.errors import SourceNotFound, UsageError
from earwitness.core.files import disk_faults, write_atomic

if TYPE_CHECKING:
    from earwitness.app.people.series import ShownSeries
    from earwitness.core.people import Person, Series

FLAG = Parameter(negative="")
MANY = Parameter(negative="")
LARGEST_BYTES = 1 << 20
"""Of a mapping; a larger file is none."""


def add(
    name: str,
    /,
    *,
    playbook: str | None = None,
    language: str | None = None,
    speakers: int | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Add a campaign, client or show.

    Args:
        name: What to call it.
        playbook: Of its sessions, unless told otherwise.
        language: The same; a code or auto.
        speakers: The same; exactly so many voices.
    """
    from earwitness.app.people.series_api import add_series

    made = add_series(
        name, playbook=playbook, language=language, speakers=speakers, home=common.home
    )
    return _told(made, common)


def list_(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """List all series."""
    from earwitness.app.people.series_api import all_series

    found = all_series(home=common.home)
    if common.json:
        say_json({"series": [_series_json(series) for series in found]})
    elif not found:
        say("no series yet: earwitness series add NAME")
    else:
        table(
            ("series", "playbook", "language", "voices", "cast", "vocabulary"),
            [
                (
                    series.name,
                    series.playbook or "–",
                    series.language or "–",
                    str(series.speakers or "–"),
                    str(len(series.cast)),
                    str(len(series.vocabulary)),
                )
                for series in found
            ],
            right=(3, 4, 5),
        )
    return 0


def show(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show one series: its defaults, cast, vocabulary, sessions and receipts.

    Args:
        name: Which series.
    """
    from earwitness.app.people.series_api import show_series

    shown = show_series(name, home=common.home)
    if common.json:
        say_json(_shown_json(shown))
        return 0
    screen, series = console(), shown.series
    screen.print(f"[bold]{_plain(series.name)}[/]")
    defaults = (
        f"playbook {series.playbook or '–'}, language {series.language or '–'}, "
        f"voices {series.speakers or '–'}"
    )
    say(f"  {defaults}")
    if series.vocabulary:
        say(f"  vocabulary: {', '.join(series.vocabulary)}")
    if series.cast:
        say()
        table(
            ("  person", "role", "plays", "also called", "prints"),
            [_person_row(person, shown) for person in series.cast],
            right=(4,),
        )
    if shown.sessions:
        say()
        say(f"  sessions: {', '.join(shown.sessions)}")
    for receipt in shown.forgettings:
        screen.print(
            f"  [dim]{receipt.at:%Y-%m-%d %H:%M} UTC forgotten: {receipt.person}, prints "
            f"{receipt.prints}, in results {receipt.results}[/]"
        )
    return 0


def set_(
    name: str,
    /,
    *,
    rename: str | None = None,
    playbook: str | None = None,
    language: str | None = None,
    speakers: int | None = None,
    term: Annotated[list[str] | None, MANY] = None,
    without: Annotated[list[str] | None, MANY] = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Change what a series says; what is not said stays.

    Args:
        name: Which series.
        rename: What to call it from now on.
        playbook: Of its sessions, unless told otherwise.
        language: The same; a code or auto.
        speakers: The same; exactly so many voices.
        term: A word to add to its vocabulary; may be said several times.
        without: A word to take out of it; may be said several times.
    """
    from earwitness.app.people.series_api import set_series

    made = set_series(
        name,
        rename=rename,
        playbook=playbook,
        language=language,
        speakers=speakers,
        terms=term or (),
        without=without or (),
        home=common.home,
    )
    return _told(made, common)


def person(
    series: str,
    name: str,
    /,
    *,
    rename: str | None = None,
    role: str | None = None,
    character: Annotated[list[str] | None, MANY] = None,
    alias: Annotated[list[str] | None, MANY] = None,
    remove: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Add a person to the cast, or change what is known of them; what is not said stays.

    Args:
        series: Which series.
        name: Who; a name or an alias they have.
        rename: What to call them from now on; sessions that were named keep the old name.
        role: One word in small letters: player, dm, client, therapist, host, ...
        character: Whom they play; may be said several times; - for nobody.
        alias: Another name they go by; may be said several times; - for none.
        remove: Take them out, with their enrolled prints.
    """
    from earwitness.app.people.series_api import remove_person, set_person

    if remove:
        return _told(remove_person(series, name, home=common.home), common)
    made = set_person(
        series,
        name,
        rename=rename,
        role=role,
        characters=character,
        aliases=alias,
        home=common.home,
    )
    return _told(made, common)


def import_(
    file: Path,
    /,
    *,
    series: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Take a cast in from a speaker_mapping.json.

    Args:
        file: The file.
        series: Which series [default: the campaign it names]; added when it is not there.
    """
    from earwitness.app.people.series_api import import_cast

    if not file.is_file():
        raise SourceNotFound(f"no such file: {file.name}", hint="check the path")
    if file.stat().st_size > LARGEST_BYTES:
        raise UsageError("this is no speaker mapping: it is too large")
    with disk_faults(f"{file.name} cannot be read"):
        data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("a speaker mapping is JSON in UTF-8") from error
    return _told(import_cast(text, series=series, home=common.home), common)


def export(
    name: str,
    file: Path | None = None,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write a cast as a speaker_mapping.json.

    Args:
        name: Which series.
        file: The file to write [default: standard output].
    """
    from earwitness.app.people.series_api import export_cast

    text = export_cast(name, home=common.home)
    if file is None:
        sys.stdout.write(text)
        return 0
    write_atomic(file.absolute(), text.encode("utf-8"))
    if common.json:
        say_json({"file": str(file)})
    else:
        say(str(file))
    return 0


def delete(
    name: str,
    /,
    *,
    yes: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Delete a series for good, with its cast and enrolled prints; its sessions stay.

    Args:
        name: Which series.
        yes: Do not ask.
    """
    from earwitness.app.people.series_api import delete_series, show_series

    series = show_series(name, home=common.home).series
    if not yes:
        if common.json or not sys.stdin.isatty():
            raise UsageError("deleting needs a yes", hint="add --yes")
        if input("Delete it for good? [y/N]: ").strip().lower() not in ("y", "yes"):
            say("kept")
            return 0
    complete = delete_series(name, home=common.home)
    if common.json:
        say_json({"deleted": series.id, "complete": complete})
    else:
        console().print("[green]✓[/] deleted, with its cast and prints; its sessions stay")
    return 0


def _told(series: Series, common: Common) -> int:
    if common.json:
        say_json(_series_json(series))
        return 0
    screen = console()
    screen.print("[green]✓[/] ", end="")
    people = f"{len(series.cast)} {'person' if len(series.cast) == 1 else 'people'}"
    screen.print(f"{series.name}: {people} in the cast", markup=False)
    return 0


def _person_row(person: Person, shown: ShownSeries) -> tuple[str, ...]:
    return (
        f"  {person.name}",
        person.role,
        ", ".join(character.name for character in person.characters) or "–",
        ", ".join(person.aliases) or "–",
        str(shown.prints.get(person.key, 0) or "–"),
    )


def _series_json(series: Series) -> dict[str, object]:
    return {
        "id": series.id,
        "name": series.name,
        "playbook": series.playbook,
        "language": series.language,
        "speakers": series.speakers,
        "vocabulary": list(series.vocabulary),
        "cast": [
            {
                "key": person.key,
                "name": person.name,
                "role": person.role,
                "aliases": list(person.aliases),
                "characters": [character.name for character in person.characters],
            }
            for person in series.cast
        ],
    }


def _shown_json(shown: ShownSeries) -> dict[str, object]:
    return {
        **_series_json(shown.series),
        "sessions": list(shown.sessions),
        "prints": shown.prints,
        "forgotten": [
            {
                "person": each.person,
                "prints": each.prints,
                "results": each.results,
                "at": each.at.isoformat(),
            }
            for each in shown.forgettings
        ],
    }


def _plain(text: str) -> str:
    """A name in which square brackets are no markup."""
    from rich.markup import escape

    return escape(text)
