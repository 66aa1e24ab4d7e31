"""Moment: something worth finding again, with the utterances that bear it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from earwitness.core.span import Span

MomentKind = Literal[
    "critical_hit",
    "fumble",
    "decision",
    "promise",
    "quote",
    "question",
    "development",
    "relationship",
]
"""What kinds of moments there are: a natural 20 or 1, what was decided or promised, words worth
keeping, what was asked and not answered, how a character changed, what two of them are to each
other."""

MOMENT_KINDS: Final[tuple[MomentKind, ...]] = get_args(MomentKind)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something worth finding again.

    Attributes:
        kind: What it is.
        span: From the first to the last utterance that bears it out.
        evidence: Ids of these utterances, in order, at least one.
        text: What a reader is shown: the words themselves, or a sentence about them.
        quote: Words exactly as they stand in the evidence; None: there are none to show.
        context: 1-2 sentences around it, or empty.
        who: Person or character it is about, by name; two for a relationship.
        relation: What the two are to each other; None for other kinds.
        confidence: 0 to 1, or None when not known.
        by: Which engine says so.
    """

    kind: MomentKind
    span: Span
    evidence: tuple[int, ...]
    text: str
    quote: str | None = None
    context: str = ""
    who: tuple[str, ...] = ()
    relation: str | None = None
    confidence: float | None = None
    by: str = ""

    def __post_init__(self) -> None:
        """Refuse a claim without evidence, and half a relationship."""
        if not self.evidence or list(self.evidence) != sorted(set(self.evidence)):
            raise ValueError("a moment cites utterances, each once and in order")
        if not self.text.strip():
            raise ValueError("a moment says something")
        if (self.kind == "relationship") != (self.relation is not None and len(self.who) == 2):
            raise ValueError("a relationship, and nothing else, is between two and says what")
        if self.confidence is not None and not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence outside 0..1: {self.confidence}")
