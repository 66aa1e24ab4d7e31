"""CSV: read back as it was, and no cell is a formula."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.ports import ExportOptions
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Label, Record, Transcript, Utterance
from earwitness.exporters.csv import COLUMNS, Csv, guarded

SESSION = Session(
    "2026-11-20-abcdef", "", "meeting", None, (Recording("0" * 64, "a.mp3", 1, None, 1, 8_000),)
)


def rows(text: str, *, person: str | None = None) -> list[dict[str, str]]:
    word = Word(text, Span(5_042, 6_000))
    said = Utterance(3, word.span, (word,), "S1", person, uncertain=True, language="en")
    labels = (Label(3, "stance", "IC", None, "rules"), Label(3, "topic", "food", 0.5, "rules"))
    made = Csv().export(Record(SESSION, Transcript((said,), labels), ()), ExportOptions())
    assert made.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(made, newline="")))


def test_a_row_tells_everything_of_an_utterance() -> None:
    assert rows('He said "no, never", twice', person="Ann") == [
        {
            "id": "3",
            "start": "00:00:05.042",
            "end": "00:00:06.000",
            "start_ms": "5042",
            "end_ms": "6000",
            "speaker": "Ann",
            "voice": "S1",
            "person": "Ann",
            "uncertain": "1",
            "language": "en",
            "labels": "stance=IC;topic=food",
            "text": 'He said "no, never", twice',
        }
    ]


def test_the_columns_are_the_documented_ones() -> None:
    assert list(rows("x")[0]) == list(COLUMNS)


def test_an_empty_transcript_is_a_header() -> None:
    made = Csv().export(Record(SESSION, Transcript(()), ()), ExportOptions())
    assert made == ",".join(COLUMNS) + "\r\n"


def test_formulas_are_guarded() -> None:
    for text in ("=1+1", "+31", "-2", "@SUM(A1)", "＝1"):
        assert rows(text)[0]["text"] == f"'{text}"
    assert rows("x", person="=cmd")[0]["speaker"] == "'=cmd"
    assert guarded("\t=1") == "'\t=1"
    assert guarded("\r=1") == "'\r=1"


@given(st.text(min_size=1).filter(lambda text: text == text.strip()))
def test_no_cell_starts_a_formula_and_no_row_is_torn(text: str) -> None:
    (row,) = rows(text, person=text)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
    assert all(len(cell.splitlines()) <= 1 for cell in row.values())
