"""Terms: the words of a series, what people said of them, and what its transcripts show.

A word holds when it stands in the series' vocabulary; what is noted beside it only tells where it
comes from. What was mined, and what was refused, belongs to the session that says it, and goes with
it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from earwitness.core.people import Series, folded
from earwitness.core.terms import Kind, Sighting
from earwitness.store import schema
from earwitness.store import schema_terms as tables
from earwitness.store.dialect import insert
from earwitness.store.people import People, no_series
from earwitness.store.shelf import session_needed


@dataclass(frozen=True, slots=True)
class Noted:
    """A word that a person said or accepted.

    Attributes:
        text: As it is to be written.
        kind: A name, or another word.
        heard: What it is known to be written in place of.
        who: Who said so.
    """

    text: str
    kind: Kind
    heard: tuple[str, ...] = ()
    who: str | None = None


class Terms(People):
    """The words of series."""

    def accept_terms(self, series_id: str, terms: Sequence[Noted]) -> tuple[str, ...]:
        """Let words hold for a series, whatever was said of them before; in one transaction.

        Returns:
            Those that did not stand in its vocabulary yet.

        Raises:
            NotFound: There is no such series.
        """
        with self._database.write(durable=True) as connection:
            words = list(_vocabulary(connection, series_id))
            known = {folded(word) for word in words}
            fresh = []
            for each in terms:
                key = folded(each.text)
                if key not in known:
                    known.add(key)
                    fresh.append(each.text)
                _note(connection, series_id, each)
                _forget_refusal(connection, series_id, key)
            _write_vocabulary(connection, series_id, [*words, *fresh])
        return tuple(fresh)

    def refuse_terms(self, series_id: str, sessions: Mapping[str, Iterable[str]]) -> None:
        """Take words out of a series' vocabulary, and do not propose them again.

        Args:
            series_id: Which series.
            sessions: Each word as it is compared, with the sessions it comes from: the refusal is
                kept as long as one of them is.

        Raises:
            NotFound: There is no such series.
        """
        column, refusal = tables.term.c, tables.term_refusal
        with self._database.write(durable=True) as connection:
            words = _vocabulary(connection, series_id)
            _write_vocabulary(
                connection, series_id, [word for word in words if folded(word) not in sessions]
            )
            members = _members(connection, series_id)
            for key, whose in sessions.items():
                connection.execute(
                    delete(tables.term).where(column.series == series_id, column.folded == key)
                )
                for session in sorted(set(whose) & members):
                    row = {"series": series_id, "session": session, "folded": key}
                    connection.execute(
                        insert(connection, refusal).values(row).on_conflict_do_nothing()
                    )

    def refused_terms(self, series_id: str) -> frozenset[str]:
        """Words nobody wants, as they are compared."""
        column = tables.term_refusal.c
        statement = select(column.folded).where(column.series == series_id).distinct()
        with self._database.read() as connection:
            return frozenset(connection.scalars(statement))

    def noted_terms(self, series: Series) -> tuple[Noted, ...]:
        """The words of a series' vocabulary, with what was noted of them, in its order."""
        column = tables.term.c
        with self._database.read() as connection:
            rows = {
                row.folded: row
                for row in connection.execute(select(tables.term).where(column.series == series.id))
            }
        found = []
        for text in series.vocabulary:
            row = rows.get(folded(text))
            if row is None:
                kind = Kind.NAME if text[:1].isupper() else Kind.TERM
                found.append(Noted(text, kind))
            else:
                heard = tuple(json.loads(row.heard))
                found.append(Noted(text, Kind(row.kind), heard, row.who))
        return tuple(found)

    def keep_sightings(self, session: str, series_id: str, sightings: Sequence[Sighting]) -> None:
        """Keep what a session's transcript shows, in place of what it showed before.

        Words that were refused stay refused, also when the session that said them first goes.

        Raises:
            NotFound: The session or the series is not there (any more).
        """
        column = tables.term_sighting.c
        rows = [
            {
                "session": session,
                "folded": folded(each.text),
                "series": series_id,
                "text": each.text,
                "kind": str(each.kind),
                "form": each.form,
                "voices": json.dumps(each.voices),
                "at_ms": each.at_ms,
            }
            for each in sightings
        ]
        unwanted = self.refused_terms(series_id)
        refusals = [
            {"series": series_id, "session": session, "folded": row["folded"]}
            for row in rows
            if row["folded"] in unwanted
        ]
        with session_needed(session), self._database.write() as connection:
            if session not in _members(connection, series_id):
                raise no_series()
            connection.execute(delete(tables.term_sighting).where(column.session == session))
            for table, made in (
                (tables.term_sighting, rows),
                (tables.term_refusal, refusals),
            ):
                if made:
                    connection.execute(insert(connection, table).on_conflict_do_nothing(), made)

    def sightings(self, series_id: str) -> tuple[tuple[str, Sighting], ...]:
        """What the transcripts of a series show, each with its session, by word."""
        column = tables.term_sighting.c
        statement = (
            select(tables.term_sighting)
            .where(column.series == series_id)
            .order_by(column.folded, column.session)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return tuple(
            (
                row.session,
                Sighting(
                    row.text, Kind(row.kind), row.form, tuple(json.loads(row.voices)), row.at_ms
                ),
            )
            for row in rows
        )


def _vocabulary(connection: Connection, series_id: str) -> tuple[str, ...]:
    column = schema.series.c
    found = connection.scalar(select(column.vocabulary).where(column.id == series_id))
    if found is None:
        raise no_series()
    return tuple(json.loads(found))


def _write_vocabulary(connection: Connection, series_id: str, words: Sequence[str]) -> None:
    statement = update(schema.series).where(schema.series.c.id == series_id)
    connection.execute(statement.values(vocabulary=json.dumps(words)))


def _note(connection: Connection, series_id: str, noted: Noted) -> None:
    column = tables.term.c
    key = folded(noted.text)
    was = connection.scalar(
        select(column.heard).where(column.series == series_id, column.folded == key)
    )
    heard = tuple(dict.fromkeys((*(json.loads(was) if was else ()), *noted.heard)))
    values = {"kind": str(noted.kind), "heard": json.dumps(heard), "who": noted.who}
    connection.execute(
        insert(connection, tables.term)
        .values(series=series_id, folded=key, **values)
        .on_conflict_do_update(index_elements=["series", "folded"], set_=values)
    )


def _forget_refusal(connection: Connection, series_id: str, key: str) -> None:
    column = tables.term_refusal.c
    connection.execute(
        delete(tables.term_refusal).where(column.series == series_id, column.folded == key)
    )


def _members(connection: Connection, series_id: str) -> set[str]:
    column = schema.session_series.c
    return set(connection.scalars(select(column.session).where(column.series == series_id)))
