"""The tables of series' words, beside `schema`: what people said of them, and what was mined."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Named, String, Table, TypedColumns

from earwitness.store.schema import metadata


def _to(target: str) -> ForeignKey:
    return ForeignKey(target, ondelete="CASCADE")


class TermColumns(TypedColumns):
    """What is known of a word in a series' vocabulary; `folded` as it is compared, `heard` JSON."""

    series: Named[str] = Column(String(12), _to("series.id"), primary_key=True)
    folded: Named[str] = Column(String, primary_key=True)
    kind: Named[str] = Column(String(4))
    heard: Named[str]
    who: Named[str | None]


class TermRefusalColumns(TypedColumns):
    """A word of a session that a person does not want; it goes with the session."""

    series: Named[str] = Column(String(12), _to("series.id"), primary_key=True)
    session: Named[str] = Column(_to("session.id"), primary_key=True)
    folded: Named[str] = Column(String, primary_key=True)


class TermSightingColumns(TypedColumns):
    """A word of a session that looks like a name or a term; `voices` is JSON."""

    session: Named[str] = Column(_to("session.id"), primary_key=True)
    folded: Named[str] = Column(String, primary_key=True)
    series: Named[str] = Column(String(12), _to("series.id"), index=True)
    text: Named[str]
    kind: Named[str] = Column(String(4))
    form: Named[float] = Column(Float)
    voices: Named[str]
    at_ms: Named[int] = Column(BigInteger)


term = Table("term", metadata, TermColumns)
term_refusal = Table("term_refusal", metadata, TermRefusalColumns)
term_sighting = Table("term_sighting", metadata, TermSightingColumns)
