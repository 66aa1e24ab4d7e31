"""Corrections reach every consumer: each exporter writes the folded view, whoever wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwitness import plugins
from earwitness.app.corrections import edits as verbs
from earwitness.app.corrections.desk import Editor
from earwitness.app.corrections.wanted import Edit
from earwitness.app.records import read_record, write_session
from earwitness.app.sessions import delete_session
from earwitness.core.override import Field
from earwitness.core.ports import ExportOptions
from earwitness.core.run import DONE, Step
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Diarization, Turn, Word
from earwitness.core.transcript import Transcript, Utterance
from earwitness.store.library import Library

FORMATS = tuple(plugins.listed("export"))
NAMED = ExportOptions(names=True)
SESSION = "2026-11-20-aaaaaa"
SECRET = "xyzzy-plugh"
ANN = Editor("ann")
AT = datetime(2026, 11, 20, 18, tzinfo=UTC)

CORRECTIONS: dict[str, tuple[Edit, frozenset[str]]] = {
    "text": (Edit(1, Field.TEXT, "corrected words"), frozenset({"rttm"})),
    "voice": (Edit(1, Field.VOICE, "S3"), frozenset({"rttm"})),
    "person": (Edit(1, Field.PERSON, "Somebody"), frozenset()),
    "split": (Edit(1, Field.SPLIT, 2), frozenset({"rttm", "srt", "vtt", "ass", "md"})),
    "character": (Edit(1, Field.CHARACTER, "Mira"), frozenset(FORMATS) - {"json", "csv"}),
    "stance": (Edit(1, Field.STANCE, "OOC"), frozenset(FORMATS) - {"json", "csv"}),
    "uncertain": (Edit(1, Field.UNCERTAIN, True), frozenset(FORMATS) - {"json", "csv", "md"}),
}
"""Each correction, and the formats that have no place for it."""


def say(number: int, text: str) -> Utterance:
    words = tuple(
        Word(word, Span(5_000 * number + 400 * n, 5_000 * number + 400 * n + 300), 0.5)
        for n, word in enumerate(text.split())
    )
    return Utterance(number, words[0].span | words[-1].span, words, f"S{number % 2 + 1}")


TALK = Transcript((say(0, "who opens it"), say(1, "I open the door"), say(2, "then it opens")))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def library(home: Path, address: str | None) -> Iterator[Library]:
    recording = Recording("a" * 64, "scene.wav", 1_000, None, 1, 16_000)
    turns = tuple(Turn(line.span, str(line.voice)) for line in TALK.utterances)
    with Library.open(home, database=address) as opened:
        opened.add_session(Session(SESSION, "A scene", "tabletop", "en", (recording,)))
        run = opened.start_run(SESSION, "request")
        for stage, value in (("diarize", Diarization(turns, ())), ("attribute", TALK)):
            digest = opened.put(stage, stage, SESSION, value)
            opened.note_step(Step(run.id, stage, None, stage, digest, False, DONE, AT, 1))
        opened.finish_run(run.id, DONE)
        yield opened


def exported(library: Library) -> dict[str, str]:
    record = read_record(library, SESSION)
    return {suffix: plugins.exporter(suffix).export(record, NAMED) for suffix in FORMATS}


@pytest.mark.parametrize("name", CORRECTIONS)
def test_a_correction_shows_in_every_format_that_can_show_it(library: Library, name: str) -> None:
    wanted, cannot = CORRECTIONS[name]
    before = exported(library)
    verbs.edit(library, SESSION, wanted, ANN)
    after = exported(library)
    assert {suffix for suffix in FORMATS if after[suffix] == before[suffix]} == cannot
    if isinstance(wanted.value, str):
        assert all(wanted.value.split()[0] in after[s] for s in FORMATS if s not in cannot)
    verbs.undo(library, SESSION, 1, ANN)
    assert exported(library) == before, "undone, every byte is as it was"


def test_lines_that_nobody_touched_pass_through_unchanged(library: Library) -> None:
    before = exported(library)["json"]
    verbs.edit(library, SESSION, Edit(1, Field.TEXT, "corrected words"), ANN)
    after = exported(library)["json"]
    old, new = json.loads(before)["utterances"], json.loads(after)["utterances"]
    assert (old[0], old[2]) == (new[0], new[2])
    assert old[1] != new[1]


def test_every_written_file_and_the_ledger_beside_it_follow(
    library: Library, tmp_path: Path
) -> None:
    def write() -> dict[str, str]:
        record = read_record(library, SESSION)
        written = write_session(library, record, FORMATS, tmp_path / "out")
        files = [*written.files, *written.overrides]
        return {path.name: path.read_text(encoding="utf-8") for path in files}

    assert not any("overrides" in name for name in write())
    verbs.edit(library, SESSION, Edit(1, Field.TEXT, SECRET), ANN)
    files = write()
    assert {name for name in files if SECRET in files[name]} == {
        *(f"transcript.{suffix}" for suffix in FORMATS if suffix != "rttm"),
        "overrides.jsonl",
    }
    assert json.loads(files["overrides_index.json"])["utterances"] == {"1": {"text": 1}}
    verbs.erase(library, SESSION, 1, ANN)
    assert not any(SECRET in text for text in write().values())


@pytest.mark.parametrize("address", [None])  # what a server keeps is another matter
def test_nothing_of_a_correction_stays_when_the_session_is_deleted(
    library: Library, home: Path
) -> None:
    for wanted in (
        Edit(0, Field.TEXT, SECRET, reason=SECRET),
        Edit(1, Field.PERSON, SECRET),
        Edit(2, Field.CHARACTER, SECRET),
    ):
        verbs.edit(library, SESSION, wanted, replace(ANN, name=f"ann {SECRET}"))
    verbs.undo(library, SESSION, 2, replace(ANN, name=f"ann {SECRET}"), reason=SECRET)
    assert traces(home)
    assert delete_session(library, SESSION).overrides == 4
    assert traces(home) == []


def traces(home: Path) -> list[str]:
    return [p.name for p in home.rglob("*") if p.is_file() and SECRET.encode() in p.read_bytes()]
