"""TextGrid (Praat): tiers of intervals; a tier is a speaker, unless its name says what it holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from earwitness.core.errors import UnsupportedSource
from earwitness.core.imported import FlawKind, Imported, ImportOptions, Passage, counted
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.spreading import in_order, spread
from earwitness.core.text import join_words

PAUSE_MS: Final = 700
"""Words with a longer silence between them are two lines."""

_TOKEN = re.compile(
    r'(?<!\S)(?:"(?P<text>(?:[^"]|"")*)"|(?P<number>[-+]?\d[\d.eE+-]*)|<\w+>)(?!\S)'
)
_SOUNDS = re.compile(r"\b(?:phones?|phonemes?|segments?|syllables?|sounds?|pitch|tones?)\b", re.I)
_WORDS = re.compile(r"\b(?:words?|tokens?|woorden|mots)\b", re.IGNORECASE)
_WHAT = re.compile(
    r"\W*\b(?:speakers?|words?|tokens?|woorden|mots|sentences?|utterances?|text|transcript(?:ion)?|"
    r"ort|orthography|labels?|tier|intervals?|silences?|sounding|voice)\b\W*\d*",
    re.IGNORECASE,
)


class _Tier(NamedTuple):
    name: str
    intervals: list[tuple[int, int, str]]


class TextGrid:
    """Reads long and short text files; tiers of phones and the like are no words."""

    name = "textgrid"
    suffixes = ("textgrid",)

    def sniff(self, text: str) -> int:
        """Says so in its head."""
        head = text[:500]
        return 3 if '"ooTextFile' in head and '"TextGrid"' in head else 0

    def read(self, text: str, options: ImportOptions) -> Imported:
        """The intervals that hold text.

        Raises:
            UnsupportedSource: It ends too early, or holds no text.
        """
        flaws: Counter[FlawKind] = Counter()
        passages: list[Passage] = []
        for tier in _tiers(text):
            if _SOUNDS.search(tier.name):
                flaws["sound_tiers"] += 1
                continue
            speaker = _WHAT.sub(" ", tier.name).strip(" -_:") or None
            said = [each for each in tier.intervals if each[2].strip()]
            if _WORDS.search(tier.name):
                passages += _lines(said, speaker)
            else:
                passages += (Passage(text, start, end, speaker) for start, end, text in said)
        if not passages:
            raise UnsupportedSource("no interval holds text", hint="export the tiers with text")
        passages.sort(key=lambda passage: passage.start_ms or 0)
        return Imported(tuple(passages), flaws=counted(flaws))


def _tiers(text: str) -> Iterator[_Tier]:
    """The tiers; Praat reads free-standing numbers and texts in quotes, and nothing else."""
    tokens = _TOKEN.finditer(text)
    try:
        for wanted in ("ooTextFile", "TextGrid"):
            while _text(next(tokens)) != wanted:
                pass
        next(tokens), next(tokens), next(tokens)
        for _ in range(_count(next(tokens))):
            kind, name = _text(next(tokens)), _text(next(tokens))
            next(tokens), next(tokens)
            intervals = []
            for _ in range(_count(next(tokens))):
                start = _ms(next(tokens))
                end = start if kind == "TextTier" else _ms(next(tokens))
                intervals.append((start, end, _text(next(tokens))))
            yield _Tier(name, intervals)
    except (StopIteration, ValueError) as error:
        raise UnsupportedSource(
            "the TextGrid is cut short or broken", hint="save it again as a text file"
        ) from error


def _text(token: re.Match[str]) -> str:
    if token["text"] is None:
        raise ValueError("a text was expected")
    return token["text"].replace('""', '"')


def _count(token: re.Match[str]) -> int:
    return int(token["number"] or "")


def _ms(token: re.Match[str]) -> int:
    return max(0, round(float(token["number"] or "") * 1000))


def _lines(said: list[tuple[int, int, str]], speaker: str | None) -> Iterator[Passage]:
    """Words gathered into lines, with their own times."""
    gathered: list[Word] = []
    for start, end, text in said:
        if gathered and start - gathered[-1].span.end_ms > PAUSE_MS:
            yield _line(gathered, speaker)
            gathered = []
        gathered += spread(text, Span(start, max(end, start + 1)))
    if gathered:
        yield _line(gathered, speaker)


def _line(gathered: list[Word], speaker: str | None) -> Passage:
    words = in_order(gathered)
    end_ms = max(word.span.end_ms for word in words)
    return Passage(join_words(words), words[0].span.start_ms, end_ms, speaker, words)
