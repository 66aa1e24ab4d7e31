"""Notes by rules: what was discussed at a meeting, decided, taken on, and left open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from earwitness.core.note import Sentence
from earwitness.core.reading import Window
from earwitness.core.transcript import Utterance
from earwitness.engines import rules_note_words as words
from earwitness.engines.rules_language import plain
from earwitness.engines.rules_moment_words import PUT_OFF, WH_QUESTION
from earwitness.engines.rules_moments import sentences
from earwitness.engines.rules_quotes import LEAST, best_of, content, length, quote, trimmed

_RECURS: Final = 3
"""A word that is said so often in a window is one of its subjects."""

_PUT_OFF_LINES: Final = 3
_LONGEST: Final = 40
_ASKS_FOR: Final = ("can ", "could ", "will ", "would ", "kun", "wil ")
"""A question that asks somebody to do something."""


@dataclass(frozen=True, slots=True)
class Table:
    """Looks through one window of a meeting.

    Attributes:
        window: With the moments of its lines.
        staged: It is a game: only moments count, for those are of the story.
    """

    window: Window
    staged: bool = False

    def topics(self) -> Iterator[Sentence]:
        """Lines that take a subject up, or say most of the words the window is about."""
        said = Counter(each for line in self.window.lines for each in set(content(line.text)))
        about = {each for each, count in said.items() if count >= _RECURS}
        for line in self.window.lines:
            text = best_of(line, words.OPENED)
            told = set(content(text))
            if len(told) < LEAST:
                continue
            weight = 0.1 + 0.05 * min(len(told & about), 6) + 0.01 * min(len(told), 15)
            weight += 0.2 * bool(words.OPENED.search(plain(text))) - 0.1 * text.endswith("?")
            yield quote(line, text, weight - _marks(text))

    def decisions(self) -> Iterator[Sentence]:
        """What was decided."""
        yield from self._moments("decision", 0.3)
        for line in () if self.staged else self.window.lines:
            yield from self._matching(line, words.DECIDED, 0.3)

    def actions(self) -> Iterator[Sentence]:
        """Who does what."""
        yield from self._moments("promise", 0.3)
        for line in () if self.staged else self.window.lines:
            for told in self._matching(line, words.ACTED, 0.2):
                due = 0.25 * bool(words.DUE.search(plain(told.text)))
                yield quote(line, told.text, (told.confidence or 0.0) + due)

    def open(self) -> Iterator[Sentence]:
        """What was asked and not answered."""
        yield from self._moments("question", 0.2)
        for place, line in enumerate(self.window.lines):
            asked = [each for each in sentences(line.text) if each.endswith("?")]
            after = self.window.lines[place + 1 : place + 1 + _PUT_OFF_LINES]
            if not asked or not WH_QUESTION.search(asked[-1]) or len(content(asked[-1])) < 2:
                continue
            if any(PUT_OFF.search(plain(each.text)) for each in after):
                yield quote(line, trimmed(asked[-1]) or asked[-1], 0.6)

    def _moments(self, kind: str, more: float) -> Iterator[Sentence]:
        for moment in self.window.moments:
            line = self.window.get(moment.evidence[0])
            if moment.kind == kind and moment.quote is not None and line is not None:
                text = trimmed(moment.quote) or moment.quote
                if content(text):
                    yield quote(line, text, more + (moment.confidence or 0.4))

    def _matching(self, line: Utterance, sign: words.Sign, base: float) -> Iterator[Sentence]:
        """The sentence of a line that holds a sign, if it says something and asks nothing."""
        for sentence in sentences(line.text):
            text = trimmed(sentence)
            match = sign.search(plain(text))
            if match is None or (text.endswith("?") and not match[0].startswith(_ASKS_FOR)):
                continue
            if len(content(text)) < 3 or not LEAST < length(text) <= _LONGEST:
                continue
            weight = base + 0.03 * min(len(set(content(text))), 8)
            weight -= 0.2 * bool(words.SUPPOSED.search(plain(text)))
            if weight > 0.2:
                yield quote(line, text, weight - _marks(text))


def _marks(text: str) -> float:
    return 0.05 * min(len(words.MARK.findall(text)), 4)
