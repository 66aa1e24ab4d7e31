"""Eight hours of real talk as words with times: turns of game nights, at an even speed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from earwitness.core.span import Span
from earwitness.core.speech import Segment, Turn, Word
from recordings import DATA

GAMES = DATA / "text" / "dnd" / "crd3"
SENTENCE_END = (".", "!", "?", "…")
LONGEST_SEGMENT_MS = 30_000


@dataclass(frozen=True)
class Talk:
    """What both sides are given.

    Attributes:
        words: All words in order of time.
        voices: Whose each is.
        segments: Sentences of at most 30 s, as a transcriber gives them: they know no voice.
        turns: Who held the floor.
    """

    words: tuple[Word, ...]
    voices: tuple[str, ...]
    segments: tuple[Segment, ...]
    turns: tuple[Turn, ...]


def turns_of(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Speaker and words of every turn of every episode in a folder, in order."""
    for path in sorted(folder.glob("*.json.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for turn in json.load(file)["TURNS"]:
                if words := " ".join(turn["UTTERANCES"]).split():
                    yield " ".join(turn["NAMES"]), words


def talk(hours: float, chars_per_second: float, folder: Path = GAMES) -> Talk:
    """So many hours of the episodes, repeated as needed, without any pause.

    Args:
        hours: Whole turns until this is reached.
        chars_per_second: A word takes the time of its characters and of one space.
        folder: Where episodes lie.
    """
    said = list(turns_of(folder))
    names: dict[str, str] = {}
    words: list[Word] = []
    voices: list[str] = []
    turns: list[Turn] = []
    chars = 0
    for name, texts in cycle(said):
        voice = names.setdefault(name, f"S{len(names) + 1}")
        began_ms = round(chars * 1000 / chars_per_second)
        for text in texts:
            start_ms = round(chars * 1000 / chars_per_second)
            chars += len(text) + 1
            words.append(Word(text, Span(start_ms, round(chars * 1000 / chars_per_second)), 0.9))
            voices.append(voice)
        turns.append(Turn(Span(began_ms, words[-1].span.end_ms), voice))
        if words[-1].span.end_ms >= hours * 3_600_000:
            break
    return Talk(tuple(words), tuple(voices), tuple(_sentences(words)), tuple(turns))


def _sentences(words: list[Word]) -> Iterator[Segment]:
    held: list[Word] = []
    for word in words:
        held.append(word)
        long = word.span.end_ms - held[0].span.start_ms >= LONGEST_SEGMENT_MS
        if long or word.text.rstrip("\"'”’").endswith(SENTENCE_END):
            yield Segment(held[0].span | word.span, tuple(held), "en")
            held = []
    if held:
        yield Segment(held[0].span | held[-1].span, tuple(held), "en")
