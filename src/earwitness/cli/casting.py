"""`speakers assign|enroll|forget`: voices that are known again, and those that no longer are."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, say, say_json
from earwitness.cli.options import Common
from earwitness.cli.progress import duration
from earwitness.core.errors import UsageError

if TYPE_CHECKING:
    from earwitness.app.people.recognition import Question

FLAG = Parameter(negative="")


def assign(
    session: str,
    /,
    *,
    series: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Name the voices that are surely somebody of the cast; ask about those that may be.

    `process --series` does this by itself.

    Args:
        session: Its id, or the beginning of it.
        series: The session joins this series.
    """
    from earwitness.app.people.api import assign as assign_cast

    done = assign_cast(session, series=series, home=common.home)
    if common.json:
        named = [{"voice": v, "person": who, "score": round(s, 3)} for v, who, s in done.named]
        asked = [question_json(each) for each in done.questions]
        say_json({"named": named, "questions": asked, "unknown": list(done.unknown)})
        return 0
    screen = console()
    for voice, person, score in done.named:
        screen.print(f"[green]✓[/] [bold]{voice}[/]  ", end="")
        screen.print(f"{person}", markup=False, end="")
        screen.print(f"  [dim]recognised {score:.2f}[/]")
    for voice in done.unknown:
        screen.print(f"[dim]·[/] [bold]{voice}[/]  [dim]like nobody of the cast[/]")
    if not done.named and not done.unknown and not done.questions:
        screen.print("[dim]·[/] every voice has a name")
    ask(session, done.questions)
    return 0


def enroll(
    session: str,
    voice: str,
    /,
    *,
    series: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Let later sessions of the series know a voice that has a name.

    Args:
        session: Its id, or the beginning of it.
        voice: A voice such as S2.
        series: The session joins this series [default: the one it belongs to].
    """
    from earwitness.app.people.api import enroll as enroll_voice

    done = enroll_voice(session, voice, series=series, home=common.home)
    if common.json:
        say_json(
            {
                "series": done.series,
                "person": done.person,
                "voices": list(done.voices),
                "speech_ms": done.speech_ms,
                "added": done.added,
            }
        )
        return 0
    screen = console()
    screen.print(f"[green]✓[/] [bold]{', '.join(done.voices)}[/]  ", end="")
    screen.print(f"{done.person} is known in {done.series} from now on", markup=False)
    new = ", new in the cast" if done.added else ""
    screen.print(f"[dim]  from {duration(done.speech_ms / 1000)} of speech{new}[/]")
    return 0


def forget(
    person: str,
    /,
    *,
    series: str,
    yes: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Remove a person's voice prints from the whole library, for good.

    Their name stays in the cast and in transcripts. Backups you made are yours to delete.

    Args:
        person: Somebody of the cast.
        series: Whose cast.
        yes: Do not ask.
    """
    from earwitness.app.people.api import forget as forget_person

    if not yes:
        if common.json or not sys.stdin.isatty():
            raise UsageError("forgetting needs a yes", hint="add --yes")
        if input("Remove this voice for good? [y/N]: ").strip().lower() not in ("y", "yes"):
            say("kept")
            return 0
    done = forget_person(person, series=series, home=common.home)
    if common.json:
        say_json(
            {
                "series": done.series,
                "person": done.person,
                "prints": done.prints,
                "results": done.results,
                "at": done.at.isoformat(),
                "complete": done.complete,
                "remains": done.remains,
            }
        )
        return 0
    screen = console()
    screen.print(
        f"[green]✓[/] forgotten: {count(done.prints, 'enrolled print')}, "
        f"and prints in {count(done.results, 'stored result')}"
    )
    screen.print(f"[dim]  receipt: {done.person}, {done.at:%Y-%m-%d %H:%M:%S} UTC[/]")
    if not done.complete:
        screen.print("[yellow]![/] another process was reading: the rest goes at the next opening")
    if done.remains:
        screen.print(f"[yellow]![/] traces may stay for a while in {done.remains}")
    return 0


def ask(session: str, asked: Sequence[Question]) -> None:
    """Say of which voices somebody has to be asked, and how to answer."""
    screen = console()
    for each in asked:
        screen.print(f"[yellow]?[/] [bold]{each.voice}[/]  ", end="")
        screen.print(
            "may be " + " or ".join(_candidate(*who) for who in each.candidates), markup=False
        )
        screen.print("[dim]  if so:[/] ", end="")
        screen.print(
            f'earwitness speakers name {session} {each.voice} "{each.candidates[0][0]}"',
            markup=False,
        )


def _candidate(person: str, score: float | None) -> str:
    return f"{person} ({'only one left' if score is None else f'{score:.2f}'})"


def question_json(question: Question) -> Mapping[str, object]:
    """A question as one object."""
    return {
        "voice": question.voice,
        "candidates": [
            {"person": person, "score": None if score is None else round(score, 3)}
            for person, score in question.candidates
        ],
    }


def count(number: int, noun: str) -> str:
    """`1 line`, `2 lines`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")
