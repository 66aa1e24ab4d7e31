"""`sessions clips` and `sessions follow`: sound of single lines, and how far a run is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from earwitness.cli.answer import MARKS, console, say, say_json
from earwitness.cli.options import Common
from earwitness.cli.progress import progress

if TYPE_CHECKING:
    from earwitness.app.clips_api import HowFar
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

    last: HowFar | None = None
    for last in follow_one(session, home=common.home):
        if common.json:
            say_json(
                {"run": last.run, "percent": last.percent, "stage": last.stage, "state": last.state}
            )
        elif last.state == "running":
            say(f"{last.percent:>3} %  {last.stage or ''}".rstrip())
    if last is not None and not common.json:
        _tell_end(session, last)
    return 0


def _tell_end(session: str, last: HowFar) -> None:
    """How it ended, and where more is told."""
    if last.state == "running":
        return
    if last.state == "silent":
        say("! silent: nothing was heard of it for a while, its process may be gone")
        say("  the same process command continues it, where no worker does")
        return
    mark, colour = MARKS[last.state]
    console().print(f"[{colour}]{mark}[/] {last.state}", end="")
    say(f": earwitness sessions show {session} tells more")


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
