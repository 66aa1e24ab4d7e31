"""Voices over several runs: an id never comes to mean somebody else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import earwitness
from earwitness.core.fate import Applied, Conflict, Orphan
from earwitness.core.transcript import Record


def voices(record: Record) -> set[str]:
    return {turn.voice for turn in record.turns}


def test_an_id_is_never_given_twice(tavern: Path) -> None:
    def again(speakers: int) -> Record:
        done = earwitness.rerun(session, options={"speakers": str(speakers)}, formats="json")
        return done.processed.record

    first = earwitness.process(tavern, transcriber="scripted", language="en", speakers=2)
    session = first.session.id
    assert voices(first.record) == {"S1", "S2"}
    line = first.record.transcript.utterances[0]
    earwitness.edit(session, line.id, "speaker_id", "S3")
    assert voices(again(3)) == {"S1", "S2", "S4"}, "S3 is what somebody wrote"
    assert voices(again(2)) < {"S1", "S2", "S4"}
    three = again(3)
    assert len(voices(three) - {"S1", "S2", "S4"}) == 1
    assert "S3" not in voices(three)
    ((_, fate),) = earwitness.view(session).folded.history
    assert isinstance(fate, Applied | Orphan | Conflict)


def test_processing_otherwise_keeps_the_ids_too(tavern: Path) -> None:
    four = earwitness.process(tavern, transcriber="scripted", language="en")
    two = earwitness.process(tavern, transcriber="scripted", language="en", speakers=2)
    assert two.session == four.session
    assert voices(two.record) < voices(four.record)
    back = earwitness.process(tavern, transcriber="scripted", language="en")
    assert back.reused
    assert back.record == four.record


@pytest.mark.skipif(sys.version_info[:2] == (3, 12), reason="no pocketsphinx on Python 3.12")
def test_what_readers_had_to_know_stays_told(tavern: Path) -> None:
    first = earwitness.process(tavern, transcriber="pocketsphinx", language="nl")
    assert first.outcome.kind == "degraded"
    session = first.session.id
    done = earwitness.rerun(session, options={"speakers": "2"}).processed
    assert done.outcome.kind == "degraded"
    assert done.record.warnings == first.record.warnings
    assert done.record.engines == first.record.engines
    with pytest.raises(earwitness.UsageError, match="no chunk"):
        earwitness.rerun(session, chunks=[0])
    heard = earwitness.rerun(session, options={"transcriber": "scripted"}).processed
    assert heard.outcome.kind == "done"
    assert heard.record.transcript.utterances
    assert not any("transcribe" in warning for warning in heard.record.warnings)
    with pytest.raises(earwitness.EngineUnavailable, match="does not know nl"):
        earwitness.rerun(session, chunks=[0], options={"transcriber": "pocketsphinx"})
    assert earwitness.record(session) == heard.record, "a failed re-run is not shown"
