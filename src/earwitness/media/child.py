"""Asking the decoding child: progress as it comes, one answer, and no child left behind."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Final

from earwitness.core import errors
from earwitness.core.errors import Cancelled, EarwitnessError, UnsupportedSource
from earwitness.core.ports import Tick

STALL_S: Final = 30.0
_POLL_S: Final = 0.1
_LEAVE_S: Final = 2.0
"""How long a child that has answered may take to end by itself."""

_OWN_GROUP: Final[int] = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
_KINDS: Final[dict[str, type[EarwitnessError]]] = {
    kind.__name__: kind for kind in (errors.UnsupportedSource, errors.UsageError, errors.DiskFull)
}

Answer = dict[str, object]


def ask(
    request: dict[str, object],
    *,
    tick: Tick,
    cancelled: Callable[[], bool],
    stall_s: float = STALL_S,
) -> Answer:
    """Start a child, pass it `request`, and wait for its answer.

    Args:
        request: See `decode_child.Request`.
        tick: Told the share done; never falls.
        cancelled: Asked about ten times a second.
        stall_s: A child that tells nothing for so long is killed.

    Raises:
        UnsupportedSource: The file cannot be read, the child crashed on it or stalled.
        DiskFull: No space for the samples.
        Cancelled: `cancelled` said so.
    """
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "earwitness.media.decode_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            # Ctrl-C is for the parent, which ends the child; also while it is still starting.
            process_group=None if sys.platform == "win32" else 0,
            creationflags=_OWN_GROUP,
        )
        try:
            answer = _converse(child, request, tick=tick, cancelled=cancelled, stall_s=stall_s)
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=_LEAVE_S)
        finally:
            # Nothing it could still do is wanted.
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
        if answer is None:
            raise _crashed(child.returncode, complaints)
    if "error" in answer:
        kind = _KINDS.get(str(answer["error"]), UnsupportedSource)
        raise kind(str(answer["message"]), hint=str(answer["hint"]))
    return answer


def _converse(
    child: subprocess.Popen[bytes],
    request: dict[str, object],
    *,
    tick: Tick,
    cancelled: Callable[[], bool],
    stall_s: float,
) -> Answer | None:
    assert child.stdin is not None
    assert child.stdout is not None
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(child.stdout, lines), daemon=True).start()
    try:
        # Left open afterwards: its closing tells the child that we are gone.
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.flush()
    except BrokenPipeError:
        return None
    heard_at, share = time.monotonic(), 0.0
    while True:
        if cancelled():
            raise Cancelled("decoding was stopped", hint="run the same command again to go on")
        try:
            line = lines.get(timeout=_POLL_S)
        except queue.Empty:
            if time.monotonic() - heard_at > stall_s:
                raise UnsupportedSource(
                    f"decoding stood still for {stall_s:.0f} s",
                    hint="the file may be damaged, or its disk does not answer",
                ) from None
            tick(share)  # may raise to stop us
            continue
        heard_at = time.monotonic()
        if not line:
            return None
        told: Answer = json.loads(line)
        if not isinstance(done := told.get("share"), float):
            result = told.get("result")
            return result if isinstance(result, dict) else told
        share = done
        tick(share)


def _listen(pipe: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    try:
        for line in pipe:
            lines.put(line)
    except ValueError:
        pass  # closed by the other thread: nobody listens any more
    lines.put(b"")


def _crashed(status: int, complaints: IO[bytes]) -> EarwitnessError:
    complaints.seek(0)
    last = complaints.read().decode(errors="replace").strip().rpartition("\n")[2]
    if last and status != 0:
        # The kind alone: the rest of the line could hold a path.
        return EarwitnessError(f"the decoder failed: {last.partition(':')[0]}")
    return UnsupportedSource(
        "the decoder crashed on it", hint="convert the file to wav or flac and try again"
    )
