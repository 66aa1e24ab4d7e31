"""Series, cast and prints in the library: kept, changed without loss, and deleted for good."""

from __future__ import annotations

import math
import threading
from array import array
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwitness.core.errors import NotFound, UsageError
from earwitness.core.people import Character, Person, Series
from earwitness.core.run import DONE, Step
from earwitness.core.session import Session
from earwitness.core.span import Span
from earwitness.core.speech import Diarization, Settled, Turn, VoicePrint
from earwitness.store.backup import backup, restore
from earwitness.store.library import Library

AT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SECRET = "xyzzy-plugh"
MODEL = "ge2e test"
CAST = (
    Person("a", "Ann", "player", ("Annie",), (Character("Mira"), Character("Orc"))),
    Person("b", "Ben", "dm"),
)
NIGHT = Series("", "Night", "tabletop", "nl", 4, ("Eldermoor", "d20"), CAST)


def at(degrees: float) -> tuple[float, ...]:
    """A unit vector; its digits and bytes are like no other's."""
    found = array("f", (math.cos(math.radians(degrees)), math.sin(math.radians(degrees)), 0.0))
    return tuple(found)


def heard(voice: str, degrees: float) -> VoicePrint:
    return VoicePrint(voice, at(degrees), MODEL, 60_000)


def traces(home: Path, vector: tuple[float, ...]) -> list[str]:
    """Files that hold a vector, as text or as bytes."""
    needles = [f"{vector[0]!r},{vector[1]!r}".encode(), array("f", vector).tobytes()]
    return [
        path.name
        for path in home.rglob("*")
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


def hold(library: Library, session: Session, *prints: VoicePrint) -> str:
    """A run with a diarization that holds prints, and what was settled from it."""
    turns = tuple(Turn(Span(n * 100, n * 100 + 90), each.voice) for n, each in enumerate(prints))
    run = library.start_run(session.id, "request")
    for stage, kind in (("diarize", Diarization), ("settle", Settled)):
        key = f"{session.id}-{stage}"
        digest = library.put(key, stage, session.id, kind(turns, prints))
        library.note_step(Step(run.id, stage, None, key, digest, False, DONE, AT, 1))
    library.finish_run(run.id, DONE)
    return run.id


def prints_in(library: Library, run: str) -> list[str]:
    settled = library.result(run, "settle")
    diarized = library.result(run, "diarize")
    assert settled is not None
    assert diarized is not None
    one, other = library.get(settled, Settled), library.get(diarized, Diarization)
    assert one.prints == other.prints
    assert len(one.turns) == len(other.turns) == 2
    return [each.voice for each in one.prints]


def test_a_series_is_kept_whole(library: Library) -> None:
    made = library.add_series(NIGHT)
    assert library.series("NIGHT") == made == replace(NIGHT, id=made.id)
    assert library.all_series() == (made,)
    with pytest.raises(UsageError, match="already"):
        library.add_series(Series("", "night"))
    with pytest.raises(NotFound):
        library.series("Day")


def test_a_change_that_breaks_a_rule_changes_nothing(library: Library) -> None:
    made = library.add_series(NIGHT)
    other = library.add_series(Series("", "Day"))

    def rename(was: Series) -> Series:
        return replace(was, name="Night", vocabulary=("lost",))

    def double(was: Series) -> Series:
        return replace(was, cast=(*was.cast, Person("c", "ann")))

    with pytest.raises(UsageError):
        library.change_series(other.id, rename)
    with pytest.raises(UsageError):
        library.change_series(made.id, double)
    assert library.all_series() == (other, made)


def test_two_who_change_a_cast_at_once_lose_nobody(library: Library) -> None:
    made = library.add_series(Series("", "Night"))

    def add(number: int) -> None:
        def change(was: Series) -> Series:
            return replace(was, cast=(*was.cast, Person(was.free_key(), f"P{number}")))

        library.change_series(made.id, change)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cast = library.series("Night").cast
    assert {person.name for person in cast} == {f"P{number}" for number in range(8)}


def test_a_session_is_in_one_series(library: Library, session: Session) -> None:
    night, day = library.add_series(NIGHT), library.add_series(Series("", "Day"))
    assert library.series_of(session.id) is None
    assert library.join_series(session.id, night.id)
    assert not library.join_series(session.id, night.id)
    assert library.join_series(session.id, day.id)
    assert library.series_of(session.id) == day
    assert library.sessions_in(night.id) == ()
    with pytest.raises(NotFound):
        library.join_series("2020-01-01-nobody", day.id)


def test_a_print_is_kept_as_it_was(library: Library, session: Session) -> None:
    night = library.add_series(NIGHT)
    library.enroll(night.id, "a", session.id, heard("S1", 10))
    library.enroll(night.id, "b", session.id, heard("S1", 20))
    (one,) = library.enrolled(night.id)
    assert (one.person, one.model, one.vector) == ("b", MODEL, at(20))
    assert library.enrolled(night.id, but=session.id) == ()
    assert library.enrolled_from(session.id) == {"S1": "b"}
    with pytest.raises(NotFound):
        library.enroll(night.id, "nobody", session.id, heard("S1", 20))


def test_taking_somebody_out_takes_their_prints(
    library: Library, home: Path, session: Session
) -> None:
    night = library.add_series(NIGHT)
    library.enroll(night.id, "a", session.id, heard("S1", 10))
    library.enroll(night.id, "b", session.id, heard("S2", 50))
    library.change_series(night.id, lambda was: replace(was, cast=was.cast[1:]))
    assert [each.person for each in library.enrolled(night.id)] == ["b"]
    assert traces(home, at(10)) == []


def test_no_trace_of_a_series_stays(library: Library, home: Path, session: Session) -> None:
    night = library.add_series(
        replace(NIGHT, name=f"N {SECRET}", cast=(Person("a", f"A {SECRET}"),))
    )
    library.join_series(session.id, night.id)
    library.enroll(night.id, "a", session.id, heard("S1", 10))
    assert library.delete_series(night.id)
    assert library.session(session.id) == session
    assert traces(home, at(10)) == []
    assert [p for p in home.rglob("*") if p.is_file() and SECRET.encode() in p.read_bytes()] == []
    with pytest.raises(NotFound):
        library.delete_series(night.id)


def test_a_deleted_session_takes_its_prints_along(
    library: Library, home: Path, session: Session
) -> None:
    night = library.add_series(NIGHT)
    library.join_series(session.id, night.id)
    library.enroll(night.id, "a", session.id, heard("S1", 10))
    receipt = library.delete_session(session.id)
    assert (receipt.prints, receipt.complete) == (1, True)
    assert library.enrolled(night.id) == ()
    assert library.sessions_in(night.id) == ()
    assert traces(home, at(10)) == []


def test_forgetting_leaves_no_print_anywhere_and_all_else_as_it_was(
    library: Library, home: Path, new_session: Callable[..., Session]
) -> None:
    """Named in one session, recognisable in another one that nobody named."""
    night = library.add_series(NIGHT)
    named, unnamed = new_session("aaaaaa"), new_session("bbbbbb")
    library.enroll(night.id, "a", named.id, heard("S1", 10))
    library.enroll(night.id, "b", named.id, heard("S2", 80))
    runs = [
        hold(library, named, heard("S1", 10), heard("S2", 80)),
        hold(library, unnamed, heard("S7", 81), heard("S8", 12)),
    ]
    assert traces(home, at(10))
    assert traces(home, at(12))
    done = library.forget_voice(night.id, "a", {named.id: frozenset({"S1"})})
    assert (done.prints, done.results, done.complete) == (1, 4, True)
    assert [prints_in(library, run) for run in runs] == [["S2"], ["S7"]]
    assert [each.person for each in library.enrolled(night.id)] == ["b"]
    assert traces(home, at(10)) == traces(home, at(12)) == []
    (receipt,) = library.forgettings(night.id)
    assert (receipt.person, receipt.prints, receipt.results) == ("a", 1, 4)
    again = library.forget_voice(night.id, "a", {named.id: frozenset({"S1"})})
    assert (again.prints, again.results) == (0, 0)
    library.sweep(stale_seconds=0)
    assert [prints_in(library, run) for run in runs] == [["S2"], ["S7"]]


def test_a_voice_people_know_is_forgotten_whatever_it_sounds_like(
    library: Library, session: Session
) -> None:
    night = library.add_series(NIGHT)
    run = hold(library, session, heard("S1", 10), heard("S2", 80))
    done = library.forget_voice(night.id, "a", {session.id: frozenset({"S1"})})
    assert (done.prints, done.results) == (0, 2)
    assert prints_in(library, run) == ["S2"]


def test_a_backup_holds_people_too(
    library: Library, home: Path, session: Session, tmp_path: Path, address: str | None
) -> None:
    night = library.add_series(NIGHT)
    library.join_series(session.id, night.id)
    library.enroll(night.id, "a", session.id, heard("S1", 10))
    backup(home, tmp_path / "all.tar", database=address)
    restore(tmp_path / "all.tar", tmp_path / "other")
    with Library.open(tmp_path / "other") as other:
        assert other.series_of(session.id) == night
        assert other.enrolled(night.id) == library.enrolled(night.id)
