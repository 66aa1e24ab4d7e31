"""The public verbs of doing again: what Python users call, and what every face calls too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from earwitness.app.library import open_library
from earwitness.app.running import versions
from earwitness.app.running.again import Again
from earwitness.app.running.execute import Told, nobody
from earwitness.app.running.rerun import Redone
from earwitness.app.running.rerun import rerun as rerun_in
from earwitness.app.running.versions import Version
from earwitness.app.settings import read_settings
from earwitness.app.wishing import AnyPath
from earwitness.core.compare import Comparison
from earwitness.core.run import Run
from earwitness.core.span import Span
from earwitness.runs.listener import Listener
from earwitness.store.library import Library


def rerun(  # noqa: PLR0913 - one keyword per thing a user may say
    session: str,
    *,
    stage: str | None = None,
    span: Span | None = None,
    chunks: Sequence[int] = (),
    options: Mapping[str, str] | None = None,
    formats: str | None = None,
    output: AnyPath | None = None,
    home: AnyPath | None = None,
    workers: int | None = None,
    offline: bool | None = None,
    clips: str | None = None,
    clip_format: str | None = None,
    clip_padding: int | None = None,
    listener: Listener = lambda _stage, _share: None,
    told: Told = nobody,
) -> Redone:
    """Do one part of a session again; everything else stays, byte for byte.

    Args:
        session: Its id, or the beginning of it.
        stage: Do this stage afresh; what depends on it follows where it gives something else.
        span: Transcribe only chunks in which anything was said in this time.
        chunks: Transcribe only these chunks, by their places.
        options: Do it with these instead: `transcriber`, `model`, `language`, `speakers`,
            `diarizer`, `device`, `vocabulary` (names with commas between them, or `auto` for those
            of the series now), `enhance`, or an option of an engine.
        formats: Comma-separated suffixes.
        output: The session's folder is made in it.
        home: The library's folder.
        workers: Pieces worked on at the same time.
        offline: Never fetch a model.
        clips: `all` cuts every line into a file of its own; `moments`; `none`.
        clip_format: `wav`, `m4a` or `opus`.
        clip_padding: Milliseconds of sound around each clip.
        listener: Told `(stage, share)` as work goes on, from any thread.
        told: Told, in words, when another process works on it and its result is waited for.

    Raises:
        NotFound: No such session, or it has no transcript yet.
        UsageError: What is wanted makes no sense.
        SourceNotFound: The sound is needed, and its file is gone.

    Example:
        >>> import earwitness
        >>> earwitness.rerun("2026-11-20", options={"speakers": "5"})  # doctest: +SKIP
    """
    settings = read_settings(
        home=home,
        output=output,
        formats=formats,
        workers=workers,
        offline=offline,
        clips=clips,
        clip_format=clip_format,
        clip_padding=clip_padding,
    )
    again = Again(stage, span, tuple(chunks), tuple((options or {}).items()))
    with open_library(settings) as library:
        return rerun_in(library, library.resolve(session), again, settings, listener, told=told)


def history(session: str, *, home: AnyPath | None = None) -> tuple[Version, ...]:
    """All runs of a session, the newest first: what each did, and which one is shown.

    Raises:
        NotFound: No such session.
    """
    with _session(session, home) as (library, found):
        return versions.history(library, found)


def diff(
    session: str, before: str, after: str, *, machine: bool = False, home: AnyPath | None = None
) -> Comparison:
    """How the results of two runs differ: words by time, voices, labels.

    Args:
        session: Its id, or the beginning of it.
        before: A run's id, or the beginning of it.
        after: The other run's.
        machine: Compare what the engines made; else what people read, corrections included.
        home: The library's folder.

    Raises:
        NotFound: No such session or run, or it has no transcript.
    """
    with _session(session, home) as (library, found):
        return versions.diff(library, found, before, after, machine=machine)


def put_back(session: str, run: str, *, home: AnyPath | None = None) -> Run:
    """Show the result of another run again; corrections are folded onto it.

    Args:
        session: Its id, or the beginning of it.
        run: The run's id, or the beginning of it.
        home: The library's folder.

    Raises:
        NotFound: No such session or run, or it has no transcript.
    """
    with _session(session, home) as (library, found):
        return versions.put_back(library, found, run)


@contextmanager
def _session(name: str, home: AnyPath | None) -> Iterator[tuple[Library, str]]:
    with open_library(read_settings(home=home)) as library:
        yield library, library.resolve(name)
