"""Names and terms: said or known to the series, remembered by runs, redone only on request."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands import answer
from tests.toy_whisper import make

import earwitness
from earwitness.cli.failures import run
from earwitness.core.run import Asked, Run

SCRIPTED = ["--transcriber", "scripted", "--language", "en", "--formats", "json"]


def asked(session: object) -> Asked:
    """What the newest run was asked to do it with."""
    newest: Run = earwitness.show_session(str(session)).runs[0][0]
    assert newest.asked is not None
    return newest.asked


def count(session: object) -> int:
    return len(earwitness.show_session(str(session)).runs)


def test_what_is_said_and_what_the_series_knows_is_remembered(
    tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    earwitness.add_series("Tavern nights")
    earwitness.set_series("Tavern nights", terms=["Barovia", "Vistani"])
    earwitness.set_person("Tavern nights", "Ann", characters=["Mira"])
    told = answer(
        capsys, "process", str(tavern), *SCRIPTED, "--series", "Tavern nights",
        "--vocabulary", "Strahd, Barovia", "--vocabulary", "Ireena",
    )  # fmt: skip
    words = ("Strahd", "Barovia", "Ireena", "Vistani", "Mira", "Ann")
    assert asked(told["session"]).vocabulary == words
    assert told["notices"] == []


def test_a_series_that_learns_a_name_redoes_nothing_and_says_so(
    tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    earwitness.add_series("Tavern nights")
    command = ["process", str(tavern), *SCRIPTED, "--series", "Tavern nights"]
    session = answer(capsys, *command)["session"]
    assert answer(capsys, *command)["notices"] == []
    earwitness.set_series("Tavern nights", terms=["Barovia"])

    again = answer(capsys, *command)
    assert again["reused"] is True
    assert again["warnings"] == [], "the record itself is as good as it was"
    notices = again["notices"]
    assert isinstance(notices, list)
    (notice,) = notices
    assert f"sessions rerun {session} --with vocabulary=auto" in notice
    assert "Barovia" not in notice, "what is said or named stays out of messages"
    assert count(session) == 1

    other = answer(capsys, *command, "--speakers", "2")
    assert other["reused"] is False
    assert other["notices"], "who asks for other voices did not ask for other words"
    assert asked(session).vocabulary == ()
    steps = earwitness.show_session(str(session)).runs[0][1]
    assert all(step.hit for step in steps if step.stage == "transcribe")

    redone = answer(
        capsys, "sessions", "rerun", str(session), "--span", "00:00:00-00:00:20",
        "--with", "vocabulary=auto",
    )  # fmt: skip
    assert redone["target"] == {
        "stages": ["transcribe"],
        "chunks": redone["target"]["chunks"],  # type: ignore[index]
        "options": {"vocabulary": "auto"},
    }
    answer(capsys, "sessions", "rerun", str(session), "--with", "vocabulary=auto")
    assert asked(session).vocabulary == ("Barovia",)
    answer(capsys, "sessions", "rerun", str(session), "--with", "vocabulary=Mira, Strahd")
    assert asked(session).vocabulary == ("Mira", "Strahd")


def test_other_words_that_are_said_are_another_request(
    tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["process", str(tavern), *SCRIPTED]
    session = answer(capsys, *command)["session"]
    told = answer(capsys, *command, "--vocabulary", "Mira")
    assert (told["reused"], told["session"]) == (False, session)
    assert asked(session).vocabulary == ("Mira",)
    told = answer(capsys, *command, "--vocabulary", "Mira")
    assert told["reused"] is True
    fresh = earwitness.process(tavern, transcriber="scripted", language="en", fresh=True)
    assert asked(fresh.session.id).vocabulary == ()


def test_options_of_engines_are_remembered_and_said_again(
    tavern: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARWITNESS_ENGINE_OPTIONS", "faster-whisper.beam_size=1")
    told = answer(capsys, "process", str(tavern), *SCRIPTED)
    assert asked(told["session"]).own == (("faster-whisper.beam_size", "1"),)
    assert run(["process", str(tavern), *SCRIPTED, "--engine-option", "beam_size=2"]) == 2
    assert "these engines have none" in capsys.readouterr().err
    assert run(["sessions", "rerun", str(told["session"]), "--with", "beam_size=2"]) == 2
    assert "vocabulary" in capsys.readouterr().err


def test_the_menu_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "models", "options", "faster-whisper")["engines"]
    assert isinstance(told, list)
    (engine,) = told
    assert "beam_size" in {option["name"] for option in engine["options"]}
    assert run(["models", "options", "scripted"]) == 0
    assert "nothing to be chosen" in capsys.readouterr().out


def test_whisper_hears_the_chosen_chunk_with_the_new_words_and_no_other(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toy = make(tmp_path / "toy")
    command = ["process", str(tavern), "--transcriber", "faster-whisper", "--model", str(toy)]
    command += ["--device", "cpu", "--language", "en", "--formats", "json"]
    told = answer(capsys, *command, "--engine-option", "beam_size=1")
    session = str(told["session"])
    assert asked(session).own == (("beam_size", "1"),)
    before = chunks(session)
    assert len(before) > 1

    redone = answer(
        capsys, "sessions", "rerun", session, "--chunk", "1", "--with", "vocabulary=Mira, Strahd"
    )  # fmt: skip
    after = chunks(session)
    assert {place for place in before if before[place] != after[place]} == {1}
    assert "1 of" in str(redone["engines"])
    assert "2 names and terms" in str(redone["engines"])
    assert asked(session).own == (("beam_size", "1"),), "what is not said stays"

    answer(capsys, "sessions", "rerun", session, "--with", "beam_size=2")
    assert asked(session).own == (("beam_size", "2"),)
    assert run(["sessions", "rerun", session, "--with", "beam_size=many"]) == 2
    assert "whole number" in capsys.readouterr().err


def chunks(session: str) -> dict[int | None, str | None]:
    """Digests of what was heard, by the chunk's place."""
    steps = earwitness.show_session(session).runs[0][1]
    return {
        step.chunk: step.digest
        for step in steps
        if step.stage == "transcribe" and step.chunk is not None
    }
