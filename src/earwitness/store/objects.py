"""Objects: bytes in an S3-compatible store, asked with patience that ends, its faults as ours.

Every object is written once under a name of its own and never again: whoever deletes a name can
not meet somebody who is just writing it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import IO, TYPE_CHECKING, Final

from earwitness.core.breaker import Breaker, Thresholds
from earwitness.core.errors import (
    ArtifactsUnavailable,
    CircuitBreakerOpenError,
    CorruptStore,
    Fault,
    StoreError,
)
from earwitness.core.files import disk_faults, part_path, replace, sync_folder
from earwitness.core.ports import Tick, silent_tick
from earwitness.core.retry import COUNTED
from earwitness.store.bucket import Bucket
from earwitness.store.object_faults import LATER, told_fault

if TYPE_CHECKING:
    from obstore.store import S3Store

RETRIES: Final = 3
"""Requests after the first one, 1, 2 and 4 seconds later, as for any service."""

PIECE_BYTES: Final = 8 << 20
"""Recordings travel in pieces of this size, so that each has an answer in time."""

_BLOCK = 1 << 20
_MOST_PIECES = 9_000
_CONNECT_S = 5.0
_BACKOFF_CAP_S = 8.0
_FAILURES = 3
_RESET_S = 30.0
_SIDE_BY_SIDE = 4
_NAME = re.compile(r"(?:blobs|recordings)/[0-9a-f]{2}/([0-9a-f]{64})-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Listed:
    """One object, as the store lists it.

    Attributes:
        name: Without the bucket's prefix.
        size_bytes: Of its bytes.
        modified_at: By the store's clock; of one that was sent in pieces, when that began.
    """

    name: str
    size_bytes: int
    modified_at: datetime


def new_name(mark: str, kind: str, digest: str) -> str:
    """A name nobody has used: `<mark>/<kind>/ab/<digest>-<chance>`."""
    return f"{mark}/{kind}/{digest[:2]}/{digest}-{secrets.token_hex(8)}"


def digest_in(name: str) -> str | None:
    """The digest in an object's name; None when it is none of ours."""
    found = _NAME.fullmatch(name.partition("/")[2])
    return found[1] if found else None


class Objects:
    """One bucket. Every method may be called from any thread, and ends.

    A request that is not answered, or with a fault of the server's, is sent again by the policy
    for services; a store that stays away is not asked for half a minute.
    """

    def __init__(self, bucket: Bucket, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.bucket = bucket
        # In this process alone: a call may be made inside a transaction, and must not write.
        self.breaker = Breaker(
            "the store of artifacts",
            Thresholds(_FAILURES, _RESET_S),
            clock=clock,
            probe_s=2 * bucket.timeout_s + _CONNECT_S,
        )
        self._lock = threading.Lock()
        self._opened: S3Store | None = None

    def put(self, name: str, data: bytes) -> None:
        """Write an object.

        Raises:
            ArtifactsUnavailable: It cannot be written; a part of it is never seen.
        """
        obstore = _obstore()
        with self._asking() as store:
            obstore.put(store, name, data, chunk_size=PIECE_BYTES)

    def put_file(self, name: str, path: Path, tick: Tick = silent_tick) -> str:
        """Send a file of any size in pieces; a few of them are in memory at a time.

        Returns:
            SHA-256 of what was sent.

        Raises:
            ArtifactsUnavailable: It cannot be written; a part of it is never seen.
            StoreError: The file cannot be read.
        """
        obstore = _obstore()
        size = path.stat().st_size
        digest = hashlib.sha256()

        def blocks(file: IO[bytes]) -> Iterator[bytes]:
            sent = 0
            while block := file.read(_BLOCK):
                digest.update(block)
                sent += len(block)
                tick(sent / size)
                yield block

        with (
            disk_faults("the recording cannot be read"),
            path.open("rb") as file,
            self._asking() as store,
        ):
            obstore.put(
                store,
                name,
                blocks(file) if size else b"",
                chunk_size=max(PIECE_BYTES, size // _MOST_PIECES),
                max_concurrency=_SIDE_BY_SIDE,
            )
        return digest.hexdigest()

    def get(self, name: str) -> bytes:
        """The bytes of an object; whoever asks verifies them.

        Raises:
            CorruptStore: There is none of that name.
            ArtifactsUnavailable: It cannot be read now.
        """
        obstore = _obstore()
        with self._asking() as store:
            return bytes(obstore.get(store, name).bytes())

    def fetch(self, name: str, target: Path, sha256: str, tick: Tick = silent_tick) -> None:
        """Copy an object of any size into a file, piece by piece, verified before it has its name.

        Raises:
            CorruptStore: There is none of that name, or it holds other bytes.
            ArtifactsUnavailable: It cannot be read now.
            DiskFull: No space; nothing was left behind.
        """
        obstore = _obstore()
        with self._asking() as store:
            size = obstore.head(store, name)["size"]
        part = part_path(target.parent)
        digest = hashlib.sha256()
        with disk_faults("the recording cannot be fetched"):
            try:
                with part.open("xb") as file:
                    for start in range(0, size, PIECE_BYTES):
                        tick(start / size)
                        end = min(size, start + PIECE_BYTES)
                        with self._asking() as store:
                            piece = bytes(obstore.get_range(store, name, start=start, end=end))
                        digest.update(piece)
                        file.write(piece)
                if digest.hexdigest() != sha256:
                    raise CorruptStore(
                        "a recording in the store of artifacts is damaged",
                        hint="put the file back where it was",
                    )
                replace(part, target)
            finally:
                part.unlink(missing_ok=True)
            sync_folder(target.parent)

    def delete(self, names: Sequence[str]) -> None:
        """Delete objects; those that are not there are no fault.

        Raises:
            ArtifactsUnavailable: Some may be left.
        """
        obstore = _obstore()
        with self._asking() as store:
            obstore.delete(store, list(names))

    def listed(self, under: str) -> Iterator[Listed]:
        """Every object below a name.

        Raises:
            ArtifactsUnavailable: The store cannot list them (all) now.
        """
        obstore = _obstore()
        with self._asking() as store:
            pages = iter(obstore.list(store, prefix=under))
        while True:
            with self._asking():
                page = next(pages, None)
            if page is None:
                return
            for each in page:
                yield Listed(each["path"], each["size"], each["last_modified"])

    def check(self) -> None:
        """Write, read and delete a small object.

        Raises:
            ArtifactsUnavailable: One of these cannot be done; the hint says what to do.
        """
        name = f"check/{secrets.token_hex(8)}"
        self.put(name, name.encode())
        try:
            if self.get(name) != name.encode():
                raise StoreError("the store of artifacts gives other bytes than it was given")
        finally:
            self.delete([name])

    @property
    def _store(self) -> S3Store:
        with self._lock:
            if self._opened is None:
                self._opened = _open(self.bucket)
            return self._opened

    @contextmanager
    def _asking(self) -> Iterator[S3Store]:
        """One request, or one that is made of several; faults become errors of our tree."""
        store = self._store
        from obstore.exceptions import BaseError

        try:
            era = self.breaker.enter()
        except CircuitBreakerOpenError as error:
            raise ArtifactsUnavailable(str(error), fault="open", hint=LATER) from None
        answered: bool | None = None
        fault: Fault | None = None
        try:
            yield store
            answered = True
        except (BaseError, FileNotFoundError, ValueError) as error:
            told = told_fault(error, self.bucket)
            fault = told.fault if isinstance(told, ArtifactsUnavailable) else None
            answered = fault not in COUNTED
            # Without its cause: that one repeats addresses, and what the server said of the key.
            raise told from None
        finally:
            self.breaker.leave(era, answered, fault)


def _obstore() -> ModuleType:
    """The library for stores, imported on use."""
    try:
        import obstore
    except ImportError as error:
        raise StoreError(
            "a store of artifacts needs the package obstore, which is not installed",
            hint="pip install 'earwitness[server]'",
        ) from error
    return obstore


def _open(bucket: Bucket) -> S3Store:
    from obstore.store import S3Store

    told: dict[str, str] = {
        "endpoint": bucket.endpoint or "",
        "region": bucket.region or ("us-east-1" if bucket.endpoint else ""),
        "access_key_id": bucket.key_id or "",
        "secret_access_key": bucket.secret or "",
        "session_token": bucket.token or "",
    }
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        config={name: value for name, value in told.items() if value},  # type: ignore[arg-type]
        client_options={
            "allow_http": True,
            "connect_timeout": timedelta(seconds=min(_CONNECT_S, bucket.timeout_s)),
            "timeout": timedelta(seconds=bucket.timeout_s),
            "user_agent": "earwitness",
        },
        retry_config={
            "max_retries": RETRIES,
            "backoff": {
                "init_backoff": timedelta(seconds=bucket.retry_first_s),
                "max_backoff": timedelta(seconds=_BACKOFF_CAP_S),
                "base": 2,
            },
            "retry_timeout": timedelta(seconds=2 * bucket.timeout_s),
        },
    )
