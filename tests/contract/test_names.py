"""Names reach every consumer: whoever wrote the exporter, the next file shows who a voice is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwitness import plugins
from earwitness.app.corrections import edits
from earwitness.app.corrections.desk import Editor
from earwitness.app.corrections.view import overrides_of
from earwitness.app.corrections.wanted import Edit
from earwitness.app.people import naming, speakers
from earwitness.app.records import read_record
from earwitness.core.errors import EditConflict, NotFound, UsageError
from earwitness.core.naming import namings_in
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
ANN = Editor("ann", may_undo_others=True)
AT = datetime(2026, 11, 20, 18, tzinfo=UTC)


def say(number: int) -> Utterance:
    span = Span(5_000 * number, 5_000 * number + 4_000)
    words = tuple(
        Word(f"word{number}{n}", Span(span.start_ms + 900 * n, span.start_ms + 900 * n + 800))
        for n in range(4)
    )
    return Utterance(number, span, words, f"S{number % 3 + 1}")


TALK = Transcript(tuple(say(number) for number in range(9)))


@pytest.fixture
def library(tmp_path: Path, address: str | None) -> Iterator[Library]:
    recording = Recording("a" * 64, "scene.wav", 1_000, None, 1, 16_000)
    turns = tuple(Turn(line.span, str(line.voice)) for line in TALK.utterances)
    with Library.open(tmp_path / "library", database=address) as opened:
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


def test_the_next_file_of_every_format_shows_the_name(library: Library) -> None:
    before = exported(library)
    done = naming.name_voices(library, SESSION, {"S2": "Alice"}, ANN)
    after = exported(library)
    for suffix in FORMATS:
        assert "Alice" not in before[suffix]
        assert "Alice" in after[suffix], suffix
    edits.undo(library, SESSION, done.overrides[0].seq, ANN)
    assert exported(library) == before


def test_all_lines_have_it_but_those_with_a_person_of_their_own(library: Library) -> None:
    edits.edit(library, SESSION, Edit(1, Field.PERSON, "Somebody"), ANN)
    naming.name_voices(library, SESSION, {"S2": "Alice"}, ANN)
    lines = read_record(library, SESSION).transcript.utterances
    assert [line.person for line in lines if line.voice == "S2"] == ["Somebody", "Alice", "Alice"]
    told = {each.voice: each for each in speakers.list_speakers(library, SESSION)}
    assert (told["S2"].person, told["S2"].others, told["S1"].person) == ("Alice", 1, None)
    assert all("Alice" in text for text in exported(library).values())


def test_a_line_in_a_named_voice_is_corrected_by_what_people_see(library: Library) -> None:
    naming.name_voices(library, SESSION, {"S2": "Alice"}, ANN)
    edits.edit(library, SESSION, Edit(1, Field.PERSON, "Bob", was="Alice"), ANN)
    assert read_record(library, SESSION).transcript.utterances[1].person == "Bob"


def test_a_preview_tells_and_changes_nothing(library: Library) -> None:
    (told,) = speakers.preview_names(library, SESSION, {"S2": " Alice "})
    assert (told.was, told.now, told.lines, told.others) == (None, "Alice", 3, 0)
    assert [line.id for line in told.first] == [1, 4, 7]
    assert library.ledger(SESSION).entries == ()


def test_a_swap_is_one_stroke(library: Library) -> None:
    naming.name_voices(library, SESSION, {"S1": "Alice", "S2": "Bob"}, ANN)
    done = naming.swap_voices(library, SESSION, "S1", "S2", ANN)
    told = {each.voice: each.person for each in speakers.list_speakers(library, SESSION)}
    assert told == {"S1": "Bob", "S2": "Alice", "S3": None}
    edits.undo(library, SESSION, done.overrides[0].seq, ANN)
    told = {each.voice: each.person for each in speakers.list_speakers(library, SESSION)}
    assert told == {"S1": "Alice", "S2": "Bob", "S3": None}
    with pytest.raises(UsageError, match="nothing to swap"):
        naming.swap_voices(library, SESSION, "S3", "S3", ANN)


def test_a_merged_voice_is_gone_from_every_format(library: Library) -> None:
    naming.name_voices(library, SESSION, {"S3": "Carol"}, ANN)
    done = naming.merge_voices(library, SESSION, "S2", "S3", ANN)
    record = read_record(library, SESSION)
    assert {turn.voice for turn in record.turns} == {"S1", "S2"}
    assert {line.voice for line in record.transcript.utterances} == {"S1", "S2"}
    assert {line.person for line in record.transcript.utterances} == {None, "Carol"}
    assert all("S3" not in text for text in exported(library).values())
    with pytest.raises(UsageError, match="merged into S2"):
        naming.name_voices(library, SESSION, {"S3": "Dave"}, ANN)
    edits.undo(library, SESSION, done.overrides[0].seq, ANN)
    assert {line.voice for line in read_record(library, SESSION).transcript.utterances} == {
        "S1",
        "S2",
        "S3",
    }


def test_two_people_are_not_merged(library: Library) -> None:
    naming.name_voices(library, SESSION, {"S1": "Alice", "S2": "Bob"}, ANN)
    with pytest.raises(UsageError, match="two people"):
        naming.merge_voices(library, SESSION, "S1", "S2", ANN)
    with pytest.raises(UsageError, match="two people"):
        speakers.preview_merge(library, SESSION, "S1", "S2")


def test_what_cannot_be_named_is_refused_and_nothing_is_kept(library: Library) -> None:
    for names, error in (
        ({"S1": "Alice", "S9": "Bob"}, NotFound),
        ({"S1": "Alice", "S2": "two\nlines\x00"}, UsageError),
    ):
        with pytest.raises(error):
            naming.name_voices(library, SESSION, names, ANN)
    assert library.ledger(SESSION).entries == ()


def test_a_name_that_stands_already_adds_nothing(library: Library) -> None:
    naming.name_voices(library, SESSION, {"S1": "Alice"}, ANN)
    assert naming.name_voices(library, SESSION, {"S1": "Alice"}, ANN).overrides == ()
    assert library.verify_overrides(SESSION).count == 1


def test_what_is_said_of_voices_is_found_among_anything_else(library: Library) -> None:
    naming.name_voices(library, SESSION, {"S1": "Alice"}, ANN)
    edits.edit(library, SESSION, Edit(0, Field.TEXT, '"target":{"voice":"S1"}'), ANN)
    edits.edit(library, SESSION, Edit(2, Field.PERSON, "Bob"), ANN)
    edits.undo(library, SESSION, 1, ANN, reason='"target":{"voice":')
    edits.redo(library, SESSION, 1, ANN)
    found = library.about_voices(SESSION)
    assert [each.seq for each in found] == [1, 4, 5]
    assert namings_in(found) == namings_in(overrides_of(library.ledger(SESSION).entries))
    assert namings_in(found)["S1"].person == "Alice"


def test_a_voice_made_by_hand_can_be_named(library: Library) -> None:
    edits.edit(library, SESSION, Edit(1, Field.VOICE, "S9"), ANN)
    naming.name_voices(library, SESSION, {"S9": "Zoe"}, ANN)
    assert read_record(library, SESSION).transcript.utterances[1].person == "Zoe"


def test_a_split_is_one_stroke(library: Library) -> None:
    done = naming.split_voice(library, SESSION, "S2", ANN, after_ms=20_000)
    lines = read_record(library, SESSION).transcript.utterances
    assert [line.voice for line in lines if line.id in (1, 4, 7)] == ["S2", "S4", "S4"]
    edits.undo(library, SESSION, done.overrides[0].seq, ANN)
    assert read_record(library, SESSION).transcript == TALK
    naming.split_voice(library, SESSION, "S2", ANN, lines=[4])
    lines = read_record(library, SESSION).transcript.utterances
    assert [line.voice for line in lines if line.id in (1, 4, 7)] == ["S2", "S5", "S2"], (
        "ids are never used again"
    )
    for wrong in ([], [1, 4, 7], [0], [1, 0]):
        with pytest.raises(UsageError, match="some lines"):
            naming.split_voice(library, SESSION, "S2", ANN, lines=wrong)
    with pytest.raises(NotFound):
        naming.split_voice(library, SESSION, "S8", ANN, lines=[1])


def test_two_who_name_a_voice_see_each_other(library: Library) -> None:
    naming.name_voices(library, SESSION, {"S1": "Alice"}, ANN, seen={"S1": None})
    with pytest.raises(EditConflict) as error:
        naming.name_voices(library, SESSION, {"S1": "Bob"}, Editor("bob"), seen={"S1": None})
    assert (error.value.expected, error.value.found) == (None, "Alice")
    assert "Alice" not in str(error.value) + error.value.hint
    assert library.verify_overrides(SESSION).count == 1


def test_one_voice_is_shown_with_all_that_was_said_of_it(library: Library) -> None:
    naming.name_voices(library, SESSION, {"S1": "Alice", "S2": "Bob"}, ANN)
    edits.undo(library, SESSION, 2, ANN)
    naming.merge_voices(library, SESSION, "S2", "S3", ANN)
    shown = speakers.show_speaker(library, SESSION, "S2")
    assert [said.seq for said in shown.history] == [2, 3, 5]
    assert len(shown.longest) == speakers.LONGEST
    assert (shown.speaker.person, shown.speaker.words) == (None, 24)
    with pytest.raises(NotFound):
        speakers.show_speaker(library, SESSION, "S3")


def test_a_merge_has_a_preview(library: Library) -> None:
    told = speakers.preview_merge(library, SESSION, "S2", "S3")
    assert (told.was, told.now, told.lines) == ("S3", "S2", 3)
    assert library.ledger(SESSION).entries == ()
