"""Chain: salted hashes that prove a ledger's lines and their order, also after erasing some.

    commitment = sha256(salt, payload)
    link       = sha256(link before, seq, by, at, undoes, batch, commitment)

The payload is what was said and why: target, field, was, now, reason. The salt is random and goes
with it when a payload is erased: what stays tells nothing (short texts could be guessed from a
plain hash), yet every later link still proves that it is the same correction at the same place.
The first link is made from the session's id; the last one is kept apart, so that a tail cannot be
cut off unseen. Source: hash chains as in Haber and Stornetta, "How to time-stamp a digital
document" (1991), over salted commitments.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Final, NamedTuple

from earwitness.core.override import Override
from earwitness.core.wire import to_wire

SALT_BYTES: Final = 32

AUDIT: Final = ("seq", "user", "timestamp", "undoes")
"""Wire keys that are columns of their own; the rest is the payload."""


class Line(NamedTuple):
    """What a link is made of, beside the link before it."""

    seq: int
    by: str
    at: datetime
    undoes: int | None
    batch: int | None
    commitment: bytes

    @classmethod
    def of(cls, row: object) -> Line:
        """From a row of the table."""
        return cls(*(getattr(row, name) for name in cls._fields))

    def link(self, previous: bytes) -> bytes:
        """The link after `previous`, 32 bytes."""
        at, commitment = self.at.isoformat(), self.commitment.hex()
        parts = [previous.hex(), self.seq, self.by, at, self.undoes, self.batch, commitment]
        return hashlib.sha256(_canonical(parts)).digest()


def payload_of(override: Override) -> bytes:
    """What can be erased of a correction, as canonical JSON in ASCII."""
    wire = to_wire(override)
    return _canonical({key: wire[key] for key in wire if key not in AUDIT})


def commitment_to(salt: bytes, payload: bytes) -> bytes:
    """What stays of a payload when it is erased, 32 bytes."""
    return hashlib.sha256(salt + payload).digest()


def genesis(session: str) -> bytes:
    """The link before a session's first one."""
    return hashlib.sha256(f"earwitness/overrides@1 {session}".encode()).digest()


def is_sound(row: object) -> bool:
    """Whether a row's payload is what was committed to, or was erased together with its salt."""
    payload, salt = read_bytes(row, "payload"), read_bytes(row, "salt")
    if payload is None or salt is None:
        return payload is salt and getattr(row, "erased_at", None) is not None
    committed: object = getattr(row, "commitment", None)
    return commitment_to(salt, payload) == committed


def read_bytes(row: object, name: str) -> bytes | None:
    """A column of bytes, or None when it is empty."""
    value = getattr(row, name)
    return value if isinstance(value, bytes) else None


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")
