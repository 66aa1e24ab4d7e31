"""Settle: voices keep the ids people know; an id never comes to mean another voice."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span
from earwitness.core.speech import Diarization, Settled, Turn, VoicePrint
from earwitness.stages.settle import Settle, settle

MODEL = "ge2e/1"


def talk(count: int, turns: int, seed: int) -> tuple[Turn, ...]:
    """Turns of `count` voices one after another, each of 1 to 5 seconds; all voices speak."""
    dice = random.Random(seed)
    made, at_ms = [], 0
    for index in range(max(turns, 3 * count)):
        length_ms = dice.randint(1_000, 5_000)
        voice = f"S{(index if index < count else dice.randrange(count)) % count + 1}"
        made.append(Turn(Span(at_ms, at_ms + length_ms), voice))
        at_ms += length_ms + dice.randint(0, 500)
    return tuple(made)


def jittered(turns: tuple[Turn, ...], seed: int) -> tuple[Turn, ...]:
    """The same, each bound up to 200 ms off."""
    dice = random.Random(seed)
    return tuple(
        replace(
            turn,
            span=Span(
                max(0, turn.span.start_ms + dice.randint(-200, 200)),
                turn.span.end_ms + dice.randint(-200, 200),
            ),
        )
        for turn in turns
    )


def renamed(turns: tuple[Turn, ...], names: dict[str, str]) -> tuple[Turn, ...]:
    return tuple(replace(turn, voice=names[turn.voice]) for turn in turns)


def prints(vectors: Mapping[str, tuple[float, ...]], model: str = MODEL) -> tuple[VoicePrint, ...]:
    return tuple(VoicePrint(voice, vector, model, 10_000) for voice, vector in vectors.items())


@given(st.integers(1, 8), st.integers(0, 40), st.integers(0, 10_000), st.data())
def test_permuted_voices_come_back_to_their_ids(
    count: int, turns: int, seed: int, data: st.DataObject
) -> None:
    before = Settled(talk(count, turns, seed))
    order = data.draw(st.permutations(sorted(before.voices)))
    names = dict(zip(sorted(before.voices), order, strict=True))
    heard = Diarization(renamed(jittered(before.turns, seed), names))
    settled = settle(heard, before, frozenset(before.voices))
    assert [turn.voice for turn in settled.turns] == [turn.voice for turn in before.turns]
    assert [turn.span for turn in settled.turns] == [turn.span for turn in heard.turns]


@given(
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(0, 1_000),
    st.integers(0, 1_000),
    st.frozensets(st.integers(1, 12).map(lambda number: f"S{number}")),
)
def test_ids_are_a_bijection_and_new_ones_never_were(
    count: int, other: int, seed: int, another: int, used: frozenset[str]
) -> None:
    before = Settled(talk(count, 20, seed))
    heard = Diarization(talk(other, 20, another))
    settled = settle(heard, before, used)
    pairs = {(one.voice, two.voice) for one, two in zip(heard.turns, settled.turns, strict=True)}
    assert len(pairs) == len(heard.voices) == len(settled.voices)
    taken = used | set(before.voices)
    assert all(voice in before.voices or voice not in taken for voice in settled.voices)
    assert settle(heard, before, used) == settled


def test_the_first_diarization_passes_through() -> None:
    heard = Diarization(renamed(talk(2, 6, 1), {"S1": "SPEAKER_00", "S2": "SPEAKER_01"}))
    assert settle(heard, None, frozenset()) == Settled(heard.turns)


def test_ids_that_people_wrote_are_not_given_to_a_voice() -> None:
    settled = settle(Diarization(talk(2, 6, 1)), None, frozenset({"S1", "the innkeeper"}))
    assert settled.voices == ("S2", "S3")


def test_a_voice_that_is_cut_in_two_lives_on_in_its_larger_piece() -> None:
    before = Settled((Turn(Span(0, 60_000), "S1"), Turn(Span(60_000, 90_000), "S2")))
    heard = Diarization(
        (
            Turn(Span(0, 20_000), "S1"),
            Turn(Span(20_000, 60_000), "S2"),
            Turn(Span(60_000, 90_000), "S3"),
        )
    )
    settled = settle(heard, before, frozenset({"S1", "S2", "S7"}))
    assert [turn.voice for turn in settled.turns] == ["S8", "S1", "S2"]


def test_two_voices_that_become_one_are_the_one_that_spoke_more() -> None:
    before = Settled((Turn(Span(0, 20_000), "S1"), Turn(Span(20_000, 60_000), "S2")))
    heard = Diarization((Turn(Span(0, 60_000), "S1"),))
    assert settle(heard, before, frozenset()).voices == ("S2",)


def test_a_few_seconds_in_common_make_no_voice_the_same() -> None:
    before = Settled((Turn(Span(0, 60_000), "S1"), Turn(Span(60_000, 120_000), "S2")))
    heard = Diarization((Turn(Span(0, 118_000), "S1"), Turn(Span(118_000, 120_000), "S2")))
    assert settle(heard, before, frozenset()).voices == ("S1", "S3")


def test_prints_decide_between_two_halves_and_go_with_their_voices() -> None:
    before = Settled((Turn(Span(0, 60_000), "S1"),), prints({"S1": (1.0, 0.0)}))
    turns = (Turn(Span(0, 31_000), "A"), Turn(Span(31_000, 60_000), "B"))
    told = {"A": (0.0, 1.0), "B": (1.0, 0.0)}
    settled = settle(Diarization(turns, prints(told)), before, frozenset())
    assert [turn.voice for turn in settled.turns] == ["S2", "S1"]
    assert {each.voice: each.vector for each in settled.prints} == {
        "S2": (0.0, 1.0),
        "S1": (1.0, 0.0),
    }
    other_model = settle(Diarization(turns, prints(told, "other/1")), before, frozenset())
    assert [turn.voice for turn in other_model.turns] == ["S1", "S2"], "time alone decides"


def test_what_it_is_matched_to_is_part_of_its_key() -> None:
    before = Settled(talk(2, 6, 1))
    identities = {
        Settle().identity,
        Settle(before).identity,
        Settle(before, frozenset({"S9"})).identity,
        Settle(replace(before, turns=before.turns[:-1])).identity,
    }
    assert len(identities) == 4
    assert Settle(before).identity == Settle(Settled(before.turns)).identity
