"""The books: what is noted comes back, and what was spent outlives its session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from earwitness.core.errors import NotFound
from earwitness.core.money import Money
from earwitness.core.run import DONE, Step
from earwitness.core.session import Recording, Session
from earwitness.core.spending import Call
from earwitness.core.usage import Estimate, Machine, Spell, Taken
from earwitness.store.library import Library

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
CALL = Call("api.example.com", "ear-1", "transcribe", True, 2, 30_000, None, 7, 500, None)
MACHINE = Machine("abc", 2, 10**10)


@pytest.fixture
def library(tmp_path: Path, address: str | None) -> Iterator[Library]:
    with Library.open(tmp_path / "home", database=address) as opened:
        yield opened


def begun(library: Library, name: str = "aaaaaa") -> str:
    recording = Recording("a" * 64, "a.wav", 10, 1000, 1, 16_000)
    session = Session(f"2026-11-25-{name}", "night", "meeting", None, (recording,))
    library.add_session(session)
    return library.start_run(session.id, "request").id


def test_calls_come_back_with_what_is_not_known(library: Library) -> None:
    run = begun(library)
    library.note_calls(run, "transcribe", 3, AT, [CALL, CALL])
    first, second = library.calls(run=run)
    assert (first.call, first.stage, first.chunk, first.at) == (CALL, "transcribe", 3, AT)
    assert (first.micros, first.currency) == (None, None)
    library.price_calls([(first.n, Money(5, "USD"))])
    library.price_calls([(first.n, Money(9, "USD"))])
    told = library.calls(since=AT, until=AT + timedelta(seconds=1))
    assert [(each.micros, each.currency) for each in told] == [(5, "USD"), (None, None)]
    assert library.calls(since=AT + timedelta(seconds=1)) == ()
    assert second.n > first.n


def test_what_was_spent_stays_when_its_session_goes_and_says_no_more_whose(
    library: Library,
) -> None:
    run = begun(library)
    library.note_calls(run, "transcribe", None, AT, [CALL])
    library.note_spell(Spell(run, AT, MACHINE, Taken(5), 2))
    library.keep_estimate(Estimate("d" * 64, AT, "", run=run))
    library.delete_session("2026-11-25-aaaaaa")
    (left,) = library.calls()
    assert left.run is None
    assert left.call == CALL
    assert library.spells() == ()
    assert library.estimates([run]) == ()
    with pytest.raises(NotFound):
        library.note_calls(run, "transcribe", None, AT, [CALL])


def test_spells_come_back_oldest_first(library: Library) -> None:
    run = begun(library)
    whole = Taken(1000, 900, 7, 6, 5, 4, 3, 2, 1)
    spells = [
        Spell(run, AT, MACHINE, whole, 2, "ear 1.0", "embedded", 30_000),
        Spell(run, AT, Machine("abc", 2, 5, "H100"), Taken(7), 1),
    ]
    for spell in spells:
        library.note_spell(spell)
    assert list(library.spells([run])) == spells
    assert library.spells(newest=1) == (spells[1],)
    assert library.spells([]) == ()


def test_the_last_estimate_waits_for_its_run(library: Library) -> None:
    run = begun(library)
    told = Estimate("d" * 64, AT, "3 earlier runs here", 5, 4, 3, 2, 1, 9, Money(7, "EUR"))
    library.keep_estimate(Estimate("d" * 64, AT, "an older one"))
    library.keep_estimate(told)
    assert library.expected("d" * 64) == told
    assert library.expected("e" * 64) is None
    linked = Estimate("d" * 64, AT, "3 earlier runs here", 5, 4, 3, 2, 1, 9, Money(7, "EUR"), run)
    library.keep_estimate(linked)
    assert library.expected("d" * 64) is None
    assert library.estimates([run]) == (linked,)


def test_runs_that_took_something_from_memory_are_not_whole(library: Library) -> None:
    runs = [begun(library), begun(library, "bbbbbb"), begun(library, "cccccc")]
    for run, hit in zip(runs, (False, True, False), strict=True):
        library.note_step(Step(run, "decode", None, None, None, hit, DONE, AT, 1))
    for run in runs[:2]:
        library.finish_run(run, DONE)
    assert library.made_whole(runs) == {runs[0]}
    assert [run.id for run, _ in library.executed()] == runs[::-1]
    assert [run.id for run, _ in library.executed(session="2026-11-25-bbbbbb")] == [runs[1]]
    assert library.executed(until=AT - timedelta(days=9999)) == ()
