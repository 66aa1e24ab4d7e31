"""The queue on either database: turns, claims, leases, tokens, losses, and looking at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from earwitness.core.errors import Cancelled, CorruptStore, NotFound, UsageError
from earwitness.core.queue import LANES, Job, JobLane, Order, Owner
from earwitness.core.run import CANCELLED, DONE, Run, Step, failed
from earwitness.core.session import Session
from earwitness.store import schema
from earwitness.store.library import Library

ORDER = Order("/somewhere", ("json",))
HERE = Owner("here/1", 10, 1_000)
THERE = Owner("there/2", 10, 1_000)
OTHER = Owner("here/1", 11, 2_000)


def alive(_owner: Owner) -> bool:
    return False


def dead(_owner: Owner) -> bool:
    return True


@pytest.fixture
def add(library: Library, session: Session) -> Callable[..., Run]:
    def add(*, lane: JobLane = "cpu", priority: int = 0) -> Run:
        run = library.start_run(session.id, "request")
        library.submit(run, ORDER, lane=lane, priority=priority)
        return run

    return add


def take(library: Library, owner: Owner = HERE, lanes: tuple[JobLane, ...] = LANES) -> Job | None:
    return library.claim_next(owner, lanes=lanes, lease_s=60, gone=alive)


def taken(library: Library, owner: Owner = HERE) -> Job:
    job = take(library, owner)
    assert job is not None
    return job


def let_lease_run_out(library: Library, run: str) -> None:
    statement = update(schema.job).where(schema.job.c.run == run).values(lease_ms=1)
    with library._database.write() as connection:
        connection.execute(statement)


def did(library: Library, run: Run, *, hit: bool = False) -> None:
    now = datetime.now(UTC)
    library.note_step(Step(run.id, "transcribe", 0, "k", "d" * 64, hit, DONE, now, 1))


def test_the_most_urgent_goes_first_then_the_oldest(
    library: Library, add: Callable[..., Run]
) -> None:
    first, second, urgent = add(), add(), add(priority=5)
    assert [job.run for job in iter(lambda: take(library), None)] == [
        urgent.id,
        first.id,
        second.id,
    ]
    assert library.job_counts() == {"queued": 0, "running": 3, "done": 0}


def test_a_job_is_held_by_one(library: Library, add: Callable[..., Run]) -> None:
    run = add()
    job = taken(library)
    assert (job.owner, job.token, job.state) == (HERE, 1, "running")
    assert library.claim(run.id, OTHER, lease_s=60, gone=alive) is None
    assert take(library, THERE) is None
    assert library.beat(job.hold, lease_s=60) == "held"


def test_what_was_asked_last_holds(library: Library, add: Callable[..., Run]) -> None:
    run = add()
    elsewhere = replace(ORDER, output="/elsewhere")
    again = library.submit(run, elsewhere, lane="cpu", priority=3)
    assert (again.order, again.priority) == (elsewhere, 3)
    assert library.submit(run, elsewhere, lane="cpu").priority == 3
    job = library.claim(run.id, HERE, lease_s=60, gone=alive, order=ORDER)
    assert job is not None
    assert job.order == ORDER
    assert library.submit(run, elsewhere, lane="cpu") == job, "it is being worked on"


def test_a_lease_that_ran_out_lets_another_machine_in(
    library: Library, add: Callable[..., Run]
) -> None:
    run = add()
    old = taken(library)
    let_lease_run_out(library, run.id)
    new = taken(library, THERE)
    assert (new.run, new.token, new.losses) == (run.id, 2, 1)
    assert library.beat(old.hold, lease_s=60) == "lost"
    assert not library.release(old.hold)
    assert not library.end_job(old.hold)
    with pytest.raises(Cancelled):
        library.finish_held(old.hold, failed("too late"))
    assert library.run(run.id).outcome is None
    assert library.finish_held(new.hold, DONE).outcome == DONE
    assert library.end_job(new.hold)
    assert library.shown_run(run.session) == run.id


def test_on_one_machine_life_counts_and_not_the_lease(
    library: Library, add: Callable[..., Run]
) -> None:
    """A laptop that slept must not lose its runs to itself."""
    run = add()
    held = taken(library)
    let_lease_run_out(library, run.id)
    assert take(library, OTHER) is None
    assert library.beat(held.hold, lease_s=60) == "held"
    taken_over = library.claim(run.id, OTHER, lease_s=60, gone=dead)
    assert taken_over is not None
    assert taken_over.losses == 1


def test_only_losses_without_progress_add_up(library: Library, add: Callable[..., Run]) -> None:
    run = add()
    taken(library)

    def lose() -> int:
        job = library.claim(run.id, OTHER, lease_s=60, gone=dead)
        assert job is not None
        return job.losses

    assert [lose(), lose()] == [1, 2]
    did(library, run)
    assert lose() == 1
    did(library, run, hit=True)
    assert lose() == 2, "what was found again is no progress"
    assert lose() == 3


def test_a_job_given_back_keeps_its_turn(library: Library, add: Callable[..., Run]) -> None:
    first, _second = add(), add()
    job = taken(library)
    assert library.release(job.hold)
    again = taken(library)
    assert (again.run, again.losses) == (first.id, 0)
    assert library.beat(job.hold, lease_s=60) == "lost", "its token is an old one"


def test_one_run_at_a_time_has_a_machines_gpu(library: Library, add: Callable[..., Run]) -> None:
    first, second, plain = add(lane="gpu"), add(lane="gpu"), add()
    assert taken(library).run == first.id
    assert library.claim(second.id, OTHER, lease_s=60, gone=alive) is None
    assert taken(library, OTHER).run == plain.id
    assert take(library, OTHER) is None
    assert taken(library, THERE).run == second.id, "another machine has a gpu of its own"


def test_lanes_are_kept_apart(library: Library, add: Callable[..., Run]) -> None:
    add(lane="gpu")
    assert take(library, lanes=("cpu",)) is None
    assert take(library, lanes=("gpu",)) is not None


def test_stopping(library: Library, add: Callable[..., Run]) -> None:
    run = add()
    assert library.stop_job(run.id) == "queued"
    assert take(library) is None
    library.submit(run, ORDER, lane="cpu")
    job = taken(library)
    assert library.stop_job(run.id) == "running"
    assert library.beat(job.hold, lease_s=60) == "stop"
    assert library.end_job(job.hold)
    assert library.stop_job(run.id) == "done"
    assert library.stop_job("nobody") is None
    again = library.submit(run, ORDER, lane="cpu")
    assert (again.state, again.stop, again.losses) == ("queued", False, 0)


def test_looking(library: Library, add: Callable[..., Run]) -> None:
    runs = [add() for _ in range(4)]
    job = taken(library)
    library.finish_held(job.hold, CANCELLED)
    library.end_job(job.hold)
    taken(library)
    rows = library.jobs(states=("running", "queued", "done"))
    assert [(row.job.run, row.job.state) for row in rows] == [
        (runs[1].id, "running"),
        (runs[2].id, "queued"),
        (runs[3].id, "queued"),
        (runs[0].id, "done"),
    ]
    assert [row.outcome for row in rows] == [None, None, None, CANCELLED]
    assert {row.title for row in rows} == {"A scene"}
    assert len(library.jobs(limit=1)) == 2
    assert library.job_row(runs[2].id).job == library.job(runs[2].id)
    assert library.job("nobody") is None
    with pytest.raises(NotFound):
        library.job_row("nobody")


def test_a_run_is_found_by_its_own_or_its_sessions_name(
    library: Library, add: Callable[..., Run], new_session: Callable[..., Session]
) -> None:
    first, second = add(), add()
    job = taken(library)
    library.end_job(job.hold)
    assert library.resolve_run(first.id) == first.id
    assert library.resolve_run(first.id[:8]) == first.id
    assert library.resolve_run(first.session) == second.id, "the one that has not ended"
    other = library.start_run(new_session("bbbbbb").id, "request")
    library.submit(other, ORDER, lane="cpu")
    with pytest.raises(UsageError):
        library.resolve_run("2026-11")
    with pytest.raises(NotFound):
        library.resolve_run("nobody")
    with pytest.raises(NotFound):
        library.resolve_run("")


def test_whose_sound_is_still_needed(library: Library, add: Callable[..., Run]) -> None:
    first, second = add(), add()
    (recording,) = library.session(first.session).recordings
    job = taken(library)
    assert library.in_use(recording.id, but=job.run), "the other one still waits"
    library.end_job(job.hold)
    assert not library.in_use(recording.id, but=second.id)
    assert library.in_use(recording.id, but=job.run)


def test_a_deleted_session_takes_its_jobs_along(library: Library, add: Callable[..., Run]) -> None:
    run = add()
    job = taken(library)
    library.delete_session(run.session)
    assert library.beat(job.hold, lease_s=60) == "lost"
    assert not library.any_open()
    with pytest.raises(NotFound):
        library.submit(run, ORDER, lane="cpu")


@pytest.mark.parametrize(
    ("column", "value"), [("owner", "x"), ("state", "y"), ("lane", "z"), ("wanted", "{}")]
)
def test_foreign_rows_are_refused(
    library: Library, add: Callable[..., Run], column: str, value: str
) -> None:
    run = add()
    taken(library)
    statement = update(schema.job).where(schema.job.c.run == run.id).values({column: value})
    with library._database.write() as connection:
        connection.execute(statement)
    with pytest.raises(CorruptStore):
        library.job(run.id)
