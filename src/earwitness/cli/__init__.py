"""The command line: parse, call a verb, show. Nothing is decided here."""

from __future__ import annotations

import sys

from earwitness.cli.failures import run


def main() -> None:
    """The `earwitness` command."""
    sys.exit(run(sys.argv[1:]))
