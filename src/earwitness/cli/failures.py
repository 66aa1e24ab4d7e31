"""Failures: every error becomes one line and a hint, and the exit code of its kind."""

from __future__ import annotations

import errno
import json
import os
import sys
from typing import Final

from earwitness.core.errors import Cancelled, DiskFull, EarwitnessError, EditConflict, UsageError

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_ANSWER_HINT: Final = "what was asked for is done; free some space where the answer goes"


def run(tokens: list[str]) -> int:
    """Parse and run one command.

    Returns:
        The exit code.
    """
    from cyclopts import CycloptsError

    from earwitness.cli.commands import app

    try:
        result = app(tokens, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
    except CycloptsError as error:
        return _answer(UsageError(_one_line(str(error)), hint="earwitness --help"), tokens)
    except EarwitnessError as error:
        return _answer(error, tokens)
    except KeyboardInterrupt:
        stopped = Cancelled("stopped", hint="the same command continues where it stopped")
        return _answer(stopped, tokens)
    except BrokenPipeError:
        _write_nowhere()  # the reader went away (`| head`): nothing is wrong
        return 0
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        # Files and the library tell of a full disk themselves: this is the answer alone.
        _write_nowhere()
        full = DiskFull("the answer could not be written: no space left", hint=_ANSWER_HINT)
        return _answer(full, tokens)
    return result if isinstance(result, int) else 0


def _write_nowhere() -> None:
    """Keep Python from complaining, at its exit, of what it cannot write."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show(error: EarwitnessError) -> None:
    """One line, and a hint under it, on standard error."""
    sys.stderr.write(f"error: {error}\n")
    if error.hint:
        sys.stderr.write(f"hint: {error.hint}\n")


def error_json(error: EarwitnessError) -> dict[str, object]:
    """An error as programs read it; a conflict with both sides."""
    told = {"kind": type(error).__name__, "message": str(error), "hint": error.hint}
    if isinstance(error, EditConflict):
        return {**told, "expected": _side(error.expected), "found": _side(error.found)}
    return {**told}


def _side(value: object) -> object:
    return value if value is None or isinstance(value, str | bool) else str(value)


def _answer(error: EarwitnessError, tokens: list[str]) -> int:
    if "--debug" in tokens:
        import traceback

        traceback.print_exception(error)
    if "--json" in tokens:
        sys.stdout.write(json.dumps({"error": error_json(error)}) + "\n")
    else:
        show(error)
    return error.exit_code


def _one_line(text: str) -> str:
    return " ".join(text.split())
