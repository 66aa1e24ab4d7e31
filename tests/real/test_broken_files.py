"""Broken and foreign files at the command line: a typed error or a partial result, nothing left."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from earwitness.cli.failures import run

DATA = Path(os.environ.get("EARWITNESS_DATA", Path(__file__).parents[3] / "shared" / "data"))
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no recordings beside the repository")
SCRIPTED = ("--transcriber", "scripted", "--language", "en", "--json")


def processed(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    code = run(["process", str(path), *SCRIPTED])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    told = json.loads(captured.out)
    assert isinstance(told, dict)
    return code, told


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ps_awful.wav", 0),
        ("ps_bad.wav", 5),
        ("pydub_empty.wav", 0),
        ("pydub_wrong_extension.aac", 0),
    ],
)
def test_each_broken_file_has_its_answer(
    name: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    got, told = processed(DATA / "broken_audio" / name, capsys)
    assert got == code
    assert ("error" in told) == bool(code)
    left = [p for p in tmp_path.rglob("*") if p.is_file() and p.suffix in (".part", ".pcm")]
    assert left == []


def test_half_a_file_is_a_partial_result_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (DATA / "multi" / "ami30s" / "trn00.wav").read_bytes()
    half = tmp_path / "half.wav"
    half.write_bytes(whole[: len(whole) // 2])
    code, told = processed(half, capsys)
    assert code == 0
    assert told["outcome"] == {
        "kind": "degraded",
        "why": str(told["warnings"][0]),  # type: ignore[index]
        "instead": "what could be decoded",
    }
    assert run(["process", str(half), *SCRIPTED, "--strict"]) == 3


def test_the_library_goes_on_after_every_refusal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("MANIFEST.tsv", "broken_audio", "missing.wav"):
        code, told = processed(DATA / name, capsys)
        assert code in (4, 5)
        assert "error" in told
    code, told = processed(DATA / "single" / "jfk.flac", capsys)
    assert code == 0
    assert told["outcome"] == {"kind": "done"}


@pytest.mark.parametrize("name", ["single/sonnet/p001.mp3", "nonspeech/vibe_ace.ogg"])
def test_compressed_files_are_processed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = processed(DATA / name, capsys)
    assert code == 0
    assert told["outcome"] == {"kind": "done"}
