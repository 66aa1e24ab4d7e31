"""Whisper's JSON and its kin: openai-whisper, WhisperX, faster-whisper servers, whisper.cpp."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from earwitness.core.errors import UnsupportedSource
from earwitness.core.imported import FlawKind, Imported, ImportOptions, Passage, counted
from earwitness.core.language import KNOWN
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.spreading import in_order
from earwitness.importers.cues import read_time
from earwitness.importers.loose import Row, line, loaded, rows, seconds, share, speaker, times

_SEGMENTS = re.compile(r'"(?:segments|transcription)"\s*:\s*\[')
_NAMES = {
    "english": "en",
    "dutch": "nl",
    "german": "de",
    "french": "fr",
    "spanish": "es",
    "italian": "it",
    "portuguese": "pt",
    "polish": "pl",
    "russian": "ru",
    "japanese": "ja",
    "chinese": "zh",
}


class Whisper:
    """Reads segments with their words; where a segment's words change voice, so does the line."""

    name = "whisper"
    suffixes = ("json",)

    def sniff(self, text: str) -> int:
        """Looks like it when it is an object with segments."""
        return 2 if text.lstrip()[:1] == "{" and _SEGMENTS.search(text) else 0

    def read(self, text: str, options: ImportOptions) -> Imported:
        """The segments.

        Raises:
            UnsupportedSource: It is no JSON with segments, or nothing was said.
        """
        top = loaded(text)
        if not isinstance(top, dict):
            raise UnsupportedSource("the file holds no segments", hint="say --format")
        flaws: Counter[FlawKind] = Counter()
        passages: list[Passage] = []
        for row in (*rows(top.get("segments")), *rows(top.get("transcription"))):
            said = _segment(row)
            flaws["no_text"] += not said
            passages += said
        if not passages:
            raise UnsupportedSource("the file holds no segments with text", hint="say --format")
        spoken = line(top.get("language")) or line(_within(top.get("result"), "language"))
        return Imported(tuple(passages), flaws=counted(flaws), language=_language(spoken))


def _within(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _language(spoken: str) -> str | None:
    code = _NAMES.get(spoken.lower(), spoken.lower())
    return code if code in KNOWN else None


def _segment(row: Row) -> list[Passage]:
    """A segment as one passage, or one per voice its words have."""
    text = line(row.get("text"))
    start, end = times(row)
    if "offsets" in row:
        start, end = (_ms(_within(row["offsets"], side)) for side in ("from", "to"))
    elif isinstance(row.get("timestamps"), dict):
        start, end = (read_time(line(_within(row["timestamps"], s))) for s in ("from", "to"))
    who = speaker(row)
    words, voices = _words(rows(row.get("words")), start, who)
    written = "".join(text.split())
    if words and "".join(word.text for word in words) == written and len(set(voices)) > 1:
        return list(_by_voice(words, voices))
    if not text.strip():
        return []
    return [Passage(text.strip(), start, end, who, in_order(words))]


def _ms(value: object) -> int | None:
    ms = seconds(value)
    return None if ms is None else ms // 1000


def _words(
    said: Iterable[Row], start_ms: int | None, who: str | None
) -> tuple[list[Word], list[str | None]]:
    """Words and their voices; one without times (WhisperX has such) follows the one before it."""
    words: list[Word] = []
    voices: list[str | None] = []
    at_ms = start_ms or 0
    for row in said:
        written = line(row.get("word", row.get("text")))
        begin, end = times(row)
        begin = at_ms if begin is None else begin
        end = begin + 1 if end is None or end <= begin else end
        glued = bool(words) and not written[:1].isspace() and "probability" in row
        confidence = share(row.get("probability", row.get("score", row.get("confidence"))))
        parts = written.split()
        for number, part in enumerate(parts):
            span = Span(begin, end)
            words.append(Word(part, span, confidence, glued and number == 0))
            voices.append(speaker(row) or who)
        at_ms = end
    return words, voices


def _by_voice(words: list[Word], voices: list[str | None]) -> Iterable[Passage]:
    first = 0
    for place in range(1, len(words) + 1):
        if place == len(words) or voices[place] != voices[first]:
            part = in_order(words[first:place])
            text = " ".join(word.text for word in part)
            end_ms = max(word.span.end_ms for word in part)
            yield Passage(text, part[0].span.start_ms, end_ms, voices[first], part)
            first = place
