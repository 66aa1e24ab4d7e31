"""Wishes: options of engines as users say them, and which engine gets which."""

from __future__ import annotations

import pytest

from earwitness import plugins
from earwitness.app.wishes import (
    check_wishes,
    fitting_wishes,
    idle_wishes,
    menus,
    options_for,
    read_terms,
    read_wishes,
)
from earwitness.core.errors import UsageError
from earwitness.core.ports import EngineOptions


def test_options_are_names_and_values_and_the_last_word_counts() -> None:
    said = ["beam_size=2", " beam_size = 3", "faster-whisper.beam_size=4", "note=a=b"]
    assert read_wishes(said) == (
        ("beam_size", "3"),
        ("faster-whisper.beam_size", "4"),
        ("note", "a=b"),
    )
    for nonsense in ("beam_size", "=2"):
        with pytest.raises(UsageError) as refused:
            read_wishes([nonsense])
        assert refused.value.hint


def test_terms_come_with_commas_or_line_breaks_or_one_by_one() -> None:
    assert read_terms(["Mira,  Count  Strahd", "Mira\nBarovia, "]) == (
        "Mira",
        "Count Strahd",
        "Barovia",
    )
    assert read_terms([]) == ()


def test_an_engine_gets_what_is_meant_for_it() -> None:
    whisper = plugins.engine("transcribe", "faster-whisper")
    scripted = plugins.engine("transcribe", "scripted")
    own = (("beam-size", "2"), ("faster-whisper.beam_size", "3"), ("scripted.beam_size", "4"))
    asked = EngineOptions(vocabulary=("Mira",), own=own)
    assert options_for(whisper, asked).own == (("beam-size", "2"), ("beam_size", "3"))
    assert options_for(scripted, asked).own == ()
    assert options_for(scripted, asked).vocabulary == ("Mira",)


def test_the_stage_of_an_option_is_known_from_its_engine() -> None:
    own = (("beam_size", "2"),)
    assert check_wishes(own, "auto", "auto") == {"beam_size": "transcribe"}
    elsewhere = (("faster-whisper.beam_size", "2"),)
    assert check_wishes(elsewhere, "pocketsphinx", "auto"), "named for an engine not in use"


@pytest.mark.parametrize(
    ("own", "transcriber", "hint"),
    [
        (("beam_size", "two"), "auto", "whole number"),
        (("beam_size", "0"), "auto", "beam_size=5"),
        (("beams", "2"), "faster-whisper", "beam_size"),
        (("beam_size", "2"), "scripted", "these engines have none"),
        (("dragon.beam_size", "2"), "auto", "faster-whisper"),
    ],
)
def test_what_no_engine_understands_is_refused_with_what_there_is(
    own: tuple[str, str], transcriber: str, hint: str
) -> None:
    with pytest.raises(UsageError) as refused:
        check_wishes((own,), transcriber, "auto")
    assert hint in refused.value.hint


def test_options_of_an_engine_that_is_left_are_left_too() -> None:
    own = (("beam_size", "2"),)
    assert fitting_wishes(own, "faster-whisper", "auto") == own
    assert fitting_wishes(own, "pocketsphinx", "auto") == ()


def test_what_auto_leaves_without_effect_is_told() -> None:
    own = (("beam_size", "2"), ("faster-whisper.beam_size", "2"))
    assert idle_wishes(plugins.engine("transcribe", "pocketsphinx"), own) == ("beam_size",)
    assert idle_wishes(plugins.engine("transcribe", "faster-whisper"), own) == ()


def test_the_menu_lists_every_option_with_help() -> None:
    assert all(choice.help for menu in menus() for choice in menu.choices)
    assert all(menu.choices for menu in menus())
    assert menus("scripted")[0].choices == ()
    with pytest.raises(UsageError) as refused:
        menus("dragon")
    assert "faster-whisper" in refused.value.hint
