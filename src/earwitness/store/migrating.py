"""Migrations: bringing a database's tables to the form this program knows.

Alembic is imported only when there is something to change.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from earwitness.core.errors import CorruptStore, NewerStore, StoreError
from earwitness.store.schema import HEAD

SCRIPTS: Final = "earwitness.store:migrations"
"""Where Alembic finds the migrations: a package resource, so that it works from a wheel."""


def refuse_newer(present: str | None, *, scripts: str = SCRIPTS) -> None:
    """Refuse a form that no migration of ours leads to.

    Raises:
        NewerStore: A newer version of this program wrote it.
    """
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", scripts.replace("%", "%%"))
    known = {entry.revision for entry in ScriptDirectory.from_config(config).walk_revisions()}
    if present is not None and present not in known:
        raise NewerStore(
            f"the library was written by a newer Earwitness (its form is {present})",
            hint="upgrade with `pip install --upgrade earwitness`, or choose another --home",
        )


def upgrade(connection: Connection, *, head: str = HEAD, scripts: str = SCRIPTS) -> None:
    """Run what is missing, inside the transaction that is open."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", scripts.replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, head)


def another_form(present: str | None) -> StoreError:
    """The error for a database that is only to be looked at, and would have to be migrated."""
    return StoreError(
        f"the library's form is {present}, and this program reads {HEAD}",
        hint="`earwitness sessions list` brings an older one up to date",
    )


def no_revision() -> CorruptStore:
    """The error for tables that do not say which form they are of."""
    return CorruptStore(
        "the library's database does not say which revision it is of",
        hint="restore a backup with `earwitness restore`, or choose another --home",
    )
