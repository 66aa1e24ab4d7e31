"""Machines for tests and benchmarks: homes that share nothing but a database and a bucket, with
workers that can be killed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from earwitness.app.library import library_of
from earwitness.app.settings import Settings
from earwitness.store.bucket import Bucket
from earwitness.store.library import Library

POLL_S = 0.05


@dataclass(frozen=True)
class Machine:
    """One home, and what its commands are told.

    Attributes:
        folder: Everything it has.
        environment: Of its commands.
        apart: Its processes cannot be seen from other machines, as on a real one; needs root.
    """

    folder: Path
    environment: dict[str, str]
    apart: bool

    def enqueue(self, recording: Path, script: Path) -> str:
        """Queue a recording for the scripted engine; returns the run's id."""
        code = (
            "import sys; from earwitness.app.running.queue_api import enqueue; "
            "run = enqueue(sys.argv[1], transcriber='scripted', model=sys.argv[2], language='en'); "
            "sys.stdout.write(run.id)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(recording), str(script)],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout


def new_machine(
    folder: Path, database: str, bucket: Bucket, *, lease_s: float, apart: bool = False
) -> Machine:
    """A machine with an empty home."""
    folder.mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COVERAGE", "EARWITNESS_"))}
    told = {
        "EARWITNESS_HOME": str(folder / "home"),
        "EARWITNESS_OUTPUT": str(folder / "output"),
        "EARWITNESS_DATABASE": database,
        "EARWITNESS_ARTIFACTS": f"s3://{bucket.name}/{bucket.prefix}",
        "AWS_ENDPOINT_URL": bucket.endpoint or "",
        "AWS_ACCESS_KEY_ID": bucket.key_id or "",
        "AWS_SECRET_ACCESS_KEY": bucket.secret or "",
        "EARWITNESS_LEASE_S": str(lease_s),
        "EARWITNESS_WORKERS": "1",
        "EARWITNESS_OFFLINE": "true",
    }
    return Machine(folder, {**kept, **told}, apart)


def can_be_apart() -> bool:
    """Whether processes here can be hidden from each other."""
    if shutil.which("unshare") is None:
        return False
    command = ["unshare", "--fork", "--pid", "--mount-proc", "true"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


class Worker:
    """`earwitness worker` on a machine; a context manager that leaves nothing running."""

    def __init__(self, machine: Machine) -> None:
        command = [sys.executable, "-m", "earwitness", "worker", "--json"]
        if machine.apart:
            hidden = ["unshare", "--fork", "--pid", "--mount-proc", "--kill-child"]
            command = [*hidden, *command]
        self._process = subprocess.Popen(
            command,
            env=machine.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def kill(self) -> None:
        """Kill -9 it and its children: the machine is gone."""
        import psutil

        children = []
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(self._process.pid).children(recursive=True)
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.send_signal(signal.SIGKILL)
        self._process.kill()
        self._process.wait()


def wait_for(what: Callable[[], bool], *, at_most_s: float) -> float:
    """Look until something is so; returns when, in seconds of a clock that only grows."""
    until = time.monotonic() + at_most_s
    while not what():
        assert time.monotonic() < until, "it did not come to it in time"
        time.sleep(POLL_S)
    return time.monotonic()


def looking_at(machine: Machine) -> Library:
    """The machines' library as somebody else sees it."""
    given = machine.environment
    told = {
        "home": machine.folder / "looking",
        "database": given["EARWITNESS_DATABASE"],
        "artifacts": given["EARWITNESS_ARTIFACTS"],
        "artifacts_endpoint": given["AWS_ENDPOINT_URL"],
        "artifacts_key_id": given["AWS_ACCESS_KEY_ID"],
        "artifacts_secret": given["AWS_SECRET_ACCESS_KEY"],
    }
    return library_of(Settings.model_validate(told))


def slow_script(path: Path, *, wait_ms: int) -> Path:
    """A script for the scripted engine in which every chunk takes so long."""
    words = [
        {"text": f"word{at_ms // 500}", "start_ms": at_ms, "end_ms": at_ms + 400}
        for at_ms in range(0, 120_000, 500)
    ]
    path.write_text(json.dumps({"words": words, "language": "en", "wait_ms": wait_ms}))
    return path


@dataclass(frozen=True)
class TakenOver:
    """What became of a run whose worker was killed.

    Attributes:
        claimed_s: From the kill until another machine held the run.
        going_on_s: From the kill until the next chunk was heard.
        ended_s: From the kill until the run had its result.
        before: Chunks heard when the kill came.
        chunks: Of the run.
        twice: Chunks that were computed more than once.
        session: The session.
    """

    claimed_s: float
    going_on_s: float
    ended_s: float
    before: int
    chunks: int
    twice: int
    session: str


def take_over(recording: Path, script: Path, machines: tuple[Machine, Machine]) -> TakenOver:
    """Queue a recording, delete it, kill its worker, and look on while another one goes on.

    Nobody has the file then: both workers fetch it from the bucket.
    """
    one, two = machines
    run = one.enqueue(recording, script)
    recording.unlink()
    with looking_at(one) as library:

        def heard() -> list[int]:
            return [
                step.chunk
                for step in library.steps(run)
                if step.stage == "transcribe" and step.chunk is not None and not step.hit
            ]

        with Worker(one) as first:
            wait_for(lambda: len(heard()) >= 3, at_most_s=240)
            with Worker(two):
                token = _token(library, run)
                first.kill()
                killed, before = time.monotonic(), len(heard())
                claimed = wait_for(lambda: _token(library, run) > token, at_most_s=240)
                going_on = wait_for(lambda: len(heard()) > before, at_most_s=240)
                ended = wait_for(lambda: library.run(run).outcome is not None, at_most_s=120)
        chunks = heard()
        session = library.run(run).session
    return TakenOver(
        claimed_s=claimed - killed,
        going_on_s=going_on - killed,
        ended_s=ended - killed,
        before=before,
        chunks=len(set(chunks)),
        twice=len(chunks) - len(set(chunks)),
        session=session,
    )


def _token(library: Library, run: str) -> int:
    job = library.job(run)
    return job.token if job else 0
