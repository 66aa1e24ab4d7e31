"""Enhanced sound from the command line: asked for, remembered, redone, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands import answer

import earwitness
from earwitness.cli.failures import run
from earwitness.media.enhance import FILTERS
from earwitness.runs.plan import STAGES

SCRIPTED = ["--transcriber", "scripted", "--language", "en", "--formats", "json,rttm"]


def computed(session: object) -> set[str]:
    steps = earwitness.show_session(str(session)).runs[0][1]
    return {step.stage for step in steps if not step.hit} & set(STAGES)


def test_only_the_transcriber_hears_it(
    tavern: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    plain = answer(capsys, "process", str(tavern), *SCRIPTED)
    before = (Path(str(plain["output"])) / "transcript.rttm").read_bytes()
    told = answer(capsys, "process", str(tavern), *SCRIPTED, "--enhance", "denoise")
    assert (told["session"], told["outcome"]) == (plain["session"], {"kind": "done"})
    assert computed(told["session"]) == {"transcribe", "settle", "guard", "attribute"}
    assert (Path(str(told["output"])) / "transcript.rttm").read_bytes() == before
    again = answer(capsys, "process", str(tavern), *SCRIPTED, "--enhance", "denoise")
    assert again["reused"] is True
    words = earwitness.record(str(told["session"])).transcript
    back = answer(
        capsys, "sessions", "rerun", str(told["session"]), "--with", "enhance=none"
    )  # fmt: skip
    assert back["outcome"] == {"kind": "done"}
    assert earwitness.record(str(told["session"])).transcript != words
    newest = earwitness.show_session(str(told["session"])).runs[0][0].asked
    assert newest is not None
    assert newest.enhance == "none"


def test_filters_that_fail_degrade_the_run_and_the_words_stay(
    tavern: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = answer(capsys, "process", str(tavern), *SCRIPTED)
    words = earwitness.record(str(plain["session"])).transcript
    monkeypatch.setitem(FILTERS, "normalise", (("no_such_filter", ""),))
    told = answer(capsys, "process", str(tavern), *SCRIPTED, "--enhance", "normalise")
    outcome = told["outcome"]
    assert isinstance(outcome, dict)
    assert outcome["kind"] == "degraded"
    assert "could not be enhanced" in outcome["why"]
    assert any("could not be enhanced" in str(each) for each in [told["warnings"]])
    assert earwitness.record(str(plain["session"])).transcript == words
    again = answer(capsys, "process", str(tavern), *SCRIPTED, "--enhance", "normalise")
    assert again["reused"] is True
    assert again["outcome"] == told["outcome"]


def test_what_is_no_enhancement_is_refused(
    tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["process", str(tavern), *SCRIPTED, "--enhance", "autotune"]) == 2
    assert "enhance" in capsys.readouterr().err
    told = answer(capsys, "process", str(tavern), *SCRIPTED)
    assert run(["sessions", "rerun", str(told["session"]), "--with", "enhance=autotune"]) == 2
    assert "denoise" in capsys.readouterr().err
