"""Crew: child processes that carry out queued runs, one run each at a time, and are replaced.

The parent claims a job in a child's name and names it to the child; the child keeps the lease. A
child that dies takes its one run with it, and no other: the run is claimed again, three times at
most when nothing is done in between.
"""

from __future__ import annotations

import json
import logging
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Final, TypeAlias

from pydantic import SecretStr

from earwitness.app.settings import Settings
from earwitness.core.errors import EngineError
from earwitness.core.queue import LANES, Job, JobLane, Owner
from earwitness.core.run import Outcome
from earwitness.runs.owner import is_gone, owner_of
from earwitness.store.library import Library

IDLE_S: Final = 1.0
"""How often an idle crew looks whether something was queued."""

LEAVE_S: Final = 30.0
STARTS: Final = 3
"""So many children in a row may end before they are ready; then something is wrong with all."""

_OWN_GROUP: Final[int] = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)

Heard = Callable[[str, str, float], None]
"""Told a run's id, a stage's name and the share of it that is done."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that a crew has let go.

    Attributes:
        run: Its id.
        session: Whose.
        outcome: Of the run; None: it was given back, lost or taken over, and still waits.
        error: Why it did not end well; empty when it did.
        fault: The same as its class told it; None when the child could not say.
    """

    run: str
    session: str
    outcome: Outcome | None
    error: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """An error of a child.

    Attributes:
        kind: Its class, as in `earwitness.core.errors`.
        message: One line.
        hint: What to do about it.
        exit_code: Of that class.
        again_s: After how many seconds another try may do better; None: it would not.
    """

    kind: str
    message: str
    hint: str
    exit_code: int
    again_s: float | None


class Crew:
    """Carries out queued runs in child processes; a context manager.

    Args:
        library: Where the queue is.
        settings: For the children; their workers are shared out among them.
        parallel: Children at most.
        lanes: What is taken from the queue.
        runs: Only these, in this order, whatever else is queued; None: the queue's own order.
        heard: Told about progress.

    Example:
        >>> with Crew(library, settings, parallel=2) as crew:  # doctest: +SKIP
        ...     for ended in crew.drain():
        ...         print(ended.run, ended.outcome)
    """

    def __init__(
        self,
        library: Library,
        settings: Settings,
        *,
        parallel: int = 1,
        lanes: Iterable[JobLane] = LANES,
        runs: Iterable[str] | None = None,
        heard: Heard = lambda _run, _stage, _share: None,
    ) -> None:
        self._library = library
        self._settings = settings
        self._told: dict[str, object] = {"settings": _plain(settings, parallel)}
        self._parallel = parallel
        self._lanes = frozenset(lanes)
        self._chosen = None if runs is None else deque(runs)
        self._heard = heard
        self._children: list[_Child] = []
        self._inbox: _Inbox = queue.SimpleQueue()
        self._leaving = threading.Event()
        self._stillborn = 0
        self._elsewhere: list[Ended] = []

    def __enter__(self) -> Crew:
        """Ready; children start when there is work."""
        self._library.sweep()
        return self

    def __exit__(self, *_about: object) -> None:
        """Let children give back what they hold, and wait for them."""
        for child in self._children:
            child.leave()
        until_s = time.monotonic() + LEAVE_S
        for child in self._children:
            child.end(max(0.0, until_s - time.monotonic()))

    def drain(self) -> Iterator[Ended]:
        """Carry out what is queued, and end when there is nothing left to wait for.

        That is when no job is queued or running, whoever runs it; of chosen runs, when all have
        ended. Runs that were lost are taken up again and told of when they end.

        Raises:
            EngineError: Children do not even start.
        """
        return self._work(stay=False)

    def stay(self) -> Iterator[Ended]:
        """Carry out what is queued until `leave`; when there is nothing, wait.

        Raises:
            EngineError: Children do not even start.
        """
        return self._work(stay=True)

    def leave(self) -> None:
        """Begin nothing more, and give back what is done; from any thread or signal handler."""
        self._leaving.set()
        self._inbox.put(None)

    def add(self, run: str) -> None:
        """Choose one run more; from any thread.

        Raises:
            ValueError: The crew takes whatever is queued.
        """
        if self._chosen is None:
            raise ValueError("this crew takes whatever is queued")
        self._chosen.append(run)
        self.wake()

    def waits_for(self, run: str) -> bool:
        """Whether a chosen run will be taken up, or taken up again."""
        return self._chosen is not None and run in self._chosen

    @property
    def leaving(self) -> bool:
        """Whether nothing more is begun."""
        return self._leaving.is_set()

    def wake(self) -> None:
        """Let `turn` return at once; from any thread."""
        self._inbox.put(None)

    def turn(self, timeout_s: float) -> tuple[Ended, ...]:
        """Give idle children what there is, and hear what they say.

        Returns:
            The runs that were let go, by then or within the time.

        Raises:
            EngineError: Children do not even start.
        """
        if self._leaving.is_set():
            for child in self._children:
                child.leave()
        else:
            self._hand_out()
        return tuple(self._hear(timeout_s))

    @property
    def busy(self) -> bool:
        """Whether any child has a run."""
        return any(child.job for child in self._children)

    def _work(self, *, stay: bool) -> Iterator[Ended]:
        while not self._leaving.is_set():
            self._hand_out()
            if not self.busy and not stay and self._is_drained():
                return
            yield from self._hear(IDLE_S)
        for child in self._children:
            child.leave()
        while self.busy:
            yield from self._hear(IDLE_S)

    def _hand_out(self) -> None:
        """Give every idle child a job, and begin new children as long as there are jobs."""
        while True:
            child = next((each for each in self._children if each.job is None), None)
            if child is None:
                if len(self._children) >= self._parallel or not self._any_waiting():
                    return
                child = _Child(self._told, self._inbox)
                self._children.append(child)
            job = self._claim(child.owner)
            if job is None:
                return
            child.give(job)

    def _any_waiting(self) -> bool:
        return bool(self._chosen) or self._library.any_open()

    def _claim(self, owner: Owner) -> Job | None:
        lease_s = self._settings.lease_s
        if self._chosen is None:
            return self._library.claim_next(owner, lanes=self._lanes, lease_s=lease_s, gone=is_gone)
        for _ in range(len(self._chosen)):
            run = self._chosen.popleft()
            job = self._library.claim(run, owner, lease_s=lease_s, gone=is_gone)
            if job is not None:
                return job
            now = self._library.job(run)
            if now is not None and now.state != "done":  # another one has it, for now
                self._chosen.append(run)
            elif now is not None:
                self._elsewhere.append(self._ended(now, ""))
        return None

    def _is_drained(self) -> bool:
        return not self._chosen if self._chosen is not None else not self._library.any_open()

    def _hear(self, timeout_s: float) -> Iterator[Ended]:
        """Wait for the next word of any child, and take all that are there."""
        elsewhere, self._elsewhere = self._elsewhere, []
        yield from elsewhere
        with suppress(queue.Empty):
            word = self._inbox.get(timeout=timeout_s)
            while True:
                ended = self._take(*word) if word is not None else None
                if ended is not None:
                    yield ended
                word = self._inbox.get_nowait()

    def _take(self, child: _Child, told: dict[str, object] | None) -> Ended | None:
        if told is None:
            return self._buried(child)
        if "ready" in told:
            self._stillborn = 0
            child.ready = True
        elif child.job is not None and "stage" in told:
            self._heard(child.job.run, str(told["stage"]), float(str(told["share"])))
        elif child.job is not None and "ended" in told:
            job, child.job = child.job, None
            error = told["error"]
            fault = Fault(**error) if isinstance(error, dict) else None
            return self._ended(job, fault.message if fault else "", fault)
        return None

    def _buried(self, child: _Child) -> Ended | None:
        """A child is gone; its run is claimed again by the next one that is idle."""
        self._children.remove(child)
        status = child.end(0.0)
        if not child.ready and not self._leaving.is_set():
            self._stillborn += 1
            if self._stillborn >= STARTS:
                raise EngineError(
                    "workers end before they have begun",
                    hint="`earwitness doctor` may say why; so may the log in the library's folder",
                )
        if child.job is None:
            return None
        log.warning("run %s lost its worker (exit %s)", child.job.run, status)
        if self._chosen is not None:
            self._chosen.append(child.job.run)
        return self._ended(child.job, f"its worker ended unexpectedly ({status})")

    def _ended(self, job: Job, error: str, fault: Fault | None = None) -> Ended:
        outcome = self._library.run(job.run).outcome
        now = self._library.job(job.run)
        done = now is not None and now.state == "done"
        return Ended(job.run, job.session, outcome if done else None, error, fault)


_Inbox: TypeAlias = "queue.SimpleQueue[tuple[_Child, dict[str, object] | None] | None]"
"""Words of children; None for a child that is gone, and None alone to be woken up."""


class _Child:
    """One child process, as its parent sees it."""

    def __init__(
        self,
        told: dict[str, object],
        inbox: _Inbox,
    ) -> None:
        self.job: Job | None = None
        self.ready = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "earwitness.app.running.crew_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # Ctrl-C is for the parent, which lets the children give back what they hold.
            process_group=None if sys.platform == "win32" else 0,
            creationflags=_OWN_GROUP,
        )
        self.owner = owner_of(self._process.pid)
        self._tell(told)
        threading.Thread(target=self._listen, args=(inbox,), daemon=True).start()

    def give(self, job: Job) -> None:
        """Let it carry out a job that was claimed in its name."""
        self.job = job
        self._tell({"run": job.run})

    def leave(self) -> None:
        """Let it give back what it holds, and end."""
        self._tell({"leave": True})

    def end(self, wait_s: float) -> int:
        """Wait for it; kill it when that takes too long.

        Returns:
            Its exit status; a negative one is the signal that ended it.
        """
        with suppress(OSError, ValueError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        try:
            return self._process.wait(timeout=wait_s or 1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _tell(self, told: dict[str, object]) -> None:
        """One line; when the child is gone, its closed pipe says so."""
        with suppress(OSError, ValueError):
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(told) + "\n")
            self._process.stdin.flush()

    def _listen(self, inbox: queue.SimpleQueue[tuple[_Child, dict[str, object] | None]]) -> None:
        pipe: IO[str] | None = self._process.stdout
        assert pipe is not None
        with pipe, suppress(ValueError, OSError):
            for line in pipe:
                inbox.put((self, json.loads(line)))
        inbox.put((self, None))


def _plain(settings: Settings, parallel: int) -> dict[str, object]:
    """The settings as JSON, secrets in clear: they go through a pipe and are stored nowhere."""
    told: dict[str, object] = settings.model_dump(mode="json", exclude_none=True)
    for name, value in settings:
        if isinstance(value, SecretStr):
            told[name] = value.get_secret_value()
    told["workers"] = max(1, settings.workers // parallel)
    return told
