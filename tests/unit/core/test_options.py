"""Options of an engine: a form says what there is, and refuses what does not fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pytest

from earwitness.core.errors import UsageError
from earwitness.core.options import Choice, NoOptions, choices, read_options


@dataclass(frozen=True, slots=True)
class Form:
    beams: int = field(default=5, metadata={"help": "Beams kept"})
    patience: float | None = field(default=None, metadata={"help": "Waits longer"})
    guess: bool = field(default=False, metadata={"help": "Guesses"})
    task: Literal["transcribe", "translate"] = field(
        default="transcribe", metadata={"help": "What is written"}
    )
    base_url: str = field(default="", metadata={"help": "Where"})


def test_a_form_is_listed_in_order() -> None:
    assert choices(NoOptions) == ()
    assert choices(Form)[:4] == (
        Choice("beams", "int", "5", "Beams kept"),
        Choice("patience", "float", None, "Waits longer"),
        Choice("guess", "bool", "no", "Guesses"),
        Choice("task", "str", "transcribe", "What is written", ("transcribe", "translate")),
    )


def test_what_is_said_fills_the_form_and_the_last_word_counts() -> None:
    said = [
        ("beams", "2"),
        ("beams", "3"),
        ("patience", "1.5"),
        ("guess", "Yes"),
        ("task", "translate"),
        ("base-url", "http://localhost"),
    ]
    assert read_options(Form, said) == Form(3, 1.5, True, "translate", "http://localhost")
    assert read_options(Form, [("guess", "off")]) == Form()


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("beans", "2", "there are: beams"),
        ("beams", "many", "a whole number"),
        ("patience", "long", "a number"),
        ("guess", "maybe", "yes or no"),
        ("task", "sing", "one of transcribe, translate"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(name: str, value: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_options(Form, [(name, value)])
    assert hint in caught.value.hint


def test_an_engine_without_options_says_so() -> None:
    with pytest.raises(UsageError) as caught:
        read_options(NoOptions, [("beams", "2")])
    assert caught.value.hint == "this engine has none"
