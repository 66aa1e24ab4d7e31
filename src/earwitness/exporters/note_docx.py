"""Notes as Word documents: real headings, and numbers that lead from a sentence to what was said.

Word, LibreOffice and screen readers find headings, the document's language, a title, and one plain
table with a header row. Numbers are links to the lines they cite, at the end of the document.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import UTC
from typing import TYPE_CHECKING, Final

from earwitness.core.note import Section, Sentence, Slot
from earwitness.core.note_page import NotePage
from earwitness.exporters import note_docx_parts as parts
from earwitness.exporters.note_shown import (
    Words,
    at,
    facts,
    heads,
    numbered,
    quoted_parts,
    speaker,
    words_of,
)
from earwitness.exporters.shown import one_line

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_UNWRITABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""


class NoteDocx:
    """Writes title, what it is worth, facts, sections, and a table of the lines that are cited."""

    suffix = "docx"

    def export(self, page: NotePage) -> bytes:
        """The whole document."""
        from docx import Document

        document = Document()
        words, form = words_of(page), page.note.template
        parts.set_language(document, form.language)
        parts.set_styles(document)
        _describe(document, page)
        document.add_paragraph(_plain(form.title), style="Title")
        for head in heads(page):
            parts.add_banner(document, _plain(head))
        parts.add_facts(document, [(name, _plain(told)) for name, told in facts(page)])
        numbers = numbered(page)
        for slot, section in zip(form.slots, page.note.sections, strict=True):
            _section(document, slot, section, page=page, numbers=numbers)
        if page.clinical:
            parts.add_signature(document, words.signed, words.date)
        if numbers:
            document.add_heading(words.sources, level=1)
            parts.add_table(
                document,
                (words.number, words.time, words.speaker, words.said),
                [_source(page, id_, number, words) for id_, number in numbers.items()],
            )
        parts.set_margins(
            document,
            head=" · ".join(filter(None, (_plain(form.title), page.session.id))),
            page=words.page,
            of=words.of,
        )
        written = io.BytesIO()
        document.save(written)
        return written.getvalue()


def _describe(document: Document, page: NotePage) -> None:
    """What programs show of a file; the name of nobody."""
    told = document.core_properties
    told.title = _plain(page.note.template.title)
    told.subject = page.session.id
    told.author = told.last_modified_by = "Earwitness"
    told.comments = told.keywords = ""
    told.language = page.note.template.language
    told.created = told.modified = page.made_at.astimezone(UTC).replace(tzinfo=None)


def _section(
    document: Document, slot: Slot, section: Section, *, page: NotePage, numbers: dict[int, int]
) -> None:
    document.add_heading(_plain(slot.title), level=1)
    if not section.sentences:
        document.add_paragraph(style="Normal").add_run(words_of(page).empty).italic = True
    for sentence in section.sentences:
        paragraph = document.add_paragraph(style="List Bullet")
        if sentence.quoted:
            _quote(paragraph, sentence, page=page, numbers=numbers)
        else:
            paragraph.add_run(_plain(sentence.text))
            _cite(paragraph, sentence.evidence, numbers)


def _quote(
    paragraph: Paragraph, sentence: Sentence, *, page: NotePage, numbers: dict[int, int]
) -> None:
    """Who says what, and when; each part of a talk on a line of its own."""
    words = words_of(page)
    for place, (lines, said) in enumerate(quoted_parts(sentence, page)):
        if place:
            paragraph.add_run().add_break()
        paragraph.add_run(f"{at(lines[0])} {_plain(speaker(lines[0], words))}: ").bold = True
        paragraph.add_run(f"“{_plain(said)}”")
        _cite(paragraph, (line.id for line in lines), numbers)


def _cite(paragraph: Paragraph, evidence: Iterable[int], numbers: dict[int, int]) -> None:
    for place, number in enumerate(sorted(numbers[id_] for id_ in evidence)):
        parts.add_reference(paragraph, number, first=place == 0)


def _source(page: NotePage, id_: int, number: int, words: Words) -> tuple[str, str, str, str]:
    line = page.note.get(id_)
    return str(number), at(line), _plain(speaker(line, words)), _plain(line.text)


def _plain(text: str) -> str:
    """One line of signs that a Word document can hold."""
    return _UNWRITABLE.sub("\ufffd", one_line(text))
