"""Prompting: a playbook's prompt with its places filled in, and what was said as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from earwitness.core.errors import EngineUnavailable
from earwitness.core.note import Sentence, Slot
from earwitness.core.people import Person
from earwitness.core.playbook import Playbook, Scheme
from earwitness.core.reading import Window
from earwitness.core.text_ports import Example
from earwitness.core.transcript import Utterance

OPEN: Final = "<<<"
CLOSE: Final = ">>>"
EXAMPLES: Final = "`example`"
"""What fills the place of examples in a prompt: they stand in the data, so marked."""

_NOBODY: Final = "-"


def instructions(
    playbook: Playbook, names: Iterable[str], language: str | None, places: Mapping[str, str]
) -> str:
    """One or more of a playbook's prompts, filled in.

    Raises:
        EngineUnavailable: The playbook has no such prompt, or it names a place that is none.
    """
    parts = []
    for name in names:
        prompt = playbook.prompt(name, language)
        if prompt is None:
            raise EngineUnavailable(
                f"the playbook {playbook.name} has no prompt {name}",
                hint=f"add prompts/{name}.en.md to it",
            )
        try:
            parts.append(prompt.text.format_map(places))
        except (KeyError, ValueError, IndexError) as error:
            raise EngineUnavailable(
                f"the prompt {name} of the playbook {playbook.name} names a place that is none",
                hint="there are: " + ", ".join(sorted(places)),
            ) from error
    return "\n\n---\n\n".join(parts)


def data(window: Window, given: Iterable[Example] = ()) -> str:
    """What was said, one line per utterance, between marks that nobody can say.

    Args:
        window: What is judged, and what was said before it.
        given: Lines that people labelled; they were said, too, and are no instructions.
    """
    told = [f"example | {each.scheme}={plain(each.value)}: {plain(each.text)}" for each in given]
    told += [_line(line, window, " before") for line in window.before]
    told += [_line(line, window, "") for line in window.lines]
    return "\n".join((OPEN, *told, CLOSE))


def schemes(asked: Iterable[Scheme]) -> str:
    """The questions with their answers."""
    return "\n".join(
        f"- {each.name}: {each.about} Answers: {', '.join(each.values) or 'free'}."
        for each in asked
    )


def cast(people: Iterable[Person]) -> str:
    """Who is known, with whom they play."""
    told = []
    for person in people:
        others = f" (also {', '.join(person.aliases)})" if person.aliases else ""
        played = ", ".join(each.name for each in person.characters)
        plays = f", plays {played}" if played else ""
        told.append(f"- {person.name}{others}: {person.role}{plays}")
    return "\n".join(told) or _NOBODY


def sections(slots: Iterable[Slot]) -> str:
    """The sections of a note, with what belongs in each."""
    return "\n".join(f"- {each.key} ({each.title}): {each.ask}" for each in slots)


def collected(sentences: Iterable[Sentence]) -> str:
    """What was collected for a section, each sentence after the ids it cites."""
    told = [f"{', '.join(map(str, each.evidence))} | {plain(each.text)}" for each in sentences]
    return "\n".join((OPEN, *told, CLOSE))


def terms(vocabulary: Iterable[str]) -> str:
    """Names and terms in one line."""
    return ", ".join(vocabulary) or _NOBODY


def plain(text: str) -> str:
    """What was said on one line, without the marks that end the data."""
    return " ".join(text.split()).replace(OPEN, "‹‹‹").replace(CLOSE, "›››")


def _line(line: Utterance, window: Window, more: str) -> str:
    role = window.role_of(line)
    who = plain(line.speaker or _NOBODY) + (f" ({role})" if role else "")
    known = [f"{each.scheme}={each.value}" for each in window.labels if each.utterance == line.id]
    labels = f" [{', '.join(known)}]" if known else ""
    return f"{line.id}{more} | {who}{labels}: {plain(line.text)}"
