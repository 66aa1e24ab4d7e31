"""SRT, WebVTT and SBV: subtitles that players read, and people have edited by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from earwitness.core.errors import UnsupportedSource
from earwitness.core.imported import (
    Flaw,
    FlawKind,
    Imported,
    ImportOptions,
    Passage,
    counted,
    joined,
)
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.spreading import in_order, spread
from earwitness.importers.cues import Blocks, Cue, Timing, arrow_timing, read_time
from earwitness.importers.markup import entities, plain
from earwitness.importers.names import with_speakers

_LOOK: Final = 200
"""So many lines are looked at to tell a format."""

_ASIDE = re.compile(r"(NOTE|STYLE|REGION|WEBVTT)(?:\s|$)")
_LANGUAGE = re.compile(r"Language:\s*([A-Za-z]{2,3})\b", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]*)>|</v>", re.IGNORECASE)
_STAMP = re.compile(r"<((?:\d+:)?\d{1,2}:\d{2}\.\d{3})>")
_VTT_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_SBV = re.compile(r"\s*(\d+:[\w]{1,2}:[\w.]+)\s*,\s*(\d+:[\w]{1,2}:[\w.]+)\s*")


def passages_of(cues: list[Cue], flaws: Counter[FlawKind]) -> list[Passage]:
    """What was said in entries of plain subtitles; empty ones are counted."""
    found = []
    for cue in cues:
        text = plain(cue.text)
        if text.strip():
            found.append(Passage(text.strip("\n"), cue.start_ms, cue.end_ms))
        else:
            flaws["no_text"] += 1
    return found


def finished(
    passages: list[Passage],
    flaws: Counter[FlawKind],
    mended: tuple[Flaw, ...],
    options: ImportOptions,
    *,
    language: str | None = None,
) -> Imported:
    """What an importer of subtitles gives.

    Raises:
        UnsupportedSource: Nothing was said, or nothing in it has a time.
    """
    if not any(passage.start_ms is not None for passage in passages):
        raise UnsupportedSource(
            "no subtitle with a time and a text was found",
            hint="say --format when it is of another kind, or export it again",
        )
    told = [*mended, *counted(flaws)]
    if options.names:
        passages = with_speakers(passages)
    return Imported(tuple(passages), flaws=joined(told), language=language)


class Srt:
    """SubRip: numbered entries, times with a comma."""

    name = "srt"
    suffixes = ("srt",)

    def sniff(self, text: str) -> int:
        """Looks like it when some of the first lines are times with an arrow."""
        if text.lstrip().startswith("WEBVTT"):
            return 0
        return 2 if _timed(text) else 0

    def read(self, text: str, options: ImportOptions) -> Imported:
        """The subtitles; a name before a line is its speaker."""
        blocks = Blocks(arrow_timing, numbered=True)
        flaws: Counter[FlawKind] = Counter()
        passages = passages_of(blocks.read(text.split("\n")), flaws)
        return finished(passages, flaws, blocks.flaws, options)


class Vtt:
    """WebVTT (W3C): voice tags are speakers, time stamps inside a cue are times of words."""

    name = "vtt"
    suffixes = ("vtt",)

    def sniff(self, text: str) -> int:
        """Says so in its first word; without that its entries look like those of SRT."""
        return 3 if re.match(r"\s*WEBVTT(?:\s|$)", text) else int(_timed(text))

    def read(self, text: str, options: ImportOptions) -> Imported:
        """The cues; notes, styles and regions are nobody's words."""
        flaws: Counter[FlawKind] = Counter()
        lines = text.strip("\n").split("\n")
        found = _LANGUAGE.search("\n".join(lines[: _blank(lines)]))
        if self.sniff(text) < 3:
            flaws["no_header"] += 1
        blocks = Blocks(arrow_timing, numbered=False)
        passages = [
            passage
            for cue in blocks.read(list(_said(lines)))
            for passage in self._passages(cue, flaws)
        ]
        language = found[1].lower() if found else None
        return finished(passages, flaws, blocks.flaws, options, language=language)

    def _passages(self, cue: Cue, flaws: Counter[FlawKind]) -> Iterator[Passage]:
        """One per voice tag; text before the first one has no speaker."""
        said: list[tuple[str | None, str]] = [(None, "")]
        end = 0
        for tag in _VOICE.finditer(cue.text):
            said[-1] = said[-1][0], said[-1][1] + cue.text[end : tag.start()]
            said.append((" ".join(entities(tag[1] or "").split()) or None, ""))
            end = tag.end()
        said[-1] = said[-1][0], said[-1][1] + cue.text[end:]
        kept = [(name, text) for name, text in said if _bare(text).strip()]
        flaws["no_text"] += not kept
        for name, text in kept:
            yield Passage(
                _bare(text).strip("\n"), cue.start_ms, cue.end_ms, name, _stamped(text, cue)
            )


class Sbv:
    """SBV, as YouTube writes it: both times on one line, a comma between them."""

    name = "sbv"
    suffixes = ("sbv",)

    def sniff(self, text: str) -> int:
        """Looks like it when it begins with two times and a comma."""
        timing = _sbv_timing(text.lstrip().split("\n", 1)[0])
        return 2 if timing and None not in timing[:2] else 0

    def read(self, text: str, options: ImportOptions) -> Imported:
        """The subtitles; `[br]` ends a line."""
        blocks = Blocks(_sbv_timing, numbered=False)
        flaws: Counter[FlawKind] = Counter()
        lines = text.replace("[br]", "<br>").split("\n")
        return finished(passages_of(blocks.read(lines), flaws), flaws, blocks.flaws, options)


def _timed(text: str) -> bool:
    """Whether some of the first lines are times with an arrow."""
    timed = (arrow_timing(line) for line in text.split("\n", _LOOK)[:_LOOK])
    return any(timing is not None and None not in timing[:2] for timing in timed)


def _sbv_timing(line: str) -> Timing | None:
    found = _SBV.fullmatch(line)
    return Timing(read_time(found[1]), read_time(found[2])) if found else None


def _blank(lines: list[str]) -> int:
    return next((place for place, line in enumerate(lines) if not line.strip()), len(lines))


def _said(lines: list[str]) -> Iterator[str]:
    """The lines without notes, styles, regions and the header."""
    aside, fresh = False, True
    for line in lines:
        if not line.strip():
            aside, fresh = False, True
        elif fresh:
            aside, fresh = bool(_ASIDE.match(line.lstrip())), False
        if aside and arrow_timing(line) is not None:
            aside = False  # an empty line is missing; what follows was said
        yield "" if aside else line


def _bare(text: str) -> str:
    return entities(_VTT_TAG.sub("", _STAMP.sub("", text)))


def _stamped(text: str, cue: Cue) -> tuple[Word, ...]:
    """Words between time stamps; nothing when there are none, or they contradict the cue."""
    parts = _STAMP.split(text)
    if len(parts) == 1 or cue.start_ms is None or cue.end_ms is None:
        return ()
    times = [cue.start_ms, *(read_time(stamp) or 0 for stamp in parts[1::2]), cue.end_ms]
    if any(left >= right for left, right in pairwise(times)):
        return ()
    words: list[Word] = []
    spaced = True
    for place, part in enumerate(parts[::2]):
        said = _bare(part)
        for count, word in enumerate(spread(said, Span(times[place], times[place + 1]))):
            glued = word.glued or (count == 0 and not spaced and not said[:1].isspace())
            words.append(Word(word.text, word.span, None, glued and bool(words)))
        spaced = said[-1:].isspace() if said else spaced
    return in_order(words)
