"""Retry: how often, and after how long, a service that failed is asked again; pure arithmetic.

Delays double from the first one up to a cap, spread by a fifth so that many clients do not come
back in the same moment. A service that names a time is given it. Nothing here waits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from earwitness.core.errors import Fault, ServiceError

JITTER: Final = 0.2
"""Share of a delay by which chance shortens or lengthens it."""

ASKED_CAP_S: Final = 120.0
"""Longest wait a service may ask for; what it asks beyond that is not waited for."""


@dataclass(frozen=True, slots=True)
class Patience:
    """What one kind of failure is worth.

    Attributes:
        retries: Calls after the first one.
        first_s: Delay before the first of them; it doubles.
        cap_s: No delay is longer.
    """

    retries: int
    first_s: float = 1.0
    cap_s: float = 8.0


POLICY: Final[Mapping[Fault, Patience]] = {
    "network": Patience(3),
    "rate_limit": Patience(5, first_s=4.0, cap_s=60.0),
    "server": Patience(3),
    "answer": Patience(1),
    "quota": Patience(0),
    "auth": Patience(0),
    "client": Patience(0),
    "open": Patience(0),
    "closed": Patience(0),
}
"""No connection, an unfinished answer or time run out: `network`. An answer that makes no sense
is asked for once more; what the service refuses is not."""

COUNTED: Final[frozenset[Fault]] = frozenset({"network", "server"})
"""What a breaker counts: signs that the service is down. One that says `too many requests` or
`wrong key` is not."""


def delay_s(error: ServiceError, tried: int, chance: float) -> float | None:
    """Seconds until the next call; None: there is none.

    Args:
        error: What the last call ended with.
        tried: Retries with this kind of failure so far.
        chance: 0 to 1, drawn by the caller; 0.5 leaves the delay as it is.
    """
    patience = POLICY[error.fault]
    if error.final or tried >= patience.retries:
        return None
    backoff = backoff_s(patience, tried)
    backoff = min(backoff * (1 + JITTER * (2 * chance - 1)), patience.cap_s)
    if error.retry_after_s is None:
        return backoff
    return max(backoff, min(error.retry_after_s, ASKED_CAP_S))


def backoff_s(patience: Patience, tried: int) -> float:
    """Seconds before a retry, without chance.

    Example:
        >>> [backoff_s(Patience(6), tried) for tried in range(6)]
        [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    """
    return min(patience.first_s * 2.0**tried, patience.cap_s)


def read_retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds from a `Retry-After` header (RFC 9110, 10.2.3); None when it says nothing usable.

    Args:
        text: Seconds, or an HTTP date.
        now: With zone; a date that is past asks for no wait.

    Example:
        >>> read_retry_after("20", datetime.now(UTC))
        20.0
    """
    if text is None:
        return None
    try:
        asked = float(text)
    except ValueError:
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return max(0.0, (until - now).total_seconds())
    return asked if math.isfinite(asked) and asked >= 0 else None
