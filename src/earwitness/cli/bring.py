"""`import`: transcripts made elsewhere become sessions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.options import Common
from earwitness.cli.process import FLAG, each
from earwitness.core.errors import UsageError

if TYPE_CHECKING:
    from earwitness.app.running.process import Processed


def import_(  # noqa: PLR0913 - one option per thing a user may say
    files: Annotated[list[Path], Parameter(name="FILE", negative="")],
    /,
    *,
    together: Annotated[bool, FLAG] = False,
    audio: Annotated[list[Path] | None, Parameter(negative="")] = None,
    title: str = "",
    playbook: str | None = None,
    language: str | None = None,
    series: str | None = None,
    format: str | None = None,
    part: str | None = None,
    pace: float | None = None,
    names: Annotated[bool, Parameter(negative="--no-names")] = True,
    encoding: str | None = None,
    formats: str | None = None,
    output: Path | None = None,
    strict: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make sessions of transcripts made elsewhere, with or without their recording.

    They can do all that other sessions can: corrections, speakers, series, exports; with the
    recording, re-runs too. The same file again finds the same session.

    Args:
        files: Transcript files; each is one session.
        together: The files are one session, such as one file per speaker.
        audio: The session's recording; more than one in order of time.
        title: What to call the session [default: as the file says, else its name].
        playbook: Whose defaults hold: meeting, tabletop, therapy or screen.
        language: Of what is said: a code such as en or nl.
        series: The campaign, client or show it belongs to; its defaults hold.
        format: What the file is, when its content does not tell.
        part: Which recording, when the file speaks of several (stm, ctm, rttm).
        pace: Characters per second, for transcripts without times; people talk at about 13.
        names: NAME: at the beginning of a subtitle is its speaker, not text.
        encoding: Of the file, where a guess is wrong, such as cp1250 [default: told by its bytes].
        formats: Comma-separated: json, txt, md, csv, srt, vtt, ass, stm, rttm.
        output: The session's folder is made in it.
        strict: Exit with 3 when something had to be recovered.
    """
    from earwitness.app.sources.import_api import import_transcript

    groups = [files] if together else [[file] for file in files]
    if audio and len(groups) > 1:
        raise UsageError("one recording, and several sessions", hint="add --together")

    def work(group: list[Path]) -> Processed:
        return import_transcript(
            group,
            audio=audio or (),
            title=title,
            playbook=playbook,
            language=language,
            series=series,
            format=format,
            part=part,
            pace=pace,
            names=names,
            encoding=encoding,
            formats=formats,
            output=output,
            home=common.home,
        )

    return each(groups, work, common=common, strict=strict)
