"""How many examples a property is tried on: enough for every change, many more for `make deep`."""

from __future__ import annotations

import os
from typing import Final

DEEP: Final = bool(os.environ.get("EARWITNESS_DEEP"))
_TIMES: Final = 20


def examples(usual: int) -> int:
    """So many, or twenty times as many.

    Args:
        usual: What finds a mistake that was planted; more only find rarer ones.
    """
    return usual * _TIMES if DEEP else usual
