"""Checkpoints: an unfinished run is given up, and nothing goes that others need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from earwitness.core.errors import NotFound
from earwitness.core.run import CANCELLED, DONE, Run, Step
from earwitness.core.session import Session
from earwitness.core.span import Span
from earwitness.core.speech import Heard, Segment, Word
from earwitness.store.library import Library

AT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


def heard(text: str) -> Heard:
    return Heard((Segment(Span(0, 900), (Word(text, Span(0, 900)),)),))


def make(library: Library, run: Run, *keys: str) -> None:
    for chunk, key in enumerate(keys):
        digest = library.put(key, "transcribe", run.session, heard(key))
        library.note_step(Step(run.id, "transcribe", chunk, key, digest, False, DONE, AT, 1))


def test_only_what_nobody_else_needs_goes(
    library: Library, new_session: Callable[..., Session]
) -> None:
    one, two = new_session("aaaaaa"), new_session("bbbbbb")
    finished = library.start_run(one.id, "first")
    make(library, finished, "common", "finished")
    library.finish_run(finished.id, DONE)
    stopped = library.start_run(one.id, "second")
    make(library, stopped, "common", "mine", "lent")
    library.refer("lent", two.id)
    assert library.checkpoint_keys(stopped.id) == ("lent", "mine")
    freed = library.give_up_run(stopped.id, "given up", hint="begin anew")
    assert freed.blobs == 1
    assert freed.bytes > 0
    assert library.find("mine") is None
    for key in ("common", "finished", "lent"):
        digest = library.find(key)
        assert digest is not None
        assert library.get(digest, Heard) == heard(key)
    run = library.latest_run(one.id)
    assert run is not None
    assert run.outcome is not None
    assert (run.outcome.kind, run.outcome.why) == ("failed", "given up")
    steps = library.steps(stopped.id)
    assert [step.digest is None for step in steps] == [False, True, True]
    assert library.unfinished_run(one.id, "second") is None
    assert library.session(one.id) == one


def test_a_cancelled_run_can_be_given_up_a_finished_one_cannot(
    library: Library, session: Session
) -> None:
    cancelled = library.start_run(session.id, "first")
    library.finish_run(cancelled.id, CANCELLED)
    library.give_up_run(cancelled.id, "given up")
    for run in (cancelled.id, "nosuchrun"):
        with pytest.raises(NotFound):
            library.give_up_run(run, "given up")
    done = library.start_run(session.id, "second")
    make(library, done, "kept")
    library.finish_run(done.id, DONE)
    with pytest.raises(NotFound):
        library.give_up_run(done.id, "given up")
    assert library.find("kept") is not None
    assert library.finished_run(session.id, "second") is not None


def test_sound_is_freed_and_nothing_else(library: Library, session: Session) -> None:
    name = session.recordings[0].id
    (library.scratch(name) / "sound.pcm").write_bytes(b"sound")
    assert library.free_sound(name) == 5
    assert library.free_sound(name) == 0
    assert library.free_sound("../blobs") == 0
    library.compact()
