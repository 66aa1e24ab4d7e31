"""Wishing: what a user says to `process` or to the queue, as settings and a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TypedDict, Unpack

from earwitness.app.library import open_library
from earwitness.app.people.series import defaults_of
from earwitness.app.request import Request, read_request
from earwitness.app.settings import Settings, read_settings
from earwitness.core.people import Series

AnyPath = str | PathLike[str]


class Wishes(TypedDict, total=False):
    """The keywords of `process` that say what is wanted; None and absent mean not said."""

    title: str
    playbook: str | None
    language: str | None
    speakers: int | None
    transcriber: str | None
    diarizer: str | None
    model: str | None
    device: str | None
    vocabulary: str | Sequence[str] | None
    engine_options: Mapping[str, str] | None
    enhance: str | None
    workers: int | None
    formats: str | None
    output: AnyPath | None
    home: AnyPath | None
    from_stage: str | None
    fresh: bool
    offline: bool | None
    series: str | None
    show_doubted: bool
    tracks: bool
    offsets: Mapping[str, int] | None
    clips: str | None
    clip_format: str | None
    clip_padding: int | None


def read_wishes(
    source: AnyPath | Sequence[AnyPath], **wishes: Unpack[Wishes]
) -> tuple[Settings, Request, Series | None]:
    """Settings, request and series of what a user says.

    Raises:
        UsageError: Something of it makes no sense.
        NotFound: There is no such series.
    """
    shared = _series(wishes.get("series"), wishes.get("home"))
    said = defaults_of(shared)
    options = wishes.get("engine_options") or {}
    settings = read_settings(
        home=wishes.get("home"),
        output=wishes.get("output"),
        playbook=wishes.get("playbook") or said.playbook,
        language=wishes.get("language") or said.language,
        transcriber=wishes.get("transcriber"),
        diarizer=wishes.get("diarizer"),
        model=wishes.get("model"),
        device=wishes.get("device"),
        vocabulary=wishes.get("vocabulary") or None,
        enhance=wishes.get("enhance"),
        engine_options=[f"{name}={value}" for name, value in options.items()] or None,
        workers=wishes.get("workers"),
        formats=wishes.get("formats"),
        offline=wishes.get("offline"),
        clips=wishes.get("clips"),
        clip_format=wishes.get("clip_format"),
        clip_padding=wishes.get("clip_padding"),
    )
    paths = [source] if isinstance(source, str | PathLike) else list(source)
    speakers = wishes.get("speakers")
    request = read_request(
        tuple(Path(path) for path in paths),
        settings,
        title=wishes.get("title", ""),
        speakers=speakers if speakers is not None else said.speakers,
        from_stage=wishes.get("from_stage"),
        fresh=wishes.get("fresh", False),
        doubted=wishes.get("show_doubted", False),
        as_tracks=wishes.get("tracks", False),
        offsets=tuple((wishes.get("offsets") or {}).items()),
    )
    return settings, request, shared


def _series(name: str | None, home: AnyPath | None) -> Series | None:
    if name is None:
        return None
    with open_library(read_settings(home=home)) as library:
        return library.series(name)
