"""Atoms: what a subtitle line is built from, unbreakable and timed to the millisecond.

Words are cut only where a reader accepts it: at spaces, and inside text written without spaces
(Chinese, Japanese, Thai, ...) at the places below. The Japanese rules are the usual ones of
typesetting (JIS X 4051): no line begins with closing marks, small kana or a lengthening sign,
and none ends with an opening bracket.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from earwitness.core.speech import Word
from earwitness.core.transcript import Utterance
from earwitness.exporters.shown import one_line

_NEVER_FIRST: Final = frozenset(
    "、。，．,.・：；！？!?:;’”)]}）］｝〉》」』】〕…‥ー々〻ゝゞぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%％ๆฯ"
)
_NEVER_LAST: Final = frozenset("‘“([{（［｛〈《「『【〔$¥￥เแโใไ")


class Atom(NamedTuple):
    """Text that stays together on one line.

    Attributes:
        text: Never empty, without white space.
        start_ms: When it begins, never before the atom before it.
        end_ms: When it ends.
        spaced: A space stands before it, unless it begins a line.
        utterance: The id of the utterance it comes from.
        language: ISO 639-1, or None when unknown.
    """

    text: str
    start_ms: int
    end_ms: int
    spaced: bool
    utterance: int
    language: str | None = None


@dataclass(slots=True)
class _Char:
    """One character of an unspaced stretch and the time it was said."""

    text: str
    start_ms: float
    end_ms: float
    opens_word: bool


def width(text: str) -> int:
    """Places a text takes on the screen: two for wide East Asian characters, else one."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def atoms(
    utterances: Iterable[Utterance], language: str | None = None, *, longest: int = 10
) -> list[Atom]:
    """All words of utterances by one speaker, cut and timed.

    Args:
        utterances: One after another.
        language: Taken where an utterance does not know its own.
        longest: Unspaced text without a natural break is cut after this many characters (twice as
            many where a rule of typesetting forbids it there).
    """
    cut: list[Atom] = []
    longest = max(1, longest)
    for utterance in utterances:
        number, spoken = utterance.id, utterance.language or language
        glued = True in [word.glued for word in utterance.words]
        for words in _joined(utterance.words) if glued else zip(utterance.words, strict=True):
            if len(words) == 1 and _whole((only := words[0]).text, longest):
                span = only.span
                cut.append(Atom(only.text, span.start_ms, span.end_ms, True, number, spoken))
                continue
            for stretch in _stretches(words):
                opening = True
                for text, start_ms, end_ms in _cut(stretch, longest):
                    cut.append(Atom(text, start_ms, end_ms, opening, number, spoken))
                    opening = False
    return _in_order(cut)


def _joined(words: Iterable[Word]) -> Iterator[list[Word]]:
    """Words that are written without a space between them."""
    together: list[Word] = []
    for word in words:
        if together and not word.glued:
            yield together
            together = []
        together.append(word)
    yield together


@lru_cache(maxsize=16_384)
def _whole(text: str, longest: int) -> bool:
    """Whether a word alone is one atom as it is written. Kept: a session says few words often."""
    if not text.isprintable() or " " in text:
        return False
    chars = [_Char(char, 0.0, 0.0, place == 0) for place, char in enumerate(text)]
    return len(list(_cut(chars, longest))) == 1


def _stretches(words: Iterable[Word]) -> Iterator[list[_Char]]:
    """Characters between two spaces, over all words glued to each other."""
    stretch: list[_Char] = []
    for word in words:
        parts = one_line(word.text).split()
        length = sum(map(len, parts))
        at, per_char = float(word.span.start_ms), word.span.duration_ms / max(1, length)
        for number, part in enumerate(parts):
            if stretch and (number > 0 or not word.glued):
                yield stretch
                stretch = []
            for place, char in enumerate(part):
                stretch.append(_Char(char, at, at + per_char, place == 0))
                at += per_char
    if stretch:
        yield stretch


def _cut(stretch: list[_Char], longest: int) -> Iterator[tuple[str, int, int]]:
    """The atoms of one stretch; one atom where the script puts spaces between words."""
    first = 0
    for here in range(1, len(stretch) + 1):
        if here == len(stretch) or _may_cut(stretch, here, (here - first) / longest):
            said = stretch[first:here]
            text = "".join(char.text for char in said)
            yield text, round(said[0].start_ms), round(said[-1].end_ms)
            first = here


def _may_cut(stretch: list[_Char], here: int, fullness: float) -> bool:
    left, right = stretch[here - 1].text, stretch[here].text
    if left.isascii() and right.isascii():
        return False
    scripts = _script(left), _script(right)
    if "spaced" in scripts and not _meets_unspaced(scripts):
        return False
    if fullness >= 2:
        return True
    if right in _NEVER_FIRST or left in _NEVER_LAST or unicodedata.category(right)[0] == "M":
        return False
    return (
        fullness >= 1
        or right in _NEVER_LAST
        or _natural(*scripts)
        or (stretch[here].opens_word and scripts[0] == scripts[1] and scripts[0] != "katakana")
    )


def _natural(left: str, right: str) -> bool:
    """A phrase tends to begin here: marks, or a change of script other than into hiragana."""
    return left == "mark" or (left != right and right not in {"hiragana", "mark"})


def _meets_unspaced(scripts: tuple[str, str]) -> bool:
    return any(script not in {"spaced", "mark"} for script in scripts)


def _script(char: str) -> str:
    """`han`, `hiragana`, `katakana`, `unspaced` (Thai, Lao, Khmer, Burmese), `mark`, `spaced`."""
    code = ord(char)
    if 0x3041 <= code <= 0x309F:
        return "hiragana"
    if 0x30A0 <= code <= 0x30FF or 0x31F0 <= code <= 0x31FF or 0xFF66 <= code <= 0xFF9F:
        return "mark" if char == "・" else "katakana"
    if (
        char in "々〆〇"
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
    ):
        return "han"
    if 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F or 0x1780 <= code <= 0x17FF:
        return "unspaced"
    return "spaced" if char.isalnum() or unicodedata.category(char)[0] == "M" else "mark"


def _in_order(cut: list[Atom]) -> list[Atom]:
    """The same atoms with starts that never fall back.

    Atoms that begin together (a word inserted by a person has its neighbour's time) share that
    time by their length.
    """
    if all(left[1] < right[1] for left, right in pairwise(cut)) and all(
        start_ms < end_ms for _, start_ms, end_ms, *_ in cut
    ):
        return cut
    ordered: list[Atom] = []
    at, count, latest_ms = 0, len(cut), 0
    while at < count:
        first = cut[at]
        start_ms = max(first.start_ms, latest_ms)
        stop = at + 1
        while stop < count and cut[stop].start_ms <= start_ms:
            stop += 1
        if stop == at + 1 and start_ms == first.start_ms < first.end_ms:
            ordered.append(first)
        else:
            ordered += _shared(cut[at:stop], start_ms)
        at, latest_ms = stop, ordered[-1].start_ms
    return ordered


def _shared(together: list[Atom], start_ms: int) -> list[Atom]:
    end_ms = max(start_ms + 1, *(atom.end_ms for atom in together))
    total = sum(len(atom.text) for atom in together)
    done = 0
    shared = []
    for atom in together:
        begin = start_ms + (end_ms - start_ms) * done // total
        done += len(atom.text)
        finish = max(begin + 1, start_ms + (end_ms - start_ms) * done // total)
        shared.append(atom._replace(start_ms=begin, end_ms=finish))
    return shared
