"""faster-whisper on Dutch and English recordings nobody here made.

Languages and routes are tested on a model of random weights. Words are tested only where a real
multilingual model is in the hub's cache; elsewhere that test says `NOT RUN: no model` and is
skipped, never passed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import jiwer
import pytest
from tests.toy_whisper import make

import earwitness
from earwitness.cli.failures import run
from earwitness.core.text import fold_text
from earwitness.engines.whisper_fit import cached_models
from earwitness.engines.whisper_models import ModelRow

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
ROOT = Path(__file__).parents[2]
DUTCH = (
    "dutch/vl00203.wav",
    "dutch/vl04108.wav",
    "dutch/vl09647.wav",
    *(f"dutch/ohf/{number:02}.wav" for number in range(8)),
)
ENGLISH = (
    "single/jfk.flac",
    "single/lj/LJ001-0004.wav",
    "single/lj/LJ001-0006.wav",
    "single/libri/2412-153948-0000.flac",
)
WORST = {"tiny": 0.7, "base": 0.5}
"""Word error rates that a working pipeline stays under, by model; 0.35 for larger ones. They catch
a broken route, a wrong language or lost words, not a model that is a little better or worse."""

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the recordings are not here")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("whisper") / "toy")


@pytest.fixture(scope="module")
def toy_english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("whisper") / "toy.en", "--english-only")


def processed(
    capsys: pytest.CaptureFixture[str], recording: str, model: Path, *flags: str
) -> tuple[dict[str, object], dict[str, object]]:
    """What the program answers, and the transcript it wrote."""
    capsys.readouterr()
    command = ["process", str(DATA / recording), "--transcriber", "faster-whisper"]
    command += ["--model", str(model), "--device", "cpu", "--formats", "json", "--json", *flags]
    assert run(command) == 0
    told = json.loads(capsys.readouterr().out)
    written = json.loads((Path(told["output"]) / "transcript.json").read_text(encoding="utf-8"))
    return told, written


def spoken(written: dict[str, object]) -> set[object]:
    utterances = written["utterances"]
    assert isinstance(utterances, list)
    return {utterance["language"] for utterance in utterances}


@pytest.mark.parametrize("recording", DUTCH[:3])
def test_the_table_speaks_dutch_unless_told_otherwise(
    toy: Path, capsys: pytest.CaptureFixture[str], recording: str
) -> None:
    told, written = processed(capsys, recording, toy, "--playbook", "tabletop")
    assert told["outcome"] == {"kind": "done"}
    assert spoken(written) == {"nl"}, "the model was asked for Dutch"
    session = written["session"]
    assert isinstance(session, dict)
    assert session["language"] == "nl"
    _, other = processed(
        capsys, recording, toy, "--playbook", "tabletop", "--language", "en"
    )  # fmt: skip
    assert spoken(other) == {"en"}


def test_other_playbooks_find_the_language_and_admit_when_they_cannot(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, written = processed(capsys, DUTCH[1], toy)
    assert spoken(written) == {None}, "random weights are sure of nothing"
    _, written = processed(
        capsys, DUTCH[1], toy, "--engine-option", "among=nl", "--engine-option", "beam_size=1"
    )  # fmt: skip
    assert spoken(written) == {"nl"}


@pytest.mark.parametrize("variable", ["EARWITNESS_LANGUAGE", "WHISPER_LANGUAGE"])
def test_the_variables_are_honoured(
    toy: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    monkeypatch.setenv(variable, "nl")
    assert spoken(processed(capsys, DUTCH[0], toy)[1]) == {"nl"}
    monkeypatch.setenv(variable, "auto")
    _, found = processed(capsys, DUTCH[0], toy, "--playbook", "tabletop", "--fresh")
    assert spoken(found) == {None}, "auto overrules the playbook"


def test_what_is_no_language_is_refused_with_the_list(
    toy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHISPER_LANGUAGE", "klingon")
    assert run(["process", str(DATA / DUTCH[0]), "--model", str(toy)]) == 2
    told = capsys.readouterr().err
    assert "klingon" in told
    assert "auto, en, nl" in told


def test_an_english_only_model_invents_no_dutch(
    toy_english: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told, written = processed(capsys, DUTCH[0], toy_english, "--language", "nl")
    outcome = told["outcome"]
    assert isinstance(outcome, dict)
    assert outcome["kind"] == "degraded"
    assert "does not know nl" in outcome["why"]
    assert written["utterances"] == []
    assert written["turns"], "voices are found all the same"


def test_a_chunk_in_another_language_is_told_in_the_record(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told, written = processed(
        capsys, "dutch/watson_single.wav", toy, "--language", "nl",
        "--engine-option", "other_language=0",
    )  # fmt: skip
    warnings = told["warnings"]
    assert isinstance(warnings, list)
    assert any(", not nl: " in str(warning) for warning in warnings)
    assert told["outcome"] == {"kind": "done"}
    assert spoken(written) == {"nl"}, "noticed, not rewritten"


def real_model() -> ModelRow | None:
    """The largest real multilingual model in the hub's cache."""
    rows = [row for row in cached_models() if row.languages > 1]
    return max(rows, key=lambda row: row.size_mb, default=None)


@pytest.mark.parametrize(("language", "recordings"), [("nl", DUTCH), ("en", ENGLISH)])
def test_words_are_right_in_dutch_and_in_english(
    tmp_path: Path, language: str, recordings: tuple[str, ...]
) -> None:
    model = real_model()
    if model is None:
        pytest.skip("NOT RUN: no model")
    wanted, heard = [], []
    for recording in recordings:
        done = earwitness.process(
            DATA / recording,
            transcriber="faster-whisper",
            model=model.name,
            language=language,
            formats="json",
        )
        assert {utterance.language for utterance in done.record.transcript.utterances} == {language}
        wanted.append(plain((DATA / recording).with_suffix(".txt").read_text(encoding="utf-8")))
        heard.append(plain(" ".join(u.text for u in done.record.transcript.utterances)))
    assert jiwer.wer(wanted, heard) <= WORST.get(model.name, 0.35)


def plain(text: str) -> str:
    """Words as they are compared."""
    return " ".join(filter(None, (fold_text(word) for word in text.split())))
