"""A real call: corrected, told apart into more voices, in part heard by another engine."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

import pytest

import earwitness
from earwitness.core.fate import Applied, Conflict, Orphan
from earwitness.core.override import Target
from earwitness.core.run import Step
from earwitness.core.span import Span
from earwitness.core.speech import Turn

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
CALL = DATA / "multi" / "aws_call40" / "mono_mix.wav"
MINUTE = Span(60_000, 120_000)

pytestmark = [
    pytest.mark.skipif(not CALL.is_file(), reason="the folder of real recordings is absent"),
    pytest.mark.skipif(
        sys.version_info[:2] == (3, 12), reason="pocketsphinx has no wheel for Python 3.12"
    ),
]


def spoken_ms(turns: tuple[Turn, ...], others: tuple[Turn, ...]) -> Counter[tuple[str, str]]:
    """How long each voice of one result is each voice of the other."""
    told: Counter[tuple[str, str]] = Counter()
    for turn in turns:
        for other in others:
            told[turn.voice, other.voice] += turn.span.overlap_ms(other.span)
    return told


def really_done(steps: tuple[Step, ...]) -> set[str]:
    return {step.stage for step in steps if not step.hit} - {"report"}


def chunks(steps: tuple[Step, ...]) -> dict[int, Step]:
    return {
        step.chunk: step for step in steps if step.stage == "transcribe" and step.chunk is not None
    }


def test_five_corrections_survive_other_voices_and_another_engine() -> None:
    first = earwitness.process(CALL, transcriber="scripted", language="en", formats="json")
    session = first.session.id
    (machine,) = earwitness.history(session)
    lines = earwitness.view(session).folded.transcript.utterances
    places = [lines[len(lines) * place // 5] for place in range(5)]
    for line, (field, value) in zip(
        places,
        [
            ("text", "good morning, how may I help"),
            ("person", "Ann"),
            ("speaker_id", "S1" if places[2].voice != "S1" else "S2"),
            ("text", places[3].text + " thanks"),
            ("person", "Ben"),
        ],
        strict=True,
    ):
        earwitness.edit(session, line.id, field, value)

    voices = earwitness.rerun(session, options={"speakers": "3"}, formats="json")
    assert really_done(voices.steps) == {"diarize", "settle", "attribute"}
    both = spoken_ms(first.record.turns, voices.processed.record.turns)
    for voice in {turn.voice for turn in first.record.turns}:
        here = {pair: ms for pair, ms in both.items() if pair[0] == voice}
        assert max(here, key=lambda pair: here[pair]) == (voice, voice), "it kept its id"
    assert len({turn.voice for turn in voices.processed.record.turns}) == 3

    words = earwitness.rerun(
        session, span=MINUTE, options={"transcriber": "pocketsphinx"}, formats="json"
    )
    assert really_done(words.steps) == {"transcribe", "guard", "attribute"}
    before, after = chunks(earwitness.show_session(session).runs[-1][1]), chunks(words.steps)
    again = {place for place, step in after.items() if not step.hit}
    assert again
    assert words.run.target is not None
    assert again == set(words.run.target.chunks or ())
    assert {p: s.digest for p, s in after.items() if p not in again} == {
        p: s.digest for p, s in before.items() if p not in again
    }
    engine = dict(words.processed.record.engines)["transcribe"]
    assert "scripted" in engine
    assert "pocketsphinx" in engine

    fates = earwitness.view(session).folded.history
    assert len(fates) == 5
    assert all(isinstance(fate, Applied | Orphan | Conflict) for _, fate in fates)
    reach = Span(MINUTE.start_ms - 8_000, MINUTE.end_ms + 8_000)
    for said, fate in fates:
        if isinstance(said.target, Target) and not said.target.span.overlap_ms(reach):
            assert isinstance(fate, Applied)

    earwitness.put_back(session, machine.run.id)
    for seq in range(5, 0, -1):
        earwitness.undo(session, seq)
    assert earwitness.record(session) == first.record
