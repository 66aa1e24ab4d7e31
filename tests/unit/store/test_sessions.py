"""Sessions: kept whole, listed newest first, found by a part of their id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from earwitness.core.errors import NotFound, UsageError
from earwitness.core.run import CANCELLED, degraded, failed
from earwitness.core.session import Recording, Session
from earwitness.store.library import Library

NewSession = Callable[..., Session]


def test_a_session_comes_back_whole(library: Library, recording: Recording) -> None:
    zone = timezone(timedelta(hours=5, minutes=45))
    made = Session(
        id="2026-11-20-k3f9qz",
        title="Tea, and what came of it",
        playbook="therapy",
        language=None,
        recordings=(recording, replace(recording, id="b" * 64, name="two.wav"), recording),
        held_at=datetime(2026, 11, 20, 23, 59, 59, 5, zone),
        local_only=True,
    )
    library.add_session(made)
    read = library.session(made.id)
    assert read == made
    assert read.held_at is not None
    assert read.held_at.utcoffset() == timedelta(hours=5, minutes=45)


def test_a_doubled_id_is_refused(library: Library, session: Session) -> None:
    with pytest.raises(UsageError, match="already"):
        library.add_session(replace(session, title="Another"))
    assert library.session(session.id) == session


def test_a_missing_session(library: Library) -> None:
    with pytest.raises(NotFound) as caught:
        library.session("2026-11-20-zzzzzz")
    assert caught.value.exit_code == 10
    assert caught.value.hint


def test_what_is_newly_said(library: Library, session: Session) -> None:
    said = replace(session, title="New", language="nl", held_at=None, local_only=False)
    library.update_session(said)
    assert library.session(session.id) == said
    with pytest.raises(NotFound):
        library.update_session(replace(session, id="2026-11-20-zzzzzz"))


def test_the_list_is_newest_first_with_the_outcome_people_see(
    library: Library, new_session: NewSession, recording: Recording
) -> None:
    assert library.sessions() == ()
    first, second, third = (new_session(name) for name in ("zzzzzz", "aaaaaa", "mmmmmm"))
    half = degraded("no model", instead="voices without text", hint="earwitness models pull")
    library.finish_run(library.start_run(first.id, "a").id, CANCELLED)
    library.finish_run(library.start_run(first.id, "a").id, half)
    broken = failed("the microphone was off", hint="switch it on")
    library.finish_run(library.start_run(second.id, "a").id, broken)
    library.start_run(second.id, "b")
    rows = library.sessions()
    assert [row.session for row in rows] == [third, second, first]
    assert [row.outcome for row in rows] == [None, None, half]
    library.finish_run(library.start_run(first.id, "b").id, broken)
    library.finish_run(library.start_run(second.id, "c").id, broken)
    told = [row.outcome for row in library.sessions()]
    assert told == [None, broken, half], "what people can see is never reported as failed"
    assert all(row.created_at.tzinfo for row in rows)
    assert rows[0].created_at >= rows[2].created_at


def test_sessions_of_exactly_these_recordings(
    library: Library, new_session: NewSession, recording: Recording
) -> None:
    one, two = recording, replace(recording, id="b" * 64)
    both = new_session("bbbbbb", one, two)
    alone = new_session("cccccc", one)
    newer = new_session("dddddd", one)
    turned = new_session("eeeeee", two, one)
    assert library.sessions_of((one.id,)) == (newer, alone)
    assert library.sessions_of((one.id, two.id)) == (both,)
    assert library.sessions_of((two.id, one.id)) == (turned,)
    assert library.sessions_of((two.id,)) == ()
    assert library.sessions_of(()) == ()


def test_a_name_belongs_to_its_session(
    library: Library, new_session: NewSession, recording: Recording
) -> None:
    one = new_session("aaaaaa", recording)
    two = new_session("bbbbbb", replace(recording, name="renamed.wav"))
    assert library.session(one.id).recordings[0].name == "scene.wav"
    assert library.session(two.id).recordings[0].name == "renamed.wav"


def test_a_unique_beginning_is_enough(library: Library, new_session: NewSession) -> None:
    one, two = new_session("abcdef"), new_session("abzzzz")
    assert library.resolve(one.id) == one.id
    assert library.resolve("2026-11-20-abc") == one.id
    with pytest.raises(UsageError) as several:
        library.resolve("2026-11-20-ab")
    assert one.id in several.value.hint
    assert two.id in several.value.hint
    for nothing in ("", "2026-11-20-x", "%", "2026-11-20-ab_def"):
        with pytest.raises(NotFound):
            library.resolve(nothing)
