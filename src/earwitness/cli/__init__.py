"""The command line: parse, call a verb, show. Nothing is decided here."""

from __future__ import annotations

import gc
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Final

from earwitness.cli.failures import run

CALM: Final = (100_000, 20, 20)
"""Thresholds of the garbage collector. A long session is a million small objects that live to the
end and never form a cycle; with Python's own thresholds looking at them again and again takes an
eighth of the time that eight hours of subtitles take."""


ENDING: Final = ("SIGTERM", "SIGHUP")
"""Signals that ask a command to end; what it had begun is closed, as after Ctrl-C."""


def main() -> None:
    """The `earwitness` command."""
    gc.set_threshold(*CALM)
    _open_what_is_closed()
    _heed_signals()
    sys.exit(run(sys.argv[1:]))


def _open_what_is_closed() -> None:
    """A command may be started without standard output or error: it writes nowhere then."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end
            setattr(sys, name, nowhere)


def _heed_signals() -> None:
    for name in ENDING:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        # What somebody else decided stands: `nohup` ignores hanging up.
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _stop)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
