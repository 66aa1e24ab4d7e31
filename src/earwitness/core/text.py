"""Text that siblings share: joining words, folding for comparison, splitting into words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from earwitness.core.speech import Word

_NOT_SPOKEN = re.compile(r"[^\w' ]+")


def join_words(words: Iterable[Word]) -> str:
    """One line of text, with a space before every word that is not glued."""
    line = ""
    for word in words:
        line += word.text if word.glued or not line else f" {word.text}"
    return line


def fold_text(text: str) -> str:
    """Lower case, no punctuation, single spaces: for comparing, never for showing.

    Example:
        >>> fold_text("It’s  done, Bob!")
        "it's done bob"
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return " ".join(_NOT_SPOKEN.sub(" ", plain).replace("_", " ").split())
