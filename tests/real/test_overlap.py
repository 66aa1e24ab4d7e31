"""Overlapping turns of real meetings: kept by every stage and told by every format with turns."""

from __future__ import annotations

import os
from itertools import combinations
from pathlib import Path

import pytest

from earwitness.core.ports import ExportOptions
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Diarization, Segment, Turn, Word
from earwitness.core.transcript import Record
from earwitness.exporters.json import Json
from earwitness.exporters.rttm import Rttm
from earwitness.importers.reading import parse
from earwitness.stages.attribute import attribute
from earwitness.stages.settle import settle

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
MEETINGS = DATA / "multi" / "ami30s"
SESSION = Session(
    "2026-11-25-abcdef", "", "meeting", "en", (Recording("0" * 64, "a.wav", 1, None, 1, 16_000),)
)


def heard(text: str) -> tuple[Turn, ...]:
    """Turns of an RTTM file."""
    rows = [line.split() for line in text.splitlines() if line.startswith("SPEAKER")]
    found = []
    for row in rows:
        start_ms = round(float(row[3]) * 1000)
        found.append(Turn(Span(start_ms, start_ms + round(float(row[4]) * 1000)), row[7]))
    return tuple(sorted(found, key=lambda turn: (turn.span, turn.voice)))


def overlap_ms(turns: tuple[Turn, ...]) -> int:
    """Time in which any two voices speak, summed over pairs."""
    return sum(
        one.span.overlap_ms(other.span)
        for one, other in combinations(turns, 2)
        if one.voice != other.voice
    )


@pytest.mark.parametrize("name", ["trn00", "trn03", "trn04", "dev00"])
def test_overlapping_turns_are_kept_from_engine_to_file(name: str) -> None:
    path = MEETINGS / f"{name}.rttm"
    if not path.is_file():
        pytest.skip("real data is not here: ami30s")
    turns = heard(path.read_text("utf-8"))
    assert overlap_ms(turns) > 0
    settled = settle(Diarization(turns), None, frozenset())
    assert [turn.span for turn in settled.turns] == [turn.span for turn in turns]
    assert overlap_ms(settled.turns) == overlap_ms(turns)

    words = tuple(
        Word(f"{place}.{number}", Span(at_ms, at_ms + 200))
        for place, turn in enumerate(settled.turns)
        for number, at_ms in enumerate(range(turn.span.start_ms, turn.span.end_ms - 200, 400))
    )
    ordered = tuple(sorted(words, key=lambda word: word.span))
    span = Span(0, max(word.span.end_ms for word in words))
    transcript = attribute((Segment(span, ordered, "en"),), settled.turns)
    assert sum(len(line.words) for line in transcript.utterances) == len(words)
    record = Record(SESSION, transcript, settled.turns)
    options = ExportOptions()
    assert overlap_ms(heard(Rttm().export(record, options))) == overlap_ms(turns)
    assert parse(Json().export(record, options)).turns == settled.turns
