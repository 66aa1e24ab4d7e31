"""Remote: blobs in a store of artifacts, with copies near at hand and a way out when it is away.

What cannot be sent stays in the home folder, named by its row like any other blob there, and is
sent later: a result that exists is not lost because a bucket is down.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from earwitness.core.errors import ArtifactsUnavailable, CorruptStore, StoreError
from earwitness.store.blobs import FolderBlobs, Laid, digest_of
from earwitness.store.cache import Cache
from earwitness.store.objects import Objects, digest_in, new_name

log = logging.getLogger(__name__)


class RemoteBlobs:
    """The `Blobs` of a library whose artifacts lie in a bucket.

    Args:
        folder: What lies on this machine: older results, those that may not leave it, and those
            that wait for the store.
        cache: Copies.
        objects: The bucket.
        mark: The library's own, in front of its names.
        named: What the database calls the object of a digest; None: it names none.
    """

    def __init__(
        self,
        folder: FolderBlobs,
        cache: Cache,
        objects: Objects,
        *,
        mark: str,
        named: Callable[[str], str | None],
    ) -> None:
        self._folder = folder
        self._cache = cache
        self._objects = objects
        self._mark = mark
        self._named = named

    def lay(self, data: bytes, *, here: bool = False) -> Laid:
        """Send bytes to the store under a name that nobody else has; else keep them here."""
        if here:
            return self._folder.lay(data)
        digest = digest_of(data)
        name = new_name(self._mark, "blobs", digest)
        laid = Laid(digest, len(data), name)
        try:
            self._objects.put(name, data)
        except ArtifactsUnavailable as error:
            log.warning("a result stays on this machine for now: the store fails (%s)", error.fault)
            return self._folder.lay(data)
        self._cache.keep(digest, data)
        return laid

    def assure(self, laid: Laid, data: bytes) -> None:
        """Objects are there: their names are their own, so nobody deleted them."""
        if laid.object is None:
            self._folder.assure(laid, data)

    def take_back(self, laid: Laid) -> None:
        """Delete the object, which no row names; when that fails it is left to the sweep."""
        if laid.object is not None:
            try:
                self._objects.delete([laid.object])
            except StoreError as error:
                log.warning("an object nobody needs is left behind: %s", type(error).__name__)

    def read(self, digest: str) -> bytes:
        """The bytes of a digest, verified: a copy, else the object, else the home folder's."""
        data = self._cache.read(digest)
        if data is not None:
            return data
        name = self._named(digest)
        if name is None:
            return self._here(digest)
        try:
            data = self._objects.get(name)
        except CorruptStore:
            # The same bytes were laid once more, and the row names those now.
            renamed = self._named(digest)
            if renamed in (name, None):
                raise
            data = self._objects.get(renamed)
        if digest_of(data) != digest:
            raise CorruptStore(
                f"the stored result {digest[:12]} is damaged in the store of artifacts",
                hint="run `earwitness process` on the recording again with --fresh",
            )
        self._cache.keep(digest, data)
        return data

    def warm(self, digests: list[str]) -> None:
        """Fetch copies, so that no transaction waits for the network."""
        for digest in digests:
            self.read(digest)

    def digests(self) -> Iterator[str]:
        """Every digest in the home folder or the bucket; asks the store."""
        found = set(self._folder.digests())
        for each in self._objects.listed(f"{self._mark}/blobs"):
            digest = digest_in(each.name)
            if digest is not None:
                found.add(digest)
        return iter(sorted(found))

    def _here(self, digest: str) -> bytes:
        if self._folder.path(digest).exists():
            return self._folder.read(digest)
        raise CorruptStore(
            f"the stored result {digest[:12]} is not on this machine, nor in the store",
            hint="start earwitness on the machine that made it: it sends what waits there; or "
            "`process` the recording again with --fresh",
        )
