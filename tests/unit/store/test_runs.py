"""Runs, steps and events: what the ledger keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from earwitness.core.errors import CorruptStore, NotFound
from earwitness.core.run import (
    CANCELLED,
    DONE,
    Asked,
    Event,
    Outcome,
    Run,
    RunTarget,
    Step,
    degraded,
    failed,
    skipped,
)
from earwitness.core.session import Session
from earwitness.store.library import Library
from earwitness.store.runs import _told

AT = datetime(2026, 11, 20, 20, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def run(library: Library, session: Session) -> Run:
    return library.start_run(session.id, "request")


def step(run: Run, stage: str, chunk: int | None, digest: str | None, outcome: Outcome) -> Step:
    return Step(
        run=run.id,
        stage=stage,
        chunk=chunk,
        key="key" if digest else None,
        digest=digest,
        hit=chunk == 1,
        outcome=outcome,
        started_at=AT,
        wall_ms=12,
        cpu_ms=None if chunk is None else 11,
        peak_bytes=5 * 2**30,
    )


def test_a_run_from_start_to_end(library: Library, session: Session, run: Run) -> None:
    assert library.latest_run(session.id) == run
    assert run.outcome is None
    assert len(run.id) == 12
    outcome = degraded("no text", instead="voices", hint="pull a model")
    closed = library.finish_run(run.id, outcome)
    assert closed.outcome == outcome
    assert closed.finished_at is not None
    assert closed.finished_at >= run.started_at
    assert library.runs(session.id) == (closed,)


def test_a_closed_run_stays_as_it_is(library: Library, run: Run) -> None:
    closed = library.finish_run(run.id, DONE)
    assert library.finish_run(run.id, failed("too late")) == closed


def test_runs_are_newest_first(library: Library, session: Session, run: Run) -> None:
    newer = library.start_run(session.id, "request")
    assert library.runs(session.id) == (newer, run)
    assert library.latest_run(session.id) == newer
    assert library.latest_run("2026-11-20-zzzzzz") is None


@pytest.mark.parametrize(
    ("outcome", "finished", "unfinished"),
    [
        (None, False, True),
        (CANCELLED, False, True),
        (failed("broken"), False, False),
        (skipped("nothing there"), False, False),
        (DONE, True, False),
        (degraded("no text", instead="voices"), True, False),
    ],
)
def test_what_can_be_used_and_what_continued(
    library: Library,
    session: Session,
    run: Run,
    outcome: Outcome | None,
    *,
    finished: bool,
    unfinished: bool,
) -> None:
    if outcome is not None:
        run = library.finish_run(run.id, outcome)
    assert library.finished_run(session.id, "request") == (run if finished else None)
    assert library.unfinished_run(session.id, "request") == (run if unfinished else None)
    assert library.finished_run(session.id, "other") is None
    assert library.unfinished_run(session.id, "other") is None


def test_a_cancelled_run_can_be_continued(library: Library, session: Session, run: Run) -> None:
    library.finish_run(run.id, CANCELLED)
    assert library.finish_run(run.id, DONE).outcome == DONE
    assert library.finished_run(session.id, "request") is not None


def test_a_rerun_says_what_it_builds_on(library: Library, session: Session, run: Run) -> None:
    asked = Asked("nl", 3, "scripted", "auto", None, "cpu")
    target = RunTarget(("transcribe",), (2, 3), (("language", "nl"),))
    again = library.start_run(session.id, "again", asked=asked, parent=run.id, target=target)
    assert (again.asked, again.parent, again.target) == (asked, run.id, target)
    assert library.runs(session.id) == (again, run)
    assert (run.asked, run.parent, run.target) == (None, None, None)


def test_what_older_versions_were_asked_is_read() -> None:
    older = (
        '{"language":"nl","speakers":3,"transcriber":"auto","diarizer":"auto",'
        '"model":null,"device":null}'
    )
    assert _told(older, Asked) == Asked("nl", 3, "auto", "auto", None, None, (), (), "none")


def test_a_run_with_a_result_is_shown(library: Library, session: Session, run: Run) -> None:
    assert library.shown_run(session.id) is None
    library.finish_run(run.id, CANCELLED)
    assert library.shown_run(session.id) is None
    library.finish_run(run.id, DONE)
    broken = library.start_run(session.id, "broken")
    library.finish_run(broken.id, failed("broken"))
    assert library.shown_run(session.id) == run.id
    newer = library.start_run(session.id, "newer")
    library.finish_run(newer.id, DONE)
    library.finish_run(run.id, DONE)
    assert library.shown_run(session.id) == newer.id, "what is closed already changes nothing"
    library.show_run(session.id, run.id)
    assert library.shown_run(session.id) == run.id
    for wrong in ((session.id, "nobody"), ("2026-11-20-zzzzzz", run.id)):
        with pytest.raises(NotFound):
            library.show_run(*wrong)


def test_steps_come_back_in_order(library: Library, run: Run) -> None:
    noted = (
        step(run, "transcribe", 1, "d1", DONE),
        step(run, "transcribe", 0, None, failed("engine gone", hint="again")),
        step(run, "transcribe", None, "d2", degraded("a chunk is missing", instead="the rest")),
    )
    for line in noted:
        library.note_step(line)
    assert library.steps(run.id) == noted
    assert library.steps("nobody") == ()


def test_the_result_of_a_stage_is_the_latest_whole_one(library: Library, run: Run) -> None:
    assert library.result(run.id, "transcribe") is None
    library.note_step(step(run, "transcribe", 0, "chunk", DONE))
    assert library.result(run.id, "transcribe") is None
    library.note_step(step(run, "transcribe", None, "first", DONE))
    library.note_step(step(run, "transcribe", None, "second", DONE))
    library.note_step(step(run, "diarize", None, "other", DONE))
    assert library.result(run.id, "transcribe") == "second"
    library.note_step(step(run, "transcribe", None, None, failed("broken")))
    assert library.result(run.id, "transcribe") is None


def test_events_are_numbered_per_session(library: Library, session: Session, run: Run) -> None:
    event = Event(0, AT, session.id, run.id, "chunk.done", "transcribe", 3, "done", (1, 2, 20))
    appended = [library.append(event) for _ in range(5)]
    assert appended == [replace(event, seq=seq) for seq in range(1, 6)]
    assert library.events(session.id) == tuple(appended)
    assert library.events(session.id, after=3) == tuple(appended[3:])
    assert library.events(session.id, after=1, limit=2) == tuple(appended[1:3])
    assert library.events("2026-11-20-zzzzzz") == ()


def test_nothing_is_noted_for_what_is_not_there(
    library: Library, session: Session, run: Run
) -> None:
    gone = replace(run, id="nobody")
    with pytest.raises(NotFound):
        library.start_run("2026-11-20-zzzzzz", "request")
    with pytest.raises(NotFound):
        library.finish_run(gone.id, DONE)
    with pytest.raises(NotFound):
        library.note_step(step(gone, "detect", None, None, DONE))
    with pytest.raises(NotFound):
        library.append(Event(0, AT, session.id, gone.id, "run.started"))


def test_a_time_without_zone_is_refused(library: Library, session: Session, run: Run) -> None:
    with pytest.raises(Exception, match="has a zone"):
        library.append(Event(0, AT.replace(tzinfo=None), session.id, run.id, "run.started"))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE run SET outcome = 'great'",
        "UPDATE event SET type = 'great'",
    ],
)
def test_words_that_are_not_ours_are_told(
    library: Library, session: Session, run: Run, change: str
) -> None:
    library.append(Event(0, AT, session.id, run.id, "run.started"))
    with library._database.write() as connection:
        connection.exec_driver_sql(change)
    with pytest.raises(CorruptStore, match="none of ours"):
        (library.runs(session.id), library.events(session.id))


def test_a_target_that_is_none_is_told(library: Library, session: Session, run: Run) -> None:
    with library._database.write() as connection:
        connection.exec_driver_sql("UPDATE run SET target = '{}'")
    with pytest.raises(CorruptStore, match="cannot be read"):
        library.runs(session.id)
