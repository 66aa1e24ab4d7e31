"""What PostgreSQL says when it fails, as errors of our tree with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from earwitness.core.errors import CorruptStore, DiskFull, StoreError, UsageError
from earwitness.store.database import too_many_threads

_AWAY = ("08", "57P")
"""SQLSTATE classes of a server that is not there, or goes away, or comes up."""


class _Fault(NamedTuple):
    """What one SQLSTATE, or all that begin with it, means."""

    kind: type[StoreError]
    message: str
    hint: str


_GRANT = "let an administrator grant it: see docs/how-to-postgresql.md"
_REFUSALS = (
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("no pg_hba.conf entry", "28000"),
    ('FATAL:  role "', "28000"),
    ('FATAL:  database "', "3D000"),
    ("FATAL:  sorry, too many clients", "53300"),
    ("FATAL:  remaining connection slots", "53300"),
)
_DAMAGE = _Fault(
    CorruptStore,
    "the library's database is damaged",
    "restore a backup with `earwitness restore`, after the server was mended",
)
_FAULTS = {
    "53100": _Fault(
        DiskFull,
        "the library cannot grow: the database server has no space left",
        "free some space there and give the same command again; what was done is kept",
    ),
    "53300": _Fault(
        StoreError,
        "the database server has no connection left",
        "use fewer workers, or raise max_connections there",
    ),
    "53": _Fault(StoreError, "the database server is out of memory or of locks", "try again later"),
    "55P03": _Fault(
        StoreError,
        "another process keeps the library locked",
        "wait until the other `earwitness` has finished, then try again",
    ),
    "40": _Fault(StoreError, "somebody else changed the same thing just now", "try again"),
    "57014": _Fault(StoreError, "the database server gave up: it took too long", "try again"),
    "25P03": _Fault(StoreError, "the database server gave up: it took too long", "try again"),
    "25006": _Fault(
        StoreError,
        "the database can be read only",
        "name the server that may be written in EARWITNESS_DATABASE, not a copy of it",
    ),
    "28": _Fault(
        StoreError,
        "the database server refuses the user or the password",
        "check EARWITNESS_DATABASE",
    ),
    "3D": _Fault(
        StoreError,
        "the server has no such database",
        "create it with `createdb`, or check EARWITNESS_DATABASE",
    ),
    "42501": _Fault(StoreError, "the database user may not do that", _GRANT),
    "42P01": _Fault(
        CorruptStore,
        "the library's database misses its tables",
        "restore a backup with `earwitness restore`",
    ),
    "XX001": _DAMAGE,
    "XX002": _DAMAGE,
}


@contextmanager
def postgres_faults() -> Iterator[None]:
    """Turn faults of SQLAlchemy and PostgreSQL into errors of our tree.

    Broken rules (a missing parent, a doubled key) pass: the caller knows what they mean.
    """
    try:
        yield
    except IntegrityError:
        raise
    except DataError as error:
        raise UsageError(
            "a name or number holds what the database cannot keep",
            hint="leave out signs that cannot be seen",
        ) from error
    except DBAPIError as error:
        raise_fault(error)
        raise
    except PoolTimeout as error:
        raise too_many_threads() from error


def raise_fault(error: DBAPIError) -> None:
    """Raise our error for a fault of the server's; returns when it is a bug.

    Raises:
        DiskFull: No room on the server.
        CorruptStore: Damaged or foreign.
        StoreError: Locked for too long, out of reach, or refused.
    """
    state = sqlstate(error)
    for length in (5, 4, 2):
        fault = _FAULTS.get(state[:length])
        if fault is not None:
            raise fault.kind(fault.message, hint=fault.hint) from error
    if is_away(error):
        raise StoreError(
            "the database server cannot be reached, or went away; what was finished is kept",
            hint="check that it runs and that EARWITNESS_DATABASE is right, then try again",
        ) from error


def is_away(error: DBAPIError) -> bool:
    """Whether the server is not there, as far as one can tell."""
    state = sqlstate(error)
    if state:
        return state.startswith(_AWAY) and state != "57014"
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def sqlstate(error: DBAPIError) -> str:
    """The five letters PostgreSQL names a fault by; empty when there was no answer.

    While a connection is made libpq passes on words only, and no state.
    """
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str):
        return state
    said = str(error.orig)
    return next((meant for words, meant in _REFUSALS if words in said), "")
