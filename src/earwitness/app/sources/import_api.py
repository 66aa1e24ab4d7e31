"""The public verb of importing: what Python users call, and what every face calls too."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from earwitness.app.library import open_library
from earwitness.app.people.series import defaults_of
from earwitness.app.request import read_formats
from earwitness.app.running.process import Processed
from earwitness.app.settings import read_settings
from earwitness.app.sources import imports
from earwitness.app.wishing import AnyPath
from earwitness.core.imported import ImportOptions
from earwitness.core.language import read_language


def import_transcript(  # noqa: PLR0913 - one keyword per thing a user may say
    source: AnyPath | Sequence[AnyPath],
    *,
    audio: AnyPath | Sequence[AnyPath] = (),
    title: str = "",
    playbook: str | None = None,
    language: str | None = None,
    series: str | None = None,
    format: str | None = None,
    part: str | None = None,
    pace: float | None = None,
    names: bool = True,
    encoding: str | None = None,
    formats: str | None = None,
    output: AnyPath | None = None,
    home: AnyPath | None = None,
) -> Processed:
    """Make a session of a transcript made elsewhere, or of several files of one sitting.

    It can do all that other sessions can: corrections, speakers, series, exports; with its
    recording, re-runs too. The same file again finds the same session, and gives it a recording
    when one is named.

    Args:
        source: A file, or files of one sitting, such as one per speaker.
        audio: Its recording, or recordings in order of time.
        title: What to call the session.
        playbook: `meeting`, `tabletop`, `therapy` or `screen`.
        language: Of what is said: a code such as `en`.
        series: A campaign, client or show: the session joins it, its defaults hold.
        format: Which importer; None: told by what the file holds.
        part: Which recording, when the file speaks of several.
        pace: Characters per second, for files without times.
        names: `NAME:` at the beginning of a subtitle is its speaker, not text.
        encoding: Of the file; None: told by its bytes.
        formats: Comma-separated suffixes of what is written.
        output: The session's folder is made in it.
        home: The library's folder.

    Returns:
        The session, how it went (degraded: something had to be recovered), the files and the
        record.

    Raises:
        SourceNotFound: A file is missing (also a `FileNotFoundError`).
        UnsupportedSource: A file holds no transcript that can be read (also a `ValueError`).
        UsageError: The file has no times, or speaks of several recordings: more must be said.
        EarwitnessError: Anything else; see `earwitness.core.errors`.

    Example:
        >>> import earwitness
        >>> done = earwitness.import_transcript("call.srt", audio="call.m4a")  # doctest: +SKIP
    """
    settings = read_settings(home=home, output=output, formats=formats)
    with open_library(settings) as library:
        shared = library.series(series) if series is not None else None
        said = defaults_of(shared)
        spoken = read_language(language or said.language)
        wanted = imports.Bringing(
            sources=_paths(source),
            audio=_paths(audio),
            title=title,
            playbook=playbook or said.playbook,
            default_playbook=settings.playbook,
            language=spoken,
            format=format,
            options=ImportOptions(part, pace, names, encoding),
            formats=read_formats(settings.formats),
            output=settings.output,
        )
        return imports.import_transcript(library, wanted, series=shared)


def _paths(given: AnyPath | Sequence[AnyPath]) -> tuple[Path, ...]:
    paths = [given] if isinstance(given, str | PathLike) else given
    return tuple(Path(path) for path in paths)
