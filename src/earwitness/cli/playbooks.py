"""`playbooks list|show|validate|new`: what each audience expects, and one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, fact, plain, say, say_json
from earwitness.cli.options import Common

if TYPE_CHECKING:
    from pathlib import Path

    from earwitness.core.playbook import Playbook

FLAG = Parameter(negative="")


def list_(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """List all playbooks: the shipped ones, then your own."""
    from earwitness.app.understanding.playbooks import list_playbooks

    found = list_playbooks(_home(common))
    if common.json:
        say_json({"playbooks": [_json(book) for book in found]})
        return 0
    for book in found:
        fact(book.name, book.about + (" (your own)" if book.own else ""), mark=" ")
        told = {"labels": [scheme.name for scheme in book.schemes], "notes": _notes(book)}
        here = [f"{what}: {', '.join(names)}" for what, names in told.items() if names]
        fact("", "; ".join(here) or "neither labels nor notes", dim=True)
    say()
    say("earwitness playbooks show NAME tells all of one")
    return 0


def show(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show one playbook: its defaults, labels, moments, notes and prompts.

    Args:
        name: Of the playbook.
    """
    from earwitness.app.understanding.playbooks import playbook

    return _told(playbook(name, _home(common)), common)


def validate(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Check a playbook; exits with 2 and the place in the file when something makes no sense.

    Args:
        name: Of the playbook, or a folder that is to become one.
    """
    from earwitness.app.understanding.playbooks import validate_playbook

    return _told(validate_playbook(name, _home(common)), common)


def new(
    name: str,
    /,
    *,
    extends: str = "meeting",
    whole: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make a playbook of your own, in the library's folder.

    Args:
        name: Small letters, digits, - and _.
        extends: Whatever the new one does not say is taken from this one.
        whole: Copy all its notes and prompts, to change them.
    """
    from earwitness.app.understanding.playbooks import new_playbook

    folder = new_playbook(name, _home(common), extends=extends, whole=whole)
    if common.json:
        say_json({"playbook": name, "folder": str(folder)})
    else:
        say(f"{folder}\n  change playbook.toml, then: earwitness playbooks validate {name}")
    return 0


def _home(common: Common) -> Path:
    from earwitness.app.settings import read_settings

    return read_settings(home=common.home).home


def _told(book: Playbook, common: Common) -> int:
    if common.json:
        say_json({"playbook": _json(book)})
        return 0
    screen = console()
    screen.print(f"[bold]{book.name}[/]  ", end="")
    screen.print(book.about, markup=False)
    fact("language", book.language or "auto: told from what is said")
    fact("privacy", _privacy(book))
    for scheme in book.schemes:
        fact(scheme.name, ", ".join(scheme.values) or "any name")
        fact("", scheme.about, dim=True)
    fact("moments", ", ".join(map(plain, book.moments)) or "–")
    for id_ in _notes(book):
        forms = [each for each in book.templates if each.id == id_]
        shown = book.template(id_, "en") or forms[0]
        fact(id_, " · ".join(slot.title for slot in shown.slots))
        if shown.audience == "dm":
            fact("", "for the DM only", dim=True)
    for language, terms in book.vocabulary:
        fact(f"words {language}", ", ".join(terms))
    fact("prompts", ", ".join(sorted({each.name for each in book.prompts})))
    return 0


def _privacy(book: Playbook) -> str:
    if book.local_only:
        return "nothing leaves this machine"
    where = "may go to a service that you name"
    return f"{where}, with other names for people" if book.pseudonyms else where


def _notes(book: Playbook) -> list[str]:
    return list(dict.fromkeys(each.id for each in book.templates))


def _json(book: Playbook) -> dict[str, object]:
    return {
        "name": book.name,
        "about": book.about,
        "own": book.own,
        "language": book.language,
        "local_only": book.local_only,
        "pseudonyms": book.pseudonyms,
        "schemes": [
            {"name": each.name, "values": list(each.values), "about": each.about}
            for each in book.schemes
        ],
        "moments": list(book.moments),
        "notes": [
            {
                "id": each.id,
                "language": each.language,
                "title": each.title,
                "audience": each.audience,
                "sections": [slot.title for slot in each.slots],
            }
            for each in book.templates
        ],
        "vocabulary": {language: list(terms) for language, terms in book.vocabulary},
        "prompts": [
            {"name": each.name, "language": each.language, "version": each.version}
            for each in book.prompts
        ],
    }
