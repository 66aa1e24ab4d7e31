"""The ledger of corrections: gapless, chained, erasable, and every tampering is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from tests.deep import examples

from earwitness.core.errors import CorruptStore, NotFound, UsageError
from earwitness.core.override import Field, Override, Target
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.store.backup import backup, restore
from earwitness.store.library import Library
from earwitness.store.overrides import Entry, Erased, Head
from earwitness.store.schema import override

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
SECRET = "xyzzy-plugh"
RECORDING = Recording("b" * 64, "scene.wav", 1_000, None, 2, 48_000)


def correction(seq: int, text: str = SECRET, *, undoes: int | None = None) -> Override:
    return Override(
        seq=seq,
        by="ann",
        at=AT + timedelta(seconds=seq),
        reason=f"because of {text}",
        target=Target(seq, Span(0, 900), None if undoes else text),
        field=Field.UNDO if undoes else Field.TEXT,
        was=None if undoes else text,
        now=None if undoes else f"{text} and more",
        undoes=undoes,
    )


def append(library: Library, session: Session, *overrides: Override) -> None:
    with library.amend(session.id) as amendment:
        for override in overrides:
            amendment.append(override, batch=overrides[0].seq if len(overrides) > 1 else None)


def traces(home: Path) -> list[str]:
    return [p.name for p in home.rglob("*") if p.is_file() and SECRET.encode() in p.read_bytes()]


def test_what_is_appended_is_read(library: Library, session: Session) -> None:
    one, two, three = correction(1), correction(2, "é今 🐉"), correction(3, undoes=1)
    append(library, session, one)
    append(library, session, two, three)
    page = library.ledger(session.id)
    assert page.whole
    assert page.entries == (
        Entry(1, "ann", one.at, one),
        Entry(2, "ann", two.at, two, None, 2),
        Entry(3, "ann", three.at, three, 1, 2),
    )
    assert (page.head.count, page.head.erased) == (3, 0)
    told = library.verify_overrides(session.id)
    assert (told.count, told.erased, told.broken_at) == (3, 0, None)
    assert told.head == page.head.link.hex()


def test_a_reader_gets_only_what_is_new_to_it(library: Library, session: Session) -> None:
    nothing = library.ledger(session.id)
    assert (nothing.entries, nothing.head.count) == ((), 0)
    append(library, session, correction(1))
    first = library.ledger(session.id, nothing.head)
    assert [entry.seq for entry in first.entries] == [1]
    assert not first.whole
    append(library, session, correction(2), correction(3))
    assert [entry.seq for entry in library.ledger(session.id, first.head).entries] == [2, 3]
    newest = library.ledger(session.id)
    assert library.ledger(session.id, newest.head).entries == ()
    for other in (
        Head(2, 0, b"another ledger"),
        Head(9, 0, newest.head.link),
        Head(0, 0, b"of another session"),
        Head(2, 1, newest.head.link),
    ):
        again = library.ledger(session.id, other)
        assert again.whole
        assert len(again.entries) == 3


def test_numbers_have_no_gap_and_nothing_stays_of_a_failed_amendment(
    library: Library, session: Session
) -> None:
    append(library, session, correction(1))
    with pytest.raises(ValueError, match="number 2"):
        append(library, session, correction(3))
    with pytest.raises(ValueError, match="number 3"):
        append(library, session, correction(2), correction(2))
    assert len(library.ledger(session.id).entries) == 1
    assert library.verify_overrides(session.id).broken_at is None


def test_an_unknown_session_has_no_ledger(library: Library, session: Session) -> None:
    with pytest.raises(NotFound), library.amend("2026-11-20-zzzzzz") as amendment:
        amendment.append(correction(1))
    with pytest.raises(NotFound):
        library.verify_overrides("2026-11-20-zzzzzz")
    with pytest.raises(NotFound):
        library.erase_overrides(session.id, 1, "ann")


def test_erasing_leaves_no_trace_and_a_sound_chain(
    library: Library, home: Path, session: Session
) -> None:
    append(library, session, correction(1, "hello"), correction(2), correction(3, undoes=2))
    append(library, session, correction(4, undoes=3), correction(5, "goodbye"))
    (home / "backups").mkdir()
    (home / "backups" / "library-0001-20261120T200000Z.db").write_text(SECRET)
    before = library.ledger(session.id)
    assert traces(home)
    with pytest.raises(UsageError, match="4 is an undo") as refused:
        library.erase_overrides(session.id, 4, "bea")
    assert "2" in refused.value.hint
    erasure = library.erase_overrides(session.id, 2, "bea")
    assert (erasure.seqs, erasure.complete) == ((2, 3, 4), True)
    assert traces(home) == []
    page = library.ledger(session.id, before.head)
    assert page.whole, "who had read it before has to read it again"
    said = {entry.seq: entry.said for entry in page.entries}
    assert isinstance(said[1], Override)
    gone = said[2]
    assert isinstance(gone, Erased)
    assert gone.by == "bea"
    assert gone.at == library.ledger(session.id).entries[1].said.at
    told = library.verify_overrides(session.id)
    assert (told.count, told.erased, told.broken_at) == (5, 3, None)
    assert told.head == before.head.link.hex(), "the chain is the same one"
    assert library.erase_overrides(session.id, 2, "ann").seqs == (2, 3, 4)
    assert library.ledger(session.id).entries[1].said == gone, "who erased it first stays"
    append(library, session, correction(6))
    assert library.verify_overrides(session.id).broken_at is None


TAMPERINGS = {
    "payload": (
        "UPDATE override SET payload = replace(payload, 'three', 'seven') WHERE seq = 3",
        3,
    ),
    "payload and its length": ("UPDATE override SET payload = payload || ' ' WHERE seq = 3", 3),
    "payload gone, without a word": ("UPDATE override SET payload = NULL WHERE seq = 3", 3),
    "both gone, without a word": (
        "UPDATE override SET payload = NULL, salt = NULL WHERE seq = 3",
        3,
    ),
    "both gone, as if erased": (
        "UPDATE override SET payload = NULL, salt = NULL, erased_at = at WHERE seq = 3",
        6,
    ),
    "author": ("UPDATE override SET by = 'mallory' WHERE seq = 4", 4),
    "time": ("UPDATE override SET at = '2020-01-01T00:00:00+00:00' WHERE seq = 4", 4),
    "what an undo undoes": ("UPDATE override SET undoes = 2 WHERE seq = 6", 6),
    "batch": ("UPDATE override SET batch = 1 WHERE seq = 2", 2),
    "commitment": ("UPDATE override SET commitment = x'00' WHERE seq = 5", 5),
    "dropped in the middle": ("DELETE FROM override WHERE seq = 2", 2),
    "dropped first": ("DELETE FROM override WHERE seq = 1", 1),
    "dropped tail": ("DELETE FROM override WHERE seq > 4", 5),
    "all dropped": ("DELETE FROM override", 1),
    "head dropped": ("DELETE FROM override_head", 1),
    "head of an earlier moment": (
        "UPDATE override_head SET seq = 4, link = (SELECT link FROM override WHERE seq = 4)",
        4,
    ),
    "order": (
        "UPDATE override SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 ELSE seq END;"
        "UPDATE override SET seq = -seq WHERE seq < 0",
        2,
    ),
    "from another session": (
        "UPDATE override SET session = 'x' WHERE seq = 1 AND session LIKE '%aaaaaa';"
        "UPDATE override SET session = '2026-11-20-aaaaaa' "
        "WHERE seq = 1 AND session LIKE '%bbbbbb'",
        1,
    ),
}


@pytest.mark.parametrize("address", [None])  # SQLite lets us break the rules between tables
@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found(
    library: Library, home: Path, new_session: Callable[..., Session], name: str
) -> None:
    session, other = new_session("aaaaaa"), new_session("bbbbbb")
    words = ("one", "two", "three", "four", "five")
    append(library, other, correction(1, "one"))
    for seq, word in enumerate(words, start=1):
        append(library, session, correction(seq, word))
    append(library, session, correction(6, undoes=5))
    assert library.verify_overrides(session.id).broken_at is None
    statements, broken_at = TAMPERINGS[name]
    with closing(sqlite3.connect(home / "library.db")) as connection:
        connection.executescript(f"PRAGMA foreign_keys=OFF; BEGIN; {statements}; COMMIT")
    assert library.verify_overrides(session.id).broken_at == broken_at


def test_a_changed_payload_is_never_handed_out(library: Library, session: Session) -> None:
    append(library, session, correction(1), correction(2))
    with library._database.write() as connection:
        connection.execute(update(override).where(override.c.seq == 2).values(payload=b"{}"))
    with pytest.raises(CorruptStore, match="correction 2") as caught:
        library.ledger(session.id)
    assert "sessions verify" in caught.value.hint
    library.erase_overrides(session.id, 2, "ann")
    assert isinstance(library.ledger(session.id).entries[1].said, Erased)
    assert library.verify_overrides(session.id).broken_at is None


def test_deleting_the_session_takes_its_corrections_along(
    library: Library, home: Path, new_session: Callable[..., Session], address: str | None
) -> None:
    session, other = new_session("aaaaaa"), new_session("bbbbbb")
    append(library, session, correction(1), correction(2))
    append(library, other, correction(1, "hello"))
    assert traces(home) or address
    receipt = library.delete_session(session.id)
    assert (receipt.overrides, receipt.complete) == (2, True)
    assert traces(home) == []
    assert len(library.ledger(other.id).entries) == 1
    assert library.verify_overrides(other.id).broken_at is None


def test_a_backup_carries_them(
    library: Library, home: Path, tmp_path: Path, session: Session, address: str | None
) -> None:
    append(library, session, correction(1), correction(2))
    library.erase_overrides(session.id, 1, "ann")
    backup(home, tmp_path / "library.tar", database=address)
    restore(tmp_path / "library.tar", tmp_path / "other")
    with Library.open(tmp_path / "other") as again:
        assert again.ledger(session.id) == library.ledger(session.id)
        assert again.verify_overrides(session.id) == library.verify_overrides(session.id)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("ledgers")) as opened:
        yield opened


_STEPS = st.lists(st.tuples(st.sampled_from("aaaub"), st.integers(0, 30)), max_size=14)
_numbers = iter(range(10**6))


@given(_STEPS, st.lists(st.integers(0, 30), max_size=3))
@settings(max_examples=examples(25), deadline=None)
def test_any_history_verifies_also_after_erasing(
    shared: Library,
    steps: list[tuple[str, int]],
    erased: list[int],
) -> None:
    name = f"2026-11-20-{next(_numbers):06d}"
    session = Session(name, "A scene", "meeting", None, (RECORDING,))
    shared.add_session(session)
    made: list[Override] = []
    for kind, pick in steps:
        seq = len(made) + 1
        if kind == "u" and made:
            made.append(correction(seq, undoes=pick % len(made) + 1))
            append(shared, session, made[-1])
        elif kind == "b":
            made += [correction(seq), correction(seq + 1, "more")]
            append(shared, session, *made[-2:])
        else:
            made.append(correction(seq, f"text {pick}"))
            append(shared, session, made[-1])
    assert [entry.said for entry in shared.ledger(name).entries] == made
    gone: set[int] = set()
    for pick in erased if made else []:
        seq = pick % len(made) + 1
        if made[seq - 1].undoes is None:
            gone |= set(shared.erase_overrides(name, seq, "ann").seqs)
    told = shared.verify_overrides(name)
    assert (told.count, told.erased, told.broken_at) == (len(made), len(gone), None)
    left = {e.seq: e.said for e in shared.ledger(name).entries if isinstance(e.said, Override)}
    assert left == {each.seq: each for each in made if each.seq not in gone}
