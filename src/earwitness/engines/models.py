"""Models: labels and moments by language models, told what to do by the playbook's prompts."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from earwitness.core.claims import Labels, Moments, Refusal, Why
from earwitness.core.errors import EngineUnavailable, UsageError
from earwitness.core.evidence import TABLE_TALK
from earwitness.core.moment import MOMENT_KINDS, Moment
from earwitness.core.options import read_options
from earwitness.core.playbook import Playbook
from earwitness.core.ports import EngineOptions, Readiness
from earwitness.core.purse import Spent
from earwitness.core.reading import Window
from earwitness.core.text_ports import Brief
from earwitness.core.transcript import Label, Utterance
from earwitness.engines import prompting
from earwitness.engines.gateway import Gateway, Question
from earwitness.engines.model_answers import ClaimedLabels, ClaimedMoment, ClaimedMoments, share
from earwitness.engines.model_client import TooLong
from earwitness.engines.model_names import ModelName, read_model_names
from earwitness.engines.pseudonyms import Pseudonyms, pseudonyms_of

VERSION: Final = 3

WINDOWS: Final = {"classify": 20, "extract": 30}
"""Utterances in one call, by what is asked: 84 calls for 1,000 utterances; docs/decisions/0027."""

_PROMPTS: Final = {
    "moments": ("decision", "promise", "question", "critical_hit", "fumble"),
    "quotes": ("quote",),
    "development": ("development",),
    "relationships": ("relationship",),
}
"""Which prompt asks for which kinds; all that a playbook wants are asked in one call."""


@dataclass(frozen=True, slots=True)
class ModelsForm:
    """Options of language models."""

    timeout_s: int = field(default=120, metadata={"help": "longest time one question may take"})

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not 1 <= self.timeout_s <= 3_600:
            raise UsageError("timeout_s is 1 to 3600")


class Asking:
    """What all engines that ask language models share.

    Args:
        names: Models in the order in which they are tried.
        brief: What they are told.
        gateway: Asks them.
        ability: What it was opened for.
    """

    version: ClassVar[int] = VERSION

    def __init__(
        self,
        names: tuple[ModelName, ...],
        brief: Brief,
        gateway: Gateway,
        *,
        ability: str = "classify",
    ) -> None:
        self._ability = ability
        self._names = names
        self._brief = brief
        self._gateway = gateway
        self.name = ", then ".join(each.said for each in names)

    @property
    def fingerprint(self) -> str:
        """The models, the prompts and the examples; an answer may be another one tomorrow."""
        book = self._brief.playbook
        examples = self._brief.examples if self._ability == "classify" else ()
        told = [
            self.version,
            [[each.said, each.address.place] for each in self._names],
            [[each.name, each.language, each.version, each.text] for each in book.prompts],
            [[each.text, each.scheme, each.value] for each in examples],
        ]
        return f"models {hashlib.sha256(json.dumps(told).encode()).hexdigest()}"

    @property
    def spent(self) -> Spent:
        """What was asked for so far."""
        return self._gateway.spent

    @property
    def at_once(self) -> int:
        """They wait for others."""
        return 4

    def close(self) -> None:
        """Let go of all that waits."""
        self._gateway.close()

    def _places(self, window: Window) -> dict[str, str]:
        return {
            "cast": prompting.cast(window.cast),
            "vocabulary": prompting.terms(window.vocabulary),
        }

    def _masks(self, window: Window) -> Pseudonyms:
        """Names are hidden where the playbook says so and what is said leaves this machine."""
        away = any(not name.stays_here for name in self._names)
        if not away or not self._brief.playbook.pseudonyms:
            return Pseudonyms(())
        return pseudonyms_of(window, self._brief.strangers)


class Models(Asking):
    """Judges windows; one call each, more only where a window is too long to be read at once."""

    @property
    def window(self) -> int:
        """Utterances in one call: moments are rarer than labels, and want to be seen from afar."""
        return WINDOWS[self._ability]

    def classify(self, window: Window) -> Labels:
        """Labels of one window's lines."""
        book = self._brief.playbook
        places = self._places(window) | {
            "schemes": prompting.schemes(book.schemes),
            "examples": prompting.EXAMPLES,
        }
        prompt = "classify" if len(window.lines) > 1 else "classify_one"
        told = prompting.instructions(book, (prompt,), window.language, places)
        masks = self._masks(window)
        try:
            data = prompting.data(window, self._brief.examples)
            answer, by = self._gateway.ask(question_of(told, data, masks), ClaimedLabels)
        except TooLong:
            left, right = halves(window)
            return _together(self.classify(left), self.classify(right))
        labels = [
            Label(each.utterance, each.scheme, masks.show(each.value), share(each.confidence), by)
            for each in answer.labels
        ]
        # Doubled labels are the gate's business, which keeps the surer one; here they stand in
        # order, one of each.
        return _labels(labels)

    def extract(self, window: Window) -> Moments:
        """Moments of one window's lines; what is table talk is not shown."""
        window = _of_story(window)
        if not window.lines:
            return Moments(())
        book = self._brief.playbook
        places = self._places(window) | {"kinds": ", ".join(_asked("moments", book))}
        prompts = [name for name in _PROMPTS if _asked(name, book)]
        told = prompting.instructions(book, prompts, window.language, places)
        masks = self._masks(window)
        try:
            answer, by = self._gateway.ask(
                question_of(told, prompting.data(window), masks), ClaimedMoments
            )
        except TooLong:
            left, right = halves(window)
            one, other = self.extract(left), self.extract(right)
            return Moments((*one.moments, *other.moments), (*one.refused, *other.refused))
        made, refused = [], Counter[Why]()
        for each in answer.moments:
            moment = _moment(each, window, masks, by)
            if isinstance(moment, Moment):
                made.append(moment)
            else:
                refused[moment] += 1
        return Moments(tuple(made), tuple(Refusal(why, n) for why, n in sorted(refused.items())))


def _of_story(window: Window) -> Window:
    """A window without what was said out of character; rules and dice stay."""
    outside = {
        each.utterance
        for each in window.labels
        if (each.scheme, each.value) == ("stance", TABLE_TALK)
    }
    if not outside:
        return window
    return replace(
        window,
        lines=tuple(line for line in window.lines if line.id not in outside),
        before=tuple(line for line in window.before if line.id not in outside),
    )


def _asked(prompt: str, book: Playbook) -> list[str]:
    return [kind for kind in _PROMPTS[prompt] if kind in book.moments]


def question_of(told: str, data: str, masks: Pseudonyms) -> Question:
    """Instructions and what was said, without the names that stay here."""
    return Question(masks.hide(told), masks.hide(data))


def halves(window: Window) -> tuple[Window, Window]:
    """Two windows in place of one.

    Raises:
        TooLong: It is one line already.
    """
    lines = window.lines
    if len(lines) < 2:
        raise TooLong("one line is longer than the language model can read")
    middle = len(lines) // 2
    first = replace(window, lines=lines[:middle])
    return first, replace(window, lines=lines[middle:], before=lines[:middle][-5:])


def _labels(labels: Iterable[Label]) -> Labels:
    surest: dict[tuple[int, str], Label] = {}
    for label in sorted(labels, key=lambda each: each.confidence or 0.0):
        surest[label.utterance, label.scheme] = label
    return Labels(tuple(surest[place] for place in sorted(surest)))


def _together(one: Labels, other: Labels) -> Labels:
    return Labels(_labels((*one.labels, *other.labels)).labels, (*one.refused, *other.refused))


def _moment(claimed: ClaimedMoment, window: Window, masks: Pseudonyms, by: str) -> Moment | Why:
    """A claim as a moment, or why it can be none."""
    kind = next((each for each in MOMENT_KINDS if each == claimed.kind), None)
    who = tuple(masks.show(name) for name in claimed.who)
    pair = kind == "relationship"
    if kind is None or (pair and (len(who) != 2 or not claimed.relation)):
        return "out_of_scheme"
    evidence = tuple(sorted(set(claimed.evidence)))
    lines: list[Utterance] = [line for line in window.lines if line.id in evidence]
    if not lines or len(lines) != len(evidence) or not claimed.text.strip():
        return "unknown_line"
    span = lines[0].span
    for line in lines:
        span |= line.span
    return Moment(
        kind,
        span,
        evidence,
        masks.show(claimed.text),
        masks.show(claimed.quote) if claimed.quote else None,
        masks.show(claimed.context),
        who,
        masks.show(claimed.relation) if pair and claimed.relation else None,
        share(claimed.confidence),
        by,
    )


class ModelsFactory:
    """Language models that label."""

    name = "models"
    ability = "classify"
    local = False
    form = ModelsForm
    engine: ClassVar[type[Asking]] = Models

    def languages(self, options: EngineOptions) -> frozenset[str] | None:
        """Whatever the models know."""
        del options
        return None

    def ready(self, options: EngineOptions) -> Readiness:
        """Whether a question could be asked is known only when one is."""
        read_options(ModelsForm, options.own)
        return Readiness(True, "asked when named", "")

    def stays_here(self, options: EngineOptions, brief: Brief) -> bool:
        """Whether all models are on this machine."""
        del options
        return all(each.stays_here for each in read_model_names(brief.models))

    def open_for(self, options: EngineOptions, brief: Brief) -> Asking:
        """Ready; nothing is connected yet.

        Raises:
            EngineUnavailable: A key or a library is missing, or something is asked for offline.
            UsageError: No model is named, or its name is none.
        """
        names = read_model_names(brief.models)
        form = read_options(ModelsForm, options.own)
        if options.offline and not all(each.stays_here for each in names):
            raise EngineUnavailable(
                "a language model elsewhere cannot be asked offline",
                hint="name one on this machine, or leave --offline out",
            )
        gateway = Gateway(
            names,
            dict(options.keys),
            brief,
            timeout_s=form.timeout_s,
            services=options.services,
        )
        return self.engine(names, brief, gateway, ability=self.ability)


class ExtractModelsFactory(ModelsFactory):
    """Language models that find moments."""

    ability = "extract"
