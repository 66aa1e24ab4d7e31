"""Notes as Markdown: sections with their sentences, each with the times at which it was heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from earwitness.core.note import Cited, Section, Sentence, Slot
from earwitness.core.note_page import NotePage
from earwitness.exporters.md import escaped
from earwitness.exporters.note_shown import (
    at,
    facts,
    heads,
    numbered,
    quoted_parts,
    speaker,
    words_of,
)


class NoteMarkdown:
    """Writes title, what it is worth, facts, sections, and the lines that are cited."""

    suffix = "md"

    def export(self, page: NotePage) -> bytes:
        """The whole document, in UTF-8."""
        form = page.note.template
        blocks = [f"# {escaped(form.title)}"]
        blocks += (f"> **{escaped(head)}**" for head in heads(page))
        blocks.append("\n".join(f"- {name}: {escaped(told)}" for name, told in facts(page)))
        for slot, section in zip(form.slots, page.note.sections, strict=True):
            blocks += _section(slot, section, page)
        if page.note.cited:
            blocks += (f"## {words_of(page).sources}", "\n".join(_sources(page)))
        return ("\n\n".join(blocks) + "\n").encode("utf-8")


def _section(slot: Slot, section: Section, page: NotePage) -> Iterator[str]:
    yield f"## {escaped(slot.title)}"
    if section.sentences:
        yield "\n".join(f"- {_sentence(each, page)}" for each in section.sentences)
    else:
        yield f"*{words_of(page).empty}*"


def _sentence(sentence: Sentence, page: NotePage) -> str:
    """What is read, and when it was heard: `They go north. [00:12:34] [00:12:40]`."""
    if not sentence.quoted:
        return f"{escaped(sentence.text)} {_times(map(page.note.get, sentence.evidence))}"
    words = words_of(page)
    return "  \n  ".join(
        f"{escaped(speaker(lines[0], words))}: “{escaped(said)}” {_times(lines)}"
        for lines, said in quoted_parts(sentence, page)
    )


def _times(lines: Iterable[Cited]) -> str:
    return " ".join(f"[{at(line)}]" for line in lines)


def _sources(page: NotePage) -> Iterator[str]:
    words = words_of(page)
    for id_ in numbered(page):
        line = page.note.get(id_)
        yield f"- [{at(line)}] {escaped(speaker(line, words))}: “{escaped(line.text)}”"
