"""Cues: the blocks of SRT, WebVTT and SBV, read so that broken files lose nothing that was said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from earwitness.core.imported import Flaw, FlawKind, counted

LAST_MS: Final = 1_000 * 3_600_000
"""Later times are none: a thousand hours."""

_TIME = re.compile(r"(?:(\d{1,5}):)?(\d{1,3}):(\d{1,2})(?:[.,:;](\d{1,9}))?")
_ARROW = re.compile(
    r"\s*(?:\d{1,9}\s+)?(?P<start>\S+?)\s*(?P<arrow>-{1,2}\s?>)\s*(?P<end>\S+)(?P<rest>.*)"
)
_SETTINGS = re.compile(r"(?:[A-Za-z]+\d?:\S+\s*)*")
_NUMBER = re.compile(r"\s*\d{1,9}\s*")
_LONGEST_LINE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Cue:
    """One entry as it stands in the file.

    Attributes:
        start_ms: None when it cannot be read.
        end_ms: None when it cannot be read.
        text: Its lines, markup included.
    """

    start_ms: int | None
    end_ms: int | None
    text: str


class Timing(NamedTuple):
    """A line of times.

    Attributes:
        start_ms: None where the file says something that is no time.
        end_ms: The same.
        rest: What stands behind the times and is no setting: text.
    """

    start_ms: int | None
    end_ms: int | None
    rest: str = ""


def read_time(text: str) -> int | None:
    """A time as subtitles write it: hours may be missing or over 99, comma or dot.

    Example:
        >>> read_time("100:00:01,5"), read_time("01:02.250"), read_time("1d.5")
        (360001500, 62250, None)
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds, fraction = found.groups(default="0")
    whole_s = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    ms = whole_s * 1000 + int(fraction[:3].ljust(3, "0"))
    return ms if ms < LAST_MS else None


def arrow_timing(line: str) -> Timing | None:
    """The times of a line with an arrow; None when it is a line of text.

    A number before the first time is let go, and so are settings after the second one.
    """
    found = _ARROW.fullmatch(line) if ">" in line and len(line) < _LONGEST_LINE else None
    if found is None or not all(_timelike(found[side]) for side in ("start", "end")):
        return None
    start, end = read_time(found["start"]), read_time(found["end"])
    if found["arrow"] != "-->" and None in (start, end):
        return None
    rest = found["rest"].strip()
    return Timing(start, end, "" if _SETTINGS.fullmatch(rest) else rest)


def _timelike(text: str) -> bool:
    """Mostly digits, with a colon: a time, or what became of one."""
    return ":" in text and 2 * sum(sign.isdigit() for sign in text) >= len(text) - 2


@dataclass(slots=True)
class _Draft:
    """An entry that may still grow; not settled: text outside any entry."""

    start_ms: int | None
    end_ms: int | None
    lines: list[str]
    settled: bool = True


class Blocks:
    """Reads entries out of a file, and counts what it had to mend.

    Args:
        timing: Tells a line of times from a line of text.
        numbered: Entries carry numbers, as in SRT.
    """

    def __init__(self, timing: Callable[[str], Timing | None], *, numbered: bool) -> None:
        self._timing = timing
        self._numbered = numbered
        self._flaws: Counter[FlawKind] = Counter()
        self._drafts: list[_Draft] = []
        self._expected = 1

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What was mended."""
        return counted(self._flaws)

    def read(self, lines: list[str]) -> list[Cue]:
        """All entries, in the file's order."""
        blocks = list(_blocks(lines))
        for place, block in enumerate(blocks):
            following = blocks[place + 1] if place + 1 < len(blocks) else []
            timed = bool(following) and self._timing(following[0]) is not None
            self._take(block, before_times=timed)
        return [Cue(d.start_ms, d.end_ms, "\n".join(d.lines)) for d in self._drafts]

    def _take(self, block: list[str], *, before_times: bool) -> None:
        places = [place for place, line in enumerate(block) if self._timing(line) is not None]
        if not places:
            self._without_times(block, before_times=before_times)
            return
        self._before(block[: places[0]])
        for count, place in enumerate(places):
            last = count + 1 == len(places)
            payload = block[place + 1 : len(block) if last else places[count + 1]]
            number = None
            if not last:
                self._flaws["no_blank"] += 1
                if payload and self._is_next(payload[-1]):
                    number = int(payload.pop())
            self._add(self._timing(block[place]) or Timing(None, None), payload)
            if number is not None:
                self._expected = number + 1

    def _before(self, head: list[str]) -> None:
        """What stands before an entry's times: its number or name, or text that lost its place."""
        if head and _NUMBER.fullmatch(head[-1]):
            self._expected = int(head.pop()) + 1
        elif len(head) == 1 and not self._numbered:
            return  # a name
        if head:
            self._outside(head)

    def _without_times(self, block: list[str], *, before_times: bool) -> None:
        if _NUMBER.fullmatch(block[0]):
            if len(block) == 1:
                if before_times or self._is_next(block[0]):
                    self._expected = int(block[0]) + 1
                    self._flaws["numbering"] += not before_times
                    return
            elif self._is_next(block[0]) and self._numbered:
                self._expected += 1
                self._drafts.append(_Draft(None, None, block[1:]))
                return
        if self._numbered and self._drafts and self._drafts[-1].settled:
            self._flaws["blank_inside"] += 1
            self._drafts[-1].lines += block
            return
        self._outside(block)

    def _outside(self, lines: list[str]) -> None:
        self._flaws["outside_blocks"] += 1
        self._drafts.append(_Draft(None, None, lines, settled=False))

    def _is_next(self, line: str) -> bool:
        return bool(_NUMBER.fullmatch(line)) and int(line) == self._expected

    def _add(self, timing: Timing, payload: list[str]) -> None:
        lines = [timing.rest, *payload] if timing.rest else payload
        self._drafts.append(_Draft(timing.start_ms, timing.end_ms, lines))


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Lines between empty ones."""
    block: list[str] = []
    for line in lines:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block
