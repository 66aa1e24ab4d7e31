"""Faults of a store of artifacts as errors of our tree, each with what to do about it.

Of what the library for it says only the status and the store's code are read; the rest repeats
addresses, and what the server said of the key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from earwitness.core.errors import ArtifactsUnavailable, CorruptStore, Fault, StoreError
from earwitness.store.bucket import Bucket

LATER: Final = "what was done is kept; the same command goes on when the store answers again"

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w+)</Code>")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a fault is, and what to do about it."""

    fault: Fault
    says: str
    hint: str


_NO_BUCKET = _Kind("client", "has no such bucket", "make the bucket, or mend EARWITNESS_ARTIFACTS")
_KEY = _Kind(
    "auth",
    "refuses the key",
    "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what the key may do",
)
_OFTEN = _Kind("rate_limit", "is asked too often", LATER)
_FULL = _Kind("quota", "is full", "give it more room; what was done is kept")
_REGION = _Kind("client", "is in another region", "set AWS_REGION to the bucket's region")
_BROKEN = _Kind("server", "has a fault of its own", LATER)
_REFUSED = _Kind(
    "client", "refuses the request", "check EARWITNESS_ARTIFACTS, the endpoint and the region"
)
_AWAY = _Kind("network", "is out of reach", f"check the network and the endpoint; {LATER}")

_BY_CODE: Final = {
    "NoSuchBucket": _NO_BUCKET,
    "SlowDown": _OFTEN,
    "TooManyRequests": _OFTEN,
    "XMinioStorageFull": _FULL,
    "QuotaExceeded": _FULL,
    "AuthorizationHeaderMalformed": _REGION,
    "PermanentRedirect": _REGION,
}
_BY_STATUS: Final = {
    301: _REGION,
    307: _REGION,
    401: _KEY,
    403: _KEY,
    429: _OFTEN,
    507: _FULL,
}


def told_fault(error: Exception, bucket: Bucket) -> StoreError:
    """Our error for a fault of the store, or of the way to it."""
    words = str(error)
    found, coded = _STATUS.search(words), _CODE.search(words)
    status = int(found[1]) if found else None
    kind = _BY_CODE.get(coded[1] if coded else "")
    if kind is None and (isinstance(error, FileNotFoundError) or status == 404):
        return CorruptStore(
            "something is gone from the store of artifacts",
            hint="check EARWITNESS_ARTIFACTS and the bucket's rules; or `process` it with --fresh",
        )
    kind = kind or _kind(words, status)
    said = f"{kind.says}, {status}" if status and kind in (_BROKEN, _REFUSED) else kind.says
    return ArtifactsUnavailable(
        f"the store of artifacts {said} ({bucket.label})",
        fault=kind.fault,
        hint=kind.hint,
        status=status,
    )


def _kind(words: str, status: int | None) -> _Kind:
    if status is None:
        return _REGION if "redirect" in words else _AWAY
    return _BY_STATUS.get(status) or (_BROKEN if status >= 500 else _REFUSED)
