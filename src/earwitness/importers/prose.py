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
_TIME_NAME_TEXT = re.compile(
    rf"[\[(]?(?P<time>{_CLOCK})[\])]?(?:\s*(?:-->|[-–])\s*[\[(]?(?P<end>{_CLOCK})[\])]?)?"
    rf"\s*[-–|]?\s*(?P<name>{_NAME}):(?:\s+(?P<text>.*))?"
)
"""`[00:00:05] Ann: hello`"""

_TIME_NAME = re.compile(rf"[\[(]?(?P<time>{_CLOCK})[\])]?\s*[-–|]?\s*(?P<name>{_NAME})")
"""`00:05 Ann`, the text below"""

_TIME_TEXT = re.compile(
    rf"(?:[\[(](?P<time>{_CLOCK})[\])]|(?P<bare>{_CLOCK})(?=\s|$))\s*(?P<text>.*)"
)
"""`[00:00:05] hello`"""

_NAME_TIME_TEXT = re.compile(
    rf"\[?(?P<name>{_NAME})\]?\s*[|,:-]?\s+[\[(](?P<time>{_CLOCK})[\])]:?(?:\s+(?P<text>.*))?"
    rf"|\[(?P<named>{_NAME})\]\s+(?P<clock>{_CLOCK})(?::\s+(?P<said>.*))?"
)
"""`Ann (00:05): hello`, `[Ann] 00:05`"""

_NAME_TIME = re.compile(rf"(?P<name>{_NAME})(?P<wide>\s*[|,-]?\s+)(?P<time>{_CLOCK})")
"""`Ann  0:05`, the text below"""

_HEAD_NAME = re.compile(rf"(?P<name>{_NAME}):(?:\s+(?P<text>.*))?")
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
        timed = [place for place in range(len(lines)) if _head(lines, place, timed=True)]
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
    for place, line in enumerate(lines):
        if line.startswith(_WARNING) and not block.lines and block.start_ms is None:
            continue  # ours: not said by anybody
        head = _head(lines, place, timed=timed)
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


def _head(lines: list[str], place: int, *, timed: bool) -> _Block | None:
    """What begins a block: a time, a name and a time, or (without times) a name with a colon."""
    bare = lines[place].strip().replace("**", "")
    if timed:
        return _timed_head(lines, place, bare)
    found = _HEAD_NAME.fullmatch(bare)
    if found is None or not _is_name(found["name"]):
        return None
    return _Block(found["name"].strip(), None, None, _text(found["text"]))


def _timed_head(lines: list[str], place: int, bare: str) -> _Block | None:
    if (found := _TIME_NAME_TEXT.fullmatch(bare)) and _is_name(found["name"]):
        end = read_time(found["end"]) if found["end"] else None
        return _Block(found["name"], read_time(found["time"]), end, _text(found["text"]))
    found = _NAME_TIME_TEXT.fullmatch(bare)
    if found and _is_name(found["name"] or found["named"]):
        time, text = found["time"] or found["clock"], found["text"] or found["said"]
        return _Block(found["name"] or found["named"], read_time(time), None, _text(text))
    if (found := _alone(lines, place, bare)) is not None:
        return _Block(found["name"], read_time(found["time"]))
    if found := _TIME_TEXT.fullmatch(bare):
        time = found["time"] or found["bare"]
        return _Block(None, read_time(time), None, _text(found["text"]))
    return None


def _alone(lines: list[str], place: int, bare: str) -> re.Match[str] | None:
    """A name and a time alone on a line are a head when text follows, and nothing is in front.

    Otherwise the line is text: what somebody said may end, or begin, with a time.
    """
    after = lines[place + 1].strip() if place + 1 < len(lines) else ""
    before = lines[place - 1].strip() if place else ""
    found = _NAME_TIME.fullmatch(bare)
    marked = "**" in lines[place] or (found is not None and len(found["wide"]) > 1)
    if found is not None and _is_name(found["name"]) and (marked or (after and not before)):
        return found
    found = _TIME_NAME.fullmatch(bare)
    if found is None or not after or before or not _is_name(found["name"]):
        return None
    return found if all(word[0].isupper() for word in found["name"].split()) else None


def _text(found: str | None) -> list[str]:
    return [found] if found and found.strip() else []


def _is_name(name: str) -> bool:
    """A few words, the first of them not in small letters, unless it is one word."""
    words = name.split()
    return 0 < len(words) <= _MOST_WORDS and (len(words) == 1 or not words[0][0].islower())
