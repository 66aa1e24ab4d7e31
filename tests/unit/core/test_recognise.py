"""Recognise: near and clearly nearest is named, near is asked, everything else is unknown."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.recognise import GE2E, Enrolled, cosine, recognise
from earwitness.core.speech import VoicePrint

MODEL = "ge2e abc"


def at(degrees: float) -> tuple[float, float]:
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


def heard(degrees: float, *, speech_ms: int = 60_000, model: str = MODEL) -> VoicePrint:
    return VoicePrint("S1", at(degrees), model, speech_ms)


def known(person: str, degrees: float, model: str = MODEL) -> Enrolled:
    return Enrolled(person, model, at(degrees), 60_000)


ANN = known("ann", 0)
"""cos 20° = 0.94, cos 33° = 0.84, cos 40° = 0.77."""


@pytest.mark.parametrize(
    ("voice", "cast", "verdict"),
    [
        (heard(20), [ANN], "named"),
        (heard(20), [ANN, known("ben", 80)], "named"),
        (heard(20), [ANN, known("ben", 43)], "asked"),
        (heard(33), [ANN], "asked"),
        (heard(40), [ANN], "unknown"),
        (heard(20, speech_ms=GE2E.least_ms - 1), [ANN], "asked"),
        (heard(20, model="other 1"), [ANN], "unknown"),
        (heard(20, model="other 1"), [known("ann", 0, "other 1")], "asked"),
        (heard(20), [], "unknown"),
        (heard(20), [ANN, known("ann", 22)], "named"),
    ],
)
def test_verdicts(voice: VoicePrint, cast: list[Enrolled], verdict: str) -> None:
    (found,) = recognise([voice], cast)
    assert found.verdict == verdict


def test_the_nearest_voice_of_a_person_counts() -> None:
    (found,) = recognise([heard(20)], [ANN, known("ann", 21), known("ben", 60)])
    assert [person for person, _ in found.candidates] == ["ann", "ben"]
    assert found.best is not None
    assert found.best[1] == pytest.approx(math.cos(math.radians(1)))


def test_several_voices_may_be_one_person() -> None:
    found = recognise([heard(5), heard(-5)], [ANN])
    assert [each.verdict for each in found] == ["named", "named"]


@given(st.lists(st.floats(0, 180), min_size=1, max_size=5), st.floats(0, 180))
def test_nobody_is_named_who_is_not_clearly_nearest(cast: list[float], voice: float) -> None:
    people = [known(f"p{n}", degrees) for n, degrees in enumerate(cast)]
    (found,) = recognise([heard(voice)], people)
    scores = [score for _, score in found.candidates]
    assert scores == sorted(scores, reverse=True)
    if found.verdict == "named":
        assert scores[0] >= GE2E.named
        assert len(scores) == 1 or scores[0] - scores[1] >= GE2E.ahead
    if found.verdict == "unknown":
        assert scores[0] < GE2E.asked


def test_nothing_is_like_nothing() -> None:
    assert cosine((0.0, 0.0), (1.0, 0.0)) == 0.0
