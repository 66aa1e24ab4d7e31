"""Claims: what a rule or a model says of a session, each with the utterances that bear it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from earwitness.core.moment import Moment
from earwitness.core.transcript import Label

Why = Literal[
    "not_said",
    "unknown_line",
    "out_of_scheme",
    "unknown_name",
    "out_of_character",
    "unknown_number",
    "vague",
]
"""Why a claim is refused: its quote is not what was said; it names lines it was not shown, a value
that the scheme has not, or somebody nobody knows; it builds on what was said out of character; a
number in it was not said; it cites so much, or is so long, that nobody can look it up."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Claims that were not believed.

    Attributes:
        why: What was wrong with them.
        count: How many.
    """

    why: Why
    count: int


@dataclass(frozen=True, slots=True)
class Labels:
    """What the utterances are, under the playbook's schemes; a line without a label is unknown.

    Attributes:
        labels: In order of utterance, then scheme; at most one of each.
        refused: What was claimed and not believed.
    """

    labels: tuple[Label, ...]
    refused: tuple[Refusal, ...] = ()

    def __post_init__(self) -> None:
        """Refuse doubled labels and disorder."""
        order = [(each.utterance, each.scheme) for each in self.labels]
        if order != sorted(set(order)):
            raise ValueError("labels are in order, one of a scheme on each utterance")


@dataclass(frozen=True, slots=True)
class Noted:
    """How a session was understood.

    Attributes:
        request: Digest of all that it depends on: the same again needs no work.
        results: `(stage, digest)` pairs of what was found.
        engines: `(stage, engine)` pairs.
        lacking: What is missing or was done with less, in one line; empty: nothing.
    """

    request: str
    results: tuple[tuple[str, str], ...]
    engines: tuple[tuple[str, str], ...]
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Moments:
    """The moments of a session.

    Attributes:
        moments: In order of time.
        refused: What was claimed and not believed.
    """

    moments: tuple[Moment, ...]
    refused: tuple[Refusal, ...] = ()
