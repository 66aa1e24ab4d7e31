"""The embedded diarizer on the shipped scene: voices, turns, prints and numbers kept to."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from earwitness.core.errors import UsageError
from earwitness.core.ports import Audio, Diarizer, EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Diarization, Speech
from earwitness.engines.embedded import EmbeddedDiarizer, EmbeddedFactory
from earwitness.engines.silero import SileroFactory

Sound = Callable[..., Audio]
Samples = NDArray[np.int16]


@pytest.fixture(scope="module")
def diarizer() -> EmbeddedDiarizer:
    return EmbeddedFactory().open(EngineOptions())


@pytest.fixture(scope="module")
def speech(sound: Sound, tavern_samples: Samples) -> tuple[Speech, ...]:
    return (SileroFactory().open(EngineOptions()).detect(sound(tavern_samples), None),)


@pytest.fixture(scope="module")
def scene(
    diarizer: Diarizer, sound: Sound, tavern_samples: Samples, speech: tuple[Speech, ...]
) -> Diarization:
    return diarizer.diarize(sound(tavern_samples), speech, None)


def truth(tavern: Path) -> list[tuple[Span, str]]:
    rows = [line.split() for line in tavern.with_suffix(".rttm").read_text("utf-8").splitlines()]
    return [
        (Span(round(float(row[3]) * 1000), round((float(row[3]) + float(row[4])) * 1000)), row[7])
        for row in rows
    ]


def test_every_voice_of_the_scene_is_found_and_no_other(scene: Diarization, tavern: Path) -> None:
    said = truth(tavern)
    mates = {
        (name, max(scene.turns, key=lambda turn: turn.span.overlap_ms(span)).voice)
        for span, name in said
    }
    people = {name for _, name in said}
    assert len(scene.voices) == len(mates) == len(people)


def test_voices_are_numbered_in_order_of_first_appearance(scene: Diarization) -> None:
    assert scene.voices == tuple(f"S{n + 1}" for n in range(len(scene.voices)))


def test_turns_fill_the_speech_and_nothing_else(
    scene: Diarization, speech: tuple[Speech, ...]
) -> None:
    turns = [turn.span for turn in scene.turns]
    assert turns == sorted(turns)
    for span in speech[0].spans:
        inside = [turn for turn in turns if turn in span]
        assert inside[0].start_ms == span.start_ms
        assert inside[-1].end_ms == span.end_ms
        assert all(a.end_ms == b.start_ms for a, b in pairwise(inside))
    assert sum(t.duration_ms for t in turns) == sum(s.duration_ms for s in speech[0].spans)


def test_each_voice_has_a_print(scene: Diarization, diarizer: Diarizer) -> None:
    assert tuple(one.voice for one in scene.prints) == scene.voices
    for one in scene.prints:
        assert np.linalg.norm(one.vector) == pytest.approx(1.0, abs=1e-3)
        assert one.model.split()[1] in diarizer.fingerprint
        spoken = sum(t.span.duration_ms for t in scene.turns if t.voice == one.voice)
        assert one.speech_ms == pytest.approx(spoken, rel=0.35)


@pytest.mark.parametrize("speakers", [1, 2, 7])
def test_a_number_of_speakers_is_kept_to(
    diarizer: Diarizer, sound: Sound, tavern_samples: Samples, speakers: int
) -> None:
    spans = Speech(None, (Span(700, 12_900), Span(13_700, 17_200), Span(18_000, 23_700)))
    found = diarizer.diarize(sound(tavern_samples), (spans,), speakers)
    assert len(found.voices) == speakers


def test_fewer_windows_than_speakers_give_as_many_as_possible(
    diarizer: Diarizer, sound: Sound, tavern_samples: Samples
) -> None:
    spans = Speech(None, (Span(700, 1_700), Span(14_000, 15_000)))
    assert len(diarizer.diarize(sound(tavern_samples), (spans,), 5).voices) == 2


def test_no_speech_has_no_turns(diarizer: Diarizer, sound: Sound) -> None:
    empty = diarizer.diarize(sound(np.zeros(16_000, np.int16)), (Speech(None, ()),), 2)
    assert empty == Diarization(())


def test_less_than_one_speaker_is_refused(diarizer: Diarizer, sound: Sound) -> None:
    with pytest.raises(UsageError):
        diarizer.diarize(sound(np.zeros(16_000, np.int16)), (), 0)
