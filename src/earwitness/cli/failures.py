"""Failures: every error becomes one line and a hint, and the exit code of its kind."""

from __future__ import annotations

import json
import os
import sys

from earwitness.core.errors import Cancelled, EarwitnessError, EditConflict, UsageError


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
        # The reader went away (`| head`): nothing is wrong; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0


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
