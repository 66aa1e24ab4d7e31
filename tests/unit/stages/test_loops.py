"""Loops: what goes on beyond belief is found; what people repeat stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.stages.loops import HURRIED_MS, SURE, looping, packed


def say(text: str, each_ms: int = 300, confidence: float | None = 0.8) -> list[Word]:
    return [
        Word(word, Span(place * each_ms, (place + 1) * each_ms), confidence)
        for place, word in enumerate(text.split())
    ]


@pytest.mark.parametrize(
    "text",
    [
        "no no no no",
        "no no no no no no no no no no no no",
        "are we there yet " * 4,
        "hip hip hooray " * 3,
        "u s a " * 7,
        "yeah yeah yeah yeah yeah yeah yeah yeah yeah so I think",
        "ja",
        "",
    ],
)
def test_what_people_and_crowds_repeat_stays(text: str) -> None:
    assert not looping(say(text))
    assert not packed(say(text))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 12])
def test_what_goes_on_far_longer_is_a_loop_and_its_first_saying_stays(size: int) -> None:
    phrase = " ".join(f"word{n}" for n in range(size))
    before, after = "so I went on and", "then it was over"
    words = say(f"{before} {phrase * 1} " + f"{phrase} " * 24 + after)
    found = looping(words)
    assert found == frozenset(range(5 + size, 5 + 25 * size))


def test_commas_and_capitals_do_not_hide_a_loop() -> None:
    assert len(looping(say("Thank you. thank you, " * 12))) == 46


def test_fewer_times_are_enough_with_another_reason() -> None:
    text = "I do not know " * 5
    assert not looping(say(text))
    assert looping(say(text, each_ms=HURRIED_MS - 20))
    assert looping(say(text, confidence=0.1))
    assert not looping(say(text, confidence=None))


def test_a_loop_with_little_changes_is_found_by_how_well_it_packs() -> None:
    steps = ("store", "shop", "store", "school", "store", "shop", "store", "home")
    words = say(" ".join(f"and then I am going to go to the {place}" for place in steps))
    assert not looping(words)
    found = packed(words)
    assert len(found) > len(words) / 2
    assert min(found) >= 9


def test_ordinary_speech_does_not_pack() -> None:
    assert not packed(
        say(
            "well the thing about the river is that the current goes down and then it goes around "
            "the rock so if you want to go down you have to go around the rock as well and then "
            "you can see the gate and the gate is open or the gate is closed I do not know"
        )
    )


@given(st.lists(st.sampled_from("abc"), max_size=80))
def test_a_word_of_a_loop_is_the_same_as_one_before_it(texts: list[str]) -> None:
    words = say(" ".join(texts), each_ms=50)
    for place in looping(words):
        assert words[place].text in {word.text for word in words[:place]}


@given(st.lists(st.sampled_from("ab"), max_size=SURE[1] - 11))
def test_short_texts_are_never_loops(texts: list[str]) -> None:
    assert not looping(say(" ".join(texts), confidence=0.0))
