"""Recognise: which enrolled person a voice is, by the angle between their prints.

A voice is named when it is near enough to one person and clearly nearer to that one than to any
other; when it is near enough to ask about, it is asked; everything else stays unknown. Naming
somebody wrongly does more harm than asking, so the doubtful middle is wide.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from earwitness.core.speech import VoicePrint

Verdict = Literal["named", "asked", "unknown"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a voice is somebody's; cosines of unit vectors.

    Attributes:
        named: From here on it is named.
        asked: From here on it is asked about.
        ahead: So much nearer than the next person it must be to be named.
        least_ms: A print of less speech is never enough to name, nor to be enrolled.
    """

    named: float
    asked: float
    ahead: float
    least_ms: int


GE2E: Final = Thresholds(named=0.88, asked=0.80, ahead=0.05, least_ms=5_000)
ASK_ONLY: Final = Thresholds(named=math.inf, asked=0.80, ahead=0.05, least_ms=5_000)
"""For models nobody has measured yet: every likeness is a question."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One print of a person; a person may have several, one for each of their voices.

    Attributes:
        person: Their key.
        model: Comparable only within one.
        vector: L2-normalised.
        speech_ms: How much speech it was made from.
    """

    person: str
    model: str
    vector: tuple[float, ...]
    speech_ms: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a voice was found to be.

    Attributes:
        voice: `S1`, ...
        verdict: `named`, `asked` or `unknown`.
        candidates: People with their scores, the best first; empty when there is nobody to
            compare with.
    """

    voice: str
    verdict: Verdict
    candidates: tuple[tuple[str, float], ...] = ()

    @property
    def best(self) -> tuple[str, float] | None:
        """The nearest person and the score."""
        return self.candidates[0] if self.candidates else None


def thresholds_for(model: str) -> Thresholds:
    """What was measured for an embedding model."""
    return GE2E if model.startswith("ge2e ") else ASK_ONLY


def recognise(prints: Sequence[VoicePrint], enrolled: Iterable[Enrolled]) -> tuple[Likeness, ...]:
    """What each voice is.

    Args:
        prints: Of a session's voices.
        enrolled: Of the series' people; those of other models play no part.

    Returns:
        One per print, in their order. Several voices may be the same person.
    """
    known = tuple(enrolled)
    return tuple(_likeness(heard, known) for heard in prints)


def _likeness(heard: VoicePrint, enrolled: tuple[Enrolled, ...]) -> Likeness:
    best: dict[str, float] = {}
    for each in enrolled:
        if each.model == heard.model and len(each.vector) == len(heard.vector):
            score = cosine(heard.vector, each.vector)
            best[each.person] = max(score, best.get(each.person, -1.0))
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return Likeness(heard.voice, _verdict(heard, ranked), tuple(ranked))


def _verdict(heard: VoicePrint, ranked: list[tuple[str, float]]) -> Verdict:
    limits = thresholds_for(heard.model)
    if not ranked or ranked[0][1] < limits.asked:
        return "unknown"
    second = ranked[1][1] if len(ranked) > 1 else -1.0
    sure = ranked[0][1] >= limits.named and ranked[0][1] - second >= limits.ahead
    return "named" if sure and heard.speech_ms >= limits.least_ms else "asked"


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """Of two vectors of one length; 0 when one of them is nothing."""
    lengths = math.hypot(*one) * math.hypot(*other)
    dot = math.fsum(a * b for a, b in zip(one, other, strict=True))
    return dot / lengths if lengths else 0.0
