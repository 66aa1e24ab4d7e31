"""`sessions rerun`: one part of a session is done again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import MARKS, console, note, outcome_json, say_json, warn
from earwitness.cli.clips import clips_json, clips_line
from earwitness.cli.options import Common
from earwitness.cli.progress import progress
from earwitness.core.errors import DEGRADED_EXIT, UsageError
from earwitness.core.span import Span, read_timestamp

if TYPE_CHECKING:
    from earwitness.app.running.rerun import Redone
    from earwitness.core.run import RunTarget

FLAG = Parameter(negative="")


def rerun(  # noqa: PLR0913 - one option per thing a user may say
    session: str,
    /,
    *,
    stage: str | None = None,
    span: str | None = None,
    chunk: Annotated[list[int] | None, Parameter(negative="")] = None,
    with_: Annotated[list[str] | None, Parameter(name="--with", negative="")] = None,
    formats: str | None = None,
    output: Path | None = None,
    workers: int | None = None,
    offline: Annotated[bool, FLAG] = False,
    clips: str | None = None,
    clip_format: str | None = None,
    clip_padding: int | None = None,
    strict: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Do one part of a session again; everything else stays, byte for byte.

    Corrections are folded onto the new result, and those that lost their place are counted. The
    earlier result stays: `sessions history` lists it, `sessions put-back` shows it again.

    Args:
        session: Its id, or the beginning of it.
        stage: Do this stage afresh: decode, detect, crosstalk, diarize, cut,
            transcribe, settle, guard, attribute.
        span: Transcribe only the chunks of this time, such as 00:10:00-00:20:00.
        chunk: Transcribe only this chunk; may be given again.
        with_: Do it with this instead, such as speakers=3; may be given again. One of
            transcriber, model, language, speakers, diarizer, device, vocabulary (names with
            commas between them, or auto for those of the series now), enhance, or an option of an
            engine (earwitness models options lists them).
        formats: Comma-separated: json, txt, md, csv, srt, vtt, ass, stm, rttm.
        output: The session's folder is made in it.
        workers: Pieces worked on at the same time [default: one per core].
        offline: Never fetch a model.
        clips: all cuts every line into a file of its own; moments; none [default].
        clip_format: wav, m4a or opus [default: m4a].
        clip_padding: Milliseconds of sound around each clip [default: 150; moments: 1000].
        strict: Exit with 3 when something is degraded.
    """
    from earwitness.app.running.rerun_api import rerun as do_again

    with progress(quiet=common.json) as listener:
        done = do_again(
            session,
            stage=stage,
            span=_span(span) if span else None,
            chunks=chunk or (),
            options=dict(_option(text) for text in with_ or ()),
            formats=formats,
            output=output,
            home=common.home,
            workers=workers,
            offline=offline or None,
            clips=clips,
            clip_format=clip_format,
            clip_padding=clip_padding,
            listener=listener,
            told=note,
        )
    (_tell_json if common.json else _tell)(done)
    return DEGRADED_EXIT if strict and done.processed.outcome.kind == "degraded" else 0


def target_json(target: RunTarget | None) -> dict[str, object] | None:
    """What was done again, as programs read it."""
    if target is None:
        return None
    return {
        "stages": list(target.stages),
        "chunks": None if target.chunks is None else list(target.chunks),
        "options": dict(target.options),
    }


def describe(target: RunTarget | None) -> str:
    """What was done again, in a few words."""
    if target is None:
        return "everything"
    if target.stages == ("import",):
        return "imported as " + dict(target.options).get("format", "a transcript")
    words = [", ".join(target.stages)]
    if target.chunks is not None:
        words.append(f"chunks {_ranges(target.chunks)}")
    words += [f"{name}={value}" for name, value in target.options]
    return " ".join(words)


def _ranges(places: tuple[int, ...]) -> str:
    """`0-2,5` for 0, 1, 2, 5."""
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def _span(text: str) -> Span:
    first, dash, last = text.partition("-")
    try:
        if not dash:
            raise ValueError("a span is two times with a hyphen between them")
        return Span(read_timestamp(first), read_timestamp(last))
    except ValueError as error:
        raise UsageError(str(error), hint="--span 00:10:00-00:20:00") from error


def _option(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"--with takes name=value, not {text!r}", hint="--with speakers=3")
    return name.strip(), value.strip()


def _counts(done: Redone) -> tuple[int, int]:
    """Pieces that were done, and those that were taken over."""
    pieces = [step for step in done.steps if step.stage != "report"]
    made = sum(not step.hit for step in pieces)
    return made, len(pieces) - made


def _tell(done: Redone) -> None:
    processed = done.processed
    mark, colour = MARKS[processed.outcome.kind]
    made, kept = _counts(done)
    screen = console()
    screen.print(f"[{colour}]{mark}[/] [bold]{processed.session.id}[/]  ", end="")
    screen.print(f"{describe(done.run.target)} again: {made} done, {kept} kept", markup=False)
    screen.print(f"  [dim]{'run':<11}[/] {done.run.id}, before it {done.run.parent}")
    screen.print(f"  [dim]{'files':<11}[/] ", end="")
    screen.print(str(processed.written.folder), markup=False)
    if processed.clips is not None:
        screen.print(f"  [dim]{'clips':<11}[/] {clips_line(processed.clips)}")
    for warning in (*processed.record.warnings, *processed.notices):
        warn(warning)


def _tell_json(done: Redone) -> None:
    processed = done.processed
    made, kept = _counts(done)
    say_json(
        {
            "session": processed.session.id,
            "run": done.run.id,
            "parent": done.run.parent,
            "target": target_json(done.run.target),
            "outcome": outcome_json(processed.outcome),
            "done": made,
            "kept": kept,
            "engines": dict(processed.record.engines),
            "output": str(processed.written.folder),
            "files": [str(file) for file in processed.written.files],
            "clips": clips_json(processed.written.folder, processed.clips)
            if processed.clips
            else None,
            "warnings": list(processed.record.warnings),
        }
    )
