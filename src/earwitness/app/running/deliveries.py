"""Deliveries: a crew that carries out what Procrastinate delivers, and delivers what was lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from earwitness.app.library import database_of
from earwitness.app.running.crew import Crew, Ended
from earwitness.app.settings import Settings
from earwitness.core.errors import UsageError
from earwitness.core.queue import Job, JobLane
from earwitness.runs.delivery import Delivery
from earwitness.runs.owner import is_gone, this_owner
from earwitness.store.address import read_address
from earwitness.store.library import Library

LOOK_S: Final = 5.0
"""How often a worker delivers what waits in the library, and what others let go of."""

MOST: Final = 1_000
"""So many jobs are delivered at a time."""


@contextmanager
def delivery_of(settings: Settings) -> Iterator[Delivery]:
    """Procrastinate on the library's server.

    Raises:
        UsageError: The library is not on a server.
        StoreError: Procrastinate is not installed, or the server is out of reach.
    """
    database = database_of(settings)
    if database is None:
        raise UsageError(
            "runs are delivered by Procrastinate only where the library is on PostgreSQL",
            hint="set EARWITNESS_DATABASE, or EARWITNESS_QUEUE=local",
        )
    address = read_address(database)
    conninfo = address.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with Delivery(conninfo, address.schema) as delivery:
        yield delivery


class Counter:
    """Where deliveries wait until the crew has let their run go."""

    def __init__(self, library: Library, crew: Crew) -> None:
        self._library = library
        self._crew = crew
        self._lock = threading.Lock()
        self._waiting: dict[str, threading.Event] = {}

    def carry_out(self, run: str) -> None:
        """Have a run carried out; returns at once where there is nothing to do for us."""
        if not self._library.free_jobs(this_owner(), is_gone, run_id=run):
            return
        with self._lock:
            if run in self._waiting:
                return
            ended = self._waiting[run] = threading.Event()
        self._crew.add(run)
        ended.wait()

    def tell(self, ended: Ended) -> None:
        """The crew has let a run go; one that was lost on the way it takes up again itself."""
        if self._crew.leaving or not self._crew.waits_for(ended.run):
            self._let_go(ended.run)

    def close(self) -> None:
        """Let all go."""
        for run in list(self._waiting):
            self._let_go(run)

    def _let_go(self, run: str) -> None:
        with self._lock:
            ended = self._waiting.pop(run, None)
        if ended is not None:
            ended.set()


def work_delivered(
    library: Library,
    settings: Settings,
    crew: Crew,
    *,
    lanes: tuple[JobLane, ...],
    parallel: int,
    until_empty: bool,
) -> Iterator[Ended]:
    """Carry out what is delivered until the crew is told to leave, or nothing is left.

    Raises:
        UsageError: The library is not on a server.
        StoreError: Procrastinate is not installed, or the server is out of reach.
        EngineError: Children do not even start.
    """
    counter = Counter(library, crew)
    with delivery_of(settings) as delivery:
        delivery.deliver(_lying(library))
        with delivery.working(counter.carry_out, lanes, parallel):
            try:
                looked_s = time.monotonic()
                while not crew.leaving or crew.busy:
                    for ended in crew.turn(1.0):
                        counter.tell(ended)
                        yield ended
                    if time.monotonic() - looked_s >= LOOK_S and not crew.leaving:
                        delivery.deliver(_lying(library))
                        looked_s = time.monotonic()
                    if until_empty and not crew.busy and not library.any_open():
                        return
            finally:
                counter.close()


def _lying(library: Library) -> tuple[Job, ...]:
    """Jobs that nobody holds: not taken yet, or given back, or their owner is gone."""
    return library.free_jobs(this_owner(), is_gone, limit=MOST)
