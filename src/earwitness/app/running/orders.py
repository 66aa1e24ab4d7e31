"""Orders: a request as the queue keeps it, and as a worker reads it back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

from earwitness.app.models import on_this_machine
from earwitness.app.reports.costs import NO_RATES, Rates
from earwitness.app.request import Request, engine_options, read_enhancement
from earwitness.app.settings import Settings
from earwitness.app.sharing import find_sources
from earwitness.app.understanding.playbooks import playbook
from earwitness.core.ports import EngineOptions
from earwitness.core.queue import JobLane, Order
from earwitness.core.run import Run
from earwitness.core.session import Session
from earwitness.core.source import Source
from earwitness.engines.whisper_loading import gpus
from earwitness.runs.holding import LEASE_S
from earwitness.store.library import Library

_ON_GPUS: Final = frozenset({"faster-whisper", "onnx-asr", "pyannote"})
"""Engines that take a GPU by themselves when there is one."""


NO_ORDER: Final = Order("", ())
"""Of a session whose recordings are where the library saw them last."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a machine brings to the work; never stored.

    Attributes:
        options: Its workers, whether it may fetch models, and secrets of services.
        hub_token: For models that ask for one.
        lease_s: How long it may be silent before others think it gone.
        rates: What it costs, and what a month may.
    """

    options: EngineOptions
    hub_token: str | None = field(default=None, repr=False)
    lease_s: float = LEASE_S
    rates: Rates = NO_RATES


def means_of(settings: Settings) -> Means:
    """What the settings of this machine bring."""
    options = engine_options(settings)
    return Means(options, options.hub_token, settings.lease_s, Rates.of(settings))


def order_of(request: Request, sources: Sequence[Source]) -> Order:
    """What a worker must know of a request, beside what the run says it was asked."""
    return Order(
        output=str(request.output.absolute()),
        formats=request.formats,
        doubted=request.doubted,
        offline=request.options.offline,
        from_stage=request.from_stage,
        fresh=request.fresh,
        named=request.vocabulary,
        clips=request.clips,
        sources=tuple((_quoted(source.path), source.member) for source in sources),
    )


def request_of(session: Session, run: Run, order: Order, means: Means, home: Path) -> Request:
    """The request of a run, as this machine can carry it out with the library in `home`."""
    asked = run.asked
    assert asked is not None, "every run that is queued says what it was asked"
    options = replace(
        means.options,
        model=asked.model,
        device=asked.device,
        vocabulary=asked.vocabulary,
        own=asked.own,
        offline=means.options.offline or order.offline,
    )
    return Request(
        sources=(),
        title="",
        playbook=playbook(session.playbook, home),
        language=asked.language,
        speakers=asked.speakers,
        transcriber=asked.transcriber,
        diarizer=asked.diarizer,
        options=options,
        vocabulary=order.named,
        enhance=read_enhancement(asked.enhance),
        hub_token=means.hub_token,
        formats=order.formats,
        output=Path(order.output),
        from_stage=order.from_stage,
        fresh=order.fresh,
        doubted=order.doubted,
        tracks=session.tracks,
        clips=order.clips,
    )


def lane_of(request: Request) -> JobLane:
    """Whether a run wants this machine's GPU for itself."""
    if request.options.device is not None:
        return "gpu" if request.options.device == "cuda" else "cpu"
    heard_with = on_this_machine(request.transcriber, request.options)
    return "gpu" if _ON_GPUS & {heard_with, request.diarizer} and gpus() else "cpu"


def sources_of(library: Library, session: Session, order: Order) -> tuple[Source, ...]:
    """Where a session's recordings are read from here; see `find_sources`."""
    named = [_named(*each) for each in order.sources]
    if len(named) != len(session.recordings):
        named = [None] * len(session.recordings)
    return find_sources(library, session, named)


def _quoted(path: Path) -> str:
    return quote_from_bytes(os.fsencode(path.absolute()))


def _named(path: str, member: str | None) -> Source | None:
    """The place that was named, if there is a file."""
    place = Path(os.fsdecode(unquote_to_bytes(path)))
    return Source(place, member) if place.is_file() else None
