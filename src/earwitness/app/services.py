"""Services: their thresholds from the settings, and how each one stands."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from earwitness import plugins
from earwitness.app.library import library_of
from earwitness.app.settings import Settings
from earwitness.app.understanding.language_models import named_models
from earwitness.app.wishes import options_for
from earwitness.core.breaker import Breaker, Standing, Thresholds
from earwitness.core.errors import EarwitnessError, StoreError, UsageError
from earwitness.core.ports import Dependent, EngineOptions
from earwitness.core.services import Known, Services
from earwitness.engines.hub_calls import hub
from earwitness.engines.whisper_hub import ANSWER_S
from earwitness.store.library import Library

log = logging.getLogger(__name__)

USUAL: Final[Mapping[str, Thresholds]] = {"hub": Thresholds(4, 60.0)}
"""Kinds of services with thresholds of their own where nothing is said. A command asks the hub once
if it is there, so four commands find out that it is away; so does one fetch with its retries."""

RECENT: Final = timedelta(days=1)
"""Of a service that would not be asked now, failures are told for so long."""

_HINT: Final = "such as hub.failures=3 or api.openai.com.reset_s=120"


def services(settings: Settings) -> Services:
    """The breakers of all services, as the settings want them.

    Raises:
        UsageError: `breakers` holds what makes no sense.
    """
    usual = Thresholds(settings.breaker_failures, settings.breaker_reset_s)
    found = {"": usual, **USUAL}
    for said in settings.breakers:
        name, _, value = said.partition("=")
        service, _, what = name.strip().rpartition(".")
        if not service or what not in ("failures", "reset_s"):
            raise UsageError(f"breakers cannot hold {said!r}", hint=_HINT)
        before = found.get(service.lower(), usual)
        found[service.lower()] = _changed(before, what, value.strip(), said)
    return Services(found)


def guarded(options: EngineOptions, library: Library) -> EngineOptions:
    """The same options, behind breakers that all users of the library share."""
    return replace(options, services=options.services.kept_in(library))


@contextmanager
def shared(settings: Settings) -> Iterator[Services]:
    """The breakers that all users of the library share; the process's own if it cannot be opened.

    Raises:
        UsageError: `breakers` holds what makes no sense.
    """
    own = services(settings)
    with ExitStack() as stack:
        try:
            library = stack.enter_context(library_of(settings))
        except (StoreError, UsageError) as error:
            log.warning("how services stand is kept in this process alone: %s", error)
            yield own
        else:
            yield own.kept_in(library)


def known_services(settings: Settings, options: EngineOptions, now: datetime) -> tuple[Known, ...]:
    """Every service that would be asked now, and others that failed not long ago.

    Args:
        settings: Name the engines.
        options: For them, with the breakers.
        now: With zone.
    """
    kept = options.services.standings.standings()
    at_hub = options.services.breaker(hub(), limit_s=ANSWER_S)
    asks = (at_hub, *_asked(settings, options))
    asked = {each.name: each.thresholds for each in asks}
    found = [
        Known(name, kept.get(name, Standing()).at(now), limits) for name, limits in asked.items()
    ]
    for name, standing in kept.items():
        late = standing.failed_at is not None and now - standing.failed_at < RECENT
        if name not in asked and late:
            found.append(Known(name, standing.at(now)))
    return tuple(found)


def told(service: Known, now: datetime) -> str:
    """One line on how a service stands, in local time."""
    standing = service.standing
    last = ""
    if standing.fault is not None and standing.failed_at is not None:
        last = f"; last failure {_clock(standing.failed_at, now)}: {standing.fault}"
    limits = service.limits
    rule = f" ({limits.failures} failures, {limits.reset_s:g} s)" if limits else ""
    if standing.state == "CLOSED":
        row = f", {standing.failed} failed in a row" if standing.failed else ""
        return f"asked as usual: closed{row}{last}{rule}"
    if standing.state == "HALF_OPEN":
        return f"a call is finding out if it is back: half-open{last}{rule}"
    assert standing.until is not None
    due = standing.until <= now
    when = "the next call tries it" if due else f"tried again at {_clock(standing.until, now)}"
    return f"left alone: open, {when}{last}{rule}"


def _clock(moment: datetime, now: datetime) -> str:
    """Local time; with the day where it is another one."""
    here, today = moment.astimezone(), now.astimezone()
    return here.strftime("%H:%M:%S" if here.date() == today.date() else "%Y-%m-%d %H:%M:%S")


def _asked(settings: Settings, options: EngineOptions) -> list[Breaker]:
    """Of what the engines that the settings name would ask."""
    names = {"transcribe": settings.transcriber.partition(":")[0], "diarize": settings.diarizer}
    found: list[Breaker] = []
    for ability, name in names.items():
        if name == "auto":
            continue
        try:
            factory = plugins.engine(ability, name)
            if isinstance(factory, Dependent):
                found += factory.breakers(options_for(factory, options))
        except (EarwitnessError, ImportError, AttributeError):
            continue  # that it cannot be used is told of the engine
    limit_s = settings.language_model_timeout_s
    models = (each.name for each in named_models(settings, options))
    found += [
        options.services.breaker(name.dependency, limit_s=limit_s)
        for name in models
        if name is not None
    ]
    return found


def _changed(before: Thresholds, what: str, value: str, said: str) -> Thresholds:
    try:
        if what == "failures" and int(value) >= 1:
            return replace(before, failures=int(value))
        if what == "reset_s" and 0 < float(value) <= 86_400:
            return replace(before, reset_s=float(value))
    except ValueError:
        pass
    raise UsageError(f"breakers cannot hold {said!r}", hint=_HINT)
