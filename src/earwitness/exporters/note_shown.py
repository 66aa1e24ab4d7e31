"""What the formats of notes share: their words in the language of the note, and its references."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from earwitness.core.note import Cited, Sentence
from earwitness.core.note_page import NotePage
from earwitness.core.span import timestamp
from earwitness.exporters.shown import UNKNOWN, one_line


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around a note, in one language."""

    draft: str = "Draft. A clinician must read, correct and sign this note before it is relied on."
    leader: str = "For the game leader only. Players must not read this."
    quotes: str = "Quotes, no summary: each section holds words that were said, and nothing else."
    written: str = (
        "Written by a language model. Every sentence names the lines it rests on; read them, or "
        "listen, before you rely on it."
    )
    empty: str = "Nothing was found that belongs here."
    session: str = "Session"
    held: str = "Held"
    made: str = "Made"
    by: str = "By"
    version: str = "version"
    left_out: str = "Left out, not borne out by what was said"
    sources: str = "Sources"
    said: str = "What was said"
    number: str = "No."
    time: str = "Time"
    speaker: str = "Speaker"
    unknown: str = UNKNOWN
    rules: str = "rules, no language model"
    signed: str = "Read, corrected and signed by"
    date: str = "Date"
    page: str = "Page"
    of: str = "of"
    warning: str = "Note"


_ENGLISH: Final = Words()
_DUTCH: Final = Words(
    draft=(
        "Concept. Een behandelaar moet dit verslag lezen, verbeteren en ondertekenen voordat "
        "iemand erop vertrouwt."
    ),
    leader="Alleen voor de spelleider. Spelers mogen dit niet lezen.",
    quotes="Citaten, geen samenvatting: elk onderdeel bevat woorden die gezegd zijn, verder niets.",
    written=(
        "Geschreven door een taalmodel. Elke zin noemt de regels waarop hij berust; lees of "
        "beluister ze voordat u erop vertrouwt."
    ),
    empty="Hiervoor is niets gevonden.",
    session="Sessie",
    held="Gehouden",
    made="Gemaakt",
    by="Door",
    version="versie",
    left_out="Weggelaten, bleek niet uit wat er gezegd is",
    sources="Bronnen",
    said="Wat er gezegd is",
    number="Nr.",
    time="Tijd",
    speaker="Spreker",
    unknown="Onbekend",
    rules="regels, geen taalmodel",
    signed="Gelezen, verbeterd en ondertekend door",
    date="Datum",
    page="Pagina",
    of="van",
    warning="Let op",
)


def words_of(page: NotePage) -> Words:
    """In the language of the note's form; English where there are none."""
    return _DUTCH if page.note.template.language == "nl" else _ENGLISH


def heads(page: NotePage) -> Iterator[str]:
    """What must be read before the note: for whom it is, and what it is worth."""
    words = words_of(page)
    if page.clinical:
        yield words.draft
    if page.note.template.audience == "dm":
        yield words.leader
    yield words.written if page.note.written else words.quotes
    # What to type is for whoever has the library, and not for whoever is given the file.
    told = (one_line(warning).partition(" (earwitness ")[0] for warning in page.warnings)
    yield from (f"{words.warning}: {warning}" for warning in told)


def facts(page: NotePage) -> Iterator[tuple[str, str]]:
    """What a reader may ask about the note: whose, when, by whom."""
    words, session = words_of(page), page.session
    title = one_line(session.title)
    yield words.session, f"{title} ({session.id})" if title else session.id
    if session.held_at is not None:
        yield words.held, _when(session.held_at)
    yield words.made, f"{_when(page.made_at)}, {words.version} {page.version}"
    yield words.by, words.rules if page.note.by == "rules" else one_line(page.note.by)
    if left_out := sum(each.count for each in page.note.refused):
        yield words.left_out, str(left_out)


def numbered(page: NotePage) -> dict[int, int]:
    """The number of each line that is cited, in order of time."""
    lines = sorted(page.note.cited, key=lambda each: (each.span, each.id))
    return {each.id: number for number, each in enumerate(lines, start=1)}


def speaker(line: Cited, words: Words) -> str:
    """Who says a line."""
    return one_line(line.speaker or "") or words.unknown


def at(line: Cited) -> str:
    """When it was said, to the second."""
    return timestamp(line.span.start_ms)


def quoted_parts(sentence: Sentence, page: NotePage) -> Iterator[tuple[tuple[Cited, ...], str]]:
    """What is quoted, with the lines it was said in; each line that is cited is named once."""
    parts = sentence.parts
    rest = tuple(id_ for id_ in sentence.evidence if id_ not in dict(parts))
    for place, (id_, text) in enumerate(parts):
        ids = (id_, *rest) if place == len(parts) - 1 else (id_,)
        yield tuple(page.note.get(each) for each in ids), one_line(text)


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} {one_line(moment.tzname() or '')}".strip()
