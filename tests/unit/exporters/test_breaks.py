"""Breaks: the order of preference of the subtitling guides."""

from __future__ import annotations

import pytest

from earwitness.exporters.atoms import Atom
from earwitness.exporters.breaks import (
    ARTICLE,
    CLAUSE,
    CONJUNCTION,
    PLAIN,
    PREPOSITION,
    SENTENCE,
    TIED,
    WEAK,
    costs,
    ends_sentence,
)


def after(left: str, right: str, language: str | None = "en", pause_ms: int = 0) -> float:
    pair = [
        Atom(left, 0, 500, True, 0, language),
        Atom(right, 500 + pause_ms, 900 + pause_ms, True, 0, language),
    ]
    return costs(pair)[0]


@pytest.mark.parametrize(
    ("left", "right", "language", "cost"),
    [
        ("gone.", "What", "en", SENTENCE),
        ('gone!"', "What", "en", SENTENCE),
        ("gone,", "said", "en", CLAUSE),
        ("gone", "(laughs)", "en", CLAUSE),
        ("gone", "because", "en", CONJUNCTION),
        ("weg", "omdat", "nl", CONJUNCTION),
        ("walk", "across", "en", PREPOSITION),
        ("loop", "over", "nl", PREPOSITION),
        ("big", "dragon", "en", PLAIN),
        ("they", "walk", "en", WEAK),
        ("of", "dragons", "en", TIED),
        ("Mr.", "Smith", "en", TIED),
        ("J.", "Smith", "en", TIED),
        ("Beau", "Lionett", "en", TIED),
        ("12", "metres", "en", TIED),
        ("the", "dragon", "en", ARTICLE),
        ("The", "dragon", "en", ARTICLE),
        ("de", "draak", "nl", ARTICLE),
        ("'n", "draak", "nl", ARTICLE),
        ("de", "draak", None, ARTICLE),
        ("the", "dragon", None, ARTICLE),
        ("the", "dragon", "xx", PLAIN),
        ("de", "draak", "en", PLAIN),
    ],
)
def test_where_a_break_is_dear(left: str, right: str, language: str | None, cost: float) -> None:
    assert after(left, right, language) == cost


def test_a_pause_makes_a_break_cheaper_but_never_free_of_sense() -> None:
    assert SENTENCE <= after("big", "dragon", pause_ms=300) < after("big", "dragon")
    assert after("big", "dragon", pause_ms=60_000) == SENTENCE


def test_a_new_utterance_is_as_good_as_a_clause() -> None:
    pair = [Atom("the", 0, 1, True, 0, "en"), Atom("dragon", 1, 2, True, 1, "en")]
    assert costs(pair) == [CLAUSE, SENTENCE]


def test_japanese_breaks_best_after_hiragana() -> None:
    def unspaced(left: str, right: str) -> float:
        return costs([Atom(left, 0, 1, True, 0, "ja"), Atom(right, 1, 2, False, 0, "ja")])[0]

    assert unspaced("です。", "右") == SENTENCE
    assert unspaced("です、", "右") == CLAUSE
    assert unspaced("左に", "見える") < unspaced("左", "右")


def test_titles_and_initials_do_not_end_a_sentence() -> None:
    assert [ends_sentence(text) for text in ("gone.", "Dr.", "J.", "e.g.", "no", "だ。")] == [
        True,
        False,
        False,
        False,
        False,
        True,
    ]
