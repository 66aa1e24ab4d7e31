"""`sessions clips` and `sessions follow`: sound of single lines, and how far a run is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from earwitness.cli.answer import console, say, say_json
from earwitness.cli.options import Common
from earwitness.cli.progress import progress

if TYPE_CHECKING:
    from earwitness.core.clip import Manifest


def clips(
    session: str,
    /,
    *,
    of: str | None = None,
    clip_format: str | None = None,
    clip_padding: int | None = None,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Cut every line, or every moment, of a finished session into a file of its own.

    Writes OUTPUT/<session>/clips and a manifest.json that says who speaks and when, as people read
    it now. What is there already is not cut again; what is no line or moment any more goes.

    Args:
        session: Its id, or the beginning of it.
        of: lines or moments [default: lines, unless the setting clips is moments].
        clip_format: wav, m4a or opus.
        clip_padding: Milliseconds of sound around each clip [default: 150; moments: 1000].
        output: The session's folder is made in it.
    """
    from earwitness.app.clips_api import cut_clips

    with progress(quiet=common.json) as listener:
        folder, manifest = cut_clips(
            session,
            of=of,
            clip_format=clip_format,
            clip_padding=clip_padding,
            output=output,
            home=common.home,
            listener=listener,
        )
    if common.json:
        say_json(clips_json(folder, manifest))
        return 0
    say(clips_line(manifest))
    console().print(str(folder / "clips"), markup=False)
    return 0


def follow(session: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show how far a session's run is that another process works on, until it ends.

    Args:
        session: Its id, or the beginning of it.
    """
    from earwitness.app.clips_api import follow as follow_one

    for step in follow_one(session, home=common.home):
        if common.json:
            say_json(
                {"run": step.run, "percent": step.percent, "stage": step.stage, "state": step.state}
            )
        elif step.state == "running":
            say(f"{step.percent:>3} %  {step.stage or ''}".rstrip())
        else:
            say(step.state)
    return 0


def clips_line(manifest: Manifest) -> str:
    """How many clips there are, for people."""
    failed = f", {manifest.failed} failed" if manifest.failed else ""
    ended = "" if manifest.status == "complete" else f" ({manifest.status.replace('_', ' ')})"
    of = " of moments" if manifest.wish.of == "moments" else ""
    return f"{manifest.ready} clips{of} ready{failed}{ended}"


def clips_json(folder: Path, manifest: Manifest) -> dict[str, object]:
    """The same for programs."""
    return {
        "session": manifest.session,
        "folder": str(folder / "clips"),
        "status": manifest.status,
        "ready": manifest.ready,
        "failed": manifest.failed,
        "format": manifest.wish.format,
        "of": manifest.wish.of,
    }
