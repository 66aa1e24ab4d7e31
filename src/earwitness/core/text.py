"""Text that siblings share: joining words, folding for comparison, cutting into pieces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from earwitness.core.speech import Word

_SPOKEN = re.compile(r"[a-z0-9']+")

# Scripts that set no spaces between words: kana, Han, and Thai with its neighbours (Lao, Khmer,
# Myanmar). Korean does set them.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
)
_PIECE = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")


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
    if plain.isascii():
        words = _SPOKEN.findall(plain)
    else:
        plain = unicodedata.normalize("NFKC", plain)
        words = "".join(sign if _is_spoken(sign) else " " for sign in plain).split()
    return " ".join(word for word in words if any(map(str.isalnum, word)))


def _is_spoken(sign: str) -> bool:
    """Letters, digits, and the marks that are vowels in Hindi and others; apostrophes."""
    return sign.isalnum() or sign == "'" or unicodedata.category(sign).startswith("M")


class Piece(NamedTuple):
    """The smallest part of a line that is compared: what stands between spaces, or one sign of a
    script that sets none.

    Attributes:
        text: As written.
        glued: No space stands before it.
        key: Folded, for comparing; as written when nothing is left (`--`, `...`).
    """

    text: str
    glued: bool
    key: str


@lru_cache(maxsize=16_384)
def piece(text: str, glued: bool) -> Piece:
    """A piece with its key. Kept, because a session says the same few thousand words."""
    key = text.lower() if text.isascii() and text.isalnum() else fold_text(text) or text
    return Piece(text, glued, key)


def text_pieces(line: str) -> list[Piece]:
    """The pieces of a line; the first is never glued.

    Example:
        >>> [p.text for p in text_pieces("It's 今日")]
        ["It's", '今', '日']
    """
    if line.isascii():
        return [piece(text, False) for text in line.split()]
    found = []
    end = 0
    for match in _PIECE.finditer(line):
        found.append(piece(match[0], glued=0 < end == match.start()))
        end = match.end()
    return found


@lru_cache(maxsize=16_384)
def word_pieces(word: str) -> tuple[Piece, ...]:
    """The pieces of one word; kept like them."""
    return tuple(text_pieces(word))
