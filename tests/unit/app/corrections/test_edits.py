"""The verbs that correct a session: what they append, what they refuse, and what they undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwitness.app.corrections import edits as verbs
from earwitness.app.corrections.desk import Edited, Editor, completed_result
from earwitness.app.corrections.view import see
from earwitness.app.corrections.wanted import Edit
from earwitness.app.records import read_record
from earwitness.core.errors import (
    EarwitnessError,
    EditConflict,
    NotAllowed,
    NotCompleted,
    NotFound,
    UsageError,
)
from earwitness.core.fate import Applied, Conflict, Orphan, Undone
from earwitness.core.override import Field, Override
from earwitness.core.run import CANCELLED, DONE, Step
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Label, Transcript, Utterance
from earwitness.store.library import Library
from earwitness.store.overrides import Erased

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
ANN = Editor("ann")
BEA = Editor("bea")
OWNER = Editor("owner", may_undo_others=True)
SESSION = "2026-11-20-aaaaaa"


def say(number: int, text: str, voice: str | None = "S1") -> Utterance:
    words = tuple(
        Word(word, Span(10_000 * number + 300 * n, 10_000 * number + 300 * n + 250), 0.5)
        for n, word in enumerate(text.split())
    )
    return Utterance(number, words[0].span | words[-1].span, words, voice)


LINES = (
    "we should open the door now",
    "no wait for me",
    "the door is locked anyway",
    "and then it opens by itself",
    "who said that just now",
)
TALK = Transcript(
    tuple(say(n, text, f"S{n % 2 + 1}") for n, text in enumerate(LINES)),
    (Label(1, "stance", "IC", 0.7, "rules"),),
)


def transcribed(library: Library, session: str, transcript: Transcript) -> str:
    """What a run leaves behind that has gone well."""
    run = library.start_run(session, "request")
    key = f"attribute of {run.id}"
    digest = library.put(key, "attribute", session, transcript)
    library.note_step(Step(run.id, "attribute", None, key, digest, False, DONE, AT, 1))
    library.finish_run(run.id, DONE)
    return digest


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    recording = Recording("a" * 64, "scene.wav", 1_000, None, 1, 16_000)
    with Library.open(tmp_path / "library") as opened:
        opened.add_session(Session(SESSION, "A scene", "tabletop", "en", (recording,)))
        yield opened


@pytest.fixture
def talk(library: Library) -> Transcript:
    transcribed(library, SESSION, TALK)
    return TALK


def seen(library: Library) -> Transcript:
    return read_record(library, SESSION).transcript


def text_of(library: Library, utterance: int) -> str:
    return next(each.text for each in seen(library).utterances if each.id == utterance)


def kinds(library: Library) -> list[type]:
    return [type(listed.fate) for listed in verbs.list_edits(library, SESSION)]


def edit(library: Library, *wanted: object, by: Editor = ANN, **more: object) -> Edited:
    return verbs.edit(library, SESSION, Edit(*wanted), by, **more)  # type: ignore[arg-type]


ONE_OF_EACH: list[tuple[Edit, Callable[[Transcript], object], object]] = [
    (
        Edit(0, Field.TEXT, "We open  the door."),
        lambda t: t.utterances[0].text,
        "We open the door.",
    ),
    (Edit(0, Field.VOICE, "S2"), lambda t: t.utterances[0].voice, "S2"),
    (Edit(0, Field.VOICE, None), lambda t: t.utterances[0].voice, None),
    (Edit(0, Field.PERSON, "Ann"), lambda t: t.utterances[0].person, "Ann"),
    (Edit(0, Field.CHARACTER, "Mira"), lambda t: t.label(0, "character"), "Mira"),
    (Edit(1, Field.STANCE, "OOC"), lambda t: t.label(1, "stance"), "OOC"),
    (Edit(1, Field.STANCE, None), lambda t: t.label(1, "stance"), None),
    (Edit(0, Field.UNCERTAIN, True), lambda t: t.utterances[0].uncertain, True),
    (Edit(0, Field.SPLIT, 2), lambda t: [u.text for u in t.utterances[:2]][1], "open the door now"),
]


@pytest.mark.parametrize(("wanted", "look", "value"), ONE_OF_EACH)
def test_every_field_can_be_corrected_and_undone(
    library: Library,
    talk: Transcript,
    wanted: Edit,
    look: Callable[[Transcript], object],
    value: object,
) -> None:
    done = verbs.edit(library, SESSION, replace(wanted, reason=" it   was so "), ANN)
    (override,) = done.overrides
    assert (override.seq, override.by, override.reason) == (1, "ann", "it was so")
    assert done.utterances[0] == wanted.utterance
    assert look(seen(library)) == value
    assert verbs.undo(library, SESSION, 1, ANN).overrides[0].undoes == 1
    assert seen(library) == talk
    assert verbs.redo(library, SESSION, 1, ANN).overrides[0].undoes == 2
    assert look(seen(library)) == value
    assert verbs.verify(library, SESSION).broken_at is None


def test_what_is_kept_keeps_its_time(library: Library, talk: Transcript) -> None:
    edit(library, 0, Field.TEXT, "we should open that heavy door now")
    words = seen(library).utterances[0].words
    old = {word.text: word for word in talk.utterances[0].words}
    assert [word for word in words if word.text in old] == [
        old[name] for name in ("we", "should", "open", "door", "now")
    ]
    assert {word.confidence for word in words if word.text not in old} == {None}


def test_a_merge_joins_neighbours_of_one_voice(library: Library, talk: Transcript) -> None:
    with pytest.raises(UsageError, match="mixes voices"):
        edit(library, 1, Field.MERGE, 0)
    edit(library, 1, Field.VOICE, "S1")
    edit(library, 1, Field.MERGE, 0)
    assert text_of(library, 0) == f"{LINES[0]} {LINES[1]}"
    with pytest.raises(UsageError, match="follow each other"):
        edit(library, 0, Field.MERGE, 4)
    assert edit(library, 0, Field.MERGE, 2).utterances == (0,)
    assert verbs.verify(library, SESSION).broken_at is None


def test_it_reads_so_already(library: Library, talk: Transcript) -> None:
    done = edit(library, 0, Field.TEXT, f"  {LINES[0]} ")
    assert (done.overrides, done.utterances) == ((), ())
    assert edit(library, 0, Field.PERSON, None).overrides == ()
    assert library.ledger(SESSION).entries == ()


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (Edit(99, Field.TEXT, "no"), NotFound),
        (Edit(0, Field.TEXT, "  "), UsageError),
        (Edit(0, Field.TEXT, None), UsageError),
        (Edit(0, Field.TEXT, 5), UsageError),
        (Edit(0, Field.VOICE, "bob"), UsageError),
        (Edit(0, Field.VOICE, "S0"), UsageError),
        (Edit(0, Field.STANCE, "maybe"), UsageError),
        (Edit(0, Field.UNCERTAIN, "yes"), UsageError),
        (Edit(0, Field.SPLIT, 0), UsageError),
        (Edit(0, Field.SPLIT, 6), UsageError),
        (Edit(0, Field.SPLIT, True), UsageError),
        (Edit(0, Field.MERGE, 0), UsageError),
        (Edit(0, Field.MERGE, 77), NotFound),
        (Edit(0, Field.UNDO, None), UsageError),
    ],
)
def test_what_makes_no_sense_is_refused(
    library: Library, talk: Transcript, wanted: Edit, error: type[EarwitnessError]
) -> None:
    with pytest.raises(error) as caught:
        verbs.edit(library, SESSION, wanted, ANN)
    assert caught.value.hint or wanted.field in (Field.SPLIT, Field.MERGE)
    assert library.ledger(SESSION).entries == ()
    assert seen(library) == talk


def test_a_new_voice_has_a_voices_name(library: Library, talk: Transcript) -> None:
    edit(library, 0, Field.VOICE, "S7")
    assert seen(library).utterances[0].voice == "S7"


def test_nothing_is_corrected_before_it_is_transcribed(library: Library) -> None:
    with pytest.raises(NotFound):
        edit(library, 0, Field.TEXT, "no")
    run = library.start_run(SESSION, "request")
    with pytest.raises(NotCompleted) as caught:
        edit(library, 0, Field.TEXT, "no")
    assert "process" in caught.value.hint
    library.finish_run(run.id, CANCELLED)
    with pytest.raises(NotCompleted):
        verbs.list_edits(library, SESSION)
    with pytest.raises(NotFound):
        verbs.edit(library, "2026-11-20-zzzzzz", Edit(0, Field.TEXT, "no"), ANN)
    transcribed(library, SESSION, TALK)
    library.start_run(SESSION, "another")
    assert edit(library, 0, Field.TEXT, "now").overrides, "there is a transcript meanwhile"


def test_two_editors_never_lose_an_edit(library: Library, talk: Transcript) -> None:
    edit(library, 0, Field.TEXT, "ann was here", LINES[0])
    with pytest.raises(EditConflict) as caught:
        edit(library, 0, Field.TEXT, "bea was here", LINES[0], by=BEA)
    assert (caught.value.expected, caught.value.found) == (LINES[0], "ann was here")
    assert "ann" not in str(caught.value) + caught.value.hint
    assert edit(library, 0, Field.PERSON, "Bea", None, by=BEA).overrides, "another field"
    assert edit(library, 0, Field.TEXT, "bea was here", "ann was here", by=BEA).overrides
    verbs.undo(library, SESSION, 3, BEA)
    assert text_of(library, 0) == "ann was here"


def test_a_revision_is_a_surer_was(library: Library, talk: Transcript) -> None:
    digest = completed_result(library, SESSION)
    before = see(library, SESSION, digest).revision
    after = edit(library, 0, Field.VOICE, "S2", revision=before).revision
    assert edit(library, 1, Field.VOICE, "S1", revision=before).overrides, "another line"
    with pytest.raises(EditConflict) as caught:
        edit(library, 0, Field.VOICE, "S3", revision=before, by=BEA)
    assert (caught.value.expected, caught.value.found) == ("S1", "S2")
    assert edit(library, 0, Field.VOICE, "S3", revision=after).overrides
    with pytest.raises(UsageError, match="no such revision"):
        edit(library, 0, Field.VOICE, "S4", revision=f"{digest[:12]}-99")
    transcribed(library, SESSION, replace(TALK, labels=()))
    with pytest.raises(EditConflict, match="transcribed anew"):
        edit(library, 0, Field.VOICE, "S4", revision=after)


def test_undo_of_others_needs_permission(library: Library, talk: Transcript) -> None:
    edit(library, 0, Field.TEXT, "mine")
    with pytest.raises(NotAllowed):
        verbs.undo(library, SESSION, 1, BEA)
    verbs.undo(library, SESSION, 1, OWNER)
    with pytest.raises(NotAllowed):
        verbs.redo(library, SESSION, 1, ANN)
    assert text_of(library, 0) == LINES[0]
    with pytest.raises(UsageError, match="back already"):
        verbs.undo(library, SESSION, 1, ANN)
    with pytest.raises(UsageError, match="an undo itself"):
        verbs.undo(library, SESSION, 2, OWNER)
    with pytest.raises(NotFound):
        verbs.undo(library, SESSION, 9, ANN)
    verbs.redo(library, SESSION, 1, OWNER)
    assert text_of(library, 0) == "mine"
    with pytest.raises(UsageError, match="not taken back"):
        verbs.redo(library, SESSION, 1, OWNER)


def test_an_undo_says_what_was_built_on_it(library: Library, talk: Transcript) -> None:
    edit(library, 0, Field.TEXT, "we open the door")
    edit(library, 0, Field.TEXT, "we open the window")
    edit(library, 0, Field.VOICE, "S2")
    done = verbs.undo(library, SESSION, 1, ANN)
    assert done.disturbed == ()
    verbs.redo(library, SESSION, 1, ANN)
    edit(library, 1, Field.VOICE, "S3")
    edit(library, 1, Field.VOICE, "S4")
    done = verbs.undo(library, SESSION, 6, ANN)
    assert done.disturbed == (7,)
    assert isinstance(verbs.list_edits(library, SESSION)[6].fate, Conflict)
    assert "1 correction contradicted" in read_record(library, SESSION).warnings[-1]
    verbs.redo(library, SESSION, 6, ANN)
    assert isinstance(verbs.list_edits(library, SESSION)[6].fate, Applied)
    assert read_record(library, SESSION).warnings == ()


BATCH = (
    Edit(0, Field.PERSON, "Ann", reason="known"),
    Edit(1, Field.PERSON, None),
    Edit(2, Field.TEXT, "the door was locked anyway"),
    Edit(2, Field.TEXT, "the door was locked"),
)


def test_a_batch_is_made_and_undone_at_one_stroke(library: Library, talk: Transcript) -> None:
    edit(library, 4, Field.UNCERTAIN, True)
    done = verbs.apply_edits(library, SESSION, BATCH, ANN)
    assert [override.seq for override in done.overrides] == [2, 3, 4]
    assert done.utterances == (0, 2)
    assert text_of(library, 2) == "the door was locked"
    undone = verbs.undo(library, SESSION, 3, ANN)
    assert [override.undoes for override in undone.overrides] == [4, 3, 2]
    assert seen(library).utterances[:4] == talk.utterances[:4]
    assert seen(library).utterances[4].uncertain
    verbs.redo(library, SESSION, 2, ANN)
    assert text_of(library, 2) == "the door was locked"
    assert seen(library).utterances[0].person == "Ann"


def test_a_batch_with_one_bad_edit_changes_nothing(library: Library, talk: Transcript) -> None:
    bad = (*BATCH, Edit(3, Field.TEXT, "no", "something else"))
    with pytest.raises(EditConflict):
        verbs.apply_edits(library, SESSION, bad, ANN)
    assert library.ledger(SESSION).entries == ()
    assert seen(library) == talk
    assert verbs.apply_edits(library, SESSION, BATCH, ANN).overrides[0].seq == 1


def test_a_preview_changes_nothing(library: Library, talk: Transcript) -> None:
    bad = (*BATCH, Edit(3, Field.TEXT, "no", "something else"), Edit(99, Field.TEXT, "no"))
    edit(library, 4, Field.UNCERTAIN, True)
    before = see(library, SESSION, completed_result(library, SESSION))
    rows = verbs.preview(library, SESSION, bad)
    assert [(row.was, row.now) for row in rows[:4]] == [
        (None, "Ann"),
        (None, None),
        (LINES[2], "the door was locked anyway"),
        ("the door was locked anyway", "the door was locked"),
    ]
    assert [type(row.problem) for row in rows[3:]] == [type(None), EditConflict, NotFound]
    assert see(library, SESSION, completed_result(library, SESSION)) == before


def test_edits_survive_a_rerun_or_are_listed_and_placed(library: Library, talk: Transcript) -> None:
    edit(library, 2, Field.TEXT, "the door was locked anyway")
    edit(library, 3, Field.PERSON, "Bea")
    edit(library, 1, Field.VOICE, "S4")
    again = Transcript(
        tuple(
            replace(line, id=number, voice="S9" if line.id == 1 else line.voice)
            for number, line in enumerate(each for each in TALK.utterances if each.id != 3)
        )
    )
    transcribed(library, SESSION, again)
    assert kinds(library) == [Applied, Orphan, Conflict]
    assert text_of(library, 2) == "the door was locked anyway"
    assert len(read_record(library, SESSION).warnings) == 2
    with pytest.raises(UsageError, match="no other place"):
        verbs.place(library, SESSION, 1, 0, ANN)
    with pytest.raises(NotAllowed):
        verbs.place(library, SESSION, 2, 3, BEA)
    done = verbs.place(library, SESSION, 2, 3, ANN)
    assert [override.field for override in done.overrides] == [Field.UNDO, Field.PERSON]
    assert seen(library).utterances[3].person == "Bea"
    verbs.place(library, SESSION, 3, 1, ANN)
    assert seen(library).utterances[1].voice == "S4"
    assert kinds(library)[1:3] == [Undone, Undone]
    assert read_record(library, SESSION).warnings == ()
    transcribed(library, SESSION, TALK)
    assert text_of(library, 2) == "the door was locked anyway"


def test_an_erased_correction_is_skipped_and_listed(library: Library, talk: Transcript) -> None:
    edit(library, 0, Field.PERSON, "Ann Secret")
    edit(library, 1, Field.TEXT, "wait for Ann Secret")
    edit(library, 2, Field.UNCERTAIN, True)
    with pytest.raises(NotAllowed):
        verbs.erase(library, SESSION, 1, BEA)
    told = verbs.erase(library, SESSION, 1, OWNER)
    assert (told.erasure.seqs, told.quoted_in) == ((1,), (2,))
    assert kinds(library) == [Erased, Applied, Applied]
    assert seen(library).utterances[0].person is None
    assert seen(library).utterances[2].uncertain
    for verb in (verbs.undo, verbs.redo):
        with pytest.raises(UsageError, match="erased"):
            verb(library, SESSION, 1, OWNER)
    assert edit(library, 0, Field.PERSON, "Ann").overrides[0].seq == 4
    verified = verbs.verify(library, SESSION)
    assert (verified.count, verified.erased, verified.broken_at) == (4, 1, None)


def test_a_view_in_another_process_follows(library: Library, talk: Transcript) -> None:
    assert seen(library) == talk
    with Library.open(library.home) as other:
        with other.amend(SESSION) as amendment:
            made = replace(_override(TALK.utterances[0]), seq=1)
            amendment.append(made)
        assert text_of(library, 0) == "said elsewhere"
        other.erase_overrides(SESSION, 1, "bea")
        assert seen(library) == talk


def _override(line: Utterance) -> Override:
    from earwitness.core.edit import set_text
    from earwitness.core.override import Stamp

    return set_text(line, "said elsewhere", Stamp(1, "bea", AT))
