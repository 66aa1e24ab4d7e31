"""NLP files (Rev's reference format, `token|speaker|ts|endTs|punctuation|...`), a token a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from earwitness.core.errors import UnsupportedSource
from earwitness.core.imported import Imported, ImportOptions, Passage
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.spreading import in_order
from earwitness.importers.loose import seconds

_HEAD: Final = ("token", "speaker", "ts", "endTs")
_LONG_CHARS: Final = 240
"""A line ends at the first end of a sentence beyond this length."""

_ENDS: Final = (".", "!", "?")


class Nlp:
    """Reads tokens with punctuation; a line ends with the speaker, or after a long sentence."""

    name = "nlp"
    suffixes = ("nlp",)

    def sniff(self, text: str) -> int:
        """Says so in its first line."""
        return 3 if text.startswith("|".join(_HEAD)) else 0

    def read(self, text: str, options: ImportOptions) -> Imported:
        """The lines; their times only where every token of a line has its own.

        Raises:
            UnsupportedSource: It has no such first line, or no token.
        """
        lines = [line for line in text.split("\n") if line.strip()]
        if not lines or not self.sniff(text):
            raise UnsupportedSource("the file does not begin as an NLP file", hint="say --format")
        columns = lines[0].split("|")
        rows = [dict(zip(columns, line.split("|"), strict=False)) for line in lines[1:]]
        passages = tuple(_passage(group) for group in _groups(rows))
        if not passages:
            raise UnsupportedSource("the file holds no tokens", hint="export it again")
        return Imported(passages)


def _groups(rows: list[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    group: list[dict[str, str]] = []
    chars = 0
    for row in rows:
        if not row.get("token", "").strip():
            continue
        ended = bool(group) and chars > _LONG_CHARS and group[-1].get("punctuation") in _ENDS
        if group and (row.get("speaker") != group[-1].get("speaker") or ended):
            yield group
            group, chars = [], 0
        group.append(row)
        chars += len(row["token"]) + 1
    if group:
        yield group


def _passage(group: list[dict[str, str]]) -> Passage:
    who = group[0].get("speaker", "").strip()
    shown = f"Speaker {who}" if who.isdecimal() else who or None
    words = []
    for row in group:
        start, end = seconds(row.get("ts")), seconds(row.get("endTs"))
        written = "".join(row["token"].split()) + row.get("punctuation", "").strip()
        if start is not None:
            words.append(Word(written, Span(start, max(start + 1, end or 0))))
    text = " ".join(
        "".join(row["token"].split()) + row.get("punctuation", "").strip() for row in group
    )
    if len(words) < len(group):
        return Passage(text, None, None, shown)
    timed = in_order(words)
    last_ms = max(word.span.end_ms for word in timed)
    return Passage(text, timed[0].span.start_ms, last_ms, shown, timed)
