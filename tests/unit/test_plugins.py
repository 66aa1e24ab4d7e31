"""The registry: built-ins and third-party entry points are found the same way."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from earwitness import plugins
from earwitness.core.errors import UsageError
from earwitness.core.ports import EngineFactory

MODULE = """
from earwitness.core.options import NoOptions
from earwitness.core.ports import Readiness

class Factory:
    name = "parrot"
    ability = "transcribe"
    local = True
    form = NoOptions
    def languages(self, options): return None
    def ready(self, options): return Readiness(True, "always")
    def open(self, options): raise NotImplementedError

class Broken:
    pass
"""
ENTRIES = """[earwitness.transcribe]
parrot = parrot_engine:Factory
broken = parrot_engine:Broken
"""


@pytest.fixture
def _third_party(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "parrot-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: parrot\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRIES)
    (tmp_path / "parrot_engine.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "parrot_engine", raising=False)


def test_every_built_in_engine_keeps_the_contract() -> None:
    for ability in ("detect", "transcribe", "diarize"):
        for name in plugins.BUILT_IN[ability]:
            factory = plugins.engine(ability, name)
            assert isinstance(factory, EngineFactory)
            assert (factory.name, factory.ability) == (name, ability)


def test_every_built_in_exporter_is_named_by_its_suffix() -> None:
    for suffix in plugins.BUILT_IN["export"]:
        assert plugins.exporter(suffix).suffix == suffix


@pytest.mark.usefixtures("_third_party")
def test_a_third_party_engine_is_found_and_opened_on_use() -> None:
    assert "parrot" in plugins.listed("transcribe")
    assert "parrot_engine" not in sys.modules
    assert plugins.engine("transcribe", "parrot").name == "parrot"


@pytest.mark.usefixtures("_third_party")
def test_a_plugin_that_breaks_the_contract_is_refused() -> None:
    with pytest.raises(UsageError, match="contract"):
        plugins.engine("transcribe", "broken")


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(UsageError) as caught:
        plugins.engine("transcribe", "dragon")
    assert "pocketsphinx" in caught.value.hint
