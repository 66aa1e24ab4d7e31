"""The public verbs: what Python users call, and what every face calls too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from earwitness.app.library import open_library
from earwitness.app.records import Written, read_record, write_session
from earwitness.app.request import read_formats
from earwitness.app.running.execute import Told, nobody
from earwitness.app.running.orders import means_of
from earwitness.app.running.process import Processed
from earwitness.app.running.process import process as process_request
from earwitness.app.sessions import Shown
from earwitness.app.sessions import delete_session as delete_in
from earwitness.app.sessions import show_session as show_in
from earwitness.app.settings import read_settings
from earwitness.app.wishing import AnyPath, read_wishes
from earwitness.core.ports import ExportOptions
from earwitness.core.transcript import Record
from earwitness.runs.listener import Listener
from earwitness.store.library import Receipt, SessionRow


def process(  # noqa: PLR0913 - one keyword per thing a user may say
    source: AnyPath | Sequence[AnyPath],
    *,
    title: str = "",
    playbook: str | None = None,
    language: str | None = None,
    speakers: int | None = None,
    transcriber: str | None = None,
    diarizer: str | None = None,
    model: str | None = None,
    device: str | None = None,
    vocabulary: str | Sequence[str] | None = None,
    engine_options: Mapping[str, str] | None = None,
    enhance: str | None = None,
    workers: int | None = None,
    formats: str | None = None,
    output: AnyPath | None = None,
    home: AnyPath | None = None,
    from_stage: str | None = None,
    fresh: bool = False,
    offline: bool | None = None,
    series: str | None = None,
    show_doubted: bool = False,
    tracks: bool = False,
    offsets: Mapping[str, int] | None = None,
    clips: str | None = None,
    clip_format: str | None = None,
    clip_padding: int | None = None,
    new_session: bool = False,
    listener: Listener = lambda _stage, _share: None,
    told: Told = nobody,
) -> Processed:
    """Turn one recording, or several of one sitting, into a record.

    Whatever is None comes from the settings.

    Args:
        source: A file, or files of one sitting in order of time; a folder, zip or Audacity project
            with one file per speaker.
        title: What to call the session.
        playbook: `meeting`, `tabletop`, `therapy` or `screen`.
        language: A code such as `en` or `nl`, or `auto`.
        speakers: Exactly so many voices; None: estimated.
        transcriber: Engine name, `engine:model`, or `auto`.
        diarizer: Engine name or `auto`.
        model: Name or folder of the transcriber's model.
        device: `cpu` or `cuda`.
        vocabulary: Names and terms that may be said, as they are to be written; those of the
            series are added.
        engine_options: Options of single engines, by name; `earwitness models options` lists
            them.
        enhance: `none`, `normalise` or `denoise`: what the transcriber's sound goes through.
        workers: Pieces worked on at the same time.
        formats: Comma-separated suffixes.
        output: The session's folder is made in it.
        home: The library's folder.
        from_stage: Do this stage and what depends on it again.
        fresh: Do everything again.
        offline: Never fetch a model.
        series: A campaign, client or show: the session joins it, its defaults hold where nothing
            else is said, and voices enrolled in it are recognised.
        show_doubted: Files hold words that are doubted, too; json always does.
        tracks: The source holds a track per speaker, side by side, also where it looks otherwise.
        offsets: Session time in milliseconds at which a track begins, by the speaker's or file's
            name; for others the sound tells.
        clips: `all` cuts every line into a file of its own while the run works; `moments` what is
            worth finding again, at its end; `none`.
        clip_format: `wav`, `m4a` or `opus`.
        clip_padding: Milliseconds of sound around each clip.
        new_session: Begin a session even if there is one of these recordings.
        listener: Told `(stage, share)` as work goes on, from any thread.
        told: Told, in words, when another process works on it and its result is waited for.

    Returns:
        The session, how it went, the files and the record.

    Raises:
        SourceNotFound: A file is missing (also a `FileNotFoundError`).
        UnsupportedSource: A file holds no audio that can be read (also a `ValueError`).
        EarwitnessError: Anything else; see `earwitness.core.errors`.

    Example:
        >>> import earwitness
        >>> done = earwitness.process("night.m4a", language="en")  # doctest: +SKIP
        >>> print(done.record.transcript.utterances[0].text)  # doctest: +SKIP
    """
    settings, request, shared = read_wishes(
        source,
        title=title,
        playbook=playbook,
        language=language,
        speakers=speakers,
        transcriber=transcriber,
        diarizer=diarizer,
        model=model,
        device=device,
        vocabulary=vocabulary,
        engine_options=engine_options,
        enhance=enhance,
        workers=workers,
        formats=formats,
        output=output,
        home=home,
        from_stage=from_stage,
        fresh=fresh,
        offline=offline,
        series=series,
        show_doubted=show_doubted,
        tracks=tracks,
        offsets=offsets,
        clips=clips,
        clip_format=clip_format,
        clip_padding=clip_padding,
    )
    with open_library(settings) as library:
        return process_request(
            library,
            request,
            listener,
            series=shared,
            new_session=new_session,
            told=told,
            means=means_of(settings),
        )


def record(session: str, *, home: AnyPath | None = None) -> Record:
    """A session as people see it now.

    Raises:
        NotFound: No such session, or it has no transcript yet.
    """
    with open_library(read_settings(home=home)) as library:
        return read_record(library, library.resolve(session))


def export(
    session: str,
    *,
    formats: str | None = None,
    output: AnyPath | None = None,
    home: AnyPath | None = None,
    options: ExportOptions | None = None,
) -> Written:
    """Write a session's record again, in any format.

    Returns:
        The files, and the reading rules that subtitles had to break.

    Raises:
        NotFound: No such session, or it has no transcript yet.
        UsageError: There is no such format.
    """
    settings = read_settings(home=home, output=output, formats=formats)
    suffixes = read_formats(settings.formats)
    with open_library(settings) as library:
        found = read_record(library, library.resolve(session))
        return write_session(library, found, suffixes, settings.output, options)


def sessions(*, home: AnyPath | None = None) -> tuple[SessionRow, ...]:
    """All sessions in the library, newest first."""
    with open_library(read_settings(home=home)) as library:
        return library.sessions()


def show_session(session: str, *, home: AnyPath | None = None) -> Shown:
    """One session with its runs and their steps.

    Raises:
        NotFound: No such session.
    """
    with open_library(read_settings(home=home)) as library:
        return show_in(library, session)


def delete_session(session: str, *, home: AnyPath | None = None) -> Receipt:
    """Delete a session for good; recordings and files in output folders are not touched.

    Raises:
        NotFound: No such session.
    """
    with open_library(read_settings(home=home)) as library:
        return delete_in(library, session)
