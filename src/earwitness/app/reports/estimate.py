"""Estimate: what a run will take, told before it begins and compared with what it took."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from earwitness import plugins
from earwitness.app.models import on_this_machine
from earwitness.app.reports.costs import Rates
from earwitness.app.reports.prices import Tariff, read_tariff
from earwitness.app.reports.rates import HOUR_MS, rate_for
from earwitness.app.request import Request
from earwitness.app.wishes import options_for
from earwitness.core.errors import EarwitnessError
from earwitness.core.money import Money, priced, share_of
from earwitness.core.options import read_options
from earwitness.core.ports import RATE_HZ
from earwitness.core.run import Run
from earwitness.core.session import Recording
from earwitness.core.source import Source
from earwitness.core.spending import Call
from earwitness.core.usage import Estimate, Machine, Spell
from earwitness.engines.endpoint_form import EndpointForm, read_address
from earwitness.media.pour import kept_channels
from earwitness.media.probe import probe
from earwitness.runs.meter import Meter
from earwitness.store.library import Library

ENOUGH: Final = 3
"""From so many earlier runs of different length on, a fixed part is told from a growing one."""

OUTLIERS: Final = 5
"""From so many earlier runs on, the quickest and the slowest are left out of the range."""

LATEST: Final = 20
"""So many earlier runs are gone by, the newest."""

LOOKED_AT: Final = 500
"""Among so many of the newest spells they are looked for."""


@dataclass(frozen=True, slots=True)
class Sound:
    """The recordings of a session, and how long they are.

    Attributes:
        recordings: In order.
        lengths_ms: Of each; 0 where nobody knows.
        beside: They lie beside each other; else one after another.
    """

    recordings: tuple[Recording, ...]
    lengths_ms: tuple[int, ...]
    beside: bool

    @property
    def length_ms(self) -> int | None:
        """Of the session; None when a part of it is not known."""
        if not self.lengths_ms or not all(self.lengths_ms):
            return None
        return max(self.lengths_ms) if self.beside else sum(self.lengths_ms)

    @property
    def disk_bytes(self) -> int | None:
        """Decoded, which it is while a run works; results are small beside it."""
        if self.length_ms is None:
            return None
        per_ms = RATE_HZ // 1000 * 2
        return sum(
            per_ms * length * kept_channels(recording.channels)
            for recording, length in zip(self.recordings, self.lengths_ms, strict=True)
        )


@dataclass(frozen=True, slots=True)
class _Past:
    """What earlier runs say of one that is to come."""

    wall_ms: int
    cpu_ms: int | None
    low_ms: int
    high_ms: int
    basis: str


def estimate(
    library: Library,
    request: Request,
    sound: Sound,
    *,
    wanted: str,
    tariff: Tariff,
    rates: Rates,
) -> Estimate:
    """What is expected of a run that does everything.

    By this machine's own earlier runs of the same engine with as many workers; else by what was
    measured of that engine on such a machine and ships with the program; else it is not known.

    Args:
        library: Knows earlier runs.
        request: What is wanted.
        sound: The recordings.
        wanted: Digest of the request.
        tariff: Prices of services.
        rates: What this machine costs.
    """
    sound_ms = sound.length_ms
    engine = on_this_machine(request.transcriber, request.options)
    machine, workers = Meter().machine(), request.options.workers
    past = None
    if sound_ms:
        mine = _alike(library, engine, request.options.model, machine, workers)
        past = _from_past(mine, sound_ms) or _from_shipped(
            engine, request.options.model, machine, workers, sound_ms=sound_ms
        )
    told = Estimate(
        asked=asked_digest(sound, wanted),
        at=datetime.now(UTC),
        basis=past.basis if past else "",
        sound_ms=sound_ms,
        wall_ms=past.wall_ms if past else None,
        low_ms=past.low_ms if past else None,
        high_ms=past.high_ms if past else None,
        cpu_ms=past.cpu_ms if past else None,
        disk_bytes=sound.disk_bytes,
    )
    return replace(told, money=_money(told, request, engine, tariff=tariff, rates=rates))


def asked_digest(sound: Sound, wanted: str) -> str:
    """Digest of the recordings and what is wanted of them."""
    told = json.dumps([[recording.id for recording in sound.recordings], wanted])
    return hashlib.sha256(told.encode()).hexdigest()


def sound_of(recordings: Sequence[Recording], sources: Sequence[Source], *, beside: bool) -> Sound:
    """Recordings with their lengths; one that was never decoded is asked what it says itself."""
    lengths = []
    for recording, source in zip(recordings, sources, strict=True):
        told = recording.duration_ms
        if told is None and source.member is None:
            with suppress(EarwitnessError):
                told = probe(source.path).duration_ms
        lengths.append(told or 0)
    return Sound(tuple(recordings), tuple(lengths), beside)


def expect(
    library: Library, request: Request, sound: Sound, run: Run, *, wanted: str, rates: Rates
) -> None:
    """Keep what is expected of a run that begins: what was told beforehand, or a new estimate."""
    if request.from_stage is not None or library.estimates([run.id]):
        return
    told = library.expected(asked_digest(sound, wanted))
    if told is None:
        tariff = read_tariff(library.home)
        told = estimate(library, request, sound, wanted=wanted, tariff=tariff, rates=rates)
    library.keep_estimate(replace(told, run=run.id))


def _alike(
    library: Library, engine: str, model: str | None, machine: Machine, workers: int
) -> list[Spell]:
    """Spells of earlier runs that did everything at one go with this engine, here."""
    found = [
        spell
        for spell in library.spells(newest=LOOKED_AT)
        if (spell.machine.id, spell.workers) == (machine.id, workers)
        and _same_engine(spell.transcriber, engine, model)
    ]
    whole = library.made_whole([spell.run for spell in found])
    often = Counter(spell.run for spell in found)
    return [spell for spell in found if spell.run in whole and often[spell.run] == 1][-LATEST:]


def _same_engine(told: str | None, engine: str, model: str | None) -> bool:
    """Whether a name for people is that of this engine, with this model if one is said."""
    words = (told or "").split()
    return bool(words) and words[0] == engine and (model is None or model in words)


def _from_past(spells: list[Spell], sound_ms: int) -> _Past | None:
    points = [(each.sound_ms, each.taken.wall_ms, each.taken.cpu_ms) for each in spells]
    known = [(sound, wall, cpu) for sound, wall, cpu in points if sound]
    if not known:
        return None
    walls = [(float(sound), float(wall)) for sound, wall, _ in known]
    cpus = [(float(sound), float(cpu)) for sound, _, cpu in known if cpu is not None]
    expected = _line(walls, sound_ms)
    off = sorted(wall / max(1.0, _line(walls, sound)) for sound, wall in walls)
    if len(off) >= OUTLIERS:
        off = off[1:-1]
    count = len(known)
    return _Past(
        round(expected),
        round(_line(cpus, sound_ms)) if cpus else None,
        round(expected * min(off)),
        round(expected * max(off)),
        f"{count} earlier run{'s' if count != 1 else ''} here",
    )


def _line(points: list[tuple[float, float]], at: float) -> float:
    """The value at `at` of the straight line through the points (least squares), never falling.

    With few points, or where that line would begin below zero, of the one through zero.
    """
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if count >= ENOUGH and spread > 0:
        slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
        start = mean_y - slope * mean_x
        if slope >= 0 and start >= 0:
            return start + slope * at
    return at * mean_y / mean_x


def _from_shipped(
    engine: str, model: str | None, machine: Machine, workers: int, *, sound_ms: int
) -> _Past | None:
    rate = None if machine.gpu else rate_for(engine, model, machine.cores, workers)
    if rate is None:
        return None
    wall_ms = rate.wall_s * 1000 * sound_ms // HOUR_MS
    basis = "measured on another machine like it" + (", untrained model" if rate.random else "")
    return _Past(wall_ms, rate.cpu_s * 1000 * sound_ms // HOUR_MS, wall_ms, wall_ms, basis)


def _money(
    told: Estimate, request: Request, engine: str, *, tariff: Tariff, rates: Rates
) -> Money | None:
    """What services and this machine will ask, in one currency; None where any part is unknown.

    A service is sent at most all of the sound.
    """
    parts: list[Money | None] = []
    if engine == "openai":
        own = options_for(plugins.engine("transcribe", engine), request.options).own
        form = read_options(EndpointForm, own)
        service = read_address(form.base_url).host
        call = Call(service, request.options.model or "", "transcribe", True, 1, told.sound_ms)
        parts.append(priced(call, told.at.date(), tariff.prices))
    if rates.cpu_hour is not None:
        cpu_ms = told.cpu_ms
        parts.append(
            None if cpu_ms is None else share_of(rates.cpu_hour, cpu_ms, HOUR_MS, rates.currency)
        )
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts) or len({part.currency for part in known}) > 1:
        return None
    return sum(known[1:], known[0])
