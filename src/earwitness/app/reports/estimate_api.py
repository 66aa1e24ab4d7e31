"""Estimates as a verb: what a run will take, told before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Unpack

from earwitness.app.library import open_library
from earwitness.app.reports.costs import Rates, alerts
from earwitness.app.reports.estimate import estimate as expected_of
from earwitness.app.reports.estimate import sound_of
from earwitness.app.reports.prices import read_tariff
from earwitness.app.running.enqueue import take_all_in, wanted_digest
from earwitness.app.sources.intake import find_session
from earwitness.app.wishing import AnyPath, Wishes, read_wishes
from earwitness.core.usage import Estimate


@dataclass(frozen=True, slots=True)
class Expected:
    """What `process` would take now.

    Attributes:
        estimate: Of everything, done afresh.
        finished: It is finished already: nothing would be done.
        alerts: What a person should know of this month's budget.
    """

    estimate: Estimate
    finished: bool
    alerts: tuple[str, ...]


def estimate(source: AnyPath | Sequence[AnyPath], **wishes: Unpack[Wishes]) -> Expected:
    """Say what `process` would take; keep it, and do nothing else.

    Args:
        source: As `process`.
        wishes: As the keywords of `process`.

    Raises:
        EarwitnessError: As `process`, before it begins to work.
    """
    settings, request, _ = read_wishes(source, **wishes)
    with open_library(settings) as library:
        laid, taken = take_all_in(library, request)
        request = replace(request, tracks=laid.tracks if laid else ())
        sound = sound_of(taken.recordings, taken.sources, beside=laid is not None)
        wanted, rates = wanted_digest(request), Rates.of(settings)
        found = expected_of(
            library,
            request,
            sound,
            wanted=wanted,
            tariff=read_tariff(library.home),
            rates=rates,
        )
        library.keep_estimate(found)
        session = find_session(
            library, taken.recordings, request.playbook.name, tracks=laid is not None
        )
        finished = session is not None and library.finished_run(session.id, wanted) is not None
        return Expected(found, finished, alerts(library, rates))
