"""Following: how far a run is that another process works on, told to a listener here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from earwitness.core.queue import Job
from earwitness.core.run import Event, Run
from earwitness.core.speech import Cut
from earwitness.runs.listener import Listener
from earwitness.runs.owner import machine
from earwitness.store.library import Library


class Following:
    """Reads a session's events from where they stand.

    Args:
        library: Where the run is.
        run: Which one is followed.
        listener: Told about its stages.
    """

    def __init__(self, library: Library, run: Run, listener: Listener) -> None:
        self._library = library
        self._run = run
        self._listener = listener
        self._after = 0
        self._chunks: Counter[str] = Counter()
        self._said: str | None = None

    def look(self, job: Job, told: Callable[[str], None]) -> None:
        """Tell what is new.

        Args:
            job: As it stands.
            told: Told once what is waited for.
        """
        waiting_for = _waiting_for(job)
        if waiting_for != self._said:
            self._said = waiting_for
            told(waiting_for)
        for event in self._library.events(self._run.session, after=self._after):
            self._after = event.seq
            if event.run == self._run.id:
                self._hear(event)

    def _hear(self, event: Event) -> None:
        if event.type == "run.started":
            self._chunks.clear()
        if event.stage is None:
            return
        if event.type == "chunk.done" and event.segments[:1] in ((), (0,)):
            self._chunks[event.stage] += 1
            whole = self._pieces() if event.stage == "transcribe" else 0
            if whole:
                self._listener(event.stage, min(1.0, self._chunks[event.stage] / whole))
        elif event.type in ("stage.started", "stage.finished"):
            self._listener(event.stage, float(event.type == "stage.finished"))

    def _pieces(self) -> int:
        digest = self._library.result(self._run.id, "cut")
        return len(self._library.get(digest, Cut).chunks) if digest else 0


def _waiting_for(job: Job) -> str:
    if job.owner is None:
        return "this machine's GPU is taken by another run; waiting for it"
    where = "" if job.owner.machine == machine() else f" on {job.owner.machine.partition('/')[0]}"
    return f"another process ({job.owner.pid}{where}) works on this already; waiting for its result"
