"""Text as Otter, Descript, Rev and we ourselves write it: names and times before lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from earwitness.core.errors import UnsupportedSource
from earwitness.core.imported import FlawKind, Imported, ImportOptions, Passage, counted
from earwitness.importers.cues import arrow_timing, read_time

_CLOCK: Final = r"(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?"
_NAME: Final = r"[^\W\d_][^\n:\[\]()|]{0,58}?"
_HEAD_TIME_FIRST = re.compile(
    rf"[\[(]?(?P<time>{_CLOCK})[\])]?(?:\s*(?:-->|[-–])\s*[\[(]?(?P<end>{_CLOCK})[\])]?)?"
    rf"(?:\s*[-–|]?\s*(?P<name>{_NAME}))?\s*(?::\s+(?P<text>.*)|:?\s*)"
)
_HEAD_NAME_FIRST = re.compile(
    rf"\[?(?P<name>{_NAME})\]?\s*[|,:-]?\s+[\[(]?(?P<time>{_CLOCK})[\])]?\s*(?::\s*(?P<text>.*))?"
)
_HEAD_NAME = re.compile(rf"(?P<name>{_NAME}):(?:\s+(?P<text>.*))?")
_TIME_THEN_TEXT = re.compile(rf"[\[(](?P<time>{_CLOCK})[\])]\s+(?P<text>\S.*)")
_WARNING: Final = "Warning: "
_LOOK: Final = 400
_MOST_WORDS: Final = 5


@dataclass(slots=True)
class _Block:
    """Lines under one head."""

    name: str | None
    start_ms: int | None
    end_ms: int | None = None
    lines: list[str] = field(default_factory=list)


class Prose:
    """Reads blocks that begin with a speaker and a time; a speaker holds until the next one."""

    name = "txt"
    suffixes = ("txt", "text", "md")

    def sniff(self, text: str) -> int:
        """Looks like it when some of its lines begin with a time, or a name and a time."""
        lines = text.split("\n", _LOOK)[:_LOOK]
        if any(arrow_timing(line) is not None for line in lines):
            return 0  # subtitles
        timed = [line for line in lines if _head(line, timed=True)]
        return 2 if len(timed) > 1 else int(bool(timed))

    def read(self, text: str, options: ImportOptions) -> Imported:
        """The blocks.

        Raises:
            UnsupportedSource: Nothing was said.
        """
        flaws: Counter[FlawKind] = Counter()
        timed = self.sniff(text) > 0
        passages = []
        for block in _blocks(text.split("\n"), timed=timed):
            said = "\n".join(block.lines).strip("\n")
            if not said.strip():
                flaws["no_text"] += 1
                continue
            passages.append(Passage(said, block.start_ms, block.end_ms, block.name))
        if not passages:
            raise UnsupportedSource("nobody says anything in this file", hint="say --format")
        return Imported(tuple(passages), flaws=counted(flaws))


def _blocks(lines: list[str], *, timed: bool) -> Iterator[_Block]:
    """Blocks; without times every paragraph, and every name, begins one."""
    block = _Block(None, None)
    speaker: str | None = None
    fresh = True
    for line in lines:
        if line.startswith(_WARNING) and not block.lines and block.start_ms is None:
            continue  # ours: not said by anybody
        head = _head(line, timed=timed)
        if head is None and timed and (found := _TIME_THEN_TEXT.fullmatch(line.strip())):
            head = _Block(None, read_time(found["time"]), None, [found["text"]])
        if head is not None or (fresh and not timed and line.strip() and block.lines):
            if block.lines or block.start_ms is not None:
                yield block
            block = head or _Block(None, None, None, [line])
            speaker = block.name or speaker
            block.name = speaker if timed or head is not None else None
        elif line.strip():
            block.lines.append(line)
        fresh = not line.strip()
    if block.lines or block.start_ms is not None:
        yield block


def _head(line: str, *, timed: bool) -> _Block | None:
    """What begins a block: a time, a name and a time, or (without times) a name with a colon."""
    bare = line.strip().replace("*", "")
    if not timed:
        found = _HEAD_NAME.fullmatch(bare)
        if found is None or not _is_name(found["name"]):
            return None
        return _Block(found["name"].strip(), None, None, _text(found["text"]))
    for form in (_HEAD_TIME_FIRST, _HEAD_NAME_FIRST):
        found = form.fullmatch(bare)
        if found is not None and (found["name"] is None or _is_name(found["name"])):
            end = read_time(found["end"]) if "end" in form.groupindex and found["end"] else None
            name = found["name"].strip() if found["name"] else None
            return _Block(name, read_time(found["time"]), end, _text(found["text"]))
    return None


def _text(found: str | None) -> list[str]:
    return [found] if found and found.strip() else []


def _is_name(name: str) -> bool:
    """A few words, the first of them not in small letters, unless it is one word."""
    words = name.split()
    return 0 < len(words) <= _MOST_WORDS and (len(words) == 1 or not words[0][0].islower())
