"""Dutch words, on an evening that was invented for it: what is mined, what is suggested."""

from __future__ import annotations

import json
from pathlib import Path

from tests.spoken import spoken

from earwitness.core.mining import mine
from earwitness.core.spelling import suggest_spellings
from earwitness.core.terms import By, Kind, Origin, Status, Term
from earwitness.engines.word_lists import lexicon_for

TOLD = json.loads(Path(__file__).with_name("dutch_words.json").read_text("utf-8"))
NAMES = tuple(str(name) for name in TOLD["names"])
DUTCH = lexicon_for("nl")
KNOWN = tuple(Term(name, Kind.NAME, Status.ACCEPTED, (Origin(By.PERSON),)) for name in NAMES)


def test_names_are_mined_and_little_else() -> None:
    lines = [(str(voice), str(text)) for voice, text in TOLD["lines"]]
    found = [each.text for each in mine(spoken(lines), DUTCH, language="nl")]
    right = set(found) & set(NAMES)
    assert len(right) == len(NAMES), set(NAMES) - right
    assert len(right) / len(found) >= 0.8, set(found) - right


def test_misheard_names_are_suggested_and_right_ones_are_not() -> None:
    hits = []
    for text, wrong, right in TOLD["misheard"]:
        told = suggest_spellings(spoken([("S1", text)]), KNOWN, DUTCH, language="nl")
        hits += [(each.wrong, each.right) == (wrong, right) for each in told]
    assert all(hits), "every suggestion is the right one"
    assert sum(hits) / len(TOLD["misheard"]) >= 0.75
    for text in TOLD["right"]:
        assert suggest_spellings(spoken([("S1", text)]), KNOWN, DUTCH, language="nl") == ()
