"""What every exporter of notes promises: every sentence is there, and every line it rests on."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.deep import examples

from earwitness import plugins
from earwitness.core.claims import Refusal
from earwitness.core.note import Cited, Note, Section, Sentence, Slot, Template
from earwitness.core.note_page import NotePage
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span, timestamp

FORMATS = sorted(plugins.listed("note"))
SOAP = Template(
    "soap",
    "SOAP note",
    "en",
    (Slot("subjective", "Subjective", "What is said."), Slot("plan", "Plan", "What is agreed.")),
)
SESSION = Session(
    "2026-11-20-abcdef",
    "Tuesday *afternoon*",
    "therapy",
    "en",
    (Recording("0" * 64, "a.wav", 1, 60_000, 1, 16_000),),
    datetime(2026, 11, 20, 14, 30, tzinfo=UTC),
    True,
)
CITED = (
    Cited(3, Span(754_000, 756_000), "Bob", "I sleep about four hours."),
    Cited(4, Span(760_000, 762_000), None, "Any <b>pain</b>?"),
    Cited(9, Span(3_605_000, 3_609_000), "Bob", "Not since Monday."),
)
WRITTEN = Note(
    SOAP,
    (
        Section(
            "subjective",
            (
                Sentence("The client sleeps four hours_a_night & is tired.", (3,)),
                Sentence("There is no pain since Monday.", (4, 9)),
            ),
        ),
        Section("plan"),
    ),
    CITED,
    "ollama:qwen3",
    True,
    refused=(Refusal("unknown_number", 2), Refusal("not_said", 1)),
)
QUOTED = replace(
    WRITTEN,
    sections=(
        Section("subjective", (Sentence("I sleep about four hours.", (3,), True),)),
        Section("plan", (Sentence("Any <b>pain</b>?\nNot since Monday.", (4, 9), True),)),
    ),
    by="rules",
    written=False,
    refused=(),
)
PAGE = NotePage(SESSION, WRITTEN, 2, datetime(2026, 11, 21, 9, 0, tzinfo=UTC), clinical=True)


def text_of(suffix: str, page: NotePage) -> str:
    """All that a reader of the file sees, tables and all; Markdown as it would be shown."""
    data = plugins.note_exporter(suffix).export(page)
    if suffix == "md":
        return re.sub(r"\\(.)", r"\1", data.decode("utf-8"))
    document = Document(io.BytesIO(data))
    lines = [paragraph.text for paragraph in document.paragraphs]
    lines += ["\t".join(cell.text for cell in row.cells) for t in document.tables for row in t.rows]
    return "\n".join(lines)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("note", [WRITTEN, QUOTED])
def test_every_sentence_and_every_line_it_rests_on_is_there(suffix: str, note: Note) -> None:
    assert plugins.note_exporter(suffix).suffix == suffix
    told = text_of(suffix, replace(PAGE, note=note))
    for section in note.sections:
        for sentence in section.sentences:
            for part in sentence.text.split("\n"):
                assert part in told
    for line in note.cited:
        assert timestamp(line.span.start_ms) in told
        assert line.text in told
        assert (line.speaker or "Unknown") in told
    assert all(slot.title in told for slot in note.template.slots)
    assert "Tuesday *afternoon* (2026-11-20-abcdef)" in told
    assert "2026-11-20 14:30 UTC" in told
    assert "2026-11-21 09:00 UTC, version 2" in told


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_a_note_is_worth_stands_before_it(suffix: str) -> None:
    told = text_of(suffix, PAGE)
    head = told[: told.index("Subjective")]
    assert "Draft. A clinician must read" in head
    assert "Written by a language model" in head
    assert "By: ollama:qwen3" in head
    assert "not borne out by what was said: 3" in head
    assert "leader" not in head
    quoted = text_of(
        suffix,
        replace(PAGE, note=QUOTED, clinical=False, warnings=("older. (earwitness notes make x)",)),
    )
    assert "Quotes, no summary" in quoted
    assert "rules, no language model" in quoted
    assert "Note: older." in quoted
    assert "notes make" not in quoted
    assert "Draft" not in quoted
    secret = replace(QUOTED, template=replace(SOAP, audience="dm"))
    assert "For the game leader only" in text_of(suffix, replace(PAGE, note=secret))


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_section_without_sentences_says_so(suffix: str) -> None:
    assert "Nothing was found that belongs here." in text_of(suffix, PAGE)
    empty = replace(WRITTEN, sections=(Section("subjective"), Section("plan")), cited=())
    told = text_of(suffix, replace(PAGE, note=empty))
    assert "Sources" not in told


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_dutch_note_is_dutch_all_over(suffix: str) -> None:
    dutch = replace(WRITTEN, template=replace(SOAP, language="nl"))
    told = text_of(suffix, replace(PAGE, note=dutch))
    for word in ("Concept.", "Geschreven door een taalmodel", "Sessie:", "Bronnen", "Onbekend"):
        assert word in told
    for word in ("Draft", "Written", "Unknown", "Sources", "Nothing"):
        assert word not in told


def test_markdown_cites_by_the_second_and_lets_no_markup_through() -> None:
    told = plugins.note_exporter("md").export(PAGE).decode()
    assert r"four hours\_a\_night \& is tired. [00:12:34]" in told
    assert "no pain since Monday. [00:12:40] [01:00:05]" in told
    assert "<b>" not in told.replace(r"\<b", "")


def test_a_word_document_can_be_found_ones_way_in() -> None:
    """Headings, language, title, a table with a head row, and links that lead somewhere."""
    data = plugins.note_exporter("docx").export(PAGE)
    document = Document(io.BytesIO(data))
    heads = [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"]
    assert heads == ["Subjective", "Plan", "Sources"]
    assert document.paragraphs[0].style is not None
    assert document.paragraphs[0].style.name == "Title"
    told = document.core_properties
    assert (told.title, told.author, told.language) == ("SOAP note", "Earwitness", "en")
    assert told.comments == ""
    (language,) = document.styles.element.xpath("w:docDefaults//w:lang/@w:val")
    assert language == "en-GB"
    (table,) = document.tables
    assert table.rows[0]._tr.xpath("w:trPr/w:tblHeader")
    marks = set(document.element.xpath("//w:bookmarkStart/@w:name"))
    links = [link.get(qn("w:anchor")) for link in document.element.xpath("//w:hyperlink")]
    assert links == ["source_1", "source_2", "source_3"]
    assert set(links) <= marks
    assert "PAGE" in document.sections[0].footer._element.xml
    assert "2026-11-20-abcdef" in document.sections[0].header.paragraphs[0].text
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert b"python-docx" not in b"".join(file.read(name) for name in file.namelist())


def test_citations_lead_from_each_sentence_to_its_own_lines() -> None:
    document = Document(io.BytesIO(plugins.note_exporter("docx").export(PAGE)))
    rows = {row.cells[0].text: row.cells[3].text for row in document.tables[0].rows[1:]}
    found: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        if paragraph.style is not None and paragraph.style.name == "List Bullet":
            numbers = paragraph._p.xpath("w:hyperlink/w:r/w:t/text()")
            text = "".join(paragraph._p.xpath("w:r[not(w:rPr/w:vertAlign)]/w:t/text()"))
            found[text] = [rows[number] for number in numbers]
    lines = {line.id: line.text for line in CITED}
    assert found == {
        sentence.text: [lines[id_] for id_ in sentence.evidence]
        for section in WRITTEN.sections
        for sentence in section.sentences
    }


TEXTS = st.text(min_size=1, max_size=30)


@settings(max_examples=examples(25))
@given(st.sampled_from(FORMATS), TEXTS, TEXTS, TEXTS, st.none() | TEXTS, st.booleans())
def test_whatever_is_said_makes_a_whole_file(
    suffix: str, title: str, text: str, said: str, who: str | None, quoted: bool
) -> None:
    if not text.strip():
        return
    note = Note(
        SOAP,
        (Section("subjective", (Sentence(text, (3,), quoted),)), Section("plan")),
        (Cited(3, Span(0, 900), who, said),),
        "m",
        not quoted,
    )
    page = replace(PAGE, session=replace(SESSION, title=title), note=note)
    made = plugins.note_exporter(suffix).export(page)
    if suffix == "docx":
        assert len(Document(io.BytesIO(made)).tables) == 1
    else:
        assert "00:00:00" in made.decode("utf-8")
