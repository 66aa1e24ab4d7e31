"""Options every verb understands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Where the library is, and how to answer."""

    home: Path | None = None
    "The library's folder [default: the platform's data folder, or EARWITNESS_HOME]."

    json: Annotated[bool, Parameter(negative="")] = False
    "Answer with one JSON object."

    debug: Annotated[bool, Parameter(negative="")] = False
    "Show the traceback of an error."
