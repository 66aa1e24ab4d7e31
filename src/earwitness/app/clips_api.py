"""The public verbs of clips and of following: what Python users call, and every face too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from earwitness.app.clips import clips_again, clips_known
from earwitness.app.library import open_library
from earwitness.app.request import clip_wish
from earwitness.app.settings import read_settings
from earwitness.app.wishing import AnyPath
from earwitness.core.clip import CLIPS_OF, Manifest
from earwitness.core.errors import UsageError
from earwitness.core.run import Event, OutcomeKind
from earwitness.runs.listener import Listener

_SILENCE_S: Final = 20.0
"""A run that works says something every few seconds; after this its process is taken to be gone."""

_LOOK_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class HowFar:
    """How far a run is.

    Attributes:
        run: Its id.
        percent: Of the whole, 0 to 100.
        stage: What began last; None before the first.
        state: `running`; how it ended; or `silent`: nothing was heard of it for long.
    """

    run: str
    percent: int
    stage: str | None
    state: OutcomeKind | Literal["running", "silent"]


def cut_clips(
    session: str,
    *,
    of: str | None = None,
    clip_format: str | None = None,
    clip_padding: int | None = None,
    output: AnyPath | None = None,
    home: AnyPath | None = None,
    listener: Listener = lambda _stage, _share: None,
) -> tuple[Path, Manifest]:
    """Cut every line, or every moment, of a finished session into a file of its own.

    They are cut as people read them now. What is there already is not cut again; what is no line
    or no moment any more goes.

    Args:
        session: Its id, or the beginning of it.
        of: `lines` or `moments`; None: moments if the setting `clips` says so, else lines.
        clip_format: `wav`, `m4a` or `opus`.
        clip_padding: Milliseconds of sound around each clip.
        output: The session's folder is made in it.
        home: The library's folder.
        listener: Told `(stage, share)` as work goes on.

    Returns:
        The session's folder, and what is in its `clips/`.

    Raises:
        NotFound: No such session, or it has no transcript yet.
        UsageError: Clips of something else.
        NoSound: It has no sound.
        SourceNotFound: A recording is gone.

    Example:
        >>> import earwitness
        >>> folder, found = earwitness.cut_clips("2026-11-20")  # doctest: +SKIP
    """
    if of not in (None, *CLIPS_OF):
        raise UsageError(f"no clips of {of!r}", hint="there are clips of lines and of moments")
    settings = read_settings(
        home=home,
        output=output,
        clips={"lines": "all", "moments": "moments"}.get(of or ""),
        clip_format=clip_format,
        clip_padding=clip_padding,
    )
    with open_library(settings) as library:
        wish = clip_wish(settings)
        manifest = clips_again(library, session, wish, settings.output, listener)
    return settings.output / manifest.session, manifest


def clips(session: str, *, home: AnyPath | None = None) -> tuple[tuple[Path, Manifest], ...]:
    """The folders that hold clips of a session, also while a run still cuts some.

    Raises:
        NotFound: No such session.
    """
    with open_library(read_settings(home=home)) as library:
        return clips_known(library, library.resolve(session))


def follow(
    session: str, *, home: AnyPath | None = None, silence_s: float = _SILENCE_S
) -> Iterator[HowFar]:
    """How far a session's newest run is, whenever that changes, until it ends.

    Args:
        session: Its id, or the beginning of it.
        home: The library's folder.
        silence_s: After so long without a word the run is taken to have no worker any more.

    Raises:
        NotFound: No such session.
    """
    with open_library(read_settings(home=home)) as library:
        name = library.resolve(session)
        run = library.latest_run(name)
        if run is None:
            return
        told = HowFar(run.id, 0, None, "running")
        said: HowFar | None = None
        seq, heard_s = 0, time.monotonic()
        while True:
            for event in library.events(name, after=seq):
                seq, heard_s = event.seq, time.monotonic()
                if event.run == run.id:
                    told = _then(told, event)
            if told != said:
                yield told
                said = told
            if told.state != "running":
                return
            if time.monotonic() - heard_s > silence_s:
                yield HowFar(told.run, told.percent, told.stage, "silent")
                return
            library.wait_for_events(name, seq, min(_LOOK_S, silence_s))


def _then(told: HowFar, event: Event) -> HowFar:
    """What is known after one more event."""
    if event.type == "run.started":
        return HowFar(told.run, 0, None, "running")
    if event.type == "stage.started":
        return HowFar(told.run, told.percent, event.stage, "running")
    if event.type == "run.progress" and event.percent is not None:
        return HowFar(told.run, event.percent, told.stage, "running")
    if event.type == "run.finished" and event.outcome is not None:
        percent = 100 if event.outcome in ("done", "degraded") else told.percent
        return HowFar(told.run, percent, told.stage, event.outcome)
    return told
