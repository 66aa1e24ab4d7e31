"""Sums and means from PostgreSQL as Python's own numbers, as SQLite gives them.

PostgreSQL's sum of large integers is a `numeric`, which psycopg makes a Decimal: equal to the
number, but neither JSON nor arithmetic with floats takes it. Imported with the driver only.
"""

from __future__ import annotations

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Loader


class Number(Loader):
    """Reads a `numeric`: whole ones as int, others as float."""

    def load(self, data: Buffer) -> int | float:
        """The number in the server's text."""
        text = bytes(data).decode("ascii")
        return int(text) if text.lstrip("-").isdigit() else float(text)


def plain_numbers(connection: Connection[object], _record: object) -> None:
    """Let a new connection read numbers so."""
    connection.adapters.register_loader("numeric", Number)
