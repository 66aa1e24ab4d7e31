"""`process`, `demo` and `export`: recordings become records, and records become files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from earwitness.cli.answer import MARKS, console, note, outcome_json, say, say_json, warn
from earwitness.cli.clips import clips_json, clips_line
from earwitness.cli.failures import error_json
from earwitness.cli.failures import show as show_error
from earwitness.cli.options import Common
from earwitness.cli.progress import duration, progress
from earwitness.core.doubt import without_doubted
from earwitness.core.errors import DEGRADED_EXIT, EarwitnessError, UsageError
from earwitness.core.span import timestamp

if TYPE_CHECKING:
    from earwitness.app.people.recognition import Assigned
    from earwitness.app.running.process import Processed
    from earwitness.app.wishing import Wishes
    from earwitness.core.run import Run

FLAG = Parameter(negative="")
_LONGEST_MS = 48 * 3_600_000


def process(  # noqa: PLR0913 - one option per thing a user may say
    files: Annotated[list[Path], Parameter(name="FILE", negative="")],
    /,
    *,
    together: Annotated[bool, FLAG] = False,
    tracks: Annotated[bool, FLAG] = False,
    offset: Annotated[list[str] | None, Parameter(negative="", consume_multiple=False)] = None,
    title: str = "",
    playbook: str | None = None,
    language: str | None = None,
    speakers: int | None = None,
    transcriber: str | None = None,
    diarizer: str | None = None,
    model: str | None = None,
    device: str | None = None,
    vocabulary: Annotated[list[str] | None, Parameter(negative="")] = None,
    engine_option: Annotated[list[str] | None, Parameter(negative="")] = None,
    enhance: str | None = None,
    workers: int | None = None,
    formats: str | None = None,
    output: Path | None = None,
    from_stage: Annotated[str | None, Parameter(name="--from")] = None,
    fresh: Annotated[bool, FLAG] = False,
    offline: Annotated[bool, FLAG] = False,
    strict: Annotated[bool, FLAG] = False,
    series: str | None = None,
    show_doubted: Annotated[bool, FLAG] = False,
    clips: str | None = None,
    clip_format: str | None = None,
    clip_padding: int | None = None,
    queue: Annotated[bool, FLAG] = False,
    priority: int = 0,
    estimate_only: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Turn recordings into records: who said what, and when.

    Writes OUTPUT/<session>/transcript.<format>. The same command again continues what was
    stopped, and uses what is finished.

    Args:
        files: Audio or video files, each one session; or a folder, zip or Audacity project with
            one file per speaker.
        together: The files are one session, in the order given.
        tracks: The files, or those in the folder or zip, are one session: one speaker each, side by
            side. What Craig, Zoom and Audacity write is known without it.
        offset: NAME=MS: that speaker's (or file's) track begins so many milliseconds into the
            session; may be said several times [default: the sound tells].
        title: What to call the session [default: the file's name].
        playbook: Whose defaults hold: meeting, tabletop, therapy or screen.
        language: A code such as en or nl, or auto.
        speakers: Exactly so many voices [default: estimated].
        transcriber: Engine that turns speech into words, maybe with its model (openai:whisper-1),
            or auto.
        diarizer: Engine that tells voices apart, or auto.
        model: Name or folder of the transcriber's model.
        device: cpu or cuda [default: the best there is].
        vocabulary: Names and terms that may be said, with commas between them; may be given
            again. Those of the series are added.
        engine_option: An option of one engine, such as beam_size=2; may be given again.
            `earwitness models options` lists them.
        enhance: normalise or denoise the sound that the transcriber hears [default: none].
        workers: Pieces worked on at the same time [default: one per core].
        formats: Comma-separated: json, txt, md, csv, srt, vtt, ass, stm, rttm.
        output: The session's folder is made in it.
        from_stage: Do this stage, and what depends on it, again.
        fresh: Do everything again.
        offline: Never fetch a model.
        strict: Exit with 3 when something is degraded.
        series: The campaign, client or show it belongs to: its defaults hold, and voices that are
            enrolled in it are recognised.
        show_doubted: Write words that are doubted, too; they are hidden otherwise.
        clips: all cuts every line into a file of its own while the run works; moments what is
            worth finding again, at its end; none [default].
        clip_format: wav, m4a or opus [default: m4a].
        clip_padding: Milliseconds of sound around each clip [default: 150; moments: 1000].
        queue: Leave the work to `earwitness worker`, and say which runs wait for it.
        priority: Of what is queued: higher ones are taken first.
        estimate_only: Only say how long it will take, what it will cost, and by what that is
            known. It is kept, and compared with what it took (`earwitness report performance`).
    """
    from earwitness.app.api import process as process_one
    from earwitness.app.running.queue_api import enqueue
    from earwitness.app.wishes import read_wishes

    own = dict(read_wishes(engine_option or ()))
    if tracks and together:
        raise UsageError("files lie one after another or side by side", hint="say one of them")
    offsets = _offsets(offset or [])
    groups = [files] if together or tracks else [[file] for file in files]
    wishes: Wishes = {
        "title": title,
        "playbook": playbook,
        "language": language,
        "speakers": speakers,
        "transcriber": transcriber,
        "diarizer": diarizer,
        "model": model,
        "device": device,
        "vocabulary": vocabulary,
        "engine_options": own or None,
        "enhance": enhance,
        "workers": workers,
        "formats": formats,
        "output": output,
        "home": common.home,
        "from_stage": from_stage,
        "fresh": fresh,
        "offline": offline or None,
        "series": series,
        "show_doubted": show_doubted,
        "tracks": tracks,
        "offsets": offsets,
        "clips": clips,
        "clip_format": clip_format,
        "clip_padding": clip_padding,
    }
    if estimate_only:
        from earwitness.cli.estimate import estimate_each

        return estimate_each(groups, wishes, common)
    if queue:
        return submit(groups, lambda group: enqueue(group, priority=priority, **wishes), common)

    def work(group: list[Path]) -> Processed:
        with progress(quiet=common.json) as listener:
            return process_one(group, listener=listener, told=note, **wishes)

    return each(groups, work, common=common, strict=strict)


def each(
    groups: list[list[Path]],
    work: Callable[[list[Path]], Processed],
    *,
    common: Common,
    strict: bool,
) -> int:
    """Do every group's work and tell of it; one that fails among several leaves the others.

    Returns:
        The first exit code that is not 0.
    """
    codes = []
    for group in groups:
        try:
            done = work(group)
        except EarwitnessError as error:
            if len(groups) == 1:
                raise
            codes.append(_failed(group[0], error, common))
            continue
        (tell_json if common.json else tell)(done)
        codes.append(DEGRADED_EXIT if strict and done.outcome.kind == "degraded" else 0)
    return next((code for code in codes if code), 0)


def submit(groups: list[list[Path]], enqueue: Callable[[list[Path]], Run], common: Common) -> int:
    """Queue every group; one that cannot be queued among several leaves the others.

    Returns:
        The first exit code that is not 0.
    """
    codes = []
    for group in groups:
        try:
            run = enqueue(group)
        except EarwitnessError as error:
            if len(groups) == 1:
                raise
            codes.append(_failed(group[0], error, common))
            continue
        finished = run.outcome is not None and run.outcome.kind in ("done", "degraded")
        if common.json:
            say_json({"session": run.session, "run": run.id, "queued": not finished})
        else:
            say(f"{run.session}  run {run.id}  {'finished already' if finished else 'queued'}")
    return next((code for code in codes if code), 0)


def _offsets(said: list[str]) -> dict[str, int]:
    """Offsets in milliseconds by name, from `NAME=MS`."""
    found = {}
    for each in said:
        name, _, number = each.rpartition("=")
        try:
            found[name] = int(number)
        except ValueError:
            name = ""
        if not name or abs(found[name]) > _LONGEST_MS:
            raise UsageError(
                "an offset is a name and milliseconds", hint="such as --offset ann=700"
            )
    return found


def demo(*, output: Path | None = None, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Transcribe the shipped example with the embedded engines and print it.

    Args:
        output: The session's folder is made in it.
    """
    from earwitness.app.demo import demo as run_demo

    with progress(quiet=common.json) as listener:
        done = run_demo(home=common.home, output=output, listener=listener)
    if common.json:
        tell_json(done)
        return 0
    for utterance in without_doubted(done.record.transcript).utterances:
        start = timestamp(utterance.span.start_ms)
        say(f"[{start}] {utterance.speaker or 'Unknown'}: {utterance.text}")
    say()
    tell(done)
    return 0


def export(
    session: str,
    /,
    *,
    formats: str | None = None,
    output: Path | None = None,
    names: Annotated[bool, FLAG] = False,
    show_doubted: Annotated[bool, FLAG] = False,
    only: Literal["ic", "ooc"] | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write a session's record again, in any format.

    Args:
        session: Its id, or the beginning of it.
        formats: Comma-separated: json, txt, md, csv, srt, vtt, ass, stm, rttm.
        output: The session's folder is made in it.
        names: Show who speaks in subtitles too.
        show_doubted: Write words that are doubted, too; they are hidden otherwise.
        only: ic writes what is said or told in the story, ooc all other lines, also those that
            nobody has judged; every line is in exactly one of the two.
    """
    from earwitness.app.api import export as export_one
    from earwitness.core.ports import ExportOptions

    written = export_one(
        session,
        formats=formats,
        output=output,
        home=common.home,
        options=ExportOptions(names=names, doubted=show_doubted, only=only),
    )
    if common.json:
        say_json({"files": [str(file) for file in written.files], "broken_rules": written.broken})
    else:
        for file in written.files:
            say(str(file))
        _tell_broken(written.broken)
    return 0


def _failed(file: Path, error: EarwitnessError, common: Common) -> int:
    """One file of several: the others go on."""
    if common.json:
        say_json({"source": str(file), "error": error_json(error)})
    else:
        show_error(error)
    return error.exit_code


def tell(done: Processed) -> None:
    """What a person wants to know at the end."""
    record = done.record
    screen = console()
    mark, colour = MARKS[done.outcome.kind]
    voices = {turn.voice for turn in record.turns}
    seen = without_doubted(record.transcript)
    words = sum(len(utterance.words) for utterance in seen.utterances)
    length_ms = done.session.length_ms
    found = f"{_count(words, 'word')}, {_count(len(voices), 'voice')}"
    if length_ms:
        found = f"{duration(length_ms / 1000)} of sound, {found}"
    how = " (nothing had to be done again)" if done.reused else ""
    screen.print(f"[{colour}]{mark}[/] [bold]{done.session.id}[/]  {found}{how}")
    for stage, engine in record.engines:
        screen.print(f"  [dim]{stage:<11}[/] {engine}", markup=True)
    _tell_layout(done)
    screen.print(f"  [dim]{'files':<11}[/] ", end="")
    screen.print(str(done.written.folder), markup=False)
    if done.clips is not None:
        screen.print(f"  [dim]{'clips':<11}[/] {clips_line(done.clips)}")
    if done.assigned is not None:
        _tell_assigned(done.session.id, done.assigned)
    _tell_broken(done.written.broken)
    for warning in (*record.warnings, *done.notices):
        warn(warning)


def _tell_layout(done: Processed) -> None:
    """What was recognised, and what was left out."""
    layout = done.layout
    if layout is None:
        return
    screen = console()
    mix = " and their mix" if layout.speakers < len(layout.strands) else ""
    screen.print(f"  [dim]{'tracks':<11}[/] ", end="")
    screen.print(f"{layout.kind}: {_count(layout.speakers, 'track')}{mix}", markup=False)
    if layout.left_out:
        warn("not a track, left out: " + ", ".join(layout.left_out))


def _tell_assigned(session: str, assigned: Assigned) -> None:
    """Who was recognised, always with the score, and whom to ask about."""
    screen = console()
    for voice, person, score in assigned.named:
        screen.print(f"  [dim]{'voices':<11}[/] {voice} is ", end="")
        screen.print(person, markup=False, end="")
        screen.print(f" [dim](recognised {score:.2f})[/]")
    if assigned.questions:
        asked = ", ".join(each.voice for each in assigned.questions)
        screen.print(f"  [dim]{'voices':<11}[/] [yellow]{asked}[/] may be of the cast: ", end="")
        screen.print(f"earwitness speakers list {session}", markup=False)


def _tell_broken(broken: dict[str, int]) -> None:
    """Subtitles that fast speech made impossible to lay out by the rules: counted, not hidden."""
    if broken:
        rules = ", ".join(f"{rule} {count}" for rule, count in broken.items())
        say(f"  subtitles   rules that fast speech broke, with the number of cues: {rules}")


def tell_json(done: Processed) -> None:
    """The same for programs."""
    say_json(
        {
            "session": done.session.id,
            "outcome": outcome_json(done.outcome),
            "reused": done.reused,
            "stages": {name: outcome_json(outcome) for name, outcome in done.stages.items()},
            "engines": dict(done.record.engines),
            "output": str(done.written.folder),
            "files": [str(file) for file in done.written.files],
            "broken_rules": done.written.broken,
            "clips": clips_json(done.written.folder, done.clips) if done.clips else None,
            "recognised": [
                {"voice": voice, "person": person, "score": round(score, 3)}
                for voice, person, score in (done.assigned.named if done.assigned else ())
            ],
            "layout": _layout_json(done),
            "warnings": list(done.record.warnings),
            "notices": list(done.notices),
        }
    )


def _layout_json(done: Processed) -> dict[str, object] | None:
    if done.layout is None:
        return None
    return {
        "kind": done.layout.kind,
        "tracks": [
            {"file": recording.name, "person": track.person, "mix": track.is_mix}
            for recording, track in zip(done.session.recordings, done.session.tracks, strict=True)
        ],
        "left_out": list(done.layout.left_out),
    }


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
