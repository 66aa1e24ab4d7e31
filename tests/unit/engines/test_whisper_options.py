"""What can be said to faster-whisper, and how much of a vocabulary a model can be told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.errors import UsageError
from earwitness.core.options import choices, read_options
from earwitness.engines.whisper_options import Prompt, WhisperOptions, prompt_of

LIMIT = 40
"""Of a model whose tokens are letters."""

TERMS = st.lists(st.text("abcd ", min_size=1, max_size=12), max_size=12)


def encode(text: str) -> list[int]:
    return [ord(letter) for letter in text]


def decode(prompt: Prompt) -> str:
    return "".join(map(chr, prompt.tokens))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("beam_size", "0"),
        ("beam_size", "21"),
        ("language_confidence", "1.1"),
        ("other_language", "-1"),
        ("among", "nl+klingon"),
        ("compute_type", "int3"),
        ("hotwords", "maybe"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_hint(name: str, value: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_options(WhisperOptions, [(name, value)])
    assert refused.value.hint


def test_the_form_can_be_drawn() -> None:
    shown = {choice.name: choice for choice in choices(WhisperOptions)}
    assert shown["beam_size"].default == "5"
    assert shown["allow_smaller"].default == "no"
    assert "int8" in shown["compute_type"].values


@pytest.mark.parametrize("said", ["nl,en", "nl+en", "NL en", " nl , en "])
def test_languages_that_are_spoken_are_a_list(said: str) -> None:
    assert read_options(WhisperOptions, [("among", said)]).languages == ("nl", "en")


def test_whole_terms_are_told_the_first_ones_first() -> None:
    terms = ["Mira", "Count Strahd", "Barovia", "Vistani", "Ireena"]
    prompt = prompt_of(terms, WhisperOptions(), encode=encode, limit=LIMIT)
    assert decode(prompt) == " Mira, Count Strahd, Barovia, Vistani."
    assert (prompt.fitting, prompt.left_out) == (4, 1)


def test_a_sentence_comes_last_and_is_never_cut() -> None:
    own = WhisperOptions(prompt="We play a game.")
    prompt = prompt_of(["Mira", "Barovia", "Count Strahd"], own, encode=encode, limit=LIMIT)
    assert decode(prompt) == " Mira, Barovia. We play a game."
    assert prompt.left_out == 1
    with pytest.raises(UsageError, match="41 tokens"):
        prompt_of([], WhisperOptions(prompt="a" * LIMIT), encode=encode, limit=LIMIT)


def test_the_vocabulary_can_be_switched_off() -> None:
    off = WhisperOptions(hotwords=False)
    assert prompt_of(["Mira"], off, encode=encode, limit=LIMIT) == Prompt()
    assert Prompt().digest == ""


@given(TERMS, st.text("xyz ", max_size=30))
def test_it_never_passes_the_limit_and_counts_every_term(terms: list[str], said: str) -> None:
    own = WhisperOptions(prompt=said)
    prompt = prompt_of(terms, own, encode=encode, limit=LIMIT)
    assert len(prompt.tokens) <= LIMIT
    assert prompt.fitting + prompt.left_out == len(terms)
    assert decode(prompt).endswith(said.strip())
    again = prompt_of(terms[: prompt.fitting], own, encode=encode, limit=LIMIT)
    assert again.digest == prompt.digest, "what did not fit changes no key"
