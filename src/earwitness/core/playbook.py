"""Playbook: what an audience expects by default; the same core runs under each."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Playbook:
    """Defaults of one audience.

    Attributes:
        name: As it is asked for.
        about: Whom it serves, in one line.
        language: Used when none is given; None: automatic.
        local_only: No sound and no text may leave this machine.
        stale_days: An unfinished run that rested for longer is stale; cleaning up proposes to give
            it up.
        keep_sound_days: Decoded sound of a run that did not finish is kept for so long; None: as
            long as the run can be continued. A finished run's sound is not kept at all.
    """

    name: str
    about: str
    language: str | None = None
    local_only: bool = False
    stale_days: int = 7
    keep_sound_days: int | None = None


PLAYBOOKS = {
    book.name: book
    for book in (
        Playbook("meeting", "meetings and anything else; the plain default"),
        Playbook("tabletop", "role-playing nights, Dutch unless told otherwise", language="nl"),
        Playbook(
            "therapy", "clinicians; nothing leaves this machine", local_only=True, keep_sound_days=1
        ),
        Playbook("screen", "film, series and lectures: subtitles"),
    )
}


def playbook(name: str) -> Playbook:
    """The playbook of that name.

    Raises:
        UsageError: If there is none; the hint lists them.
    """
    if name not in PLAYBOOKS:
        raise UsageError(
            f"no playbook is called {name!r}", hint="there are: " + ", ".join(PLAYBOOKS)
        )
    return PLAYBOOKS[name]
