"""Bucket: which store of artifacts, and what it is asked with; holds secrets, never tells them."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from earwitness.core.errors import UsageError

CACHE_BYTES: Final = 10_000_000_000
"""Room for copies of results on this machine when nothing else is said."""

_FORM = "s3://bucket/prefix"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9!_.*'()/-]*")


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of an S3-compatible store.

    Attributes:
        name: The bucket's.
        prefix: In front of every name; without slashes at its ends.
        endpoint: Of a store that is not Amazon's; None: Amazon's.
        region: None: the library for it finds out or takes `us-east-1`.
        key_id: None, like the next two: what the environment or the machine's role gives.
        secret: Belongs to it.
        token: Of a session.
        private: Declared to be as good as this machine: what must stay on it may lie there.
        cache_bytes: Room for copies on this machine.
        timeout_s: No answer to one request takes longer.
        retry_first_s: Wait before a failed request is sent again; it doubles.
    """

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    key_id: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    private: bool = False
    cache_bytes: int = CACHE_BYTES
    timeout_s: float = 60.0
    retry_first_s: float = 1.0

    @property
    def label(self) -> str:
        """For people: bucket, prefix and host; no secret."""
        where = f"s3://{self.name}/{self.prefix}".rstrip("/")
        return f"{where} at {urlsplit(self.endpoint).netloc}" if self.endpoint else where

    @property
    def is_plain(self) -> bool:
        """Whether everything is sent without encryption, over a network."""
        return (self.endpoint or "").startswith("http://") and not self._is_loopback

    @property
    def stays_here(self) -> bool:
        """Whether what must not leave this machine may lie there."""
        return self.private or self._is_loopback

    @property
    def _is_loopback(self) -> bool:
        host = urlsplit(self.endpoint).hostname if self.endpoint else None
        if host is None:
            return False
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


def read_bucket(
    address: str,
    *,
    endpoint: str | None = None,
    region: str | None = None,
    credentials: tuple[str | None, str | None, str | None] = (None, None, None),
    private: bool = False,
    cache_bytes: int = CACHE_BYTES,
) -> Bucket:
    """The bucket of a setting such as `s3://bucket/prefix`.

    Args:
        address: The setting.
        endpoint: Address of a store that is not Amazon's.
        region: Of the bucket.
        credentials: Key id, secret and session token.
        private: The store is declared to be as good as this machine.
        cache_bytes: Room for copies on this machine.

    Raises:
        UsageError: It is none; the message repeats no credentials.
    """
    told = urlsplit(address.strip())
    if told.scheme != "s3" or told.query or told.fragment:
        raise UsageError(
            "the setting artifacts is not the address of a bucket", hint=f"write it as {_FORM}"
        )
    if "@" in told.netloc:
        raise UsageError(
            "the setting artifacts holds credentials",
            hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead",
        )
    prefix = told.path.strip("/")
    if not _NAME.fullmatch(told.netloc) or not _PREFIX.fullmatch(prefix) or "//" in prefix:
        raise UsageError(
            "the setting artifacts names no bucket, or a prefix with odd characters",
            hint=f"write it as {_FORM}",
        )
    key_id, secret, token = credentials
    if (key_id is None) != (secret is None):
        raise UsageError(
            "of the store's key only one half is set",
            hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        )
    if endpoint is not None:
        endpoint = _read_endpoint(endpoint)
        if key_id is None:
            raise UsageError(
                "the store of artifacts has no key",
                hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            )
    return Bucket(
        name=told.netloc,
        prefix=prefix,
        endpoint=endpoint,
        region=region,
        key_id=key_id,
        secret=secret,
        token=token,
        private=private,
        cache_bytes=cache_bytes,
    )


def _read_endpoint(endpoint: str) -> str:
    told = urlsplit(endpoint.strip())
    try:
        host, _ = told.hostname, told.port
    except ValueError:
        host = None
    if told.scheme not in ("http", "https") or not host or "@" in told.netloc:
        raise UsageError(
            "the store's endpoint is no address", hint="write it as https://minio.example:9000"
        )
    return endpoint.strip().rstrip("/")
