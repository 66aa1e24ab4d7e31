"""A machine that is gone: its lease runs out, another one finishes the run, and it is out."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from earwitness.app.request import read_request
from earwitness.app.running.crew import Crew
from earwitness.app.running.enqueue import enqueue
from earwitness.app.running.execute import carry_out, execute
from earwitness.app.running.orders import means_of
from earwitness.app.settings import read_settings
from earwitness.core.errors import Cancelled, NotCompleted
from earwitness.core.queue import Owner
from earwitness.runs.holding import Holding
from earwitness.runs.owner import is_gone
from earwitness.store.library import Library

ELSEWHERE = Owner("another-machine/1", 1, 1)
LEASE_S = 2.0


def silent(_stage: str, _share: float) -> None:
    pass


def test_another_machine_takes_over(tavern: Path, address: str | None) -> None:
    settings = read_settings(
        transcriber="scripted", language="en", formats="json", database=address
    )
    with Library.open(settings.home, database=address) as library:
        run = enqueue(library, read_request((tavern,), settings))
        old = library.claim(run.id, ELSEWHERE, lease_s=LEASE_S, gone=is_gone)
        assert old is not None
        with pytest.raises(NotCompleted):
            execute(library, run.id, settings)
        began = time.monotonic()
        with Crew(library, settings) as crew:
            (ended,) = crew.drain()
        assert ended.outcome is not None
        assert ended.outcome.kind == "done"
        assert time.monotonic() - began >= LEASE_S / 2, "it was waited for"
        job = library.job(run.id)
        assert job is not None
        assert (job.token, job.state) == (2, "done")
        before = library.steps(run.id), library.events(run.session)
        # The old machine comes back, and believes that it still has the run.
        with Holding(library, old.hold, lease_s=LEASE_S) as holding:
            holding.end("lost")
            with pytest.raises(Cancelled):
                carry_out(library, old, means_of(settings), listener=silent, holding=holding)
        assert (library.steps(run.id), library.events(run.session)) == before
        assert library.run(run.id).outcome == ended.outcome
