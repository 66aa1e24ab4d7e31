"""Notes by rules: what was told and played at a table, and planned there; what a film tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from earwitness.core.evidence import IN_STORY, OF_DICE, OUT_OF_CHARACTER, known_names
from earwitness.core.moment import Moment
from earwitness.core.note import Sentence
from earwitness.core.reading import Window
from earwitness.core.text import fold_text
from earwitness.core.transcript import Label, Utterance
from earwitness.engines import rules_note_words as words
from earwitness.engines.rules_language import plain
from earwitness.engines.rules_moments import sentences
from earwitness.engines.rules_quotes import LEAST, best_of, content, length, quote, trimmed

_SURE_STORY: Final = 0.6
_SURE_SAID: Final = 0.7
_QUOTE_WORDS: Final = range(6, 26)
_ASKS_SOMETHING: Final = 2
_CAME_OF_IT: Final = 5
"""So many lines after a roll the leader may say what came of it."""

_NAMED: Final = 0.12
_HAPPENED: Final = 0.08


@dataclass(frozen=True, slots=True)
class Story:
    """Looks through one window of a game or a film."""

    window: Window

    def told(self) -> Iterator[Sentence]:
        """What happened: told as the story. Nothing that was said outside it."""
        begins = {each.utterance for each in self.window.labels if each.scheme == "scene"}
        for line in self.window.lines:
            stance = self._stance(line)
            if stance is None or stance.value != "NARRATION":
                continue
            sure = 1.0 if stance.confidence is None else stance.confidence
            text = best_of(line, words.TOLD)
            if sure < _SURE_STORY or length(text) <= 2 * LEAST or text.endswith("?"):
                continue
            weight = 0.25 * sure + self._names(text)
            weight += _HAPPENED * min(len(words.TOLD.findall(plain(text))), 3)
            weight += 0.008 * min(len(set(content(text))), 20)
            weight += 0.1 * (line.id in begins) + 0.1 * (self.window.role_of(line) == "dm")
            yield quote(line, text, weight)

    def shown(self) -> Iterator[Sentence]:
        """What happens in a film: what is said of people and of what they do."""
        kinds = {each.utterance: each.value for each in self.window.labels if each.scheme == "kind"}
        for line in self.window.lines:
            text = best_of(line)
            if kinds.get(line.id, "speech") != "speech" or length(text) < LEAST:
                continue
            weight = 0.2 + self._names(text) + 0.02 * min(len(set(content(text))), 15)
            yield quote(line, text, weight + _HAPPENED * bool(words.TOLD.search(plain(text))))

    def dice(self) -> Iterator[Sentence]:
        """Natural twenties and ones, and what the leader says came of them."""
        for moment in self.window.moments:
            if moment.kind not in OF_DICE:
                continue
            place = self._place(moment)
            line = self.window.lines[place]
            text = next((s for s in sentences(line.text) if (moment.quote or "") in s), moment.text)
            sure = moment.confidence or 0.5
            came = self._came_of_it(place)
            if came is None or came[0].id <= line.id or length(text) > 30:
                yield quote(line, trimmed(text) or text, sure)
            else:
                told = f"{trimmed(text) or text}\n{came[1]}"
                yield Sentence(told, (line.id, came[0].id), True, sure)

    def quotes(self) -> Iterator[Sentence]:
        """What was said in the story and is worth keeping."""
        yield from self._moments("quote")
        for line in self.window.lines:
            stance = self._stance(line)
            if stance is None or stance.value != "IC" or (stance.confidence or 1.0) < _SURE_SAID:
                continue
            for sentence in sentences(line.text):
                text = trimmed(sentence)
                weight = len(words.WEIGHED.findall(plain(text)))
                if weight and _stands_alone(text):
                    sure = (stance.confidence or 1.0) * 0.3 + 0.08 * min(weight, 3)
                    yield quote(line, text, sure + 0.01 * min(len(content(text)), 10))

    def open(self) -> Iterator[Sentence]:
        """Promises, and questions nobody answered."""
        yield from self._moments("promise")
        for told in self._moments("question"):
            if len(content(told.text)) >= _ASKS_SOMETHING:
                yield told
        yield from self._moments("relationship", 0.6)

    def plans(self) -> Iterator[Sentence]:
        """What the players say they want to do, in their roles or not."""
        for line in self.window.lines:
            if self.window.role_of(line) == "dm":
                continue
            text = best_of(line, words.WANTED)
            if not words.WANTED.search(plain(text)) or not length(text) > LEAST:
                continue
            weight = 0.2 + self._names(text) + 0.03 * min(len(set(content(text))), 10)
            weight += 0.06 * min(len(words.WANTED.findall(plain(text))), 3)
            yield quote(line, text, weight - self._of_dice(line))

    def theories(self) -> Iterator[Sentence]:
        """What the players suspect."""
        for line in self.window.lines:
            if self.window.role_of(line) == "dm":
                continue
            text = best_of(line, words.GUESSED)
            if not words.GUESSED.search(plain(text)) or len(content(text)) < 3:
                continue
            weight = 0.2 + self._names(text) + 0.03 * min(len(set(content(text))), 10)
            weight += 0.08 * min(len(words.GUESSED.findall(plain(text))), 2)
            yield quote(line, text, weight - self._of_dice(line))

    def rulings(self) -> Iterator[Sentence]:
        """Rules that were unclear, or decided on the spot."""
        for line in self.window.lines:
            stance = self._stance(line)
            if stance is None or stance.value not in OUT_OF_CHARACTER:
                continue
            text = best_of(line, words.RULED)
            said = plain(text)
            if not words.RULED.search(said) or len(content(text)) < 3:
                continue
            weight = 0.25 + 0.15 * bool(words.UNSURE.search(said))
            weight += 0.1 * (self.window.role_of(line) == "dm")
            weight += 0.1 * (stance.value == "MECHANICS") + 0.01 * min(len(content(text)), 15)
            yield quote(line, text, weight)

    def _moments(self, kind: str, trust: float = 1.0) -> Iterator[Sentence]:
        for moment in self.window.moments:
            if moment.kind == kind and moment.quote is not None:
                line = self.window.lines[self._place(moment)]
                yield quote(line, moment.quote, trust * (moment.confidence or 0.5))

    def _place(self, moment: Moment) -> int:
        """Where the line stands that a moment quotes."""
        ids = [line.id for line in self.window.lines]
        return ids.index(moment.evidence[0])

    def _came_of_it(self, place: int) -> tuple[Utterance, str] | None:
        for line in self.window.lines[place + 1 : place + 1 + _CAME_OF_IT]:
            stance = self._stance(line)
            if self.window.role_of(line) != "dm" or stance is None:
                continue
            if stance.value in IN_STORY and length(line.text) > 2 * LEAST:
                return line, best_of(line, words.TOLD)
        return None

    def _names(self, text: str) -> float:
        """People, characters and terms that a text names."""
        said = f" {fold_text(text)} "
        named = sum(f" {name} " in said for name in known_names(self.window))
        proper = sum(each[:1].isupper() for each in text.split()[1:] if len(each) > 2)
        return _NAMED * min(named + 0.4 * min(proper, 3), 3)

    def _of_dice(self, line: Utterance) -> float:
        """Rules and dice are no plans."""
        stance = self._stance(line)
        return 0.15 if stance is not None and stance.value == "MECHANICS" else 0.0

    def _stance(self, line: Utterance) -> Label | None:
        return next(
            (
                each
                for each in self.window.labels
                if each.utterance == line.id and each.scheme == "stance"
            ),
            None,
        )


def _stands_alone(text: str) -> bool:
    """Whether a sentence can be read without those around it."""
    if length(text) not in _QUOTE_WORDS or text[-1] not in '.!"”':
        return False
    return not set("()<>{}[]") & set(text) and "--" not in text
