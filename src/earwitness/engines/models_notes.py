"""Models: notes written by language models - window by window, then section by section.

A window is asked about all sections of a form in one call. A section is put together in a call of
its own only where more was collected for it than a reader wants; a summary, wherever it is longer
than its two sentences. What a model claims is not believed here: `core.bearing` looks at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from earwitness.core.claims import Refusal
from earwitness.core.note import SUMMARY, Section, Sections, Sentence, Slot, Template
from earwitness.core.reading import Window
from earwitness.core.text_ports import Findings
from earwitness.engines import prompting
from earwitness.engines.model_answers import ClaimedSections, ClaimedSentence, ClaimedSentences
from earwitness.engines.model_client import TooLong
from earwitness.engines.models import Asking, ModelsFactory, halves, question_of
from earwitness.engines.pseudonyms import Pseudonyms

WINDOW: Final = 100
"""Lines in one call: a note tells of many at once, and calls are what costs."""

FEW: Final = 6
"""As many sentences a section may have as they were collected: nobody is asked to shorten them."""

SENTENCES: Final = 2
"""A summary has at most so many."""


class ModelWriter(Asking):
    """Writes notes."""

    version: ClassVar[int] = 1
    written: bool = True

    @property
    def window(self) -> int:
        """Utterances in one call."""
        return WINDOW

    def collect(self, window: Window, template: Template) -> Sections:
        """What of one window's lines belongs in which section; one call."""
        places = self._places(window) | {
            "title": template.title,
            "sections": prompting.sections(template.slots),
        }
        told = prompting.instructions(
            self._brief.playbook, ("note_collect",), template.language, places
        )
        masks = self._masks(window)
        question = question_of(told, prompting.data(window), masks)
        try:
            answer, _ = self._gateway.ask(question, ClaimedSections)
        except TooLong:
            return _joined([self.collect(half, template) for half in halves(window)])
        claimed = [(each.key, _sentences(each.sentences, masks)) for each in answer.sections]
        uncited = sum(len(each.sentences) for each in answer.sections)
        uncited -= sum(len(sentences) for _, sentences in claimed)
        return Sections(_merged(claimed), _refused(uncited))

    def compose(self, slot: Slot, template: Template, found: Findings) -> Section:
        """One section; a call only where too much was collected."""
        few = SENTENCES if template.id == SUMMARY else FEW
        if len(found.sentences) <= few:
            return Section(slot.key, found.sentences)
        window = Window(
            0, found.lines, (), found.language, found.cast, found.vocabulary, (), found.roles
        )
        places = self._places(window) | {
            "title": template.title,
            "section": slot.title,
            "ask": slot.ask,
        }
        prompt = SUMMARY if template.id == SUMMARY else "note_compose"
        told = prompting.instructions(self._brief.playbook, (prompt,), template.language, places)
        masks = self._masks(window)
        question = question_of(told, prompting.collected(found.sentences), masks)
        try:
            answer, _ = self._gateway.ask(question, ClaimedSentences)
        except TooLong:
            return self._in_halves(slot, template, found)
        made = _sentences(answer.sentences, masks)
        return Section(slot.key, made[:few] if template.id == SUMMARY else made)

    def _in_halves(self, slot: Slot, template: Template, found: Findings) -> Section:
        """A section that is too long to be put together at once; a summary of both halves' own.

        Raises:
            TooLong: It is one sentence already.
        """
        told = found.sentences
        if len(told) < 2:
            raise TooLong("one sentence is longer than the language model can read")
        middle = len(told) // 2
        made: list[Sentence] = []
        for part in (told[:middle], told[middle:]):
            made += self.compose(slot, template, _only(found, part)).sentences
        if template.id == SUMMARY and len(made) < len(told):
            return self.compose(slot, template, _only(found, tuple(made)))
        return Section(slot.key, tuple(made))


def _only(found: Findings, sentences: tuple[Sentence, ...]) -> Findings:
    cited = {id for each in sentences for id in each.evidence}
    lines = tuple(line for line in found.lines if line.id in cited)
    return replace(found, sentences=sentences, lines=lines)


def _sentences(claimed: Iterable[ClaimedSentence], masks: Pseudonyms) -> tuple[Sentence, ...]:
    """Sentences on one line each; one that says or cites nothing is none."""
    made = []
    for each in claimed:
        text = " ".join(masks.show(each.text).split())
        evidence = tuple(sorted(set(each.evidence)))
        if text and evidence:
            made.append(Sentence(text, evidence))
    return tuple(made)


def _merged(claimed: Iterable[tuple[str, tuple[Sentence, ...]]]) -> tuple[Section, ...]:
    """Each section once, in the order in which they were first named."""
    sections: dict[str, list[Sentence]] = {}
    for key, sentences in claimed:
        sections.setdefault(key, []).extend(sentences)
    return tuple(Section(key, tuple(told)) for key, told in sections.items() if told)


def _joined(parts: Sequence[Sections]) -> Sections:
    claimed = [(each.key, each.sentences) for part in parts for each in part.sections]
    return Sections(_merged(claimed), tuple(each for part in parts for each in part.refused))


def _refused(uncited: int) -> tuple[Refusal, ...]:
    return (Refusal("unknown_line", uncited),) if uncited else ()


class WriteModelsFactory(ModelsFactory):
    """Language models that write notes."""

    ability = "write"
    engine: ClassVar[type[Asking]] = ModelWriter
