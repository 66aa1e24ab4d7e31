"""Versions of notes: numbered one after another, dropped with words that are erased."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from earwitness.core.errors import NotFound
from earwitness.core.note import Cited, Note, Section, Sentence, Slot, Template
from earwitness.core.run import DONE, Run, Step
from earwitness.core.session import Session
from earwitness.core.span import Span
from earwitness.store.library import Library
from earwitness.store.notes import NoteRow

FORM = Template("soap", "SOAP", "en", (Slot("plan", "Plan", "what is next"),))


def note(text: str) -> Note:
    told = Section("plan", (Sentence(text, (3,), True),))
    return Note(FORM, (told,), (Cited(3, Span(0, 900), "Ann", text),), "rules", False)


@pytest.fixture
def run(library: Library, session: Session) -> Run:
    made = library.start_run(session.id, "request")
    library.finish_run(made.id, DONE)
    return made


def add(library: Library, run: Run, text: str, template: str = "soap") -> NoteRow:
    key = sha256(text.encode()).hexdigest()
    library.put(key, "note", run.session, note(text))
    return library.add_note(run.session, template, key=key, run=run.id, request=key)


def test_a_new_version_never_takes_an_old_ones_place(library: Library, run: Run) -> None:
    made = [add(library, run, text) for text in ("Rest", "Walk")] + [
        add(library, run, "Talk", "birp")
    ]
    assert [(row.template, row.version) for row in made] == [("soap", 1), ("soap", 2), ("birp", 1)]
    listed = library.notes(run.session)
    assert [(row.template, row.version) for row in listed] == [
        ("birp", 1),
        ("soap", 2),
        ("soap", 1),
    ]
    assert library.notes(run.session, "soap") == listed[1:]
    for row, text in zip(reversed(listed[1:]), ("Rest", "Walk"), strict=True):
        assert row.digest is not None
        assert library.get(row.digest, Note) == note(text)
        assert row.request == sha256(text.encode()).hexdigest()


def test_two_who_make_one_at_the_same_time_get_two_versions(library: Library, run: Run) -> None:
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda n: add(library, run, f"Rest {n}"), range(8)))
    assert sorted(row.version for row in rows) == list(range(1, 9))


def test_a_note_of_nothing_is_refused(library: Library, run: Run) -> None:
    with pytest.raises(NotFound):
        library.add_note(run.session, "soap", key="nothing", run=run.id, request="")
    library.put("note", "note", run.session, note("Rest"))
    library.delete_session(run.session)
    with pytest.raises(NotFound):
        library.add_note(run.session, "soap", key="note", run=run.id, request="")


def test_what_was_made_since_is_dropped_with_all_it_was_made_from(
    library: Library, run: Run, new_session: Callable[..., Session]
) -> None:
    other = new_session("bbbbbb")
    add(library, run, "Before")
    shared = "PostgreSQL" in library.database
    since = datetime.now(UTC) + timedelta(minutes=5 * shared)  # clocks of machines may differ
    add(library, run, "Secret")
    digest = library.put("collected", "collect", run.session, note("Secret too"))
    library.note_step(Step(run.id, "collect", 0, "collected", digest, False, DONE, since, 1))
    library.put("shared", "collect", run.session, note("Shared"))
    library.refer("shared", other.id)
    library.put("heard", "transcribe", run.session, note("Heard"))
    assert library.drop_notes(run.session, since) == 1
    second, first = library.notes(run.session)
    assert (second.version, second.digest, second.request) == (2, None, "")
    assert (first.version, first.digest is None) == (1, False)
    assert library.find("collected") is None
    assert library.steps(run.id)[0].digest is None
    assert library.find("heard") is not None
    assert library.find("shared") is not None
    stored = b"".join(path.read_bytes() for path in library.home.rglob("*") if path.is_file())
    assert b"Secret" not in stored
    assert b"Before" in stored
    assert add(library, run, "After").version == 3
    assert library.drop_notes(run.session, since + timedelta(days=1)) == 0


def test_notes_go_with_their_session_and_free_their_bytes(library: Library, run: Run) -> None:
    row = add(library, run, "Rest")
    receipt = library.delete_session(run.session)
    assert receipt.artifacts == 1
    assert receipt.blobs == 1
    assert library.notes(run.session) == ()
    assert row.digest is not None
    assert not any(path.name == row.digest for path in library.home.rglob("*"))
