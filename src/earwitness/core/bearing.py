"""Bearing: what a note claims is believed only where the lines it cites bear it out.

Rules and models pass the same gate, window by window and again when sections are put together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from earwitness.core.claims import Refusal, Why
from earwitness.core.evidence import OUT_OF_CHARACTER, is_verbatim
from earwitness.core.note import Section, Sections, Sentence, Template
from earwitness.core.reading import Window
from earwitness.core.transcript import Utterance
from earwitness.core.wording import doubt_of, names_said

DICE: Final = "dice"
"""The section of a story that is about the table's dice."""


def believed_sections(
    claimed: Sections, window: Window, template: Template, *, written: bool
) -> Sections:
    """The sections that can be believed, in the order of the template's slots.

    Args:
        claimed: By a rule or a model.
        window: What it was shown; only its lines can be cited, not those before.
        template: The form that is filled in; of sections it does not have nothing is kept.
        written: Whoever claims it writes in words of its own.
    """
    refused: Counter[Why] = Counter({each.why: each.count for each in claimed.refused})
    kept: dict[str, list[Sentence]] = {slot.key: [] for slot in template.slots}
    names = _names(window) if written else frozenset()
    for section in claimed.sections:
        for sentence in section.sentences:
            why: Why | None = "out_of_scheme"
            if section.key in kept:
                why = _doubt(sentence, window, written)
                if why is None and written:
                    why = _wording(sentence, window, template, names)
                if why is None and template.story and section.key != DICE:
                    why = _side(sentence, window)
            if why is None:
                kept[section.key].append(sentence)
            else:
                refused[why] += 1
    return Sections(
        tuple(Section(key, tuple(told)) for key, told in kept.items() if told),
        tuple(Refusal(why, count) for why, count in sorted(refused.items()) if count),
    )


def _doubt(sentence: Sentence, window: Window, written: bool) -> Why | None:
    """Why a sentence is not believed; None: it is."""
    lines = [line for line in window.lines if line.id in sentence.evidence]
    if len(lines) != len(sentence.evidence):
        return "unknown_line"
    if not written and not sentence.quoted:
        return "not_said"
    return None if not sentence.quoted or _was_said(sentence, lines) else "not_said"


def _was_said(sentence: Sentence, lines: Sequence[Utterance]) -> bool:
    """Whether each part of a quote was said in its line; or all of it, one line after another."""
    said = {line.id: line for line in lines}
    if all(is_verbatim(text, [said[id]]) for id, text in sentence.parts):
        return True
    return is_verbatim(sentence.text, lines)


def _side(sentence: Sentence, window: Window) -> Why | None:
    """Why a sentence is no part of the story; None: it is, as far as anybody knows."""
    stances = {each.utterance: each.value for each in window.labels if each.scheme == "stance"}
    outside = any(stances.get(id) in OUT_OF_CHARACTER for id in sentence.evidence)
    return "out_of_character" if outside else None


def _wording(
    sentence: Sentence, window: Window, template: Template, names: frozenset[str]
) -> Why | None:
    """Why the words of whoever wrote a sentence are not believed; None: they are."""
    if sentence.quoted:
        return None
    lines = [line for line in window.lines if line.id in sentence.evidence]
    return doubt_of(sentence.text, lines, language=template.language, cast=window.cast, names=names)


def _names(window: Window) -> frozenset[str]:
    """Names that are known where a sentence was written, beside the cast's."""
    terms = {term for term in window.vocabulary if any(map(str.isupper, term))}
    return names_said((*window.before, *window.lines)) | terms
