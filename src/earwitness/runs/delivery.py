"""Delivery: Procrastinate hands the runs of a library on PostgreSQL to the workers of any machine.

It carries ids and nothing else. Who may work on a run is told by the library's own claims, so that
a run that is delivered twice, late or never is no harm: whoever looks into the library delivers it
again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, TypedDict

from earwitness.core.errors import StoreError
from earwitness.core.queue import Job, JobLane

if TYPE_CHECKING:
    from procrastinate import App

TASK: Final = "earwitness.run"
SUFFIX: Final = "_delivery"
"""Procrastinate's tables lie in a schema of their own, beside the library's."""

BEAT_S: Final = 5.0
QUIET_S: Final = 30.0
"""A worker without a sign of life for so long is gone."""

CarryOut = Callable[[str], None]
"""Given a run's id, in a thread of its own; returns when it need not be delivered any more."""

log = logging.getLogger(__name__)


class _Server(TypedDict):
    """What psycopg's pools are told; a connection's own options stand in `kwargs`."""

    conninfo: str
    kwargs: dict[str, str]
    min_size: int


class Delivery:
    """Procrastinate on one library's server; a context manager.

    Args:
        conninfo: Of the server, as libpq reads it; holds a secret.
        schema: The library's schema.

    Raises:
        StoreError: Procrastinate is not installed.
    """

    def __init__(self, conninfo: str, schema: str) -> None:
        try:
            from procrastinate import App, SyncPsycopgConnector
        except ImportError as error:
            raise StoreError(
                "runs cannot be delivered: procrastinate is not installed",
                hint="pip install 'earwitness[server]'",
            ) from error
        self._conninfo, self._schema = conninfo, schema + SUFFIX
        # One connection: a lock on it holds until it is given back on it.
        self._connector = SyncPsycopgConnector(max_size=1, **self._server())
        self._app = App(connector=self._connector)

    def __enter__(self) -> Delivery:
        """Connect, and make the tables where there are none.

        Raises:
            StoreError: The server is out of reach.
        """
        with _faults():
            self._app.open()
            self._prepare()
        return self

    def __exit__(self, *_about: object) -> None:
        """Disconnect."""
        self._app.close()

    def deliver(self, jobs: Iterable[Job]) -> int:
        """Hand jobs out; one that waits to be taken already stays as it is.

        Returns:
            How many were handed out.

        Raises:
            StoreError: The server is out of reach.
        """
        from procrastinate.exceptions import AlreadyEnqueued

        handed = 0
        with _faults():
            for job in jobs:
                letter = self._app.configure_task(
                    TASK, queue=job.lane, priority=job.priority, queueing_lock=job.run
                )
                with suppress(AlreadyEnqueued):
                    letter.defer(run=job.run)
                    handed += 1
        return handed

    @contextmanager
    def working(
        self, carry_out: CarryOut, lanes: Iterable[JobLane], parallel: int
    ) -> Iterator[None]:
        """Take what is delivered, so much at once, in the background, until the block is left.

        Raises:
            StoreError: The server is out of reach.
        """
        from procrastinate import App, PsycopgConnector

        app = App(connector=PsycopgConnector(max_size=parallel + 2, **self._server()))
        app.task(name=TASK)(lambda run: carry_out(str(run)))
        round_ = _Round(app, tuple(lanes), parallel)
        round_.start()
        try:
            yield
        finally:
            round_.stop()

    def _server(self) -> _Server:
        options = {"options": f"-c search_path={self._schema}"}
        return {"conninfo": self._conninfo, "kwargs": options, "min_size": 1}

    def _prepare(self) -> None:
        """Procrastinate's tables; of several processes that begin at once, one makes them."""
        ask = self._connector.execute_query
        ask(f"SELECT pg_advisory_lock(hashtext('{self._schema}'))")
        try:
            ask(f"CREATE SCHEMA IF NOT EXISTS {self._schema}")
            look = "SELECT to_regclass('procrastinate_jobs') AS found"
            if self._connector.execute_query_one(look)["found"] is None:
                self._app.schema_manager.apply_schema()
        finally:
            ask(f"SELECT pg_advisory_unlock(hashtext('{self._schema}'))")


class _Round:
    """Procrastinate's worker in a loop and a thread of its own."""

    def __init__(self, app: App, lanes: tuple[JobLane, ...], parallel: int) -> None:
        from procrastinate.worker import Worker

        self._worker = Worker(
            app,
            queues=list(lanes),  # psycopg takes a tuple for a row
            name="earwitness",
            concurrency=parallel,
            fetch_job_polling_interval=BEAT_S,
            # What is left to do stands in the library; a letter that was read is of no use.
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=BEAT_S,
            stalled_worker_timeout=QUIET_S,
        )
        self._app = app
        self._hands = ThreadPoolExecutor(parallel + 2, thread_name_prefix="delivery")
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(self._hands)
        self._thread = threading.Thread(target=self._go, name="deliveries", daemon=True)

    def start(self) -> None:
        with _faults():
            self._loop.run_until_complete(self._app.open_async())
        self._thread.start()

    def stop(self) -> None:
        """Take nothing more, and wait for what was taken."""
        self._worker.stop()  # type: ignore[no-untyped-call]
        self._thread.join()
        self._loop.run_until_complete(self._app.close_async())
        self._hands.shutdown()
        self._loop.close()

    def _go(self) -> None:
        from procrastinate.exceptions import ProcrastinateException

        try:
            self._loop.run_until_complete(self._worker.run())  # type: ignore[no-untyped-call]
        except ProcrastinateException as error:
            # Whoever delivers next meets the same, and tells it.
            log.warning("deliveries end: %s", type(error).__name__)


@contextmanager
def _faults() -> Iterator[None]:
    """Turn Procrastinate's faults into errors of ours; what the server says is not repeated.

    Raises:
        StoreError: In place of them.
    """
    from procrastinate.exceptions import ProcrastinateException

    try:
        yield
    except ProcrastinateException as error:
        raise StoreError(
            f"runs cannot be delivered ({type(error).__name__})",
            hint="see that the server of the setting database can be reached: earwitness doctor",
        ) from error
