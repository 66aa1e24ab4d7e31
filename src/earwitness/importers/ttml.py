"""TTML and its kin (DFXP, IMSC, Apple's lyrics): timed text in XML, without any entities."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from earwitness.core.errors import UnsupportedSource
from earwitness.core.imported import FlawKind, Imported, ImportOptions, Passage
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.spreading import in_order, spread
from earwitness.importers.cues import LAST_MS
from earwitness.importers.subtitles import finished

_CLOCK = re.compile(
    r"(?:(?:(\d{1,5}):)?(\d{1,3}):)?(\d{1,9}(?:\.\d{1,9})?)(?::(\d{1,4})(?:\.\d+)?)?"
)
_OFFSET = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(h|m|s|ms|f|t)")
_UNIT_MS: Final = {"h": 3_600_000.0, "m": 60_000.0, "s": 1_000.0, "ms": 1.0}
_DEEPEST: Final = 200


@dataclass(slots=True)
class _Element:
    name: str
    begin_ms: int | None
    end_ms: int | None
    agent: str | None


@dataclass(slots=True)
class _Paragraph:
    """What is said in one `p`: pieces of text with the time of the span that holds them."""

    begin_ms: int | None
    end_ms: int | None
    agent: str | None
    pieces: list[tuple[str, Span | None]] = field(default_factory=list)


class Ttml:
    """Reads every `p` of the body, however deep it lies; agents are speakers, spans time words."""

    name = "ttml"
    suffixes = ("ttml", "dfxp", "itt", "xml")

    def sniff(self, text: str) -> int:
        """Says so in its root element."""
        head = text[:20_000]
        named = re.search(r"<(?:\w+:)?tt[\s>]", head) and "/ttml" in head + text[-200:]
        return 3 if named or re.search(r"<(?:\w+:)?tt\s[^>]*xmlns", head) else 0

    def read(self, text: str, options: ImportOptions) -> Imported:
        """The paragraphs.

        Times count from the element around, as the standard says. Where some element would then
        end after the one around it, and would not otherwise, the file counts all times from the
        start, as Apple does.

        Raises:
            UnsupportedSource: It is no XML, or declares entities, which nobody's words need.
        """
        reading = _Reading()
        try:
            reading.parse(text)
            if reading.outside:
                reading = _Reading(absolute=True)
                reading.parse(text)
        except expat.ExpatError as error:
            raise UnsupportedSource(
                f"the XML is broken at line {error.lineno}", hint="export the subtitles again"
            ) from error
        return finished(reading.passages, reading.flaws, (), options, language=reading.language)


class _Reading:
    """Follows the elements of one file.

    Args:
        absolute: All times count from the start.
    """

    def __init__(self, *, absolute: bool = False) -> None:
        self.outside = False
        self._absolute = absolute
        self.passages: list[Passage] = []
        self.flaws: Counter[FlawKind] = Counter()
        self.language: str | None = None
        self._open: list[_Element] = []
        self._paragraph: _Paragraph | None = None
        self._agents: dict[str, str] = {}
        self._frames, self._ticks = 30.0, 1.0

    def parse(self, text: str) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = _refuse_entity
        parser.Parse(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf-8", "replace"), True)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise UnsupportedSource("the XML is nested too deeply", hint="export it again")
        name = tag.rpartition(":")[2]
        if name == "tt":
            self._root(attributes)
        outer = next((e for e in reversed(self._open) if e.begin_ms is not None), None)
        begin, end = self._times(attributes, outer)
        agent = _attribute(attributes, "agent") or (self._open[-1].agent if self._open else None)
        if name == "agent":
            agent = _attribute(attributes, "id")
        self._open.append(_Element(name, begin, end, agent))
        if name == "p":
            inherited = outer.begin_ms if outer and begin is None else begin
            inherited_end = outer.end_ms if outer and begin is None else end
            self._paragraph = _Paragraph(inherited, inherited_end, agent)
        elif name == "br" and self._paragraph is not None:
            self._paragraph.pieces.append(("\n", None))

    def _root(self, attributes: Mapping[str, str]) -> None:
        spoken = (_attribute(attributes, "lang") or "").partition("-")[0].lower()
        self.language = spoken if len(spoken) == 2 else None
        rate = _attribute(attributes, "frameRate") or "30"
        self._frames = float(rate) if rate.isdecimal() and int(rate) else 30.0
        ticks = _attribute(attributes, "tickRate") or "1"
        self._ticks = float(ticks) if ticks.isdecimal() and int(ticks) else 1.0

    def _times(
        self, attributes: Mapping[str, str], outer: _Element | None
    ) -> tuple[int | None, int | None]:
        """Begin and end, counted from the session's start."""
        begin, end = self._ms(attributes.get("begin")), self._ms(attributes.get("end"))
        length = self._ms(attributes.get("dur"))
        base = (outer.begin_ms or 0) if outer is not None and not self._absolute else 0
        if base and outer is not None and outer.end_ms is not None and begin is not None:
            last = end if end is not None else begin
            self.outside |= base <= begin and base + last > outer.end_ms >= last
        begin = None if begin is None else begin + base
        if end is not None:
            return begin, end + base
        return begin, (begin or 0) + length if length is not None else None

    def _ms(self, text: str | None) -> int | None:
        if text is None:
            return None
        offset = _OFFSET.fullmatch(text.strip())
        if offset is not None:
            rates = {**_UNIT_MS, "f": 1_000 / self._frames, "t": 1_000 / self._ticks}
            ms = float(offset[1]) * rates[offset[2]]
        else:
            clock = _CLOCK.fullmatch(text.strip())
            if clock is None:
                return None
            hours, minutes, seconds, frames = clock.groups(default="0")
            whole_s = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
            ms = whole_s * 1000 + int(frames) * 1000 / self._frames
        return round(ms) if ms < LAST_MS else None

    def _characters(self, text: str) -> None:
        here = self._open[-1] if self._open else None
        if here is not None and here.name == "name" and here.agent:
            self._agents[here.agent] = self._agents.get(here.agent, "") + text
        if self._paragraph is None or here is None or here.name == "metadata":
            return
        span = None
        if here.name == "span" and here.begin_ms is not None and here.end_ms is not None:
            span = Span(here.begin_ms, max(here.end_ms, here.begin_ms + 1))
        spaced = re.sub(r"\s+", " ", text)
        pieces = self._paragraph.pieces
        if pieces and pieces[-1][1] == span and pieces[-1][0] != "\n":
            pieces[-1] = pieces[-1][0] + spaced, span
        else:
            pieces.append((spaced, span))

    def _end(self, _tag: str) -> None:
        closed = self._open.pop()
        if closed.name != "p" or self._paragraph is None:
            return
        said, self._paragraph = self._paragraph, None
        text = "".join(piece for piece, _ in said.pieces)
        text = "\n".join(" ".join(line.split()) for line in text.split("\n")).strip("\n")
        if not text.strip():
            self.flaws["no_text"] += 1
            return
        begin, end, words = said.begin_ms, said.end_ms, _words(said)
        if begin is None and words:
            begin, end = words[0].span.start_ms, words[-1].span.end_ms
        speaker = self._agents.get(said.agent or "", said.agent)
        self.passages.append(Passage(text, begin, end, speaker, words))


def _words(said: _Paragraph) -> tuple[Word, ...]:
    """Words with the times of their spans; nothing unless all text lies in timed spans."""
    words: list[Word] = []
    spaced = True
    for text, span in said.pieces:
        if span is None:
            if text.strip():
                return ()
            spaced = True
            continue
        for count, word in enumerate(spread(text, span)):
            glued = word.glued or (count == 0 and not spaced and not text[:1].isspace())
            words.append(Word(word.text, word.span, None, glued and bool(words)))
        spaced = text[-1:].isspace()
    return in_order(words)


def _attribute(attributes: Mapping[str, str], name: str) -> str | None:
    """An attribute by its local name."""
    for key, value in attributes.items():
        if key.rpartition(":")[2] == name:
            return value
    return None


def _refuse_entity(*_declared: object) -> None:
    raise UnsupportedSource(
        "the XML declares entities, which could be made to fill the memory",
        hint="export the subtitles again, as srt or vtt",
    )
