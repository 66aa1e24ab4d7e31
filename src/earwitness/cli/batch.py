"""`batch`: many recordings worked through, and a report of what became of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, say, say_json
from earwitness.cli.options import Common
from earwitness.cli.process import FLAG
from earwitness.core.span import lasting

if TYPE_CHECKING:
    from earwitness.core.batch import BatchItem, BatchReport

MOST_TOLD = 10
"""So many failures are told in full at the end; the report tells all."""

LIST = Parameter(negative="", consume_multiple=True)


def batch(  # noqa: PLR0913 - one option per thing a user may say
    *,
    input_dir: Annotated[list[Path] | None, LIST] = None,
    files: Annotated[list[Path] | None, LIST] = None,
    output_dir: Annotated[Path | None, Parameter(name=("--output-dir", "--output"))] = None,
    recursive: Annotated[bool, FLAG] = False,
    resume: Annotated[bool, FLAG] = False,
    parallel: int = 1,
    watch: Annotated[bool, FLAG] = False,
    settle: float = 5.0,
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
    fresh: Annotated[bool, FLAG] = False,
    offline: Annotated[bool, FLAG] = False,
    strict: Annotated[bool, FLAG] = False,
    series: str | None = None,
    show_doubted: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Turn many recordings into records, each a session of its own, and report on all of them.

    One that fails leaves the others. The report, OUTPUT/batch-<time>.md, is true after every
    recording. Exits with 0 when all are done, skipped or duplicates; with 4 when there is no
    recording; with the code of the first failure when some failed; with 130 when it was stopped.

    Args:
        input_dir: Folders; the recordings in them are taken. A folder or zip from Craig or Zoom,
            or with an Audacity project, is one session.
        files: Recordings, or folders and zips with one file per speaker.
        output_dir: The sessions' folders and the report are made in it [default: output].
        recursive: Look into folders in folders, too.
        resume: Leave what was finished earlier and go on with what was begun [default: make a
            new session of every recording].
        parallel: So many recordings at once, as far as memory allows [default: 1].
        watch: Wait for more to come into the folders, until Ctrl-C.
        settle: While watching, begin a recording when it has not changed for so many seconds
            [default: 5].
        playbook: Whose defaults hold: meeting, tabletop, therapy or screen.
        language: A code such as en or nl, or auto.
        speakers: Exactly so many voices in each [default: estimated].
        transcriber: Engine that turns speech into words, maybe with its model (openai:whisper-1),
            or auto.
        diarizer: Engine that tells voices apart, or auto.
        model: Name or folder of the transcriber's model.
        device: cpu or cuda [default: the best there is].
        vocabulary: Names and terms that may be said, with commas between them; may be given
            again. Those of the series are added.
        engine_option: An option of one engine, such as beam_size=2; may be given again.
        enhance: normalise or denoise the sound that the transcriber hears [default: none].
        workers: Pieces of one recording worked on at the same time [default: one per core,
            divided by --parallel].
        formats: Comma-separated: json, txt, md, csv, srt, vtt, ass, stm, rttm.
        fresh: Use nothing that was heard before.
        offline: Never fetch a model.
        strict: Exit with 3 when something is degraded.
        series: The campaign, client or show all belong to.
        show_doubted: Write words that are doubted, too; they are hidden otherwise.
    """
    from earwitness.app.batch.api import process_batch
    from earwitness.app.wishes import read_wishes
    from earwitness.cli.batch_table import onlooker

    own = dict(read_wishes(engine_option or ()))
    with onlooker(quiet=common.json) as shown:
        report = process_batch(
            files or (),
            input_dir=input_dir or (),
            output_dir=output_dir,
            recursive=recursive,
            resume=resume,
            parallel=parallel,
            watch=watch,
            settle_s=settle,
            playbook=playbook,
            language=language,
            speakers=speakers,
            transcriber=transcriber,
            diarizer=diarizer,
            model=model,
            device=device,
            vocabulary=vocabulary,
            engine_options=own or None,
            enhance=enhance,
            workers=workers,
            formats=formats,
            home=common.home,
            fresh=fresh,
            offline=offline or None,
            series=series,
            show_doubted=show_doubted,
            onlooker=shown,
        )
    if common.json:
        say_json(_json(report, strict=strict))
    else:
        _tell(report)
    return report.exit_code(strict=strict)


def _tell(report: BatchReport) -> None:
    """What a person wants to know at the end; the rest is in the report."""
    from earwitness.cli.batch_table import plain, reason

    screen = console()
    for item in report.failed[:MOST_TOLD]:
        hint = item.error.hint if item.error is not None else ""
        say(f"failed: {plain(item.name)}: {plain(reason(item))}" + (f" ({hint})" if hint else ""))
    counts = (
        (len(report.successful), "successful", "green"),
        (len(report.resumed), "of them resumed", "green"),
        (len(report.skipped), "skipped", "dim"),
        (len(report.duplicates), _plural("duplicate", len(report.duplicates)), "dim"),
        (len(report.failed), "failed", "red"),
        (len(report.unfinished), "unfinished", "yellow"),
    )
    told = ", ".join(f"[{colour}]{n} {what}[/]" for n, what, colour in counts if n)
    total = len(report.items)
    screen.print(
        f"[bold]{total}[/] {_plural('recording', total)}"
        + (f" in {lasting(_spent_ms(report) or 0)}" if total else "")
        + (f": {told}" if told else "")
    )
    say(f"report: {report.file}")
    if report.unfinished:
        say("the same command with --resume goes on with the unfinished ones")


def _json(report: BatchReport, *, strict: bool) -> dict[str, object]:
    """The same for programs."""
    completed = report.completed_at
    return {
        "started_at": report.started_at.isoformat(),
        "completed_at": completed.isoformat() if completed else None,
        "total_ms": _spent_ms(report),
        "stopped": report.stopped,
        "report": str(report.file),
        "exit_code": report.exit_code(strict=strict),
        "counts": {
            "total": len(report.items),
            "successful": len(report.successful),
            "degraded": sum(item.state == "degraded" for item in report.items),
            "failed": len(report.failed),
            "resumed": len(report.resumed),
            "skipped": len(report.skipped),
            "duplicates": len(report.duplicates),
            "unfinished": len(report.unfinished),
        },
        "items": [_item_json(item) for item in report.items],
    }


def _item_json(item: BatchItem) -> dict[str, object]:
    error = item.error
    return {
        "source": str(item.source),
        "name": item.name,
        "state": item.state,
        "session": item.session,
        "length_ms": item.length_ms,
        "processing_ms": item.processing_ms,
        "output": str(item.output) if item.output else None,
        "resumed": item.resumed,
        "tries": item.tries,
        "why": item.why,
        "same_as": item.same_as,
        "error": None
        if error is None
        else {"kind": error.kind, "message": error.message, "hint": error.hint},
    }


def _spent_ms(report: BatchReport) -> int | None:
    if report.completed_at is None:
        return None
    return round((report.completed_at - report.started_at).total_seconds() * 1000)


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
