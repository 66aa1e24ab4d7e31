"""Summary: a session in one or two sentences of a language model, each with its evidence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gist:
    """One sentence of a summary.

    Attributes:
        text: What is read.
        evidence: Ids of the utterances that bear it out, in order, at least one.
    """

    text: str
    evidence: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse what says nothing, or cites nothing."""
        if not self.text.strip():
            raise ValueError("a sentence says something")
        if not self.evidence or list(self.evidence) != sorted(set(self.evidence)):
            raise ValueError("a sentence cites utterances, each once and in order")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a session was about, and what came of it.

    Attributes:
        sentences: In the order in which they are read, at least one.
        by: The language models that wrote it.
    """

    sentences: tuple[Gist, ...]
    by: str

    def __post_init__(self) -> None:
        """Refuse a summary that says nothing."""
        if not self.sentences:
            raise ValueError("a summary says something")

    @property
    def evidence(self) -> frozenset[int]:
        """All utterances that it cites."""
        return frozenset(id for each in self.sentences for id in each.evidence)
