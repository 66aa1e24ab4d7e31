"""CSV (RFC 4180): one row per utterance, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Final

from earwitness.core.ports import ExportOptions
from earwitness.core.span import timestamp
from earwitness.core.transcript import Record, Utterance
from earwitness.exporters.shown import one_line, readable, shown

COLUMNS: Final = {
    "id": "the utterance's id",
    "start": "HH:MM:SS.mmm from the session's start",
    "end": "the same, half-open",
    "start_ms": "whole milliseconds",
    "end_ms": "whole milliseconds",
    "speaker": "who is shown: person, else voice, else Unknown",
    "voice": "S1, S2, ...; empty when unknown",
    "person": "empty when unknown",
    "uncertain": "1 when a person marked it as doubtful or the guard doubts a word of it, else 0",
    "language": "ISO 639-1; empty when unknown",
    "labels": "scheme=value, joined by semicolons",
    "text": "what was said, on one line",
}
"""Column names in order, and what they hold."""

_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Csv:
    """Writes a header, then a row per utterance; lines end in CR LF as RFC 4180 asks."""

    suffix = "csv"

    def export(self, record: Record, options: ExportOptions) -> str:
        """The utterances as rows of `COLUMNS`; write the text without translating line ends."""
        record = readable(record, options)
        claims: dict[int, list[str]] = {}
        for label in record.transcript.labels:
            claims.setdefault(label.utterance, []).append(f"{label.scheme}={label.value}")
        file = io.StringIO(newline="")
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for utterance in record.transcript.utterances:
            labels = ";".join(claims.get(utterance.id, ()))
            rows.writerow([guarded(one_line(cell)) for cell in _cells(utterance, labels)])
        return file.getvalue()


def guarded(cell: str) -> str:
    """A cell no spreadsheet runs as a formula: an apostrophe stands before `= + - @`.

    Source: OWASP, "CSV Injection".
    """
    return f"'{cell}" if cell.startswith(_STARTS_FORMULA) else cell


def _cells(utterance: Utterance, labels: str) -> tuple[str, ...]:
    span = utterance.span
    return (
        str(utterance.id),
        timestamp(span.start_ms, separator="."),
        timestamp(span.end_ms, separator="."),
        str(span.start_ms),
        str(span.end_ms),
        shown(utterance),
        utterance.voice or "",
        utterance.person or "",
        str(int(utterance.uncertain)),
        utterance.language or "",
        labels,
        utterance.text,
    )
