"""Diarize: what leaked into a track is no speech of it; what a track says itself stays whole."""

from __future__ import annotations

from earwitness.core.span import Span
from earwitness.core.speech import Crosstalk, Speech
from earwitness.stages.diarize import LEAST_MS, own_speech

SPEECH = (
    Speech(0, (Span(0, 4_000), Span(5_000, 5_100))),
    Speech(1, (Span(0, 9_000),)),
)


def test_without_crosstalk_nothing_changes() -> None:
    assert own_speech(SPEECH, Crosstalk(())) == SPEECH
    assert own_speech(SPEECH, Crosstalk((Speech(0, ()), Speech(1, ())))) == SPEECH


def test_leaks_are_taken_out_of_their_track_alone() -> None:
    leaks = Crosstalk((Speech(0, ()), Speech(1, (Span(1_000, 4_000),))))
    left, right = own_speech(SPEECH, leaks)
    assert left == SPEECH[0]
    assert right == Speech(1, (Span(0, 1_000), Span(4_000, 9_000)))


def test_edges_that_a_leak_leaves_go_but_short_speech_of_its_own_stays() -> None:
    edge = Span(LEAST_MS - 1, 4_000 - LEAST_MS)
    (left, _) = own_speech(SPEECH, Crosstalk((Speech(0, (edge,)),)))
    assert left == Speech(0, (Span(4_000 - LEAST_MS, 4_000), Span(5_000, 5_100)))


def test_a_track_that_only_leaks_has_no_speech() -> None:
    (_, right) = own_speech(SPEECH, Crosstalk((Speech(1, (Span(0, 10_000),)),)))
    assert right == Speech(1, ())
