"""What every test gets: no network, no settings from outside, and the shipped example."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("EARWITNESS_") and name != "EARWITNESS_DATA":
            monkeypatch.delenv(name)
    for name in ("WHISPER_LANGUAGE", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("EARWITNESS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("EARWITNESS_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("EARWITNESS_OFFLINE", "true")


@pytest.fixture
def tavern() -> Path:
    """The shipped scene; its references lie beside it."""
    return ROOT / "src" / "earwitness" / "examples" / "tavern.flac"


@pytest.fixture
def root() -> Path:
    """The repository."""
    return ROOT
