"""Imported: what an importer found in a transcript that was made elsewhere, and what it mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Record

FlawKind = Literal[
    "encoding",
    "undecodable",
    "no_time",
    "paced",
    "end_guessed",
    "no_length",
    "end_first",
    "disorder",
    "blank_inside",
    "no_blank",
    "numbering",
    "no_text",
    "no_header",
    "outside_blocks",
    "drawing",
    "comment",
    "unreadable_word_times",
    "sound_tiers",
    "turn_without_length",
    "long_name",
]

FLAWS: Final[dict[FlawKind, tuple[str, bool]]] = {
    "encoding": (
        "the file does not say its encoding, which was guessed; --encoding says it",
        False,
    ),
    "undecodable": ("{n} characters could not be read and stand as \ufffd", True),
    "no_time": ("{n} lines had no readable time and were placed between their neighbours", True),
    "paced": ("{n} lines had no times; they were laid out at the pace that was asked for", True),
    "end_guessed": ("{n} lines did not say when they end, which was estimated", False),
    "no_length": ("{n} lines had no length, which was estimated", False),
    "end_first": ("{n} lines ended before they began; their ends were estimated", False),
    "disorder": ("{n} lines were not in order of time and were sorted", False),
    "blank_inside": ("{n} lines had an empty line inside and were put together", False),
    "no_blank": ("{n} lines were not parted by an empty line and were told apart", False),
    "numbering": ("{n} numbers stood where no line follows, or were not the next one", False),
    "no_text": ("{n} entries held no text", False),
    "no_header": ("the file lacks its format's header", False),
    "outside_blocks": ("{n} stretches of text stood outside any entry and were kept", True),
    "drawing": ("{n} drawings were left out", False),
    "comment": ("{n} comments, which nobody said, were left out", False),
    "unreadable_word_times": ("{n} lines had word times that contradict them; not used", False),
    "sound_tiers": ("{n} tiers of sounds instead of words were left out", False),
    "turn_without_length": ("{n} turns without length were left out", False),
    "long_name": ("{n} speakers had names too long to be shown and were cut short", False),
}
"""What each kind means for readers, and whether the transcript is the worse for it."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in the file that was mended or left out, counted.

    Attributes:
        kind: One of a closed set.
        count: How often, at least 1.
    """

    kind: FlawKind
    count: int = 1

    def __post_init__(self) -> None:
        """Refuse unknown kinds and flaws that never happened."""
        if self.kind not in FLAWS or self.count < 1:
            raise ValueError("a flaw is of a known kind and happened at least once")

    @property
    def grave(self) -> bool:
        """Whether what people read is less sure because of it."""
        return FLAWS[self.kind][1]

    def __str__(self) -> str:
        """One line for people; never what was said."""
        return FLAWS[self.kind][0].format(n=self.count)


def counted(counts: Mapping[FlawKind, int]) -> tuple[Flaw, ...]:
    """A flaw for each kind that happened."""
    return tuple(Flaw(kind, count) for kind, count in counts.items() if count)


def joined(flaws: Iterable[Flaw]) -> tuple[Flaw, ...]:
    """Each kind once, with all counts together, in the order of `FLAWS`."""
    counts: dict[FlawKind, int] = {}
    for flaw in flaws:
        counts[flaw.kind] = counts.get(flaw.kind, 0) + flaw.count
    return counted({kind: counts[kind] for kind in FLAWS if kind in counts})


@dataclass(frozen=True, slots=True)
class Passage:
    """One line of a source, in the source's order; what it does not say is None.

    Attributes:
        text: What was said, markup taken away; may be several lines; never empty.
        start_ms: From the beginning of the file.
        end_ms: May be at or before the start where the source says so.
        speaker: As the source calls them.
        words: With the source's own times; empty when it has none for words.
        language: ISO 639-1 code.
    """

    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    speaker: str | None = None
    words: tuple[Word, ...] = ()
    language: str | None = None

    def __post_init__(self) -> None:
        """Refuse a passage in which nothing is said."""
        if not self.text.strip():
            raise ValueError("a passage holds text")


@dataclass(frozen=True, slots=True)
class Floor:
    """Somebody held the floor here, whatever they said."""

    span: Span
    speaker: str


@dataclass(frozen=True, slots=True)
class Imported:
    """All that an importer found.

    Attributes:
        passages: In the source's order.
        floors: Turns, where the source has them beside (or instead of) text.
        flaws: What was mended or left out so far.
        language: Of the whole, when the source says so: an ISO 639-1 code.
        record: The whole record, when the source is one of ours; the rest is empty then.
    """

    passages: tuple[Passage, ...] = ()
    floors: tuple[Floor, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    language: str | None = None
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What a user may say about a transcript.

    Attributes:
        part: Which recording, when the file speaks of several.
        pace: Characters said in a second, for sources without times; None refuses those.
        names: `NAME:` and the like at the beginning of a line is a speaker, not text.
        encoding: Of the file, where a guess is wrong: `cp1250`, `cp1251`, ...
    """

    part: str | None = None
    pace: float | None = None
    names: bool = True
    encoding: str | None = None
