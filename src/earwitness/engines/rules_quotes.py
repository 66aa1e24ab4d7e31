"""Quotes: a piece of a line, word for word, worth standing alone; with its question where it needs
one.
"""

from __future__ import annotations

import re
from typing import Final

from earwitness.core.note import Sentence
from earwitness.core.text import fold_text
from earwitness.core.transcript import Utterance
from earwitness.engines import rules_note_words as words
from earwitness.engines.rules_moments import sentences

LONGEST: Final = 45
"""Words of a quote; of a longer line its best sentences are taken."""

LEAST: Final = 4
"""Words of a quote that stands alone."""

_CLAUSE: Final = re.compile(r"(?<=[,;:–-])\s+")


def trimmed(text: str) -> str:
    """A text without the sounds and marks that it begins and ends with; still word for word."""
    text = words.FILLER.sub("", text)
    end = 0
    for unit in words.UNIT.finditer(text):
        is_mark = words.MARK.fullmatch(unit[0]) is not None
        if not is_mark and unit[0].strip(",").casefold() not in words.SOUNDS:
            end = unit.end()
    bare = text[:end].strip().rstrip(" ,")
    return words.TAG.sub("", bare).rstrip(" ,") if not asks(text) else bare


def asks(text: str) -> bool:
    """Whether a text ends with a question; a mere "OK?" is none."""
    bare = words.MARK.sub("", text).rstrip(' "”')
    return bare.endswith("?") and words.TAG.search(bare) is None


def content(text: str) -> list[str]:
    """The words of a text that say what it is about, folded, in order."""
    said = fold_text(words.MARK.sub(" ", text)).split()
    return [each for each in said if len(each) > 2 and each not in words.COMMON]


def length(text: str) -> int:
    """How many words a text has, marks not counted."""
    return len(words.MARK.sub(" ", text).split())


def best_of(line: Utterance, weigh: words.Sign | None = None) -> str:
    """What of a line is quoted: all that says something, or of a long one the best of it.

    Args:
        line: Any.
        weigh: What the quote should hold, when not all of the line can stand.
    """
    told = [each for each in sentences(line.text) if content(each)]
    if not told:
        return ""
    whole = trimmed(line.text[line.text.find(told[0]) : line.text.rfind(told[-1]) + len(told[-1])])
    if length(whole) <= LONGEST:
        return whole
    start, end, top = 0, 1, -1.0
    for first in range(len(told)):
        for last in range(first + 1, len(told) + 1):
            piece = told[first:last]
            count = sum(length(each) for each in piece)
            if count > LONGEST and last > first + 1:
                break
            score = float(sum(len(set(content(each))) for each in piece))
            if weigh is not None and not any(weigh.search(each.casefold()) for each in piece):
                score *= 0.2
            if count > LONGEST:
                score *= LONGEST / count
            if score > top:
                start, end, top = first, last, score
    begin = line.text.find(told[start])
    return shortened(
        trimmed(line.text[begin : line.text.find(told[end - 1], begin) + len(told[end - 1])])
    )


def shortened(text: str) -> str:
    """A text that goes on without end, cut at a comma."""
    if length(text) <= 2 * LONGEST:
        return text
    kept, count = 0, 0
    for match in _CLAUSE.finditer(text):
        count = length(text[: match.start()])
        if count > LONGEST and kept:
            break
        kept = match.start()
    return text[:kept].rstrip(" ,;:–-") if kept else " ".join(text.split()[:LONGEST])


def quote(line: Utterance, text: str, confidence: float) -> Sentence:
    """A sentence that is what one line says."""
    return Sentence(text, (line.id,), True, _share(confidence))


def exchange(
    asked: Utterance, question: str, line: Utterance, answer: str, sure: float
) -> Sentence:
    """A question and what was answered; the answer alone where their order is not that of ids."""
    if asked.id >= line.id:
        return Sentence(answer, (line.id,), True, _share(sure))
    return Sentence(f"{question}\n{answer}", (asked.id, line.id), True, _share(sure))


def _share(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 3)
