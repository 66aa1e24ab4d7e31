"""Bearing: what a note claims is believed only where the lines it cites bear it out.

Rules and models pass the same gate, window by window and again when sections are put together.
"""

from __future__ import annotations

from collections import Counter

from earwitness.core.claims import Refusal, Why
from earwitness.core.evidence import is_verbatim
from earwitness.core.note import Section, Sections, Sentence, Template
from earwitness.core.reading import Window


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
    for section in claimed.sections:
        for sentence in section.sentences:
            why = "out_of_scheme" if section.key not in kept else _doubt(sentence, window, written)
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
    if sentence.quoted and not is_verbatim(sentence.text, lines):
        return "not_said"
    return None
