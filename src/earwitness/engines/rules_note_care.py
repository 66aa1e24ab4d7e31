"""Notes by rules: what was said in a consultation, by the one who came and the one who treats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from earwitness.core.note import Sentence
from earwitness.core.reading import Window
from earwitness.core.transcript import Utterance
from earwitness.engines import rules_care_words as care
from earwitness.engines import rules_note_words as words
from earwitness.engines.rules_language import plain
from earwitness.engines.rules_moments import sentences
from earwitness.engines.rules_quotes import (
    LEAST,
    asks,
    best_of,
    content,
    exchange,
    length,
    quote,
    trimmed,
)

_LOOK_BACK: Final = 3
"""A question that so many lines lie between is not the one that is answered."""

_ALONE: Final = 3
"""An answer with so many words of its own needs no question beside it."""

_LEAST_PLANNED: Final = 0.3
_ANSWER_WORDS: Final = 25

_UNKNOWN: Final = 0.75
"""Trust in what is said by nobody knows whom."""


@dataclass(frozen=True, slots=True)
class Care:
    """Looks through one window of a consultation."""

    window: Window

    def reported(self) -> Iterator[Sentence]:
        """What the one who came tells: complaints, feelings, history."""
        for place, line, trust in self._said_by("client"):
            text = best_of(line)
            own, asked = _facets(text), self._asked(place)
            about = _facets(asked[1]) if asked else frozenset[str]()
            alone = len(content(text)) >= _ALONE
            if alone and own:
                weight = 0.35 + 0.12 * min(len(own), 3) + 0.01 * min(len(content(text)), 15)
                weight += 0.2 * bool(own & care.ALWAYS)
                yield quote(line, text, trust * (weight - _marks(text)))
            answer = _answer(line)
            if asked is not None and about and answer and _fits(asked[1], answer):
                weight = (0.5 if about & care.ALWAYS else 0.25) + 0.05 * len(about | own)
                weight -= _marks(answer) + 0.05 * alone
                yield exchange(asked[0], asked[1], line, answer, trust * weight)

    def observed(self) -> Iterator[Sentence]:
        """What was seen, heard or measured."""
        for place, line, trust in self._said_by("therapist"):
            del place
            text = best_of(line, care.OBSERVED)
            if care.OBSERVED.search(plain(text)) and length(text) >= LEAST and not asks(text):
                yield quote(line, text, trust * (0.55 - _marks(text)))
        for place, line, trust in self._said_by("client"):
            asked = self._asked(place)
            measured = care.MEASURED.search(plain(line.text)) is not None
            about = asked is not None and care.MEASURED.search(plain(asked[1])) is not None
            if not (measured or about) or not care.NUMBER.search(plain(line.text)):
                continue
            answer = _answer(line)
            if about and asked is not None and answer:
                yield exchange(asked[0], asked[1], line, answer, trust * 0.5)
            elif measured and length(best_of(line)) >= LEAST:
                yield quote(line, best_of(line), trust * 0.4)

    def data(self) -> Iterator[Sentence]:
        """What was told, and what was observed."""
        yield from self.reported()
        yield from self.observed()

    def assessed(self) -> Iterator[Sentence]:
        """What the one who treats concludes."""
        for _, line, trust in self._said_by("therapist"):
            text = best_of(line, care.ASSESSED[0][0])
            weight = _weight(text, care.ASSESSED)
            planned = _weight(text, care.PLANNED)
            if asks(text) or not care.ASSESSED[0][0].search(plain(text)) or planned >= weight:
                continue
            yield quote(line, text, trust * (weight - 0.3 * planned - _marks(text)))

    def planned(self) -> Iterator[Sentence]:
        """What was agreed, ordered or advised."""
        for _, line, trust in self._said_by("therapist"):
            text = best_of(line, care.PLANNED[0][0])
            weight = _weight(text, care.PLANNED)
            if weight >= _LEAST_PLANNED and len(content(text)) >= _ALONE and not asks(text):
                yield quote(line, text, trust * (weight - _marks(text)))

    def intervened(self) -> Iterator[Sentence]:
        """What the one who treats did or offered."""
        for _, line, trust in self._said_by("therapist"):
            text = best_of(line, care.INTERVENED[0][0])
            weight = _weight(text, care.INTERVENED)
            if weight and length(text) > LEAST:
                weight += 0.01 * min(len(content(text)), 20)
                yield quote(line, text, trust * (weight - _marks(text)))

    def responded(self) -> Iterator[Sentence]:
        """How the one who came took it."""
        for _, line, trust in self._said_by("client"):
            text = best_of(line)
            if care.RESPONDED.search(plain(text)) and length(text) >= LEAST:
                weight = 0.4 + 0.03 * min(len(content(text)), 10)
                yield quote(line, text, trust * (weight - _marks(text)))

    def changed(self) -> Iterator[Sentence]:
        """What is other than before."""
        for place, line, trust in self._said_by(None):
            text = best_of(line, care.CHANGED)
            if asks(text) or not care.CHANGED.search(plain(text)):
                continue
            asked = self._asked(place)
            if length(text) >= LEAST and content(text):
                weight = 0.35 + 0.03 * min(len(content(text)), 10)
                if self.window.role_of(line) == "client":
                    weight += 0.1
                yield quote(line, text, trust * (weight - _marks(text)))
            elif (
                asked is not None
                and care.CHANGED.search(plain(asked[1]))
                and (answer := _answer(line))
            ):
                yield exchange(asked[0], asked[1], line, answer, trust * 0.35)

    def risks(self) -> Iterator[Sentence]:
        """Whatever was said of harm or safety, and answered to it; nothing is left out."""
        for place, line, _ in self._said_by(None):
            asked = self._asked(place)
            told = care.RISKY.search(plain(line.text)) is not None
            if told or (asked is not None and care.RISKY.search(plain(asked[1]))):
                text = best_of(line, care.RISKY) or trimmed(line.text) or line.text.strip()
                yield quote(line, text, 0.8 if told else 0.7)

    def _said_by(self, role: str | None) -> Iterator[tuple[int, Utterance, float]]:
        """Lines of one side, with how far to trust that; where sides are unknown all, less."""
        known = bool(self.window.roles)
        for place, line in enumerate(self.window.lines):
            if not line.text.strip():
                continue
            if role is None or (known and self.window.role_of(line) == role):
                yield place, line, 1.0
            elif not known and role == ("therapist" if asks(line.text) else "client"):
                yield place, line, _UNKNOWN
            elif not known and role == "therapist":
                yield place, line, 0.5 * _UNKNOWN

    def _asked(self, place: int) -> tuple[Utterance, str] | None:
        """The question that a line answers, and who asks it; None: it answers none."""
        line = self.window.lines[place]
        for asked in reversed(self.window.lines[max(0, place - _LOOK_BACK) : place]):
            if asked.voice == line.voice:
                if len(content(asked.text)) > 1:
                    return None
                continue
            questions = [each for each in sentences(asked.text) if asks(each)]
            if questions:
                question = trimmed(questions[-1]) or questions[-1]
                return None if plain(question).startswith("if ") else (asked, question)
            if content(asked.text):
                return None
        return None


def _answer(line: Utterance) -> str:
    """A short answer as it was given; empty: it is none, or goes on and on."""
    said = words.MARK.sub(" ", line.text)
    if words.HUMMED.fullmatch(said) or length(line.text) > _ANSWER_WORDS:
        return ""
    return trimmed(line.text) or line.text.strip()


def _fits(question: str, answer: str) -> bool:
    """Whether an answer tells anything: a plain yes does not say which, when, or how much."""
    return not words.WHICH.match(plain(question)) or bool(
        content(answer) or care.NUMBER.search(plain(answer))
    )


def _facets(text: str) -> frozenset[str]:
    said = plain(text)
    return frozenset(name for name, sign in care.FACETS.items() if sign.search(said))


def _weight(text: str, signs: tuple[tuple[words.Sign, float], ...]) -> float:
    said = plain(text)
    return sum(weight for sign, weight in signs if sign.search(said))


def _marks(text: str) -> float:
    """What a transcriber could not hear makes a quote worse."""
    return 0.05 * min(len(words.MARK.findall(text)), 4)
