"""ASS and SSA (SubStation Alpha), read by pysubs2; the Name field says who speaks."""

from __future__ import annotations

import logging
import re
from collections import Counter
from typing import Final

import pysubs2

from earwitness.core.imported import FlawKind, Imported, ImportOptions, Passage
from earwitness.importers.subtitles import finished

_FIELDS: Final = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
_HEAD: Final = f"[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: {_FIELDS}\n"
_ORDER: Final = tuple(name.lower() for name in _FIELDS.split(", "))
_READ: Final = frozenset({"start", "end", "name"})
_JOINER: Final = "\\\u2060"
"""Our own exporter keeps a backslash from being a code so."""

_SECTION = re.compile(r"\[[^\]]*[a-z][^\]]*\]\s*")


class Ass:
    """Reads Dialogue lines; comments and drawings were not said and are counted."""

    name = "ass"
    suffixes = ("ass", "ssa")

    def sniff(self, text: str) -> int:
        """Says so in its first section."""
        return 3 if re.match(r"\s*(?:;[^\n]*\n\s*)*\[Script Info\]", text, re.IGNORECASE) else 0

    def read(self, text: str, options: ImportOptions) -> Imported:
        """The lines; override codes in braces are not shown, so they are no text."""
        flaws: Counter[FlawKind] = Counter()
        passages = []
        for row in _rows(text, flaws):
            passage = _passage(row, flaws)
            if passage is not None:
                passages.append(passage)
        return finished(passages, flaws, (), options)


def _rows(text: str, flaws: Counter[FlawKind]) -> list[str]:
    """Every Dialogue line with its fields in the usual order, whatever order the file has."""
    order, rows, events = _ORDER, [], False
    for raw in text.split("\n"):
        line = raw.strip()
        if _SECTION.fullmatch(line):
            events = line.lower().startswith("[events]")
            continue
        kind, colon, rest = line.partition(":")
        if not events or not colon:
            continue
        if kind == "Format":
            order = tuple(name.strip().lower() for name in rest.split(","))
        elif kind == "Comment":
            flaws["comment"] += 1
        elif kind == "Dialogue":
            found = dict(zip(order, rest.strip().split(",", len(order) - 1), strict=False))
            if "text" not in found and found:
                found["text"] = found.pop(next(reversed(found)))
            kept = (found.get(name, "") if name in _READ else "0" for name in _ORDER[:-1])
            rows.append(",".join(kept) + ",")
            rows[-1] += found.get("text", "")
    return rows


def _passage(row: str, flaws: Counter[FlawKind]) -> Passage | None:
    """One line; where its times cannot be read, its text is kept without them."""
    fields = row.split(",", len(_ORDER) - 1)
    times: tuple[int | None, int | None] = (None, None)
    try:
        event = _parsed(row)
        times = event.start, event.end
    except (ValueError, IndexError):
        event = pysubs2.SSAEvent(text=fields[-1], name=fields[4])
    if event.is_drawing:
        flaws["drawing"] += 1
        return None
    text = event.plaintext.replace(_JOINER, "\\").replace("\\h", " ").strip("\n")
    if not text.strip():
        flaws["no_text"] += 1
        return None
    speaker = " ".join(event.name.split()) or None
    if speaker is not None and text.startswith(f"{speaker}: "):
        text = text[len(speaker) + 2 :] or text
    start, end = times
    if start is not None and start < 0:
        start = 0
    return Passage(text, start, end, speaker)


def _parsed(row: str) -> pysubs2.SSAEvent:
    """One line, read by pysubs2.

    It logs by the root logger itself, which gives a process whose log nobody set up a log to the
    terminal. A handler that is there meanwhile keeps it from that.
    """
    root, nowhere = logging.getLogger(), logging.NullHandler()
    root.addHandler(nowhere)
    try:
        return pysubs2.SSAFile.from_string(f"{_HEAD}Dialogue: {row}\n", format_="ass")[0]
    finally:
        root.removeHandler(nowhere)
