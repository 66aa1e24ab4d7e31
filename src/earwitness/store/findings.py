"""Findings: results of stages that read what people corrected; they go when that is erased."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update

from earwitness.store import schema, schema_terms
from earwitness.store.checkpoints import let_go
from earwitness.store.deletion import batches, delete_blobs
from earwitness.store.far import removal_of
from earwitness.store.reclaim import note_removals

STAGES: Final = ("read", "classify", "extract", "understood")
"""Whose results hold words that people corrected, or what was made of them."""

_CLOCKS: Final = timedelta(minutes=5)
"""So far may the clocks of two machines be apart."""


def drop_findings(connection: Connection, session: str, since: datetime) -> int:
    """Drop what was found in a session since a time, in the caller's transaction.

    The steps stay in the ledger, without results. `settle` removes the bytes. Words that were mined
    from its lines are mined anew when somebody asks.

    Args:
        connection: Of a transaction that writes.
        session: Whose.
        since: What was made before cannot hold what was not yet said.

    Returns:
        How many results.
    """
    artifact, reference = schema.artifact.c, schema.reference.c
    step, run = schema.step.c, schema.run.c
    made = (
        select(artifact.key, artifact.made_at)
        .join(schema.reference, reference.key == artifact.key)
        .where(reference.session == session, artifact.stage.in_(STAGES))
    )
    for words in (schema_terms.term_sighting, schema_terms.term_refusal):
        connection.execute(delete(words).where(words.c.session == session))
    first = since - _CLOCKS
    keys = [row.key for row in connection.execute(made) if row.made_at >= first]
    runs = select(run.id).where(run.session == session)
    for some in batches(keys):
        connection.execute(
            update(schema.step)
            .where(step.run.in_(runs), step.key.in_(some))
            .values(key=None, digest=None)
        )
    blobs = delete_blobs(connection, let_go(connection, session, keys))
    if blobs:
        removals = [removal_of(row.object, row.digest, row.size_bytes) for row in blobs]
        note_removals(connection, removals)
    return len(keys)
