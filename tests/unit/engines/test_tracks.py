"""Turns from isolated tracks: one voice each, overlaps kept."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from earwitness.core.errors import EngineError
from earwitness.core.ports import Audio, Diarizer, EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Speech, Turn
from earwitness.engines.tracks import TracksFactory

Sound = Callable[..., Audio]
SILENCE = np.zeros(160_000, np.int16)


@pytest.fixture
def diarizer() -> Diarizer:
    return TracksFactory().open(EngineOptions())


def test_voices_appear_in_order_of_speech_and_may_overlap(diarizer: Diarizer, sound: Sound) -> None:
    speech = (
        Speech(0, (Span(2_000, 5_000), Span(8_000, 9_000))),
        Speech(1, (Span(1_000, 3_000),)),
        Speech(2, ()),
    )
    found = diarizer.diarize(sound(SILENCE, (0, 1, 2)), speech, None)
    assert found.turns == (
        Turn(Span(1_000, 3_000), "S1", 1),
        Turn(Span(2_000, 5_000), "S2", 0),
        Turn(Span(8_000, 9_000), "S2", 0),
    )
    assert found.voices == ("S1", "S2")


def test_a_recording_without_tracks_is_refused_with_the_remedy(
    diarizer: Diarizer, sound: Sound
) -> None:
    for speech, tracks in (((Speech(None, ()),), ()), ((Speech(None, ()),), (0, 1))):
        with pytest.raises(EngineError) as caught:
            diarizer.diarize(sound(SILENCE, tracks), speech, None)
        assert "embedded" in caught.value.hint
