"""Real deletion: nothing of a session stays, nothing of another one goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwitness.core.errors import CorruptStore, NotFound
from earwitness.core.files import part_path
from earwitness.core.run import DONE, Event, Step, degraded
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Heard, Segment, Word
from earwitness.store.library import Library

AT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SECRET = "xyzzy-plugh"
NewSession = Callable[..., Session]


def heard(text: str) -> Heard:
    return Heard((Segment(Span(0, 900), (Word(text, Span(0, 900)),)),))


def traces(home: Path) -> list[str]:
    return [
        path.name
        for path in home.rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes() + path.name.encode()
    ]


def live(library: Library, session: Session, *, text: str = SECRET, chunks: int = 50) -> None:
    """Everything a run leaves behind, with the secret in every place a word can get to."""
    run = library.start_run(session.id, "request")
    for chunk in range(chunks):
        key = f"{text}-{chunk}"
        digest = library.put(key, "transcribe", session.id, heard(f"{text}-{chunk}"))
        library.note_step(Step(run.id, "transcribe", chunk, key, digest, False, DONE, AT, 1))
        library.append(Event(0, AT, session.id, run.id, "chunk.done", "transcribe", chunk))
    for part in session.recordings:
        (library.scratch(part.id) / "sound.pcm").write_bytes(text.encode() * 100)
    library.finish_run(run.id, degraded(text, instead=text, hint=text))


def test_no_trace_stays(
    library: Library, home: Path, tmp_path: Path, new_session: NewSession, recording: Recording
) -> None:
    named = replace(recording, name=f"{SECRET}.wav")
    session = new_session("aaaaaa", named, title=SECRET)
    library.remember_source(named, tmp_path / f"{SECRET}.wav", 5, 1)
    live(library, session)
    assert len(traces(home)) > 50
    receipt = library.delete_session(session.id)
    assert traces(home) == []
    assert receipt.complete
    assert (receipt.session, receipt.recordings, receipt.runs) == (session.id, 1, 1)
    assert (receipt.steps, receipt.events, receipt.artifacts, receipt.blobs) == (50, 50, 50, 50)
    assert receipt.bytes_freed > 50 * len(SECRET) + 100 * len(SECRET)
    assert library.sessions() == ()
    assert library.source(recording.id) is None
    with pytest.raises(NotFound):
        library.session(session.id)
    library.close()
    assert traces(home) == []


def test_a_backup_from_before_a_migration_goes_too(
    library: Library, home: Path, session: Session
) -> None:
    (home / "backups").mkdir()
    (home / "backups" / "library-0000-20261120T200000Z.db").write_text(SECRET)
    assert library.delete_session(session.id).complete
    assert traces(home) == []


def test_what_another_session_needs_stays(
    library: Library, new_session: NewSession, recording: Recording
) -> None:
    one, two = new_session("aaaaaa"), new_session("bbbbbb")
    live(library, one, text="shared", chunks=3)
    library.put("one alone", "transcribe", one.id, heard("one"))
    same_bytes = library.put("other key", "transcribe", two.id, heard("shared-0"))
    library.refer("shared-1", two.id)
    library.remember_source(recording, Path("scene.wav"), 5, 1)
    receipt = library.delete_session(one.id)
    assert (receipt.recordings, receipt.artifacts, receipt.blobs) == (0, 3, 2)
    assert library.get(same_bytes, Heard) == heard("shared-0")
    kept = library.find("shared-1")
    assert kept is not None
    assert library.get(kept, Heard) == heard("shared-1")
    assert library.find("shared-0") is None
    assert library.find("one alone") is None
    assert library.session(two.id) == two
    assert (library.scratch(recording.id) / "sound.pcm").exists()
    assert library.delete_session(two.id).blobs == 2
    assert not list(library._blobs.digests())


def test_an_unknown_session_is_told_and_nothing_goes(library: Library, session: Session) -> None:
    live(library, session, chunks=1)
    with pytest.raises(NotFound):
        library.delete_session("2026-11-20-zzzzzz")
    assert library.find(f"{SECRET}-0") is not None


@pytest.mark.parametrize("address", [None])
def test_a_reader_in_the_way_is_told_and_the_rest_goes_later(
    library: Library, home: Path, new_session: NewSession
) -> None:
    session = new_session("aaaaaa", title=SECRET)
    with library._database.read() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM session").scalar() == 1
        assert not library.delete_session(session.id).complete
        assert "library.db-wal" in traces(home)
    with Library.open(home):
        assert traces(home) == []
    assert library.settle().complete


def test_bytes_of_a_deleted_session_can_be_put_again(
    library: Library, new_session: NewSession
) -> None:
    one, two = new_session("aaaaaa"), new_session("bbbbbb")
    digest = library.put("key", "transcribe", one.id, heard("again"))
    library.delete_session(one.id)
    with pytest.raises(CorruptStore):
        library.get(digest, Heard)
    assert library.put("key", "transcribe", two.id, heard("again")) == digest
    assert library.get(digest, Heard) == heard("again")


def test_sweep_removes_what_nobody_needs_and_nothing_else(
    library: Library, home: Path, session: Session, recording: Recording
) -> None:
    kept = library.put("key", "transcribe", session.id, heard("kept"))
    mine = library.scratch(recording.id)
    orphan = library._folder.write(b"left by a crash")
    unknown = library.scratch("f" * 64)
    part, folder = part_path(home / "blobs"), part_path(home)
    part.write_bytes(b"half")
    folder.mkdir()
    (folder / "file").write_bytes(b"half")
    (home / "notes.txt").write_text("the user's own")
    freed = library.sweep(stale_seconds=0)
    assert (freed.blobs, freed.bytes) == (1, len(b"left by a crash") + 8)
    assert library.get(kept, Heard) == heard("kept")
    assert not any(path.exists() for path in (library._folder.path(orphan), part, folder, unknown))
    assert mine.exists()
    assert (home / "notes.txt").exists()
    assert library.sweep(stale_seconds=0).bytes == 0


def test_sweep_leaves_what_others_are_just_making(library: Library, home: Path) -> None:
    part = part_path(home / "blobs")
    part.write_bytes(b"half")
    library.scratch("f" * 64)
    library.sweep()
    assert part.exists()
    assert (home / "scratch" / ("f" * 64)).exists()


def test_scratch_can_be_dropped(library: Library, recording: Recording) -> None:
    folder = library.scratch(recording.id)
    assert library.scratch(recording.id) == folder
    (folder / "sound.pcm").write_bytes(b"sound")
    library.drop_scratch(recording.id)
    assert not folder.exists()
    library.drop_scratch(recording.id)
    with pytest.raises(ValueError, match="SHA-256"):
        library.scratch("../../etc")
    assert library.free_bytes() > 0
