"""Models at the command line: what is here, what it takes, and removing it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from huggingface_hub import constants
from tests.commands import answer

from earwitness.cli.failures import run
from earwitness.cli.models import Fetched

COMMIT = "a" * 40


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the hub with one whole model and one that broke off."""
    cache = tmp_path / "hub"
    whole = cache / "models--Systran--faster-whisper-base" / "snapshots" / COMMIT
    whole.mkdir(parents=True)
    for file in ("config.json", "tokenizer.json", "vocabulary.json"):
        (whole / file).write_text('{"alignment_heads": []}')
    (whole / "model.bin").write_bytes(bytes(2_500_000))
    half = cache / "models--Systran--faster-whisper-tiny" / "blobs"
    half.mkdir(parents=True)
    (half / "weights.incomplete").write_bytes(bytes(1_500_000))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    return cache


def test_the_list_tells_what_is_here_and_what_it_takes(
    hub: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "models", "list")
    rows = told["models"]
    assert isinstance(rows, list)
    taken = {row["name"]: (bool(row["path"]), row["disk_bytes"]) for row in rows}
    assert taken["base"][0] is True
    assert 2_500_000 <= taken["base"][1] < 2_501_000
    assert taken["tiny"] == (False, 1_500_000)
    assert taken["small"] == (False, 0)
    assert told["disk_bytes"] == taken["base"][1] + 1_500_000
    assert run(["models", "list"]) == 0
    shown = capsys.readouterr().out
    assert "in part" in shown
    assert "on disk: 5 MB in 2 models" in shown


def test_removing_needs_a_yes_and_frees_the_disk(
    hub: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = hub / "models--Systran--faster-whisper-base"
    assert run(["models", "remove", "base"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert entry.is_dir()
    told = answer(capsys, "models", "remove", "base", "--yes")
    assert told["removed"] == "base"
    assert not entry.exists()
    assert run(["models", "remove", "base", "--yes"]) == 10
    assert run(["models", "remove", str(hub), "--yes"]) == 2
    assert hub.is_dir()


def test_a_model_named_by_its_path_in_the_settings_stays(
    hub: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    used = hub / "models--Systran--faster-whisper-base" / "snapshots" / COMMIT
    monkeypatch.setenv("EARWITNESS_MODEL", str(used))
    assert run(["models", "remove", "base", "--yes"]) == 13
    assert "model" in capsys.readouterr().err
    assert used.is_dir()


def test_doctor_tells_models_and_device(hub: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) in (0, 1)
    found = {each["what"]: each for each in json.loads(capsys.readouterr().out)["findings"]}
    assert found["whisper models"]["why"] == "base (3 MB)"
    assert " on " in found["whisper device"]["why"]
    assert (
        "base is on this machine; the best of those" in (found["transcribe faster-whisper"]["why"])
    )


def test_a_way_to_compute_that_is_not_there_is_found_before_a_long_job(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import ctranslate2

    if "float16" in ctranslate2.get_supported_compute_types("cpu"):
        pytest.skip("this processor computes in half precision")
    monkeypatch.setenv("EARWITNESS_DEVICE", "cpu")
    monkeypatch.setenv("EARWITNESS_ENGINE_OPTIONS", "faster-whisper.compute_type=float16")
    run(["doctor", "--json"])
    found = {each["what"]: each for each in json.loads(capsys.readouterr().out)["findings"]}
    assert found["whisper device"]["ok"] is False
    assert "int8" in found["whisper device"]["hint"]


def test_a_fetch_tells_bytes_and_percent(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Fetched(quiet=False)
    lines.hear(1_000_000, 0)
    lines.hear(78_000_000, 78_000_000)
    lines.hear(78_000_000, 78_000_000)
    assert capsys.readouterr().err == "fetched 78 MB of 78 MB (100%)\n"
