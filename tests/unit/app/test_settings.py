"""Settings: four sources, the later one wins, and every value knows where it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.app.request import engine_options
from earwitness.app.settings import origins, read_settings
from earwitness.core.errors import UsageError


def test_later_sources_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text('language = "nl"\nplaybook = "screen"\nworkers = 3\n')
    monkeypatch.setenv("EARWITNESS_WORKERS", "5")
    settings = read_settings(playbook="therapy")
    assert (settings.language, settings.playbook, settings.workers) == ("nl", "therapy", 5)
    come_from = origins(settings, frozenset({"playbook"}))
    assert come_from["language"] == "file"
    assert come_from["playbook"] == "command line"
    assert come_from["workers"] == "environment"
    assert come_from["device"] == "default"


def test_the_language_variable_of_whisper_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPER_LANGUAGE", "nl")
    settings = read_settings()
    assert settings.language == "nl"
    assert origins(settings, frozenset())["language"] == "environment"
    monkeypatch.setenv("EARWITNESS_LANGUAGE", "en")
    assert read_settings().language == "en"


@pytest.mark.parametrize(
    ("name", "value"), [("workers", "0"), ("workers", "many"), ("device", "abacus")]
)
def test_nonsense_is_refused_by_name(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"EARWITNESS_{name.upper()}", value)
    with pytest.raises(UsageError, match=name):
        read_settings()


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text("langauge = 'nl'\n")
    with pytest.raises(UsageError, match="langauge"):
        read_settings()


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text("language = \n")
    with pytest.raises(UsageError, match="cannot be read"):
        read_settings()


def test_two_models_are_one_too_many() -> None:
    with pytest.raises(UsageError, match="two models"):
        read_settings(transcriber="openai:whisper-1", model="small")
    settings = read_settings(transcriber="openai:whisper-1")
    assert engine_options(settings).model == "whisper-1"


def test_keys_come_from_two_variables_and_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-account")
    monkeypatch.setenv("EARWITNESS_OPENAI_API_KEY", "sk-own")
    settings = read_settings()
    assert "sk-" not in str(settings) + repr(settings) + repr(engine_options(settings))
    assert engine_options(settings).keys == (
        ("openai_api_key", "sk-own"),
        ("openai_account_key", "sk-account"),
    )
    assert origins(settings, frozenset())["openai_account_key"] == "environment"


def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_verysecret")
    settings = read_settings()
    assert "verysecret" not in str(settings) + repr(settings)
    assert settings.hub_token is not None


def test_lists_are_texts_with_commas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text('vocabulary = ["Mira", "Count Strahd"]\n')
    monkeypatch.setenv("EARWITNESS_ENGINE_OPTIONS", "beam_size=2, faster-whisper.hotwords=no")
    settings = read_settings()
    assert settings.vocabulary == ("Mira", "Count Strahd")
    assert settings.engine_options == ("beam_size=2", "faster-whisper.hotwords=no")
    monkeypatch.setenv("EARWITNESS_VOCABULARY", "Barovia")
    assert read_settings().vocabulary == ("Barovia",)
    assert read_settings(vocabulary=["A, B", "C"]).vocabulary == ("A, B", "C")
