"""Engines that have to be added, at the command line: without their library, and in `doctor`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from earwitness.cli.failures import run
from earwitness.engines.libraries import installed

MISSING = [
    (["--diarizer", "pyannote"], "pyannote.audio", "earwitness[pyannote]"),
    (["--diarizer", "sherpa"], "sherpa_onnx", "earwitness[sherpa]"),
    (["--transcriber", "onnx-asr"], "onnx_asr", "earwitness[onnx-asr]"),
]


@pytest.mark.parametrize(("flags", "module", "extra"), MISSING)
def test_a_named_engine_without_its_library_is_refused_with_the_command_that_mends_it(
    flags: list[str], module: str, extra: str, tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if installed(module):
        pytest.skip(f"{module} is installed")
    flags = [*flags] if "--transcriber" in flags else [*flags, "--transcriber", "scripted"]
    assert run(["process", str(tavern), "--language", "en", *flags]) == 6
    told = capsys.readouterr().err
    assert f"{module} is not installed" in told
    assert f"pip install '{extra}'" in told


def test_auto_takes_what_needs_nothing_added(
    tavern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--transcriber", "scripted", "--language", "en", "--json"]
    assert run(["process", str(tavern), *flags]) == 0
    session = json.loads(capsys.readouterr().out)["session"]
    assert run(["export", session, "--formats", "json", "--json"]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    engines = json.loads(Path(file).read_text(encoding="utf-8"))["engines"]
    assert "embedded" in json.dumps(engines)


def test_doctor_says_what_each_engine_needs(capsys: pytest.CaptureFixture[str]) -> None:
    run(["doctor", "--json"])
    findings = {one["what"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    pyannote = findings["diarize pyannote"]
    assert [need.partition(":")[0] for need in pyannote["needs"]] == [
        "library",
        "model",
        "token",
        "device",
    ]
    for what in ("diarize sherpa", "transcribe onnx-asr", "transcribe mlx-whisper"):
        assert findings[what]["needs"]
        assert findings[what]["ok"] or findings[what]["hint"]
    assert findings["diarize embedded"]["needs"] == []
    run(["doctor"])
    told = " ".join(capsys.readouterr().out.split())
    assert "hf.co/pyannote/speaker-diarization-community-1" in told


def test_a_token_is_never_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARWITNESS_HUB_TOKEN", "hf_dontshowme")
    for command in (["doctor"], ["doctor", "--json"], ["config", "show", "--origin"]):
        run(command)
        captured = capsys.readouterr()
        assert "hf_dontshowme" not in captured.out + captured.err
