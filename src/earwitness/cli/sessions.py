"""`sessions list|show|delete`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import MARKS, console, fact, outcome_json, say, say_json, table
from earwitness.cli.clips import clips_json, clips_line
from earwitness.cli.options import Common
from earwitness.cli.progress import duration
from earwitness.cli.rerun import describe, target_json
from earwitness.cli.tracks import show_tracks, tracks_json
from earwitness.core.doubt import told
from earwitness.core.errors import UsageError

if TYPE_CHECKING:
    from earwitness.app.sessions import Shown
    from earwitness.core.run import Outcome, Run, Step
    from earwitness.core.session import Session


def list_(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """List all sessions, newest first."""
    from earwitness.app.api import sessions

    rows = sessions(home=common.home)
    if common.json:
        found = [{**_session_json(r.session), "outcome": outcome_json(r.outcome)} for r in rows]
        say_json({"sessions": found})
    elif not rows:
        say("no sessions yet: earwitness process FILE")
    else:
        table(
            ("session", "title", "playbook", "length", "outcome"),
            [
                (
                    row.session.id,
                    row.session.title,
                    row.session.playbook,
                    _length(row.session),
                    _outcome(row.outcome),
                )
                for row in rows
            ],
            right=(3,),
        )
    return 0


def show(session: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show one session: its recordings, runs and the ledger of their steps.

    Args:
        session: Its id, or the beginning of it.
    """
    from earwitness.app.api import show_session

    shown = show_session(session, home=common.home)
    if common.json:
        runs = [_run_json(run, steps) for run, steps in shown.runs]
        tracks = tracks_json(shown.session, shown.places)
        clips = [clips_json(*each) for each in shown.clips]
        more = {"tracks": tracks, "doubted": shown.doubted, "clips": clips}
        found = {"labelled": shown.labelled, "moments": shown.moments}
        say_json({**_session_json(shown.session), **more, **found, "runs": runs})
        return 0
    screen = console()
    screen.print(f"[bold]{shown.session.id}[/]  ", end="")
    screen.print(shown.session.title, markup=False)
    fact("playbook", f"{shown.session.playbook}, language {shown.session.language or 'auto'}")
    for recording in shown.session.recordings:
        fact("recording", f"{recording.name}  {duration((recording.duration_ms or 0) / 1000)}")
    for document in shown.session.documents:
        fact("document", f"{document.name}  imported as {document.format}")
    if shown.doubted:
        fact("doubted", f"{told(shown.doubted)} (earwitness sessions lines {shown.session.id})")
    if known := _found(shown):
        fact("found", known)
        fact("", f"earwitness understand {shown.session.id} tells more", dim=True)
    for folder, manifest in shown.clips:
        fact("clips", f"{clips_line(manifest)}: {folder / 'clips'}")
    if shown.session.tracks:
        show_tracks(shown.session, shown.places)
    for run, steps in shown.runs:
        say()
        mark, colour = MARKS[run.outcome.kind] if run.outcome else ("…", "yellow")
        screen.print(
            f"[{colour}]{mark}[/] run {run.id}  {run.started_at:%Y-%m-%d %H:%M} UTC", end=""
        )
        how = describe(run.target) if run.target else ""
        again = " again" if run.parent else ""
        screen.print(f"  {how}{again}" if how else "", markup=False)
        if run.outcome and run.outcome.why:
            say(f"  {run.outcome.why}")
        table(
            ("  stage", "pieces", "from memory", "wall", "CPU", "peak memory", "outcome"),
            [_stage_row(stage, steps) for stage in dict.fromkeys(step.stage for step in steps)],
            right=(1, 2, 3, 4, 5),
        )
        for line in _remarks(run, steps):
            say(f"  {line}")
    return 0


def delete(
    session: str,
    /,
    *,
    yes: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Delete a session for good: its results, decoded sound, clips and history.

    The recording itself, and other files in output folders, are yours and are not touched.

    Args:
        session: Its id, or the beginning of it.
        yes: Do not ask.
    """
    from earwitness.app.api import delete_session, show_session

    found = show_session(session, home=common.home).session
    if not yes and not _confirmed(found.id, asked_by_program=common.json):
        say("kept")
        return 0
    receipt = delete_session(found.id, home=common.home)
    if common.json:
        say_json(
            {
                "deleted": found.id,
                "freed_bytes": receipt.bytes_freed,
                "enrolled_prints": receipt.prints,
                "remains": receipt.remains,
            }
        )
    else:
        say(f"deleted {found.id} (freed {receipt.bytes_freed / 1e6:.1f} MB)")
        if receipt.prints:
            say(f"  with the {receipt.prints} voice prints that were enrolled from it")
        if receipt.remains:
            say(f"  traces of its rows may stay for a while in {receipt.remains}")
    return 0


def _confirmed(session: str, *, asked_by_program: bool) -> bool:
    if asked_by_program or not sys.stdin.isatty():
        raise UsageError("deleting needs a yes", hint="add --yes")
    return input(f"Delete {session} for good? [y/N]: ").strip().lower() in ("y", "yes")


def _session_json(session: Session) -> dict[str, object]:
    return {
        "session": session.id,
        "title": session.title,
        "playbook": session.playbook,
        "language": session.language,
        "held_at": session.held_at.isoformat() if session.held_at else None,
        "recordings": [
            {"name": r.name, "sha256": r.id, "duration_ms": r.duration_ms}
            for r in session.recordings
        ],
        "documents": [
            {"name": d.name, "sha256": d.id, "format": d.format, "part": d.part}
            for d in session.documents
        ],
    }


def _run_json(run: Run, steps: tuple[Step, ...]) -> dict[str, object]:
    return {
        "run": run.id,
        "parent": run.parent,
        "target": target_json(run.target),
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "outcome": outcome_json(run.outcome),
        "steps": [
            {
                "stage": step.stage,
                "chunk": step.chunk,
                "hit": step.hit,
                "outcome": outcome_json(step.outcome),
                "started_at": step.started_at.isoformat(),
                "wall_ms": step.wall_ms,
                "cpu_ms": step.cpu_ms,
                "peak_bytes": step.peak_bytes,
                "mean_bytes": step.mean_bytes,
                "gpu_percent": step.gpu_percent,
                "read_bytes": step.read_bytes,
                "written_bytes": step.written_bytes,
                "sent_bytes": step.sent_bytes,
                "received_bytes": step.received_bytes,
                "attempts": step.attempts,
                "digest": step.digest,
            }
            for step in steps
        ],
    }


def _stage_row(stage: str, steps: tuple[Step, ...]) -> tuple[str, ...]:
    mine = [step for step in steps if step.stage == stage]
    whole = next((step for step in reversed(mine) if step.chunk is None), None)
    pieces = [step for step in mine if step.chunk is not None] or mine
    peaks = [step.peak_bytes for step in mine if step.peak_bytes is not None]
    cpu = whole.cpu_ms if whole else None
    return (
        f"  {stage}",
        str(len(pieces)),
        str(sum(step.hit for step in pieces)),
        _short(whole.wall_ms) if whole else "",
        _short(cpu) if cpu is not None else "",
        f"{max(peaks) / 1e6:.0f} MB" if peaks else "",
        _outcome(whole.outcome if whole else None),
    )


def _remarks(run: Run, steps: tuple[Step, ...]) -> list[str]:
    """What was not straight in stages as a whole, each time that one was done; told once."""
    wholes = (step for step in steps if step.chunk is None and not step.hit)
    known = {"", run.outcome.why if run.outcome else ""}
    lines = [
        f"{each.stage}: {each.outcome.why}" for each in wholes if each.outcome.why not in known
    ]
    return list(dict.fromkeys(lines))


def _short(ms: int) -> str:
    """How long something took; tenths where it was quick."""
    return f"{ms / 1000:.1f}s" if ms < 9_950 else duration(ms / 1000)


def _found(shown: Shown) -> str:
    """What is known of its lines, and how many moments there are; empty where nobody looked."""
    schemes = [f"{scheme} of {_count(n, 'line')}" for scheme, n in shown.labelled.items()]
    moments = [] if shown.moments is None else [_count(shown.moments, "moment")]
    return ", ".join([*schemes, *moments])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _length(session: Session) -> str:
    return "" if session.length_ms is None else duration(session.length_ms / 1000)


def _outcome(outcome: Outcome | None) -> str:
    return outcome.kind if outcome else "unfinished"
