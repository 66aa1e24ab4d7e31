"""The command line: parse, call a verb, show. Nothing is decided here."""

from __future__ import annotations

import gc
import sys
from typing import Final

from earwitness.cli.failures import run

CALM: Final = (100_000, 20, 20)
"""Thresholds of the garbage collector. A long session is a million small objects that live to the
end and never form a cycle; with Python's own thresholds looking at them again and again takes an
eighth of the time that eight hours of subtitles take."""


def main() -> None:
    """The `earwitness` command."""
    gc.set_threshold(*CALM)
    sys.exit(run(sys.argv[1:]))
