"""Stance by rules: figures on Dutch turns, and confidences that mean something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from earwitness.core.reading import Reading, Window, windows
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Transcript, Utterance
from earwitness.engines.rules_stance import INSIDE, stances
from earwitness.stages.roles import find_roles

TURNS = json.loads((Path(__file__).parent / "dutch_turns.json").read_text(encoding="utf-8"))


def utterance(number: int, who: str, text: str) -> Utterance:
    words = text.split()
    start = number * 10_000
    spans = [Span(start + 100 * place, start + 100 * place + 100) for place in range(len(words))]
    heard = tuple(Word(word, span) for word, span in zip(words, spans, strict=True))
    return Utterance(number, Span(start, spans[-1].end_ms), heard, who, who)


def reading(rows: list[tuple[str, str]], language: str | None) -> Reading:
    lines = tuple(utterance(number, who, text) for number, (who, text) in enumerate(rows))
    roles = tuple(sorted({who: "dm" if who == "MARK" else "player" for who, _ in rows}.items()))
    return Reading(Transcript(lines), language, roles=roles)


def judged(
    rows: list[tuple[str, str]], language: str | None = "nl"
) -> dict[int, tuple[str, float]]:
    return {
        id_: told
        for window in windows(reading(rows, language))
        for id_, told in stances(window).items()
    }


def accuracy(half: str) -> tuple[float, float]:
    """Share of turns on the right side, and with the right stance of four."""
    rows = TURNS[half]
    told = judged([(who, text) for who, text, _ in rows])
    sides = [
        (told[place][0] in INSIDE) == (stance in INSIDE)
        for place, (_, _, stance) in enumerate(rows)
    ]
    exact = [told[place][0] == stance for place, (_, _, stance) in enumerate(rows)]
    return sum(sides) / len(rows), sum(exact) / len(rows)


@pytest.mark.parametrize(
    ("half", "least"),
    [("develop", 0.9), ("held", 0.75), ("spoken_develop", 0.85), ("spoken", 0.7)],
)
def test_dutch_turns_are_put_on_the_right_side(half: str, least: float) -> None:
    binary, exact = accuracy(half)
    assert binary >= least, f"{binary:.3f} of two, {exact:.3f} of four"


def test_the_dutch_leader_is_found_by_what_they_say() -> None:
    rows = [(who, text) for who, text, _ in (*TURNS["develop"], *TURNS["held"])]
    assert dict(find_roles(reading(rows, "nl"), "tabletop"))["MARK"] == "dm"


def test_a_language_without_rules_gets_no_stance() -> None:
    assert judged([("ANN", "Tiro los dados, veinte natural")], "es") == {}


def one(text: str, who: str = "ANN") -> tuple[str, float]:
    return judged([(who, text)], "en")[0]


@pytest.mark.parametrize(
    ("who", "text", "stance"),
    [
        ("ANN", "Seventeen.", "MECHANICS"),
        ("ANN", "That's a 19 to hit.", "MECHANICS"),
        ("ANN", "I'm going to climb the wall and look over it.", "NARRATION"),
        ("ANN", "How far away is the door?", "OOC"),
        ("ANN", "Let's go, my friend, before the guards come back.", "IC"),
        ("MARK", "Roll initiative.", "MECHANICS"),
        ("MARK", "As you enter, you see a long hall of black stone.", "NARRATION"),
        ("MARK", "“I have waited for you a long time, little one.”", "IC"),
        ("ANN", "Thanks to our sponsors on Twitch!", "OOC"),
        ("ANN", "♪ D&D Beyond ♪", "OOC"),
    ],
)
def test_plain_cases(who: str, text: str, stance: str) -> None:
    assert one(text, who)[0] == stance


def test_more_evidence_never_means_less_confidence() -> None:
    said = (
        "I rolled it again.",
        "I rolled it again, 12 points of damage.",
        "I rolled it again, 12 points of damage with my sneak attack.",
    )
    sure = [one(text)[1] for text in said]
    assert sure == sorted(sure)
    assert all(0.25 <= each <= 1.0 for each in sure)


def test_a_window_tells_only_of_its_own_lines() -> None:
    rows = [("ANN", f"Seventeen plus {number}.") for number in range(40)]
    made: list[Window] = list(windows(reading(rows, "en")))
    assert [sorted(stances(each)) for each in made] == [sorted(each.ids) for each in made]


@pytest.mark.parametrize(
    "text", ["ha haha ", "my god oh nee ", "total of that's a ", "is it ", "(", '"', "plus min "]
)
def test_a_line_that_says_the_same_for_ever_is_judged_at_once(text: str) -> None:
    line = (text * 4_000).strip() + " x"
    told = judged([("MARK", line), ("ANN", line)], None)
    assert set(told) == {0, 1}


def test_the_surer_the_rules_are_the_more_often_they_are_right() -> None:
    rows = [*TURNS["develop"], *TURNS["held"]]
    told = judged([(who, text) for who, text, _ in rows])
    hits = sorted(
        (told[place][1], told[place][0] == stance) for place, (_, _, stance) in enumerate(rows)
    )
    third = len(hits) // 3
    low, high = hits[:third], hits[-third:]
    assert sum(right for _, right in high) > sum(right for _, right in low)
    assert sum(right for _, right in high) >= 0.95 * third
