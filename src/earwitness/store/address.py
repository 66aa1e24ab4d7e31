"""Address: which PostgreSQL database, and which schema in it; holds a secret and never tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from earwitness.core.errors import UsageError

SCHEMA: Final = "earwitness"
"""The schema when the address names none."""

_FORM = "postgresql://user:password@host:5432/database"
_DRIVER = "postgresql+psycopg"
_SCHEMES = ("postgresql", "postgres", _DRIVER)
_SCHEMA_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_RESERVED = re.compile(r"pg_.*|public|information_schema")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a library's tables lie on a server.

    Attributes:
        url: For the driver; with the password.
        schema: The schema that is the library's alone.
    """

    url: URL = field(repr=False)
    schema: str

    @property
    def label(self) -> str:
        """For people: server, database and schema; no user and no password."""
        host = self.url.host or self.url.query.get("host") or "this machine"
        place = host if isinstance(host, str) else ", ".join(host)
        port = f":{self.url.port}" if self.url.port else ""
        return f"{place}{port}/{self.url.database or ''} (schema {self.schema})"


def read_address(text: str) -> Address:
    """The address in a setting: `postgresql://user:password@host:5432/database?schema=earwitness`.

    All that libpq knows may stand behind the `?`, `sslmode=verify-full` for instance.

    Raises:
        UsageError: It is none; the message does not repeat it.
    """
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        # Without its cause: that one may repeat the password.
        raise UsageError(
            "the setting database is not the address of a database", hint=f"write it as {_FORM}"
        ) from None
    if url.drivername not in _SCHEMES:
        raise UsageError("the library can be on PostgreSQL only", hint=f"write it as {_FORM}")
    schema = url.query.get("schema", SCHEMA)
    if not isinstance(schema, str) or not _SCHEMA_NAME.fullmatch(schema):
        raise UsageError(
            "the schema in the setting database is not a name",
            hint="use small letters, digits and _, a letter first",
        )
    if _RESERVED.fullmatch(schema):
        raise UsageError(
            f"the schema {schema} cannot be the library's alone",
            hint=f"name another one, or none: the library makes {SCHEMA}",
        )
    bare = url.set(drivername=_DRIVER).difference_update_query(["schema"])
    return Address(bare, schema)
