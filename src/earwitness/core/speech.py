"""What engines hear: Word, Segment, Turn, Speech, Chunk, Diarization; none knows a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from earwitness.core.span import Span


@dataclass(frozen=True, slots=True)
class Word:
    """One word as heard or corrected.

    Attributes:
        text: Without surrounding white space; never empty.
        span: When it was said. Inserted words share the time of their neighbours.
        confidence: 0 to 1, or None when the engine gives none.
        glued: True when no space stands before it (Japanese, Chinese, `'s`).
    """

    text: str
    span: Span
    confidence: float | None = None
    glued: bool = False

    def __post_init__(self) -> None:
        """Refuse empty text, stray white space and confidences outside 0..1."""
        if not self.text or self.text != self.text.strip():
            raise ValueError("a word is text without surrounding white space")
        if self.confidence is not None and not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence outside 0..1: {self.confidence}")


def check_words(span: Span, words: tuple[Word, ...]) -> None:
    """The rule that everything made of words keeps.

    Raises:
        ValueError: If there is no word, one begins before the word in front of it, or one lies
            outside the span.
    """
    if not words:
        raise ValueError("a segment or utterance holds at least one word")
    at_ms = span.start_ms
    for word in words:
        if word.span.start_ms < at_ms:
            raise ValueError("words are in order of time, inside the span that covers them")
        if word.span.end_ms > span.end_ms:
            raise ValueError("a segment's or utterance's span covers its words")
        at_ms = word.span.start_ms


@dataclass(frozen=True, slots=True)
class Segment:
    """What the transcriber heard in one breath; it has no voice.

    Attributes:
        span: Covers its words.
        words: In order of time, at least one.
        language: ISO 639-1 code, or None when unknown.
        track: The isolated track it was heard on; None is the mix.
    """

    span: Span
    words: tuple[Word, ...]
    language: str | None = None
    track: int | None = None

    def __post_init__(self) -> None:
        """Refuse a segment without words, or with words out of order or out of its span."""
        check_words(self.span, self.words)


@dataclass(frozen=True, slots=True)
class Turn:
    """A voice held the floor here; turns may overlap.

    Attributes:
        span: From first to last sound of the turn.
        voice: Acoustic identity inside the session: `S1`, `S2`, ...
        track: The isolated track it was heard on; None is the mix.
    """

    span: Span
    voice: str
    track: int | None = None


@dataclass(frozen=True, slots=True)
class Speech:
    """Where anyone speaks on one track (None: the mix), disjoint and in order of time."""

    track: int | None
    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        """Refuse spans out of order or overlapping."""
        for left, right in zip(self.spans, self.spans[1:], strict=False):
            if right.start_ms < left.end_ms:
                raise ValueError("speech spans are disjoint and in order of time")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one track that is transcribed alone; its result depends on nothing else.

    Attributes:
        index: Place in the order of the whole session.
        span: What the engine is given. Neighbours overlap only where no pause was found.
        track: The isolated track, or None for the mix.
        speech: Where in `span` speech was detected: a word elsewhere was not said.
    """

    index: int
    span: Span
    track: int | None
    speech: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class VoicePrint:
    """The embedding of one voice; can be deleted alone.

    Attributes:
        voice: `S1`, `S2`, ...
        vector: L2-normalised, comparable only within one `model`.
        model: The embedding model's name and weights digest.
        speech_ms: How much speech it was made from.
    """

    voice: str
    vector: tuple[float, ...]
    model: str
    speech_ms: int


@dataclass(frozen=True, slots=True)
class Diarization:
    """What the diarizer heard: turns in order of time, and a print per voice where it has one."""

    turns: tuple[Turn, ...]
    prints: tuple[VoicePrint, ...] = ()

    @property
    def voices(self) -> tuple[str, ...]:
        """Voices in order of first appearance."""
        return tuple(dict.fromkeys(turn.voice for turn in self.turns))


@dataclass(frozen=True, slots=True)
class Detection:
    """Where anyone speaks: one `Speech` for the mix, or one per separate track."""

    tracks: tuple[Speech, ...]

    @property
    def speech_ms(self) -> int:
        """Speech on all tracks together, in milliseconds."""
        return sum(span.duration_ms for track in self.tracks for span in track.spans)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a reader must know about how a stretch was heard.

    Attributes:
        span: The chunk it is about.
        kind: `language`: it sounds like another language than the one that was given;
            `fallback`: the engine had to do with less than was asked of it;
            `sound`: it was heard without the enhancement that was asked for.
        told: The language's code, or what was done instead. Never what was said.
    """

    span: Span
    kind: Literal["language", "fallback", "sound"]
    told: str


LESS: Final = frozenset({"fallback", "sound"})
"""Kinds of remarks that mean less than was asked for."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the transcriber heard.

    Attributes:
        segments: In order of time.
        remarks: How it was heard, where that is not as usual.
    """

    segments: tuple[Segment, ...]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """A diarization whose voices carry the session's own ids; see `stages.settle`."""

    turns: tuple[Turn, ...]
    prints: tuple[VoicePrint, ...] = ()

    @property
    def voices(self) -> tuple[str, ...]:
        """Voices in order of first appearance."""
        return tuple(dict.fromkeys(turn.voice for turn in self.turns))


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the session's speech is cut for the transcriber, in order of time."""

    chunks: tuple[Chunk, ...]
