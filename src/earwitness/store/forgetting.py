"""Forgetting: a person's embeddings leave the library - enrolled ones, and those inside results.

A diarization keeps a print of every voice it heard. A result's bytes are named by their digest and
never change, so a result that holds a print of the person is written anew without it; rows that
named the old bytes name the new ones, and the old file is unlinked like any deleted one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from earwitness.core.recognise import ASK_ONLY, cosine, thresholds_for
from earwitness.core.speech import Diarization, Settled, VoicePrint
from earwitness.store import schema
from earwitness.store.codec import decode, encode, kind_of_bytes
from earwitness.store.dialect import insert
from earwitness.store.far import removal_of
from earwitness.store.people import People
from earwitness.store.reclaim import note_removals, remove_old_pages
from earwitness.store.shelf import now

HOLDERS: tuple[type[Diarization] | type[Settled], ...] = (Diarization, Settled)
"""Results that hold prints."""

STAGES = ("diarize", "settle")
"""Stages that make them."""

Vectors = list[tuple[str, tuple[float, ...]]]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What forgetting a person's voice removed; names nobody.

    Attributes:
        series: The series' id.
        person: The person's key.
        prints: Enrolled prints.
        results: Stored results that lost a print.
        at: When, UTC.
        complete: Every trace in the library is gone. False when another process was reading just
            then: the rest goes when the library is opened next.
        remains: Where deleted rows may still lie, out of the library's reach; empty: nowhere.
    """

    series: str
    person: str
    prints: int
    results: int
    at: datetime
    complete: bool
    remains: str = ""


class Forgetting(People):
    """Removing embeddings."""

    def forget_voice(
        self, series_id: str, person: str, voices: Mapping[str, frozenset[str]]
    ) -> Forgotten:
        """Remove a person's embeddings from the whole library.

        Args:
            series_id: Whose cast the person is of.
            person: Their key.
            voices: Sessions, and which voices in them people know to be this person. Prints that
                would be recognised as one of these go too, wherever they are.

        Raises:
            StoreError: Nothing was removed.
        """
        column, at = schema.voice_print.c, now()
        mine = (column.series == series_id, column.person == person)
        with self._database.read() as connection:
            holding = list(self._holding(connection))
        self._blobs.warm(holding)
        with self._database.write(durable=True) as connection:
            rows = connection.execute(select(schema.voice_print).where(*mine)).all()
            known: Vectors = [(row.model, tuple(array("f", row.vector))) for row in rows]
            held = list(self._held(connection))
            for each in held:
                known += each.vectors_of(voices)
            connection.execute(delete(schema.voice_print).where(*mine))
            results = sum(self._strip(connection, each, known, voices) for each in held)
            connection.execute(
                insert(connection, schema.forgetting).values(
                    at=at, series=series_id, person=person, prints=len(rows), results=results
                )
            )
            remove_old_pages(connection)
        complete = self.settle().complete
        remains = self._database.remains
        return Forgotten(series_id, person, len(rows), results, at, complete, remains)

    def forgettings(self, series_id: str) -> tuple[Forgotten, ...]:
        """The receipts of a series, the oldest first; what was written into them is done."""
        column = schema.forgetting.c
        statement = select(schema.forgetting).where(column.series == series_id).order_by(column.n)
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return tuple(
            Forgotten(row.series, row.person, row.prints, row.results, row.at, complete=True)
            for row in rows
        )

    def _holding(self, connection: Connection) -> dict[str, set[str]]:
        """Results that may hold prints, with the sessions that need each."""
        artifact, reference = schema.artifact.c, schema.reference.c
        statement = (
            select(artifact.digest, reference.session)
            .join_from(schema.artifact, schema.reference, reference.key == artifact.key)
            .where(artifact.stage.in_(STAGES))
            .distinct()
        )
        sessions: dict[str, set[str]] = {}
        for row in connection.execute(statement):
            sessions.setdefault(row.digest, set()).add(row.session)
        return sessions

    def _held(self, connection: Connection) -> Iterator[_Held]:
        """Every result that holds prints, with the sessions that need it."""
        for digest, needing in self._holding(connection).items():
            data = self._blobs.read(digest)
            name = kind_of_bytes(data)
            for kind in HOLDERS:
                if kind.__name__ == name and (value := decode(data, kind)).prints:
                    yield _Held(digest, value, frozenset(needing))

    def _strip(
        self,
        connection: Connection,
        held: _Held,
        known: Vectors,
        voices: Mapping[str, frozenset[str]],
    ) -> int:
        """Write one result anew without the person's prints; 0 when it held none."""
        named = held.named(voices)
        kept = tuple(
            each
            for each in held.value.prints
            if each.voice not in named and not _is_like(each, known)
        )
        if kept == held.value.prints:
            return 0
        data = encode(replace(held.value, prints=kept))
        here = any(self.must_stay(session) for session in held.sessions)
        laid = self._blobs.lay(data, here=here)
        digest = laid.digest
        blob = insert(connection, schema.blob).values(
            digest=digest, size_bytes=len(data), object=laid.object
        )
        connection.execute(blob.on_conflict_do_nothing())
        for table in (schema.artifact, schema.step):
            connection.execute(
                update(table).where(table.c.digest == held.digest).values(digest=digest)
            )
        column = schema.blob.c
        gone = connection.execute(
            delete(schema.blob)
            .where(column.digest == held.digest)
            .returning(column.digest, column.size_bytes, column.object)
        ).one()
        note_removals(connection, [removal_of(gone.object, gone.digest, gone.size_bytes)])
        return 1


@dataclass(frozen=True, slots=True)
class _Held:
    """One result with prints in it."""

    digest: str
    value: Diarization | Settled
    sessions: frozenset[str]

    def named(self, voices: Mapping[str, frozenset[str]]) -> frozenset[str]:
        """Which of its voices people know to be the person: ids that are the session's own."""
        if not isinstance(self.value, Settled):
            return frozenset()
        return frozenset().union(*(voices.get(each, frozenset()) for each in self.sessions))

    def vectors_of(self, voices: Mapping[str, frozenset[str]]) -> Vectors:
        """What these voices sound like here."""
        named = self.named(voices)
        return [(each.model, each.vector) for each in self.value.prints if each.voice in named]


def _is_like(heard: VoicePrint, known: Iterable[tuple[str, tuple[float, ...]]]) -> bool:
    """Whether a print would be recognised as one of these, whoever else it is near."""
    limits = thresholds_for(heard.model)
    enough = limits.asked if limits is ASK_ONLY else limits.named
    return any(
        model == heard.model
        and len(vector) == len(heard.vector)
        and cosine(heard.vector, vector) >= enough
        for model, vector in known
    )
