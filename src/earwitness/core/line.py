"""Line: the words of a home as pieces that can be compared and found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from earwitness.core.draft import Home
from earwitness.core.speech import Word
from earwitness.core.text import Piece, piece, text_pieces, word_pieces


class Slot(NamedTuple):
    """A word of a home.

    Attributes:
        word: The word.
        run: The index of its run in the home.
        place: Its index in the words of the utterance; -1 for a new word.
    """

    word: Word
    run: int
    place: int = -1


@dataclass(frozen=True, slots=True)
class Line:
    """The words of a home as pieces.

    Attributes:
        slots: The words in order.
        pieces: What is compared. The first of each run counts as not glued.
        first: For each piece the slot where it begins.
        last: For each piece the slot where it ends, inclusive.
    """

    slots: tuple[Slot, ...]
    pieces: list[Piece]
    first: list[int]
    last: list[int]


def read_line(home: Home) -> Line:
    """The words of a home as pieces; glued words that set spaces elsewhere become one piece."""
    slots: list[Slot] = []
    line = Line((), [], [], [])
    for number, run in enumerate(home):
        for place, word in enumerate(run.words, start=run.first):
            _append(line, word, len(slots), opens=place == run.first)
            slots.append(Slot(word, number, place))
    return Line(tuple(slots), line.pieces, line.first, line.last)


def _append(line: Line, word: Word, slot: int, *, opens: bool) -> None:
    glued = word.glued and not opens
    parts: Sequence[Piece] = word_pieces(word.text)
    if glued:
        previous = line.pieces[-1]
        head, *rest = text_pieces(previous.text + word.text)
        if head.text != previous.text:
            line.pieces[-1] = piece(head.text, previous.glued)
            line.last[-1] = slot
            parts, glued = rest, False
    for part in parts:
        line.pieces.append(part._replace(glued=True) if glued else part)
        line.first.append(slot)
        line.last.append(slot)
        glued = False


def occurrences(run: list[str], keys: list[str]) -> list[int]:
    """Every place where a run of keys begins; an empty run begins everywhere."""
    size, places = len(run), range(len(keys) - len(run) + 1)
    if not run:
        return list(places)
    return [at for at in places if keys[at] == run[0] and keys[at : at + size] == run]
