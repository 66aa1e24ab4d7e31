"""`speakers list|show|name|swap|merge|split`: who the voices of a session are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, say, say_json, table
from earwitness.cli.casting import ask, count, question_json
from earwitness.cli.corrections import describe, told
from earwitness.cli.edits import NOBODY, Said
from earwitness.cli.options import Common
from earwitness.cli.progress import duration
from earwitness.core.errors import UsageError
from earwitness.core.span import Span, read_timestamp, timestamp
from earwitness.core.wire import to_wire

if TYPE_CHECKING:
    from earwitness.app.people.speakers import Renaming, Speaker

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
    from earwitness.app.people.api import speakers

    found, asked = speakers(session, home=common.home)
    if common.json:
        rows = [_speaker_json(speaker) for speaker in found]
        say_json({"speakers": rows, "questions": [question_json(each) for each in asked]})
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
    ask(session, asked)
    return 0


def show(session: str, voice: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show one voice: its longest lines, and every name it was given.

    Args:
        session: Its id, or the beginning of it.
        voice: A voice such as S2.
    """
    from earwitness.app.people.api import show_speaker

    shown = show_speaker(session, voice, home=common.home)
    speaker = shown.speaker
    if common.json:
        names = [to_wire(each) for each in shown.history]
        lines = [line.id for line in shown.longest]
        say_json({**_speaker_json(speaker), "longest": lines, "names": names})
        return 0
    screen = console()
    screen.print(f"[bold]{speaker.voice}[/]  ", end="")
    screen.print(speaker.person or "no name yet", markup=False)
    talk = f"talks {duration(speaker.talk_ms / 1000)} in {count(speaker.turns, 'turn')}"
    say(f"  {talk}, {count(speaker.words, 'word')}; listen to {_bounds(speaker.sample) or '–'}")
    for line in shown.longest:
        screen.print(f"  [dim]{timestamp(line.span.start_ms)}[/]  ", end="")
        screen.print(_short(line.text), markup=False)
    for said in shown.history:
        screen.print(f"  [dim]{said.seq:>4}  {said.at:%Y-%m-%d %H:%M}[/]  ", end="")
        why = f"  ({said.reason})" if said.reason else ""
        screen.print(f"{said.by}: {describe(said)}{why}", markup=False)
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
    from earwitness.app.people.api import name_speakers, preview_names

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
    from earwitness.app.people.api import preview_swap, swap_speakers

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
    dry_run: Annotated[bool, FLAG] = False,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make one voice of two that are the same person.

    Args:
        session: Its id, or the beginning of it.
        keep: The voice that stays.
        gone: The voice whose lines become its lines.
        dry_run: Only show what would change.
    """
    from earwitness.app.people.api import merge_speakers, preview_merge

    if dry_run:
        return _preview([preview_merge(session, keep, gone, home=common.home)], common)
    done = merge_speakers(session, keep, gone, reason=audit.reason, by=audit.by, home=common.home)
    told(session, done, as_json=common.json)
    return 0


def split(
    session: str,
    voice: str,
    /,
    *,
    after: str | None = None,
    line: Annotated[list[int] | None, Parameter(negative="")] = None,
    audit: Audit = Audit(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make two voices of one: some of its lines become a new voice's.

    To let the machine tell the voices apart anew, see `earwitness sessions rerun --stage diarize`.

    Args:
        session: Its id, or the beginning of it.
        voice: A voice such as S2.
        after: All its lines from this time on (HH:MM:SS).
        line: This line of it, by its id; may be said several times.
    """
    from earwitness.app.people.api import split_speaker

    try:
        after_ms = None if after is None else read_timestamp(after)
    except ValueError as error:
        raise UsageError(str(error), hint="say it as HH:MM:SS") from error
    done = split_speaker(
        session,
        voice,
        after_ms=after_ms,
        lines=line or (),
        reason=audit.reason,
        by=audit.by,
        home=common.home,
    )
    told(session, done, as_json=common.json)
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
            f"{each.was or '–'} → {each.now or '–'}  in {count(each.lines, 'line')}", markup=False
        )
        for line in each.first:
            screen.print(f"  [dim]{timestamp(line.span.start_ms)}[/]  ", end="")
            screen.print(_short(line.text), markup=False)
        if each.lines > len(each.first):
            screen.print(f"  [dim]and {each.lines - len(each.first)} more[/]")
        if each.others:
            screen.print(f"  [dim]{count(each.others, 'line')} of somebody else stay[/]")
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


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59].rstrip() + "…"
