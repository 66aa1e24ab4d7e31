"""Overrides: the append-only ledger of each session's corrections; see `store.chain`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, insert, select, update

from earwitness.core.errors import CorruptStore, NotFound, UsageError
from earwitness.core.override import Override, VoiceTarget
from earwitness.core.wire import from_wire
from earwitness.store import schema
from earwitness.store.chain import (
    AUDIT,
    SALT_BYTES,
    Line,
    commitment_to,
    genesis,
    is_sound,
    payload_of,
    read_bytes,
)
from earwitness.store.dialect import hold_session, holds_bytes
from earwitness.store.findings import drop_findings
from earwitness.store.reclaim import Reclaim, remove_old_pages
from earwitness.store.shelf import no_session, now, session_needed

_OF_A_VOICE = b'"target":{"voice":'
"""Stands in every payload about a whole voice, and as JSON's syntax in no other: inside a text the
quotes would be escaped."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a ledger ends; differs whenever anything in the ledger does.

    Attributes:
        count: The newest seq; 0 for a ledger without corrections.
        erased: How many of them have lost their payload.
        link: The newest link of the chain, 32 bytes.
    """

    count: int
    erased: int
    link: bytes


@dataclass(frozen=True, slots=True)
class Erased:
    """What the correction said is gone for good; it has no effect any more.

    Attributes:
        by: Who erased it.
        at: When, UTC.
    """

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger.

    Attributes:
        seq: 1, 2, 3, ... without gaps.
        by: Who made it.
        at: When, UTC.
        said: The correction, or that it was erased.
        undoes: The earlier line this one takes back.
        batch: The first seq of those that were made at one stroke; None for a single one.
    """

    seq: int
    by: str
    at: datetime
    said: Override | Erased
    undoes: int | None = None
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of a ledger at one moment.

    Attributes:
        head: Where the ledger ends.
        entries: In order of seq.
        whole: These are all lines; else only those after the head that was asked about.
    """

    head: Head
    entries: tuple[Entry, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the chain found.

    Attributes:
        count: Lines the ledger ought to have.
        erased: Lines whose payload was erased.
        broken_at: The first seq that is not what it was (changed, moved or missing); None: sound.
        head: The newest link as 64 hex digits. Whoever writes it down can tell later that nobody
            has rewritten the whole chain.
    """

    count: int
    erased: int
    broken_at: int | None
    head: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """What erasing a correction removed.

    Attributes:
        seqs: All numbers that say nothing any more because of it, in order.
        at: When, UTC.
        complete: Every trace in the library is gone. False when another process was reading just
            then: the rest goes when the library is opened next.
        remains: Where deleted rows may still lie, out of the library's reach; empty: nowhere.
        findings: Results that were dropped with it: what was found in the lines since it was made.
    """

    seqs: tuple[int, ...]
    at: datetime
    complete: bool
    remains: str = ""
    findings: int = 0


class Amendment:
    """A session's ledger while nobody else can append to it."""

    def __init__(self, connection: Connection, session: str) -> None:
        self._connection = connection
        self._session = session
        self.head = _head(connection, session)

    def read(self, since: Head | None = None) -> Page:
        """The ledger as it is now; see `Overrides.ledger`."""
        return _page(self._connection, self._session, since)

    def about_voices(self) -> list[Override]:
        """What was said of whole voices, and undos of it; quick however long the ledger is."""
        return _about_voices(self._connection, self._session)

    def append(self, override: Override, *, batch: int | None = None) -> Entry:
        """Append a correction; it holds once the amendment ends without an error.

        Raises:
            ValueError: Its number is not the next one.
        """
        if override.seq != self.head.count + 1:
            raise ValueError(f"the next correction is number {self.head.count + 1}")
        salt, payload = secrets.token_bytes(SALT_BYTES), payload_of(override)
        line = Line(
            seq=override.seq,
            by=override.by,
            at=override.at,
            undoes=override.undoes,
            batch=batch,
            commitment=commitment_to(salt, payload),
        )
        link = line.link(self.head.link)
        self._connection.execute(
            insert(schema.override).values(
                session=self._session,
                salt=salt,
                payload=payload,
                link=link,
                **line._asdict(),
            )
        )
        self._move(Head(override.seq, self.head.erased, link))
        return Entry(override.seq, override.by, override.at, override, override.undoes, batch)

    def erase(self, seqs: Sequence[int], by: str) -> None:
        """Forget what corrections said; those that were erased before stay as they are."""
        column = schema.override.c
        found = self._connection.execute(
            update(schema.override)
            .where(column.session == self._session, column.seq.in_(seqs))
            .where(column.erased_at.is_(None))
            .values(payload=None, salt=None, erased_by=by, erased_at=now())
        )
        if found.rowcount:
            self._move(replace(self.head, erased=self.head.erased + found.rowcount))

    def _move(self, head: Head) -> None:
        column = schema.override_head.c
        values = {"seq": head.count, "erased": head.erased, "link": head.link}
        moved = self._connection.execute(
            update(schema.override_head).where(column.session == self._session).values(**values)
        )
        if not moved.rowcount:
            self._connection.execute(
                insert(schema.override_head).values(session=self._session, **values)
            )
        self.head = head


class Overrides(Reclaim):
    """The ledgers of corrections."""

    def ledger(self, session_id: str, since: Head | None = None) -> Page:
        """A session's corrections.

        Args:
            session_id: Whose.
            since: What the caller has read already. When that is still how the ledger begins,
                only later lines are read.

        Raises:
            CorruptStore: A line is not what was appended; `verify_overrides` says which.
        """
        with self._database.read() as connection:
            return _page(connection, session_id, since)

    def about_voices(self, session_id: str) -> list[Override]:
        """What was said of a session's whole voices, undos of it included, in order of seq.

        Raises:
            CorruptStore: A line is not what was appended.
        """
        with self._database.read() as connection:
            return _about_voices(connection, session_id)

    @contextmanager
    def amend(self, session_id: str) -> Iterator[Amendment]:
        """Append to a ledger: one transaction, on the disk when it ends; all of it or nothing.

        Raises:
            NotFound: There is no such session (any more).
            DiskFull: Nothing was appended.
        """
        with (
            session_needed(session_id),
            self._database.write(durable=True, shared=True) as connection,
        ):
            hold_session(connection, session_id)
            yield Amendment(connection, session_id)

    def erase_overrides(self, session_id: str, seq: int, by: str) -> Erasure:
        """Erase what a correction said, for good; the chain stays whole.

        Undos of it go with it: they would have nothing to take back. So does all that was found in
        the lines since it was made, labels and moments: it may repeat what is erased.

        Raises:
            NotFound: There is no such correction.
            UsageError: It is an undo.
        """
        column = schema.override.c
        statement = select(column.seq, column.undoes, column.at).where(column.session == session_id)
        with self._database.write(durable=True) as connection:
            rows = connection.execute(statement).all()
            undoes = {row.seq: row.undoes for row in rows}
            gone = _with_undos(seq, undoes)
            Amendment(connection, session_id).erase(gone, by)
            since = min(row.at for row in rows if row.seq in gone)
            findings = drop_findings(connection, session_id, since)
            remove_old_pages(connection)
        return Erasure(gone, now(), self.settle().complete, self._database.remains, findings)

    def verify_overrides(self, session_id: str) -> Verified:
        """Check a session's ledger: every payload, every link, their order and the end.

        Raises:
            NotFound: There is no such session.
        """
        column = schema.override.c
        statement = select(schema.override).where(column.session == session_id).order_by(column.seq)
        with self._database.read() as connection:
            known = select(schema.session.c.id).where(schema.session.c.id == session_id)
            if connection.scalar(known) is None:
                raise no_session(session_id)
            head = _head(connection, session_id)
            previous, expected, erased = genesis(session_id), 1, 0
            for row in connection.execute(statement):
                line = Line.of(row)
                if row.seq != expected or row.link != line.link(previous) or not is_sound(row):
                    break
                previous, expected, erased = row.link, expected + 1, erased + (row.payload is None)
        sound = (expected - 1, erased, previous) == (head.count, head.erased, head.link)
        broken_at = None if sound else min(expected, max(head.count, 1))
        return Verified(head.count, erased, broken_at, head.link.hex())


def _with_undos(seq: int, undoes: dict[int, int | None]) -> tuple[int, ...]:
    """A correction and all undos that go back to it.

    Raises:
        NotFound: There is no such correction.
        UsageError: It is an undo.
    """
    if seq not in undoes:
        raise NotFound(f"there is no correction {seq}", hint="`earwitness edit list` shows all")
    if undoes[seq] is not None:
        root = seq
        while (earlier := undoes.get(root)) is not None:
            root = earlier
        raise UsageError(
            f"{seq} is an undo and says nothing by itself",
            hint=f"erase what it takes back: {root}",
        )
    gone = {seq}
    for each in sorted(undoes):
        if undoes[each] in gone:
            gone.add(each)
    return tuple(sorted(gone))


def _head(connection: Connection, session: str) -> Head:
    column = schema.override_head.c
    row = connection.execute(select(schema.override_head).where(column.session == session)).first()
    return Head(row.seq, row.erased, row.link) if row else Head(0, 0, genesis(session))


def _page(connection: Connection, session: str, since: Head | None) -> Page:
    head = _head(connection, session)
    if since == head:
        return Page(head, (), whole=False)
    known = since is not None and _is_beginning(connection, session, since, head)
    after = since.count if since is not None and known else 0
    column = schema.override.c
    statement = (
        select(schema.override)
        .where(column.session == session, column.seq > after)
        .order_by(column.seq)
    )
    entries = tuple(_entry(row) for row in connection.execute(statement))
    return Page(head, entries, whole=not known)


def _about_voices(connection: Connection, session: str) -> list[Override]:
    """Only lines whose payload can be about a whole voice are read, checked and decoded."""
    column = schema.override.c
    statement = (
        select(schema.override)
        .where(column.session == session, holds_bytes(connection, column.payload, _OF_A_VOICE))
        .order_by(column.seq)
    )
    said = (_entry(row).said for row in connection.execute(statement))
    return [
        each for each in said if isinstance(each, Override) and isinstance(each.target, VoiceTarget)
    ]


def _is_beginning(connection: Connection, session: str, since: Head, head: Head) -> bool:
    """Whether a ledger still begins with what ended at `since`."""
    if since.erased != head.erased or since.count > head.count:
        return False
    if since.count == 0:
        return since.link == genesis(session)
    column = schema.override.c
    link = select(column.link).where(column.session == session, column.seq == since.count)
    return connection.scalar(link) == since.link


def _entry(row: object) -> Entry:
    """A line from its row.

    Raises:
        CorruptStore: It is not what was appended.
    """
    line = Line.of(row)
    payload, salt = read_bytes(row, "payload"), read_bytes(row, "salt")
    if not is_sound(row):
        raise _tampered(line.seq)
    if payload is None or salt is None:
        by, at = getattr(row, "erased_by", None), getattr(row, "erased_at", None)
        said: Override | Erased = Erased(by or "", at or line.at)
        return Entry(line.seq, line.by, line.at, said, line.undoes, line.batch)
    try:
        wire = cast(dict[str, object], json.loads(payload))
        audit = (line.seq, line.by, line.at.isoformat(), line.undoes)
        said = from_wire({**wire, **dict(zip(AUDIT, audit, strict=True))})
    except (ValueError, TypeError) as error:
        raise _tampered(line.seq) from error
    return Entry(line.seq, line.by, line.at, said, line.undoes, line.batch)


def _tampered(seq: int) -> CorruptStore:
    return CorruptStore(
        f"correction {seq} is not what was written",
        hint="`earwitness sessions verify` tells more; restore a backup, or erase it",
    )
