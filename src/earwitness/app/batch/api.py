"""The public verb on many recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

from earwitness.app.batch.batch import run_batch
from earwitness.app.batch.look import SETTLE_S, Plan
from earwitness.app.library import open_library
from earwitness.app.wishing import AnyPath, read_wishes
from earwitness.core.batch import BatchOnlooker, BatchReport
from earwitness.core.errors import UsageError

MOST_PARALLEL = 64


class _Nobody:
    """Looks on and says nothing."""

    def changed(self, report: BatchReport) -> None:
        """Not shown."""

    def heard(self, name: str, stage: str, share: float) -> None:
        """Not shown."""


def process_batch(  # noqa: PLR0913, D417 - what is said to `process` is told there
    files: Sequence[AnyPath] = (),
    *,
    input_dir: AnyPath | Sequence[AnyPath] = (),
    output_dir: AnyPath | None = None,
    recursive: bool = False,
    resume: bool = False,
    parallel: int = 1,
    watch: bool = False,
    settle_s: float = SETTLE_S,
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
    home: AnyPath | None = None,
    fresh: bool = False,
    offline: bool | None = None,
    series: str | None = None,
    show_doubted: bool = False,
    onlooker: BatchOnlooker | None = None,
) -> BatchReport:
    """Turn many recordings into records, each a session of its own.

    Each is worked on in a child process, so that one that fails, whatever it does, leaves the
    others. The report is written into the output folder and is true after every one of them.
    What is not named here is said as to `process`.

    Args:
        files: Recordings, or folders and archives with one file per speaker.
        input_dir: A folder, or several: the recordings in it are taken. What Craig, Zoom and
            Audacity write is one session.
        output_dir: The sessions' folders and the report are made in it.
        recursive: Look into folders in folders, too.
        resume: What was finished earlier is left, and what was begun goes on; otherwise every
            recording becomes a new session.
        parallel: So many at once, as far as memory allows.
        watch: Wait for more to come into the folders, until a `KeyboardInterrupt`.
        settle_s: While watching, a file is begun when it has not changed for so long.
        onlooker: Told how it goes.

    Returns:
        What became of each, in the order in which they were found; also when it was stopped.

    Raises:
        SourceNotFound: A folder is not there, or there is no recording.
        UsageError: Something that was asked for makes no sense.
        StoreError: The library or the report cannot be written.
    """
    folders = [input_dir] if isinstance(input_dir, str | PathLike) else list(input_dir)
    _check(folders, files, parallel=parallel, watch=watch, again=resume and fresh)
    settings, request, shared = read_wishes(
        (),
        output=output_dir,
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
        home=home,
        fresh=fresh,
        offline=offline,
        series=series,
        show_doubted=show_doubted,
    )
    if workers is not None:  # the crew shares them out, and this number is meant for each
        settings = settings.model_copy(update={"workers": workers * parallel})
    plan = Plan(
        request,
        settings,
        shared,
        folders=tuple(Path(folder) for folder in folders),
        files=tuple(Path(file) for file in files),
        recursive=recursive,
        resume=resume,
        parallel=parallel,
        watch=watch,
        settle_s=settle_s,
    )
    with open_library(settings) as library:
        return run_batch(library, plan, onlooker or _Nobody())


def _check(
    folders: Sequence[AnyPath], files: Sequence[AnyPath], *, parallel: int, watch: bool, again: bool
) -> None:
    """Refuse what makes no sense before anything is opened.

    Raises:
        UsageError: Says what.
    """
    if not folders and not files:
        raise UsageError(
            "nothing was named", hint="such as --input-dir recordings, or --files a.m4a b.mp3"
        )
    if not 1 <= parallel <= MOST_PARALLEL:
        raise UsageError(f"between 1 and {MOST_PARALLEL} are worked on at once")
    if watch and not folders:
        raise UsageError("only folders are watched", hint="name one with --input-dir")
    if again:
        raise UsageError(
            "resuming uses what was done, and --fresh does not", hint="leave one of them out"
        )
