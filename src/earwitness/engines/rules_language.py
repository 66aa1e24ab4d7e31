"""Which signs hold for a language, and how they meet a line."""

from __future__ import annotations

from typing import Final

from earwitness.engines.rules_dutch import DUTCH
from earwitness.engines.rules_english import ENGLISH
from earwitness.engines.rules_signs import Signs

_KNOWN: Final = {"en": (ENGLISH,), "nl": (DUTCH,)}


def signs_for(language: str | None) -> tuple[Signs, ...]:
    """Signs of a language; of all where it is unknown; none where nobody wrote any."""
    return (ENGLISH, DUTCH) if language is None else _KNOWN.get(language, ())


def plain(text: str) -> str:
    """A line as the patterns meet it."""
    return text.casefold().replace("\u2019", "'")
