"""Notes by rules on real consultations: everything cited and verbatim, and what of the clinicians'
own highlights is among the quotes."""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import earwitness
from earwitness.core.evidence import is_verbatim
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


def quoted(note: Note) -> str:
    return "\n".join(told.text for each in note.sections for told in each.sentences)


def cited(note: Note) -> set[int]:
    return {each.id for each in note.cited}


def found(highlights: tuple[str, ...], texts: list[str]) -> tuple[float, int]:
    """Words of highlights that are in texts together; highlights half of which is in one."""
    whole = "\n".join(texts)
    have = sum(share(each, whole) * len(words(each)) for each in highlights)
    return have, sum(any(share(each, text) >= 0.5 for text in texts) for each in highlights)


@needs
def test_every_sentence_is_cited_and_verbatim() -> None:
    assert len(seen()) == 6
    for each in seen():
        lines = {line.id: line for line in each.lines}
        told = [sentence for section in each.note.sections for sentence in section.sentences]
        assert len(told) >= 8
        for sentence in told:
            assert sentence.quoted
            for id, text in sentence.parts:
                assert is_verbatim(text, [lines[id]])
        assert not each.note.refused


@needs
def test_a_note_is_no_transcript() -> None:
    for each in seen():
        said = sum(len(line.text.split()) for line in each.lines)
        assert len(quoted(each.note).split()) <= 0.45 * said
        assert len(cited(each.note)) <= 0.3 * len(each.lines)


@needs
def test_the_clinicians_highlights_are_quoted_far_more_often_than_chance() -> None:
    """Figures of decision 25. The rules were written while looking at three of the six."""
    draw = random.Random(20261120)
    counts = words_by_rule = lines_by_rule = words_by_chance = lines_by_chance = wanted = 0.0
    for each in seen():
        wanted += sum(len(words(one)) for one in each.highlights)
        counts += len(each.highlights)
        texts = {line.id: line.text for line in each.lines}
        have, half = found(each.highlights, [texts[id] for id in sorted(cited(each.note))])
        words_by_rule += found(each.highlights, [quoted(each.note)])[0]
        lines_by_rule += half
        assert have >= found(each.highlights, [quoted(each.note)])[0]
        for _ in range(DRAWS):
            drawn = draw.sample(list(texts.values()), len(cited(each.note)))
            have, half = found(each.highlights, drawn)
            words_by_chance += have / DRAWS
            lines_by_chance += half / DRAWS
    assert counts == 26
    assert words_by_rule / wanted >= 0.55
    assert lines_by_rule / counts >= 0.65
    assert words_by_chance / wanted <= 0.40
    assert lines_by_chance / counts <= 0.45
