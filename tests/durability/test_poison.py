"""A run that kills its workers is given up after the third, and takes no other run with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.crash import recordings

from earwitness.app.request import read_request
from earwitness.app.running.crew import Crew
from earwitness.app.running.enqueue import enqueue
from earwitness.app.running.jobs import retry
from earwitness.app.settings import read_settings
from earwitness.core.queue import LOSSES
from earwitness.store.library import Library

POISON = """
import os
from earwitness.engines.scripted import ScriptedFactory, ScriptedTranscriber

class Poison(ScriptedTranscriber):
    def transcribe(self, audio, chunk, language):
        os._exit(9)

class PoisonFactory(ScriptedFactory):
    name = "poison"

    def open(self, options):
        return Poison(None)
"""


@pytest.fixture
def poison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An engine, installed as others install theirs, that ends the process that uses it."""
    place = tmp_path / "plug-in"
    about = place / "poison-1.dist-info"
    about.mkdir(parents=True)
    (place / "poison_plugin.py").write_text(POISON)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: poison\nVersion: 1\n")
    entry = "[earwitness.transcribe]\npoison = poison_plugin:PoisonFactory\n"
    (about / "entry_points.txt").write_text(entry)
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.setenv("PYTHONPATH", ":".join([str(place), *(p for p in sys.path if p)]))
    return "poison"


def test_a_run_that_kills_its_workers_is_given_up(
    tavern: Path, tmp_path: Path, address: str | None, poison: str
) -> None:
    bad, *good = recordings(tavern, tmp_path / "sound", 4, 2)
    settings = read_settings(transcriber="scripted", language="en", formats="json", workers=2)
    poisoned = settings.model_copy(update={"transcriber": poison, "database": None})
    with Library.open(settings.home, database=address) as library:
        if address:
            settings = read_settings(**{**settings.model_dump(), "database": address})
        culprit = enqueue(library, read_request((bad,), poisoned), priority=1)
        runs = [enqueue(library, read_request((file,), settings)) for file in good]
        with Crew(library, settings, parallel=2) as crew:
            ended = list(crew.drain())
        lost = [each for each in ended if each.run == culprit.id]
        assert [each.outcome is None for each in lost] == [True] * LOSSES + [False]
        assert {each.run for each in ended if each.outcome and each.outcome.kind == "done"} == {
            run.id for run in runs
        }
        outcome = library.run(culprit.id).outcome
        assert outcome is not None
        assert (outcome.kind, "3 times" in outcome.why) == ("failed", True)
        assert "again" in outcome.hint
        events = [event.type for event in library.events(culprit.session)]
        assert events.count("run.started") == LOSSES
        assert events[-1] == "run.finished"
        for run in runs:
            job = library.job(run.id)
            assert job is not None
            assert job.token == 1, "nobody else's worker was lost"
        again = retry(library, culprit.id)
        assert again.id != culprit.id
        chosen = Crew(library, settings, runs=[again.id])
        with chosen:
            told = list(chosen.drain())
        assert [each.outcome.kind for each in told if each.outcome] == ["failed"]
        assert len(told) == LOSSES + 1
