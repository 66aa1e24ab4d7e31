"""Alembic's entry: runs migrations inside the one transaction the library opened for them."""

from __future__ import annotations

from alembic import context

from earwitness.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
