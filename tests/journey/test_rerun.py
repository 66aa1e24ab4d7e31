"""Done again: a part of a session is redone, everything else stays, and nothing is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

import earwitness
from earwitness.app.running.process import Processed
from earwitness.app.running.rerun import Redone
from earwitness.cli.failures import run as cli
from earwitness.core.fate import Applied, Conflict, Orphan
from earwitness.core.override import Target
from earwitness.core.run import Step
from earwitness.core.span import Span
from earwitness.store.library import Library

MINUTE = Span(0, 60_000)
CHUNK_MS = 8_000
"""The longest chunk of the scripted engine: so far beyond a span its last chunk may reach."""

FORMATS = "json,txt,srt,rttm"


def processed(tavern: Path) -> Processed:
    return earwitness.process(tavern, transcriber="scripted", language="en", formats=FORMATS)


def another_engine(folder: Path) -> str:
    """A script that hears other words in the first minute, and another one later."""
    words = [
        {"text": f"word{at_ms // 1000}", "start_ms": at_ms, "end_ms": at_ms + 400}
        for at_ms in range(500, 100_000, 700)
    ]
    script = folder / "script.json"
    script.write_text(json.dumps({"words": words, "language": "en"}))
    return str(script)


def written(session: str, folder: Path) -> dict[str, bytes]:
    files = earwitness.export(session, formats=FORMATS, output=folder).files
    return {path.name: path.read_bytes() for path in files}


def computed(steps: tuple[Step, ...]) -> set[tuple[str, int | None]]:
    """What was really done, the run's report apart."""
    return {(step.stage, step.chunk) for step in steps if not step.hit} - {("report", None)}


def starts_after(said: earwitness.Override, span: Span) -> bool:
    return isinstance(said.target, Target) and said.target.span.start_ms > span.end_ms + CHUNK_MS


def chunks(steps: tuple[Step, ...]) -> dict[int, str | None]:
    return {
        step.chunk: step.digest
        for step in steps
        if step.stage == "transcribe" and step.chunk is not None
    }


def edited(session: str) -> list[int]:
    """Text, voice and person corrected in five places, all over the scene."""
    lines = earwitness.view(session).folded.transcript.utterances
    places = [lines[len(lines) * each // 5] for each in range(5)]
    other = next(line.voice for line in lines if line.voice not in (None, places[1].voice))
    wanted: Mapping[int, tuple[str, str]] = {
        places[0].id: ("text", "Welcome all, come in."),
        places[1].id: ("speaker_id", other or ""),
        places[2].id: ("person", "Ann"),
        places[3].id: ("text", places[3].text + " indeed"),
        places[4].id: ("person", "Ben"),
    }
    for utterance, (field, value) in wanted.items():
        earwitness.edit(session, utterance, field, value)
    return [line.id for line in places]


def test_corrections_survive_and_only_the_target_is_done(tavern: Path, tmp_path: Path) -> None:
    first = processed(tavern)
    session = first.session.id
    machine = written(session, tmp_path / "machine")
    (began,) = earwitness.history(session)
    places = edited(session)
    corrected = written(session, tmp_path / "corrected")
    assert corrected != machine

    voices = earwitness.rerun(session, options={"speakers": "3"}, formats=FORMATS)
    assert computed(voices.steps) == {
        ("diarize", None),
        ("settle", None),
        ("attribute", None),
    }, "re-diarizing never touches transcription"
    before = {turn.voice for turn in first.record.turns}
    after = {turn.voice for turn in voices.processed.record.turns}
    assert len(after) == 3
    assert len(before & after) == 3, "three of the four are the voices they were"

    words = earwitness.rerun(
        session, span=MINUTE, options={"model": another_engine(tmp_path)}, formats=FORMATS
    )
    original = chunks(earwitness.show_session(session).runs[-1][1])
    again = chunks(words.steps)
    target = words.run.target
    assert target is not None
    assert target.chunks is not None
    chosen = set(target.chunks)
    assert computed(words.steps) == {
        *(("transcribe", chunk) for chunk in chosen),
        ("transcribe", None),
        ("guard", None),
        ("attribute", None),
    }
    assert 0 < len(chosen) < len(original)
    assert {c: d for c, d in again.items() if c not in chosen} == {
        c: d for c, d in original.items() if c not in chosen
    }, "what was not chosen is the very artifact it was"
    assert all(again[chunk] != original[chunk] for chunk in chosen)

    fates = earwitness.view(session).folded.history
    assert len(fates) == len(places)
    assert all(isinstance(fate, Applied | Orphan | Conflict) for _, fate in fates)
    lost = sum(not isinstance(fate, Applied) for _, fate in fates)
    warnings = words.processed.record.warnings
    assert bool(lost) == any("correction" in warning for warning in warnings)
    later = [fate for said, fate in fates if starts_after(said, MINUTE)]
    assert later
    assert all(isinstance(fate, Applied) for fate in later), "minute 2 reads as it did"

    assert [version.shown for version in earwitness.history(session)] == [True, False, False]
    earwitness.put_back(session, began.run.id)
    assert written(session, tmp_path / "back") == corrected
    for seq in range(len(places), 0, -1):
        earwitness.undo(session, seq)
    assert written(session, tmp_path / "undone") == machine
    earwitness.put_back(session, words.run.id[:8])
    assert [version.shown for version in earwitness.history(session)] == [True, False, False]
    assert earwitness.verify(session).broken_at is None


def test_an_equal_result_stops_there(tavern: Path) -> None:
    session = processed(tavern).session.id
    done = earwitness.rerun(session, stage="transcribe")
    whole = {step.stage for step in done.steps if step.chunk is None and not step.hit}
    assert "attribute" not in whole
    assert all(not step.hit for step in done.steps if step.stage == "transcribe" and step.chunk)


def test_a_chunk_of_a_rerun_of_a_rerun(tavern: Path, tmp_path: Path) -> None:
    session = processed(tavern).session.id
    first = earwitness.rerun(session, chunks=[2], options={"model": another_engine(tmp_path)})
    earwitness.rerun(session, options={"speakers": "2"})
    last = earwitness.rerun(session, chunks=[4])
    assert [step.chunk for step in last.steps if step.stage == "transcribe" and not step.hit] == [
        4,
        None,
    ]
    assert chunks(last.steps)[2] == chunks(first.steps)[2]
    assert chunks(last.steps)[4] == chunks(first.steps)[4], "with the session's own engine"


def test_a_stopped_rerun_goes_on_and_ends_the_same(tavern: Path, tmp_path: Path) -> None:
    session = processed(tavern).session.id
    options = {"model": another_engine(tmp_path)}

    def stop(stage: str, share: float) -> None:
        if stage == "transcribe" and 0.3 < share < 1:
            raise KeyboardInterrupt

    def again(**more: object) -> Redone:
        return earwitness.rerun(session, stage="transcribe", options=options, **more)  # type: ignore[arg-type]

    with pytest.raises(KeyboardInterrupt):
        again(listener=stop)
    stopped, shown = earwitness.history(session)
    assert (stopped.shown, shown.shown) == (False, True)
    done = again()
    assert done.run.id == stopped.run.id
    assert any(step.hit for step in done.steps if step.stage == "transcribe")
    other = again()
    assert other.run.id != done.run.id
    assert not any(step.hit for step in other.steps if step.stage == "transcribe")
    same = earwitness.diff(session, done.run.id, other.run.id)
    assert (same.words, same.fields) == ((), ())


def test_a_recording_that_is_gone_is_told_before_work_starts(tavern: Path, tmp_path: Path) -> None:
    recording = tmp_path / "night.flac"
    shutil.copy(tavern, recording)
    session = processed(recording).session.id
    recording.unlink()
    with pytest.raises(earwitness.SourceNotFound, match=r"night\.flac is gone"):
        earwitness.rerun(session, options={"speakers": "2"})
    recording.write_bytes(tavern.read_bytes() + b"\0")
    with pytest.raises(earwitness.SourceNotFound, match="something else"):
        earwitness.rerun(session, stage="transcribe")
    assert len(earwitness.history(session)) == 1, "no run was begun"
    assert earwitness.rerun(session, stage="attribute").processed.outcome.kind == "done"


def test_processing_again_shows_what_it_finds(tavern: Path, tmp_path: Path) -> None:
    session = processed(tavern).session.id
    earwitness.rerun(session, options={"speakers": "2"})
    again = processed(tavern)
    assert again.reused
    assert [version.shown for version in earwitness.history(session)] == [False, True]
    assert earwitness.record(session) == again.record
    with Library.open(tmp_path / "home") as library:
        told = [event.type for event in library.events(session)]
    assert told[-2:] == ["run.finished", "run.shown"], "others are told, too"


def test_the_command_line_tells_the_same(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = processed(tavern).session.id
    (first,) = earwitness.history(session)

    def answer(*tokens: str, code: int = 0) -> dict[str, object]:
        capsys.readouterr()
        assert cli(["sessions", *tokens, "--json"]) == code
        told = json.loads(capsys.readouterr().out)
        assert isinstance(told, dict)
        return told

    script = another_engine(tmp_path)
    span = ("--span", "00:00:10-00:00:20")
    told = answer("rerun", session, *span, "--with", f"model={script}", "--output", str(tmp_path))
    assert told["parent"] == first.run.id
    assert told["outcome"] == {"kind": "done"}
    shown = answer("show", session)["runs"]
    assert isinstance(shown, list)
    assert shown[0]["target"] == told["target"]
    assert shown[1]["target"] is None
    assert cli(["sessions", "show", session]) == 0
    assert "transcribe chunks" in capsys.readouterr().out
    runs = answer("history", session)["runs"]
    assert isinstance(runs, list)
    assert [run["shown"] for run in runs] == [True, False]
    assert runs[0]["computed"]["transcribe"] == len(runs[0]["target"]["chunks"])
    found = answer("diff", session, first.run.id, str(told["run"]))
    words = found["words"]
    assert isinstance(words, list)
    assert words
    assert all(word["end_ms"] > 5_000 and word["start_ms"] < 30_000 for word in words)
    back = answer("put-back", session, first.run.id[:6])
    assert back["shown"] == first.run.id
    for tokens in (
        ["rerun", session],
        ["rerun", session, "--stage", "sing"],
        ["rerun", session, "--span", "5"],
        ["rerun", session, "--span", "01:00:00-02:00:00"],
        ["rerun", session, "--chunk", "999"],
        ["rerun", session, "--chunk", "1", "--stage", "diarize"],
        ["rerun", session, "--chunk", "1", "--with", "speakers=2"],
        ["rerun", session, "--with", "speakers=0"],
        ["rerun", session, "--with", "colour=red"],
        ["rerun", session, "--with", "speakers"],
        ["rerun", session, "--stage", "attribute", "--with", "speakers=2"],
    ):
        answer(*tokens, code=2)
    answer("put-back", session, "zzz", code=10)
    capsys.readouterr()
    for tokens in (["history", session], ["diff", session, first.run.id, str(told["run"])]):
        assert cli(["sessions", *tokens]) == 0
        assert capsys.readouterr().out.strip()
    assert cli(["sessions", "rerun", session, "--stage", "settle"]) == 0
    assert "settle again" in capsys.readouterr().out
