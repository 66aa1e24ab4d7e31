"""Batch hands: child processes that work for a batch, one source each; the dead are replaced."""

from __future__ import annotations

import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Final, cast

import psutil

from earwitness.app.batch_orders import Order, Progress, Told

_GRACE_S: Final = 30.0
"""How long a hand may take to stop when it is asked to."""

_OWN_GROUP: Final[int] = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


@dataclass(frozen=True, slots=True)
class Lost:
    """A hand died.

    Attributes:
        how: What is known of it, for people.
    """

    how: str


Heard = Told | Lost


@dataclass(eq=False, slots=True)
class _Hand:
    """A child process, and what it works on."""

    child: subprocess.Popen[bytes]
    place: int | None = None


class Hands:
    """As many child processes as sources may be worked on at once; a context manager.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._hands: list[_Hand] = []
        self._heard: queue.SimpleQueue[tuple[_Hand, Heard] | None] = queue.SimpleQueue()
        self._peak_bytes = 0

    def __enter__(self) -> Hands:
        """Ready; a child starts when there is something for it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop whatever goes on; it can be resumed."""
        self.stop()

    @property
    def busy(self) -> int:
        """How many are at work."""
        return sum(hand.place is not None for hand in self._hands)

    @property
    def free(self) -> bool:
        """Whether one more source may be begun."""
        return self.busy < self._count

    @property
    def peak_bytes(self) -> int:
        """The most memory that one hand was seen to use, with its own children."""
        for hand in self._hands:
            if hand.place is not None:
                self._peak_bytes = max(self._peak_bytes, _memory(hand.child.pid))
        return self._peak_bytes

    def begin(self, place: int, order: Order) -> None:
        """Let a free hand work on a source.

        Args:
            place: What the source is called in what is heard.
            order: What is to be done.
        """
        hand = next((each for each in self._hands if each.place is None), None) or self._hire()
        hand.place = place
        # One that dies right now is lost, and told of as such.
        with suppress(OSError):
            pickle.dump(order, cast("IO[bytes]", hand.child.stdin))
            cast("IO[bytes]", hand.child.stdin).flush()

    def hear(self, timeout_s: float) -> tuple[int, Heard] | None:
        """What a hand says next, and of which source; None when nothing was said, or `wake`."""
        try:
            heard = self._heard.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if heard is None:
            return None
        hand, told = heard
        if isinstance(told, Lost):
            self._hands.remove(hand)
            with suppress(OSError):
                cast("IO[bytes]", hand.child.stdin).close()
        place = hand.place
        if not isinstance(told, Progress):
            hand.place = None
        return None if place is None else (place, told)

    def wake(self) -> None:
        """Let `hear` return at once; from any thread."""
        self._heard.put(None)

    def stop(self, *, at_once: bool = False) -> None:
        """Stop all; what they work on can be resumed.

        Args:
            at_once: Do not wait for it.
        """
        hands = tuple(self._hands)
        for hand in hands:
            with suppress(OSError):
                cast("IO[bytes]", hand.child.stdin).close()
        try:
            for hand in hands:
                with suppress(subprocess.TimeoutExpired):
                    hand.child.wait(timeout=0 if at_once else _GRACE_S)
        finally:
            for hand in hands:
                hand.child.kill()
                hand.child.wait()

    def _hire(self) -> _Hand:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "earwitness.app.batch_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for the parent, which stops its hands.
            process_group=None if sys.platform == "win32" else 0,
            creationflags=_OWN_GROUP,
        )
        hand = _Hand(child)
        self._hands.append(hand)
        threading.Thread(target=_listen, args=(hand, self._heard.put), daemon=True).start()
        return hand


def _listen(hand: _Hand, put: Callable[[tuple[_Hand, Heard]], None]) -> None:
    """Hand on what a child says; when it is gone, how it ended."""
    pipe = cast("IO[bytes]", hand.child.stdout)
    with pipe, suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            put((hand, pickle.load(pipe)))
    put((hand, Lost(_ending(hand.child.wait()))))


def _ending(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    with suppress(ValueError):
        return f"was ended by {signal.Signals(-status).name}"
    return f"was ended by signal {-status}"


def _memory(pid: int) -> int:
    total = 0
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            with suppress(psutil.Error):
                total += process.memory_info().rss
    return total
