"""Loose JSON: what transcribers write - reading fields that may be missing, of any number type."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Final

from earwitness.core.errors import UnsupportedSource
from earwitness.importers.cues import LAST_MS

Row = Mapping[str, object]

_STARTS: Final = ("start", "start_time", "start_s", "begin", "from")
_ENDS: Final = ("end", "end_time", "end_s", "to")
_SPEAKERS: Final = ("speaker", "speaker_id", "speaker_label", "speaker_name", "name")


def loaded(text: str) -> object:
    """What a JSON file holds.

    Raises:
        UnsupportedSource: It is no JSON, or nested beyond reason.
    """
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnsupportedSource("the file is not JSON", hint="export it again") from error
    return found


def rows(value: object) -> Iterator[Row]:
    """The objects in a list; nothing when it is none."""
    if isinstance(value, list):
        for row in value:
            if isinstance(row, dict):
                yield row


def line(value: object) -> str:
    """Text, or the lines of a list of texts; empty when it is neither."""
    if isinstance(value, list):
        return "\n".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def seconds(value: object) -> int | None:
    """Seconds as a number or text, in milliseconds; None when it is no time."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    ms = round(value * 1000)
    return ms if 0 <= ms < LAST_MS else None


def times(row: Row) -> tuple[int | None, int | None]:
    """Start and end in milliseconds, under whatever names they have."""
    start = next((seconds(row[name]) for name in _STARTS if name in row), None)
    end = next((seconds(row[name]) for name in _ENDS if name in row), None)
    return start, end


def speaker(row: Row) -> str | None:
    """Who speaks; None when nobody is named."""
    found = next((row[name] for name in _SPEAKERS if row.get(name) not in (None, "")), None)
    if isinstance(found, int) and not isinstance(found, bool):
        return f"Speaker {found}"
    if isinstance(found, dict):
        return line(found.get("name")) or None
    return line(found).strip() or None


def share(value: object) -> float | None:
    """A confidence from 0 to 1; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return float(value)
