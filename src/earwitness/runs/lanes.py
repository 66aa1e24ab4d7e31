"""Lanes: where parts run. Engines that hold the GIL bring child processes; lanes are threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

from earwitness.core.ports import Waiting
from earwitness.core.stage import Lane

T = TypeVar("T")


class Lanes:
    """One pool of threads per lane, and one for stages in one piece; a context manager.

    Args:
        workers: Width of the cpu and the io lane; at least 2, so that transcription and
            diarization of one session always run at the same time.
    """

    def __init__(self, workers: int) -> None:
        widths: dict[Lane, int] = {"io": max(2, workers), "cpu": max(2, workers), "gpu": 1}
        self._pools = {
            lane: ThreadPoolExecutor(width, thread_name_prefix=lane)
            for lane, width in widths.items()
        }
        self._whole = ThreadPoolExecutor(2, thread_name_prefix="whole")

    def __enter__(self) -> Lanes:
        """Ready."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for what runs; drop what has not begun."""
        for pool in (*self._pools.values(), self._whole):
            pool.shutdown(wait=True, cancel_futures=True)

    def submit(self, lane: Lane, work: Callable[[], T], *, whole: bool = False) -> Future[T]:
        """Run `work` on a lane when it is free.

        Args:
            lane: Where.
            work: What.
            whole: It is a stage in one piece: on the cpu lane it does not wait behind the many
                pieces of another, which others do not wait for.
        """
        pool = self._whole if whole and lane == "cpu" else self._pools[lane]
        return pool.submit(work)


def lane_for(engine: object) -> Lane:
    """Where an engine works: one that waits for others leaves the processor to others."""
    return "io" if isinstance(engine, Waiting) else "cpu"
