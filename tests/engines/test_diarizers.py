"""What every diarizer with a library of its own promises, told with hums instead of people."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from earwitness.core.errors import Cancelled, EarwitnessError, UsageError
from earwitness.core.ports import Diarizer
from earwitness.core.span import Span
from earwitness.core.speech import Diarization, Speech

Opens = Callable[..., Diarizer]
Hums = Callable[[str], Any]

ENGINES = [
    pytest.param("sherpa", marks=pytest.mark.engine("sherpa_onnx", "onnx")),
    pytest.param("pyannote", marks=pytest.mark.engine("pyannote.audio")),
]
TALK = ".1 l4 .1 h4 .1 b3 .1 l5 .2 h6 .1"
NEAR_MS = 60
"""A look's step is 17 ms; edges are blurred by about three."""


@pytest.fixture(params=ENGINES)
def opens(request: pytest.FixtureRequest) -> Opens:
    """`opens(**own)`: the engine on its tiny models."""
    made: Opens = request.getfixturevalue(f"{request.param}_opens")
    return made


def near(one: Span, other: Span) -> bool:
    return (
        abs(one.start_ms - other.start_ms) <= NEAR_MS and abs(one.end_ms - other.end_ms) <= NEAR_MS
    )


def spans_of(heard: Diarization, voice: str) -> list[Span]:
    return [turn.span for turn in heard.turns if turn.voice == voice]


def test_two_voices_are_told_apart_at_their_times(opens: Opens, hums: Hums) -> None:
    score = hums(TALK)
    heard = opens().diarize(score.audio, score.speech, None)
    assert heard.voices == ("S1", "S2")
    for voice, wanted in (("S1", score.low), ("S2", score.high)):
        found = spans_of(heard, voice)
        assert len(found) == len(wanted)
        assert all(near(a, b) for a, b in zip(found, wanted, strict=True))


def test_overlap_stays_overlap(opens: Opens, hums: Hums) -> None:
    score = hums(TALK)
    turns = opens().diarize(score.audio, score.speech, 2).turns
    together = [both for a, b in combinations(turns, 2) if (both := a.span & b.span)]
    assert len(together) == 1
    assert near(together[0], Span(11_000, 14_000))


@pytest.mark.parametrize("speakers", [1, 2])
def test_the_number_of_speakers_is_honoured(opens: Opens, hums: Hums, speakers: int) -> None:
    score = hums(TALK)
    heard = opens().diarize(score.audio, score.speech, speakers)
    assert len(heard.voices) == speakers


def test_never_more_voices_than_asked_for(opens: Opens, hums: Hums) -> None:
    score = hums(TALK)
    heard = opens().diarize(score.audio, score.speech, 5)
    assert 2 <= len(heard.voices) <= 5


def test_turns_are_in_order_and_voices_are_numbered_as_they_come(opens: Opens, hums: Hums) -> None:
    score = hums(".1 h3 .1 l3 .1 h3 .1 l2")
    heard = opens().diarize(score.audio, score.speech, None)
    starts = [turn.span.start_ms for turn in heard.turns]
    assert starts == sorted(starts)
    assert heard.voices == ("S1", "S2")
    assert max(turn.span.end_ms for turn in heard.turns) <= score.audio.duration_ms


def test_each_voice_has_a_print_of_length_1(opens: Opens, hums: Hums) -> None:
    score = hums(TALK)
    heard = opens().diarize(score.audio, score.speech, None)
    assert [one.voice for one in heard.prints] == ["S1", "S2"]
    for one in heard.prints:
        assert sum(value * value for value in one.vector) == pytest.approx(1.0, abs=1e-4)
        spoken = sum(span.duration_ms for span in spans_of(heard, one.voice))
        assert one.speech_ms == spoken
    assert len({one.model for one in heard.prints}) == 1


def test_a_voice_sounds_the_same_in_another_recording(opens: Opens, hums: Hums) -> None:
    engine = opens()
    one = hums(TALK)
    other = hums(".2 h5 .1 l5 .1")
    first = engine.diarize(one.audio, one.speech, None).prints
    second = engine.diarize(other.audio, other.speech, None).prints

    def alike(a: int, b: int) -> float:
        return sum(x * y for x, y in zip(first[a].vector, second[b].vector, strict=True))

    assert alike(0, 1) > 0.9 > alike(0, 0)
    assert alike(1, 0) > 0.9 > alike(1, 1)


def test_a_long_recording_is_heard_in_parts_and_voices_are_joined(opens: Opens, hums: Hums) -> None:
    score = hums(" ".join([".2 l8 .2 h8 .2 b4"] * 8))  # more than three minutes
    engine = opens(part_minutes="1")
    heard = engine.diarize(score.audio, score.speech, None)
    assert score.audio.longest_ms <= 60_000
    assert heard.voices == ("S1", "S2")
    for voice, wanted in (("S1", score.low), ("S2", score.high)):
        found = spans_of(heard, voice)
        assert len(found) == len(wanted)
        assert all(near(a, b) for a, b in zip(found, wanted, strict=True))
    assert len(engine.diarize(score.audio, score.speech, 1).voices) == 1
    assert len(engine.diarize(score.audio, score.speech, 2).voices) == 2


def test_where_nobody_speaks_nothing_is_heard(opens: Opens, hums: Hums) -> None:
    score = hums(".5")
    engine = opens()
    assert engine.diarize(score.audio, (Speech(None, ()),), None) == Diarization(())
    assert engine.diarize(score.audio, (Speech(None, (Span(0, 5_000),)),), 2).turns == ()


def test_progress_rises_to_the_end_and_stops_when_asked(opens: Opens, hums: Hums) -> None:
    score = hums(TALK)
    engine = opens()
    shares: list[float] = []
    engine.diarize(score.audio, score.speech, None, shares.append)
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] <= shares[-1] <= 1.0

    def stop(_share: float) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        engine.diarize(score.audio, score.speech, None, stop)
    assert engine.diarize(score.audio, score.speech, 2).voices == ("S1", "S2")


def test_the_same_sound_gives_the_same_answer(opens: Opens, hums: Hums) -> None:
    score = hums(TALK)
    one, other = opens(), opens()
    assert one.fingerprint == other.fingerprint
    assert "\n" not in one.name + one.fingerprint
    found = one.diarize(score.audio, score.speech, None)
    assert other.diarize(score.audio, score.speech, None) == found
    assert one.diarize(score.audio, score.speech, None) == found


def test_options_are_in_the_fingerprint(opens: Opens) -> None:
    assert opens(part_minutes="7").fingerprint != opens().fingerprint


def test_less_than_one_speaker_is_refused(opens: Opens, hums: Hums) -> None:
    score = hums(TALK)
    with pytest.raises(UsageError):
        opens().diarize(score.audio, score.speech, 0)


def test_closed_it_refuses_in_its_own_words(opens: Opens, hums: Hums) -> None:
    score = hums(TALK)
    engine = opens()
    engine.close()
    with pytest.raises(EarwitnessError):
        engine.diarize(score.audio, score.speech, None)
