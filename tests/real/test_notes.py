"""Notes by rules on real consultations: everything cited and verbatim, and what of the clinicians'
own highlights is among the quotes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import earwitness
from earwitness.core.note import Note
from earwitness.core.text import fold_text
from earwitness.core.transcript import Utterance

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
CONSULTATIONS = DATA / "text" / "therapy" / "primock57"
DRAWS = 200

needs = pytest.mark.skipif(not CONSULTATIONS.is_dir(), reason="no consultations here")

EMPTY = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "for",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "in",
        "is",
        "it",
        "no",
        "not",
        "of",
        "on",
        "or",
        "she",
        "the",
        "to",
        "was",
    ]
)
"""Words of a highlight that say nothing; a plain `no` is looked for in no line."""

MEANS = {
    "fh": "family",
    "ihd": "heart",
    "dm": "diabetes",
    "t2": "diabetes",
    "sob": "breath",
    "sputum": "phlegm",
    "haemoptysis": "blood",
    "las": "ambulance",
    "hypertension": "blood pressure",
    "smoker": "smoke",
    "allergies": "allergy",
}
"""What clinicians write short, in the words in which it is said."""


def test_shares_of_words_are_counted_by_their_beginnings() -> None:
    assert words("Chronic smoker, FH of IHD") == [
        {"chronic"},
        {"smoker", "smoke"},
        {"fh", "family"},
        {"ihd", "heart"},
    ]
    assert share("chronic smoker", "I smoke ten a day") == 0.5
    assert share("No allergies", "any allergies?") == 1.0


@dataclass(frozen=True)
class Seen:
    """A consultation, its note, and what its clinician marked."""

    name: str
    lines: tuple[Utterance, ...]
    note: Note
    highlights: tuple[str, ...]


@cache
def seen() -> tuple[Seen, ...]:
    made = []
    for path in sorted(CONSULTATIONS.glob("*.note.json")):
        name = path.name.removesuffix(".note.json")
        files = [CONSULTATIONS / f"{name}_{who}.TextGrid" for who in ("doctor", "patient")]
        done = earwitness.import_transcript(files, playbook="therapy", language="en")
        kept = earwitness.make_note(done.session.id, "soap")
        assert kept.note is not None
        told = tuple(each for each in json.loads(path.read_text("utf-8"))["highlights"] if each)
        made.append(Seen(name, done.record.transcript.utterances, kept.note, told))
    return tuple(made)


def words(highlight: str) -> list[set[str]]:
    """The words of a highlight that say something, each with what it may be said as."""
    folded = [each for each in fold_text(highlight).split() if each not in EMPTY]
    return [{each, *([MEANS[each]] if each in MEANS else [])} for each in folded]


def share(highlight: str, text: str) -> float:
    """How many of its words a text has; the beginning of a word is enough."""
    said = f" {fold_text(text)}"
    wanted = words(highlight)
    found = [any(f" {each[: max(4, len(each) - 2)]}" in said for each in one) for one in wanted]
    return sum(found) / len(found)
