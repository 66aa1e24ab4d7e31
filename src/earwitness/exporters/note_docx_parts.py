"""Parts of a Word document that python-docx has no words for: links, marks, fields, languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

_LOCALES: Final = {"en": "en-GB", "nl": "nl-NL", "de": "de-DE", "fr": "fr-FR", "es": "es-ES"}
_INK: Final = "1F2A37"
_QUIET: Final = "4B5563"
_LINK: Final = "1D4E89"
_SHADE: Final = "F3F4F6"
_WIDTHS_CM: Final = (1.2, 2.2, 3.4, 9.7)


def set_language(document: Document, language: str) -> None:
    """What proofing tools and screen readers go by."""
    from docx.oxml.ns import qn

    (fonts,) = document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")
    for old in fonts.findall(qn("w:lang")):
        fonts.remove(old)
    fonts.append(_element("w:lang", {"w:val": _LOCALES.get(language, language)}))


def set_styles(document: Document) -> None:
    """One face, dark ink, room to breathe."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    for name, size, above, below in (
        ("Normal", 11, 0, 6),
        ("Title", 22, 0, 10),
        ("Heading 1", 14, 16, 4),
        ("List Bullet", 11, 0, 4),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = "Calibri", Pt(size)
        style.font.color.rgb = RGBColor.from_string(_INK)
        style.paragraph_format.space_before = Pt(above)
        style.paragraph_format.space_after = Pt(below)
        _one_face(style.element.get_or_add_rPr())
    banner = document.styles.add_style("Banner", WD_STYLE_TYPE.PARAGRAPH)
    banner.base_style = document.styles["Normal"]
    banner.font.bold = True
    banner.paragraph_format.left_indent = banner.paragraph_format.right_indent = Cm(0.2)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2.2)


def add_banner(document: Document, text: str) -> None:
    """A line that must not be missed."""
    paragraph = document.add_paragraph(text, style="Banner")
    looks = paragraph._p.get_or_add_pPr()
    edges = _element("w:pBdr")
    edges.append(
        _element("w:left", {"w:val": "single", "w:sz": "24", "w:space": "6", "w:color": _LINK})
    )
    looks.append(edges)
    looks.append(_element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": _SHADE}))


def add_facts(document: Document, facts: Sequence[tuple[str, str]]) -> None:
    """Names and what they are, one in a line."""
    from docx.shared import Pt, RGBColor

    for place, (name, told) in enumerate(facts):
        paragraph = document.add_paragraph()
        last = place == len(facts) - 1
        paragraph.paragraph_format.space_before = Pt(6 if place == 0 else 0)
        paragraph.paragraph_format.space_after = Pt(6 if last else 0)
        for run in (paragraph.add_run(f"{name}: "), paragraph.add_run(told)):
            run.font.size, run.font.color.rgb = Pt(10), RGBColor.from_string(_QUIET)
        paragraph.runs[0].bold = True


def add_signature(document: Document, signed: str, date: str) -> None:
    """Two lines to be filled in by hand."""
    from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
    from docx.shared import Cm, Pt

    for place, told in enumerate((signed, date)):
        paragraph = document.add_paragraph(f"{told}: \t")
        paragraph.paragraph_format.space_before = Pt(24 if place == 0 else 12)
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(Cm(16.4), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES)


def add_reference(paragraph: Paragraph, number: int, *, first: bool) -> None:
    """A small raised number that leads to its source."""
    if not first:
        paragraph.add_run(",").font.superscript = True
    from docx.shared import RGBColor

    link = _element("w:hyperlink", {"w:anchor": _mark(number), "w:history": "1"})
    run = paragraph.add_run(str(number))
    run.font.superscript, run.font.color.rgb = True, RGBColor.from_string(_LINK)
    paragraph._p.append(link)
    link.append(run._r)


def add_table(document: Document, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table whose first row is its head on every page, and whose first cells can be led to."""
    from docx.oxml.ns import qn
    from docx.shared import Cm

    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.autofit = False
    for column, width_cm in zip(table.columns, _WIDTHS_CM, strict=True):
        column.width = Cm(width_cm)
    looks = table._tbl.tblPr
    looks.append(_element("w:tblCaption", {"w:val": heads[-1]}))
    layout = looks.find(qn("w:tblLayout"))
    assert layout is not None
    layout.addprevious(_lines())
    head = table.rows[0]
    for cell, text in zip(head.cells, heads, strict=True):
        _fill(cell, text, bold=True)
        cell._tc.get_or_add_tcPr().append(
            _element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": _SHADE})
        )
    head._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    for number, row in enumerate(rows, start=1):
        made = table.add_row()
        made._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        for cell, text in zip(made.cells, row, strict=True):
            _fill(cell, text)
        _set_mark(made.cells[0].paragraphs[0], number)
    for made in table.rows:
        for cell, width_cm in zip(made.cells, _WIDTHS_CM, strict=True):
            cell.width = Cm(width_cm)


def _lines() -> BaseOxmlElement:
    """Fine lines between rows, none between columns."""
    edges = _element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        kind = "single" if side in ("top", "bottom", "insideH") else "nil"
        edges.append(
            _element(f"w:{side}", {"w:val": kind, "w:sz": "4", "w:space": "0", "w:color": "C5CAD3"})
        )
    return edges


def set_margins(document: Document, *, head: str, page: str, of: str) -> None:
    """What stands on every page: which note it is, and how many pages there are."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    section = document.sections[0]
    above, below = section.header.paragraphs[0], section.footer.paragraphs[0]
    above.add_run(head)
    below.add_run(f"{page} ")
    _add_field(below, "PAGE")
    below.add_run(f" {of} ")
    _add_field(below, "NUMPAGES")
    below.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for run in (*above.runs, *below.runs):
        run.font.size, run.font.color.rgb = Pt(9), RGBColor.from_string(_QUIET)


def _add_field(paragraph: Paragraph, code: str) -> None:
    """A number that the reader's program fills in."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("shown", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "shown":
            run.text = text
        elif kind:
            run._r.append(_element("w:fldChar", {"w:fldCharType": kind}))
        else:
            told = _element("w:instrText")
            told.text = text
            run._r.append(told)


def _fill(cell: _Cell, text: str, *, bold: bool = False) -> None:
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(10), bold


def _set_mark(paragraph: Paragraph, number: int) -> None:
    begin = _element("w:bookmarkStart", {"w:id": str(number), "w:name": _mark(number)})
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, begin)
    paragraph._p.append(_element("w:bookmarkEnd", {"w:id": str(number)}))


def _mark(number: int) -> str:
    return f"source_{number}"


def _one_face(looks: BaseOxmlElement) -> None:
    """No other face for headings: a theme's would win over the one that is named."""
    from docx.oxml.ns import qn

    fonts = looks.find(qn("w:rFonts"))
    if fonts is not None:
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.attrib.pop(qn(f"w:{script}Theme"), None)
            fonts.set(qn(f"w:{script}"), "Calibri")


def _element(tag: str, attributes: dict[str, str] | None = None) -> BaseOxmlElement:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in (attributes or {}).items():
        made.set(qn(name), value)
    return made
