"""What people read: Utterance, Label, Transcript, and the Record that exporters write out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from earwitness.core.moment import Moment
from earwitness.core.session import Session
from earwitness.core.span import Span
from earwitness.core.speech import Turn, Word, check_words
from earwitness.core.summary import Summary
from earwitness.core.text import join_words

SCHEMA: Final = "earwitness/transcript@1"
"""The form in which a record is written as JSON; its JSON Schema ships beside the exporter."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words given a voice; it never mixes voices.

    Attributes:
        id: Unique inside one transcript; in the machine's version its place in the order.
        span: Covers its words.
        words: In order of time, at least one.
        voice: `S1`, ..., or None when nobody's turn covers it.
        person: Who it is, once someone said so.
        uncertain: A person marked it as doubtful, or the guard doubts a word of it; False on
            a line with doubted words: a person vouches for it.
        language: ISO 639-1 code, or None when unknown.
    """

    id: int
    span: Span
    words: tuple[Word, ...]
    voice: str | None = None
    person: str | None = None
    uncertain: bool = False
    language: str | None = None

    def __post_init__(self) -> None:
        """Refuse an utterance without words, or with words out of order or out of its span."""
        check_words(self.span, self.words)

    @property
    def text(self) -> str:
        """The words as one line."""
        return join_words(self.words)

    @property
    def speaker(self) -> str | None:
        """The name to show: the person if known, else the voice, else None."""
        return self.person or self.voice


@dataclass(frozen=True, slots=True)
class Label:
    """One claim about one utterance under one scheme (`stance`, `character`, `topic`, ...).

    Attributes:
        utterance: The utterance's id.
        scheme: Which question is answered; schemes belong to playbooks.
        value: The answer, from the scheme's values.
        confidence: 0 to 1, or None when not known (a person's word has none).
        by: Who says so: an engine's name, or `user:<name>`.
    """

    utterance: int
    scheme: str
    value: str
    confidence: float | None
    by: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """Utterances in order of time (start, then id), with the labels on them."""

    utterances: tuple[Utterance, ...]
    labels: tuple[Label, ...] = ()

    def __post_init__(self) -> None:
        """Refuse disorder, doubled ids and labels without an utterance."""
        order = [(u.span.start_ms, u.id) for u in self.utterances]
        if order != sorted(order):
            raise ValueError("utterances are in order of time")
        ids = {u.id for u in self.utterances}
        if len(ids) != len(self.utterances):
            raise ValueError("utterance ids are unique")
        if any(label.utterance not in ids for label in self.labels):
            raise ValueError("a label names an utterance of its transcript")

    def label(self, utterance: int, scheme: str) -> str | None:
        """The value of one scheme on one utterance, or None."""
        for label in self.labels:
            if label.utterance == utterance and label.scheme == scheme:
                return label.value
        return None


@dataclass(frozen=True, slots=True)
class Record:
    """Everything an exporter may write about one session, as people see it now.

    Attributes:
        session: The sitting.
        transcript: The folded view: machine version plus corrections.
        turns: Who held the floor, also where there is no text.
        engines: Which engine did what, as `(stage, engine)` pairs, e.g.
            `("transcribe", "pocketsphinx 5.1.1 (draft)")`.
        warnings: What the reader must know: degraded stages, cut files.
        moments: Worth finding again, in order of time.
        summary: The session in one or two sentences, where a language model wrote them of what
            stands here now.
    """

    session: Session
    transcript: Transcript
    turns: tuple[Turn, ...]
    engines: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    moments: tuple[Moment, ...] = ()
    summary: Summary | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a run wants its readers to know, kept with its results.

    Attributes:
        engines: `(stage, engine)` pairs.
        warnings: In the order in which they matter.
    """

    engines: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
