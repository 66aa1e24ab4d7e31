"""STM, CTM and RTTM: what NIST's scoring tools read - lines, single words, turns; in seconds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from earwitness.core.errors import UnsupportedSource, UsageError
from earwitness.core.imported import FlawKind, Floor, Imported, ImportOptions, Passage, counted
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.spreading import in_order
from earwitness.core.text import join_words
from earwitness.importers.cues import LAST_MS

PAUSE_MS: Final = 1_000
"""Words of a CTM with a longer silence between them are two lines."""

_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
_LABEL = re.compile(r"<[^<>\s]*,[^<>\s]*>$|<NA>$")
_NOT_SCORED: Final = "ignore_time_segment_in_scoring"
_LOOK: Final = 20
_SHOWN: Final = 8


def _rows(text: str) -> Iterator[list[str]]:
    for line in text.split("\n"):
        if line.strip() and not line.lstrip().startswith(";;"):
            yield line.split()


def _of_part(rows: list[list[str]], place: int, options: ImportOptions) -> list[list[str]]:
    """The rows of the one recording that is wanted.

    Raises:
        UsageError: The file speaks of several, and none of them was named.
    """
    named = dict.fromkeys(row[place] for row in rows if len(row) > place)
    if options.part is not None:
        if options.part not in named:
            raise UsageError(
                "the file does not speak of this recording",
                hint="--part one of: " + ", ".join([*named][:_SHOWN]),
            )
        return [row for row in rows if len(row) > place and row[place] == options.part]
    if len(named) > 1:
        raise UsageError(
            f"the file speaks of {len(named)} recordings",
            hint="--part one of: " + ", ".join([*named][:_SHOWN]),
        )
    return rows


def _ms(text: str) -> int | None:
    if not _SECONDS.fullmatch(text):
        return None
    ms = round(float(text) * 1000)
    return ms if ms < LAST_MS else None


class Stm:
    """`file channel speaker start end [<label>] words`, a line each."""

    name = "stm"
    suffixes = ("stm",)

    def sniff(self, text: str) -> int:
        """Looks like it when all of the first lines are so."""
        rows = [row for row, _ in zip(_rows(text), range(_LOOK), strict=False)]
        fits = [len(row) >= 5 and None not in (_ms(row[3]), _ms(row[4])) for row in rows]
        return 2 if fits and all(fits) else 0

    def read(self, text: str, options: ImportOptions) -> Imported:
        """Lines with text; one without text is a turn."""
        flaws: Counter[FlawKind] = Counter()
        passages, floors = [], []
        for row in _of_part(list(_rows(text)), 0, options):
            if len(row) < 5:
                raise _broken("STM")
            start, end, words = _ms(row[3]), _ms(row[4]), row[5:]
            if words and _LABEL.fullmatch(words[0]):
                words = words[1:]
            if words == [_NOT_SCORED]:
                flaws["comment"] += 1
            elif words:
                passages.append(Passage(" ".join(words), start, end, row[2]))
            elif start is not None and end is not None and start < end:
                floors.append(Floor(Span(start, end), row[2]))
            else:
                flaws["turn_without_length"] += 1
        return _found(passages, floors, flaws)


class Ctm:
    """`file channel start length word [confidence [type [speaker]]]`, a line for each word."""

    name = "ctm"
    suffixes = ("ctm",)

    def sniff(self, text: str) -> int:
        """Looks like it when all of the first lines are so."""
        rows = [row for row, _ in zip(_rows(text), range(_LOOK), strict=False)]
        fits = [5 <= len(row) <= 8 and None not in (_ms(row[2]), _ms(row[3])) for row in rows]
        return 2 if fits and all(fits) else 0

    def read(self, text: str, options: ImportOptions) -> Imported:
        """Words gathered into lines, with their own times and confidences."""
        flaws: Counter[FlawKind] = Counter()
        lines: list[tuple[str | None, list[Word]]] = []
        for row in _of_part(list(_rows(text)), 0, options):
            if len(row) < 5:
                raise _broken("CTM")
            start, length = _ms(row[2]), _ms(row[3])
            if start is None or length is None:
                raise _broken("CTM")
            flaws["no_length"] += length == 0
            share = float(row[5]) if len(row) > 5 and _SECONDS.fullmatch(row[5]) else None
            speaker = row[7] if len(row) > 7 else None
            known = share if share is not None and share <= 1 else None
            word = Word(row[4], Span(start, start + max(1, length)), known)
            last = lines[-1][1][-1].span.end_ms if lines else None
            if last is None or lines[-1][0] != speaker or not 0 <= start - last + 1 <= PAUSE_MS:
                lines.append((speaker, []))
            lines[-1][1].append(word)
        passages = []
        for speaker, words in lines:
            ordered = in_order(words)
            last_ms = max(word.span.end_ms for word in ordered)
            text = join_words(ordered)
            passages.append(
                Passage(text, ordered[0].span.start_ms, last_ms, speaker, tuple(ordered))
            )
        return _found(passages, [], flaws)


class Rttm:
    """`SPEAKER file channel start length <NA> <NA> speaker`: who held the floor, without text."""

    name = "rttm"
    suffixes = ("rttm",)

    def sniff(self, text: str) -> int:
        """Says so in the first word of its lines."""
        rows = [row for row, _ in zip(_rows(text), range(_LOOK), strict=False)]
        kinds = {"SPEAKER", "SPKR-INFO", "LEXEME", "NON-SPEECH", "SEGMENT", "NOSCORE"}
        return 3 if rows and all(row[0] in kinds and len(row) >= 8 for row in rows) else 0

    def read(self, text: str, options: ImportOptions) -> Imported:
        """The turns; a session of voices without text."""
        flaws: Counter[FlawKind] = Counter()
        floors = []
        turns = [row for row in _rows(text) if row[0] == "SPEAKER"]
        for row in _of_part(turns, 1, options):
            start = _ms(row[3]) if len(row) >= 8 else None
            length = _ms(row[4]) if len(row) >= 8 else None
            if start is None or length is None:
                raise _broken("RTTM")
            if length:
                floors.append(Floor(Span(start, start + length), row[7]))
            else:
                flaws["turn_without_length"] += 1
        return _found([], floors, flaws)


def _found(passages: list[Passage], floors: list[Floor], flaws: Counter[FlawKind]) -> Imported:
    if not passages and not floors:
        raise UnsupportedSource(
            "nobody says anything in this file", hint="say --format when it is of another kind"
        )
    return Imported(tuple(passages), tuple(floors), counted(flaws))


def _broken(what: str) -> UnsupportedSource:
    return UnsupportedSource(
        f"a line of the file is no {what}", hint="say --format when it is of another kind"
    )
