"""`speakers list|name|swap|merge|assign|enroll|forget`: who the voices of a session are."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, say, say_json, table
from earwitness.cli.corrections import told
from earwitness.cli.edits import NOBODY, Said
from earwitness.cli.options import Common
from earwitness.cli.progress import duration
from earwitness.core.errors import UsageError
from earwitness.core.span import Span, timestamp

if TYPE_CHECKING:
    from earwitness.app.recognition import Question
    from earwitness.app.speakers import Renaming, Speaker

FLAG = Parameter(negative="")


@Parameter(name="*")
@dataclass(frozen=True)
class Audit:
    """Who says so, and why."""

    reason: str = ""
    "Why; kept in the ledger."

    by: str | None = None
    "Who you are [default: the setting user]."


def list_(session: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """List a session's voices: who they are, how long they talk, and where to listen to each.

    Args:
        session: Its id, or the beginning of it.
    """
    from earwitness.app.people_api import speakers

    found, asked = speakers(session, home=common.home)
    if common.json:
        rows = [_speaker_json(speaker) for speaker in found]
        say_json({"speakers": rows, "questions": [_question_json(each) for each in asked]})
        return 0
    if not found:
        say("nobody was heard speaking")
        return 0
    whole_ms = sum(speaker.talk_ms for speaker in found) or 1
    table(
        ("voice", "person", "says who", "talks", "", "turns", "words", "listen to"),
        [_row(speaker, whole_ms) for speaker in found],
        right=(3, 4, 5, 6),
    )
    _ask(session, asked)
    return 0


def name(
    session: str,
    voice: str,
    person: Said,
    /,
    *,
    dry_run: Annotated[bool, FLAG] = False,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Say who a voice is; holds for all its lines, in every format, without running anything.

    A line that was given a person of its own keeps that one. `earwitness edit undo` takes a name
    back.

    Args:
        session: Its id, or the beginning of it.
        voice: A voice such as S2.
        person: A name, or - to take the name away.
        dry_run: Only show what would change.
    """
    from earwitness.app.people_api import name_speakers, preview_names

    names = {voice: None if person.strip() == NOBODY else person}
    if dry_run:
        return _preview(preview_names(session, names, home=common.home), common)
    done = name_speakers(session, names, reason=audit.reason, by=audit.by, home=common.home)
    told(session, done, as_json=common.json)
    return 0


def swap(
    session: str,
    one: str,
    other: str,
    /,
    *,
    dry_run: Annotated[bool, FLAG] = False,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Let two voices change names.

    Args:
        session: Its id, or the beginning of it.
        one: A voice such as S1.
        other: Another one.
        dry_run: Only show what would change.
    """
    from earwitness.app.people_api import preview_swap, swap_speakers

    if dry_run:
        return _preview(preview_swap(session, one, other, home=common.home), common)
    done = swap_speakers(session, one, other, reason=audit.reason, by=audit.by, home=common.home)
    told(session, done, as_json=common.json)
    return 0


def merge(
    session: str,
    keep: str,
    gone: str,
    /,
    *,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make one voice of two that are the same person.

    Args:
        session: Its id, or the beginning of it.
        keep: The voice that stays.
        gone: The voice whose lines become its lines.
    """
    from earwitness.app.people_api import merge_speakers

    done = merge_speakers(session, keep, gone, reason=audit.reason, by=audit.by, home=common.home)
    told(session, done, as_json=common.json)
    return 0


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
    from earwitness.app.people_api import assign as assign_cast

    done = assign_cast(session, series=series, home=common.home)
    if common.json:
        named = [{"voice": v, "person": who, "score": round(s, 3)} for v, who, s in done.named]
        asked = [_question_json(each) for each in done.questions]
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
    _ask(session, done.questions)
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
    from earwitness.app.people_api import enroll as enroll_voice

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
    from earwitness.app.people_api import forget as forget_person

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
            }
        )
        return 0
    screen = console()
    screen.print(
        f"[green]✓[/] forgotten: {_count(done.prints, 'enrolled print')}, "
        f"and prints in {_count(done.results, 'stored result')}"
    )
    screen.print(f"[dim]  receipt: {done.person}, {done.at:%Y-%m-%d %H:%M:%S} UTC[/]")
    if not done.complete:
        screen.print("[yellow]![/] another process was reading: the rest goes at the next opening")
    return 0


def _preview(changes: Sequence[Renaming], common: Common) -> int:
    if common.json:
        say_json(
            {
                "would_change": [
                    {
                        "voice": each.voice,
                        "was": each.was,
                        "now": each.now,
                        "lines": each.lines,
                        "others": each.others,
                    }
                    for each in changes
                ]
            }
        )
        return 0
    screen = console()
    for each in changes:
        screen.print(f"[bold]{each.voice}[/]  ", end="")
        screen.print(
            f"{each.was or '–'} → {each.now or '–'}  in {_count(each.lines, 'line')}", markup=False
        )
        for line in each.first:
            screen.print(f"  [dim]{timestamp(line.span.start_ms)}[/]  ", end="")
            screen.print(_short(line.text), markup=False)
        if each.lines > len(each.first):
            screen.print(f"  [dim]and {each.lines - len(each.first)} more[/]")
        if each.others:
            screen.print(f"  [dim]{_count(each.others, 'line')} of somebody else stay[/]")
    screen.print("[dim]nothing was changed[/]")
    return 0


def _row(speaker: Speaker, whole_ms: int) -> tuple[str, ...]:
    return (
        speaker.voice,
        speaker.person or "–",
        _says_who(speaker),
        duration(speaker.talk_ms / 1000),
        f"{round(100 * speaker.talk_ms / whole_ms)} %",
        str(speaker.turns),
        str(speaker.words),
        _bounds(speaker.sample),
    )


def _says_who(speaker: Speaker) -> str:
    """Who named the voice; a recognition with its score, so that it is never taken for more."""
    naming = speaker.naming
    if naming is None:
        return ""
    return naming.by if naming.score is None else f"recognised {naming.score:.2f}"


def _bounds(sample: Span | None) -> str:
    return f"{timestamp(sample.start_ms)}-{timestamp(sample.end_ms)}" if sample else ""


def _ask(session: str, asked: Sequence[Question]) -> None:
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


def _speaker_json(speaker: Speaker) -> Mapping[str, object]:
    naming, sample = speaker.naming, speaker.sample
    return {
        "voice": speaker.voice,
        "person": speaker.person,
        "by": naming.by if naming else None,
        "score": naming.score if naming else None,
        "seq": naming.seq if naming else None,
        "talk_ms": speaker.talk_ms,
        "turns": speaker.turns,
        "words": speaker.words,
        "sample": {"start_ms": sample.start_ms, "end_ms": sample.end_ms} if sample else None,
        "other_lines": speaker.others,
    }


def _question_json(question: Question) -> Mapping[str, object]:
    return {
        "voice": question.voice,
        "candidates": [
            {"person": person, "score": None if score is None else round(score, 3)}
            for person, score in question.candidates
        ],
    }


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59].rstrip() + "…"
