"""Shares: what would really be freed, when several sessions may need the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from earwitness.core.waste import Waste
from earwitness.store.holdings import Held, Holdings


class Shares:
    """Lets go of sessions, runs and sound one after another, and says what each gives back.

    Bytes that several need count once, and only where the last one lets go.
    """

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._held = {each.session.id: each for each in holdings.held}
        self._keys = Counter(key for each in holdings.held for key in each.keys)
        self._digests = Counter(
            holdings.digests[key] for key in self._keys if key in holdings.digests
        )
        self._recordings = Counter(
            recording for each in holdings.held for recording in recordings_of(each)
        )
        self._sound = {name: heap.size_bytes for name, heap in holdings.sound.items()}
        self._let_go: set[tuple[str, str]] = set()

    def copy(self) -> Shares:
        """The same, to try out what would be freed."""
        other = Shares.__new__(Shares)
        other._holdings = self._holdings
        other._held = dict(self._held)
        other._keys = Counter(self._keys)
        other._digests = Counter(self._digests)
        other._recordings = Counter(self._recordings)
        other._sound = dict(self._sound)
        other._let_go = set(self._let_go)
        return other

    def drop(self, waste: Waste) -> int:
        """Bytes that go with something that was found."""
        if waste.path is not None:
            return waste.size_bytes
        if waste.session is None or waste.run is not None or waste.category == "sound":
            size = self.drop_keys(waste.session, waste.keys) if waste.session else 0
            return size + sum(self.drop_sound(each) for each in waste.sounds)
        return self.drop_session(waste.session)

    def drop_session(self, session: str) -> int:
        """Bytes that go with a session."""
        held = self._held.pop(session, None)
        if held is None:
            return 0
        size = self.drop_keys(session, held.keys)
        for recording in recordings_of(held):
            self._recordings[recording] -= 1
            if not self._recordings[recording]:
                size += self.drop_sound(recording) + self._holdings.sent.get(recording, 0)
        return size

    def drop_keys(self, session: str, keys: Iterable[str]) -> int:
        """Bytes that go when a session needs these results no more."""
        size = 0
        for key in keys:
            if (session, key) in self._let_go or key not in self._keys:
                continue
            self._let_go.add((session, key))
            self._keys[key] -= 1
            digest = self._holdings.digests.get(key)
            if self._keys[key] or digest is None:
                continue
            self._digests[digest] -= 1
            if not self._digests[digest]:
                size += self._holdings.blobs.get(digest, 0)
        return size

    def drop_sound(self, recording: str) -> int:
        """Bytes of a recording's decoded sound."""
        return self._sound.pop(recording, 0)


def recordings_of(held: Held) -> tuple[str, ...]:
    """The session's recordings, each once."""
    return tuple(dict.fromkeys(recording.id for recording in held.session.recordings))
