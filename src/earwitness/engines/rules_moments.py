"""Moments by rules: each is a sentence that was said, with the line that bears it out.

Of a game only what is said or told in the story counts - but for dice, which are rolled at the
table. Where a stance is asked for and a line has none, nothing is built on that line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from earwitness.core.evidence import OUT_OF_CHARACTER
from earwitness.core.moment import Moment, MomentKind
from earwitness.core.reading import Window
from earwitness.core.span import Span
from earwitness.core.text import fold_text
from earwitness.core.transcript import Label, Utterance
from earwitness.engines import rules_moment_more as more
from earwitness.engines import rules_moment_words as words
from earwitness.engines.rules_language import plain

_SENTENCE = re.compile(r"\S.*?(?:[.!?]+[\"”')\]]*(?=\s|$)|$)", re.DOTALL)
_CONTEXT_CHARS: Final = 200
_ECHO_LINES: Final = 2
_ANSWER_LINES: Final = 3
_LEAST_ASKED: Final = 4
_QUOTE_WORDS: Final = range(6, 31)
_LEAST_WEIGHT: Final = 2
_OBJECTION_LINES: Final = 2
_LEAST_SAID: Final = 2
_NO_TABLE: Final = ("dm", "therapist", "client")
"""Roles whose proposals are no decisions of a table."""

_SURE_STANCE: Final = 0.6
_SURE_DICE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks for moments in one window.

    Attributes:
        window: With the labels of its lines.
        staged: The playbook asks which lines are in the story.
        by: Who finds them.
    """

    window: Window
    staged: bool
    by: str

    def moments(self) -> tuple[Moment, ...]:
        """All of them, in order of time."""
        found = [*self._dice(), *self._agreed(), *self._taken_on(), *self._said()]
        found = list(more.once([*found, *self._open(), *self._quotes()]))
        found.sort(key=lambda each: (each.span.start_ms, each.evidence, each.kind))
        return tuple(found)

    def _dice(self) -> Iterator[Moment]:
        before: dict[MomentKind, tuple[int, Utterance]] = {}
        for place, line in enumerate(self.window.lines):
            for kind, match, sure in _rolled(line.text):
                last = before.get(kind)
                if last is not None and self._echoes(place, line, *last):
                    continue
                before[kind] = place, line
                yield self._moment(kind, place, match, text=line.text, sure=sure)

    def _echoes(self, place: int, line: Utterance, earlier: int, first: Utterance) -> bool:
        """Whether the same roll is told again: by who made it, or by who leads the game."""
        if line.voice == first.voice:
            return place - earlier <= 1
        return place - earlier <= _ECHO_LINES and self.window.role_of(line) == "dm"

    def _said(self) -> Iterator[Moment]:
        """Decisions, promises, changes, and what two are to each other."""
        kinds: tuple[tuple[MomentKind, words.Found], ...] = (
            ("decision", words.DECISION),
            ("promise", words.PROMISE),
            ("development", words.DEVELOPMENT),
        )
        for place, line in enumerate(self.window.lines):
            if not self._counts(line):
                continue
            for sentence in sentences(line.text):
                if sentence.endswith("?") or words.DENIED.search(plain(sentence)):
                    continue
                for kind, (pattern, sure) in kinds:
                    if kind == "decision" and self._objected(place):
                        continue
                    if pattern.search(plain(sentence)):
                        yield self._moment(kind, place, sentence, sure=sure)
                if self._confides(line, sentence):
                    yield self._moment("development", place, sentence, sure=words.LIVED[1])
                if (related := self._related(place, line, sentence)) is not None:
                    yield related

    def _objected(self, place: int) -> bool:
        """Whether somebody else says no to a line straight away."""
        own = self.window.lines[place].voice
        after = self.window.lines[place + 1 : place + 1 + _OBJECTION_LINES]
        return any(each.voice != own and more.refuses(each.text) for each in after)

    def _confides(self, line: Utterance, sentence: str) -> bool:
        """Whether somebody in the story, or who came for help, tells of their own life."""
        if not self._spoken(line) or not (self.staged or self.window.role_of(line) == "client"):
            return False
        return more.whole(sentence) and words.LIVED[0].search(plain(sentence)) is not None

    def _agreed(self) -> Iterator[Moment]:
        """What somebody proposes and somebody else says yes to."""
        for place, line in enumerate(self.window.lines):
            if not self._spoken(line) or self.window.role_of(line) in _NO_TABLE:
                continue
            for sentence in reversed(sentences(line.text)):
                said = plain(sentence)
                if not more.PROPOSED.search(said) or words.DENIED.search(said):
                    continue
                if not more.whole(sentence) or more.substance(sentence) < _LEAST_SAID:
                    continue
                if (yes := self._yes(place)) is not None:
                    yield self._moment("decision", place, sentence, sure=0.6, also=yes)
                break

    def _taken_on(self) -> Iterator[Moment]:
        """Work that somebody at a meeting takes on, or says yes to."""
        for place, line in enumerate(() if self.staged else self.window.lines):
            for sentence in sentences(line.text):
                said = plain(sentence)
                if not more.whole(sentence) or words.DENIED.search(said):
                    continue
                if more.TAKEN_ON.search(said) and not sentence.endswith("?"):
                    yield self._moment("promise", place, sentence, sure=0.6)
                elif more.REQUESTED.search(said) and (yes := self._yes(place)) is not None:
                    name = self._name(yes)
                    who = (name,) if name else ()
                    yield self._moment("promise", place, sentence, sure=0.6, also=yes, who=who)

    def _yes(self, place: int) -> Utterance | None:
        """The line soon after in which somebody else agrees, before anybody asks or objects."""
        asker = self.window.lines[place]
        for line in self.window.lines[place + 1 : place + 1 + _ANSWER_LINES]:
            own = line.voice == asker.voice or self.window.role_of(line) == "dm"
            if not own and self._counts(line) and more.agrees(line.text):
                return line
            if more.turns(line.text):
                return None
        return None

    def _related(self, place: int, line: Utterance, sentence: str) -> Moment | None:
        speaker = self._name(line)
        if speaker is None:
            return None
        told = words.OF_ANOTHER.search(sentence)
        if told is not None:
            other = self._known(told["en_name"] or told["nl_name"])
            sure = 0.8
        else:
            told = words.OF_TWO.search(plain(sentence))
            if told is None:
                return None
            other, sure = self._spoken_to(place, sentence, speaker)
        if other is None or fold_text(other) == fold_text(speaker):
            return None
        what = words.relation(told)
        return self._moment(
            "relationship", place, sentence, sure=sure, who=(speaker, other), what=what
        )

    def _spoken_to(self, place: int, sentence: str, speaker: str) -> tuple[str | None, float]:
        """Whom a line names, whom its sentence calls by a name, else who spoke just before."""
        line = self.window.lines[place]
        said = f" {fold_text(line.text)} "
        named = [
            name
            for name in self._names()
            if f" {fold_text(name)} " in said and fold_text(name) != fold_text(speaker)
        ]
        if len(named) == 1:
            return named[0], 0.8
        if not named and (called := more.CALLED.search(sentence)) is not None:
            return called[1], 0.6
        if named:
            return None, 0.0
        earlier = [*self.window.before, *self.window.lines[:place]]
        last = earlier[-1] if earlier else None
        if last is None or last.voice == line.voice or self.window.role_of(last) == "dm":
            return None, 0.0
        return (self._name(last), 0.5) if self._counts(last) else (None, 0.0)

    def _open(self) -> Iterator[Moment]:
        """Questions that are put off, or passed over by the lines that follow.

        Where two talk, the other one's next line is taken for an answer.
        """
        several = len({line.voice for line in self.window.lines}) > 2
        for place, line in enumerate(self.window.lines):
            asked = [each for each in sentences(line.text) if each.endswith("?")]
            if not asked or not self._spoken(line) or not line.text.rstrip('"” ').endswith("?"):
                continue
            question = asked[-1]
            if len(question.split()) < _LEAST_ASKED or not words.WH_QUESTION.search(question):
                continue
            after = self.window.lines[place + 1 : place + 1 + _ANSWER_LINES]
            if (put_off := self._put_off(after, question)) is not None:
                yield self._moment("question", place, question, sure=0.7, also=put_off)
            elif (
                several
                and self._wondered(place, question)
                and len(after) == _ANSWER_LINES
                and not any(
                    each.voice != line.voice and more.answers(each.text, question) for each in after
                )
            ):
                yield self._moment("question", place, question, sure=0.45)

    def _wondered(self, place: int, question: str) -> bool:
        """Whether a question stays: in a game not one that the leader answers in the next line."""
        if not self.staged:
            return True
        following = self.window.lines[place + 1 : place + 2]
        if any(self.window.role_of(each) == "dm" for each in following):
            return False
        return more.whole(question) and more.MYSTERY.search(plain(question)) is not None

    def _put_off(self, after: tuple[Utterance, ...], question: str) -> Utterance | None:
        """The line that leaves a question open; in a game "no idea" may just be an answer."""
        small = self.staged and more.MYSTERY.search(plain(question)) is None
        for line in after[:2]:
            said = plain(line.text)
            if not self._counts(line) or (small and more.NO_IDEA.search(said)):
                continue
            if words.PUT_OFF.search(said):
                return line
        return None

    def _quotes(self) -> Iterator[Moment]:
        """At most one of a window: the weightiest sentence that somebody says in the story."""
        best: tuple[int, int, str] | None = None
        for place, line in enumerate(self.window.lines):
            for sentence in sentences(line.text):
                if not self._worth_quoting(line, sentence):
                    continue
                weight = self._weight(line, sentence)
                if weight >= _LEAST_WEIGHT and (best is None or weight > best[0]):
                    best = weight, place, sentence
        if best is not None:
            weight, place, sentence = best
            yield self._moment("quote", place, sentence, sure=min(0.4 + 0.1 * weight, 0.8))

    def _worth_quoting(self, line: Utterance, sentence: str) -> bool:
        """In a game: what is said in character, or stands in quotation marks where it is told."""
        if not self.staged:
            return self.window.role_of(line) != "therapist"
        stance = self._stance(line)
        if stance is None or stance.value in OUT_OF_CHARACTER:
            return False
        if stance.value != "IC" and not more.in_marks(line.text, sentence):
            return False
        return stance.confidence is None or stance.confidence >= _SURE_STANCE

    def _weight(self, line: Utterance, sentence: str) -> int:
        if len(sentence.split()) not in _QUOTE_WORDS or sentence.rstrip('"” ').endswith("?"):
            return 0
        if not more.whole(sentence):
            return 0
        if any(mark in sentence for mark in "(<{[") or sentence[-1] not in '.!"”':
            return 0
        folded = plain(sentence)
        if self.window.role_of(line) == "client":
            return 3 if words.FELT.search(folded) else 0
        weight = sum(each.search(folded) is not None for each in words.WEIGHTY)
        return weight + more.extra_weight(sentence)

    def _spoken(self, line: Utterance) -> bool:
        """Whether a line may be somebody's own words in the story; what is told is none."""
        if not self.staged:
            return True
        stance = self._stance(line)
        return stance is not None and stance.value == "IC"

    def _counts(self, line: Utterance) -> bool:
        """Whether moments of the story may be built on a line."""
        if not self.staged:
            return True
        stance = self._stance(line)
        return stance is not None and stance.value not in OUT_OF_CHARACTER

    def _stance(self, line: Utterance) -> Label | None:
        return next(
            (
                each
                for each in self.window.labels
                if each.utterance == line.id and each.scheme == "stance"
            ),
            None,
        )

    def _names(self) -> tuple[str, ...]:
        """Characters of the cast, then those who speak in this window."""
        characters = [each.name for person in self.window.cast for each in person.characters]
        speaking = [
            name
            for line in (*self.window.before, *self.window.lines)
            if (name := self._name(line)) is not None and self.window.role_of(line) != "dm"
        ]
        return tuple(dict.fromkeys([*characters, *speaking]))

    def _known(self, name: str) -> str | None:
        found = (each for each in self._names() if fold_text(each) == fold_text(name))
        return next(found, None)

    def _name(self, line: Utterance) -> str | None:
        """The character who speaks, else the person; None: nobody knows."""
        labelled = (
            each.value
            for each in self.window.labels
            if each.utterance == line.id and each.scheme == "character"
        )
        if (name := next(labelled, None)) is not None:
            return name
        who = next(
            (each for each in self.window.cast if line.person and each.goes_by(line.person)), None
        )
        if who is not None and len(who.characters) == 1:
            return who.characters[0].name
        return line.person

    def _moment(
        self,
        kind: MomentKind,
        place: int,
        quote: str,
        *,
        sure: float,
        text: str = "",
        who: tuple[str, ...] = (),
        what: str | None = None,
        also: Utterance | None = None,
    ) -> Moment:
        line = self.window.lines[place]
        quote = more.unmarked(quote)
        cited = (line,) if also is None else (line, also)
        name = self._name(line)
        stance = self._stance(line) if kind not in ("critical_hit", "fumble") else None
        if stance is not None and stance.confidence is not None:
            sure *= 0.5 + 0.5 * stance.confidence
        return Moment(
            kind,
            Span(line.span.start_ms, max(each.span.end_ms for each in cited)),
            tuple(sorted(each.id for each in cited)),
            text or quote,
            quote,
            context=self._context(place, kind),
            who=who or ((name,) if name else ()),
            relation=what,
            confidence=round(sure, 3),
            by=self.by,
        )

    def _context(self, place: int, kind: MomentKind) -> str:
        """The sentence before and the one after, word for word."""
        lines = (*self.window.before, *self.window.lines)
        here = len(self.window.before) + place
        dice = kind in ("critical_hit", "fumble")
        near = []
        for other, which in ((here - 1, -1), (here + 1, 0)):
            if 0 <= other < len(lines) and (dice or self._counts(lines[other])):
                told = sentences(lines[other].text)
                near += [told[which]] if told and len(told[which]) <= _CONTEXT_CHARS else []
        return " ".join(near)


def sentences(text: str) -> list[str]:
    """The sentences of a line, word for word.

    Example:
        >>> sentences("Stop! Who are you?")
        ['Stop!', 'Who are you?']
    """
    return [told for match in _SENTENCE.finditer(text) if (told := match[0].strip())]


def _rolled(text: str) -> Iterator[tuple[MomentKind, str, float]]:
    """Dice that were rolled, each kind once."""
    seen: set[MomentKind] = set()
    for sentence in sentences(text):
        if words.ASKED_OF_DICE.search(sentence):
            continue
        for kind, pattern, sure in words.DICE:
            match = pattern.search(sentence)
            if match is None or kind in seen or (sentence.endswith("?") and sure < _SURE_DICE):
                continue
            before, after = plain(sentence[: match.start()]), plain(sentence[match.end() :])
            if words.SUPPOSED.search(before) or words.WISHED.search(after):
                continue
            seen.add(kind)
            yield kind, match[0], sure
