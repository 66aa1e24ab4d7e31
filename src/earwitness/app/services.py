"""Services: their thresholds from the settings, and how each one stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from earwitness.app.settings import Settings
from earwitness.core.breaker import Thresholds
from earwitness.core.errors import UsageError
from earwitness.core.ports import EngineOptions
from earwitness.core.services import Services
from earwitness.store.library import Library

USUAL: Final[Mapping[str, Thresholds]] = {"hub": Thresholds(3, 60.0)}
"""Kinds of services with thresholds of their own where nothing is said: the hub is asked once by a
command, so three commands find out that it is away."""

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


def _changed(before: Thresholds, what: str, value: str, said: str) -> Thresholds:
    try:
        if what == "failures" and int(value) >= 1:
            return replace(before, failures=int(value))
        if what == "reset_s" and 0 < float(value) <= 86_400:
            return replace(before, reset_s=float(value))
    except ValueError:
        pass
    raise UsageError(f"breakers cannot hold {said!r}", hint=_HINT)
