"""View: a session's transcript with its corrections, kept while the process lives.

Decoding a long transcript and folding a long ledger cost far more than one correction. So the
newest few are kept, each by its result's digest and the ledger's head: what others appended
meanwhile is read and appended here too; where the ledger is not what it was (something was erased,
another backup was restored) it is folded anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final

from earwitness.core.fate import Conflict, Fate, Folded, Orphan
from earwitness.core.fold import Folding
from earwitness.core.naming import is_naming
from earwitness.core.override import Override, VoiceTarget
from earwitness.core.transcript import Transcript
from earwitness.store.library import Library
from earwitness.store.overrides import Entry, Head, Page

KEPT: Final = 3
"""So many sessions' views stay in memory; eight hours are about 30 MB."""

_kept: OrderedDict[tuple[str, str, str], View] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Seen:
    """A session at one moment.

    Attributes:
        folded: The transcript people see, and every correction's fate.
        entries: The whole ledger.
        revision: Names this moment; an edit that gives it is refused when what it is about has
            been changed since.
    """

    folded: Folded
    entries: tuple[Entry, ...]
    revision: str

    def misfits(self) -> tuple[int, ...]:
        """Numbers of the corrections that have no place, or contradict what stands there."""
        return misfits(self.folded.history)


def awaits_words(said: Override, heard: Container[str]) -> bool:
    """Whether it names a voice that is heard but has no words yet: it misses nothing.

    Args:
        said: A correction that found no place in the transcript.
        heard: The voices of the turns.
    """
    target = said.target
    return is_naming(said) and isinstance(target, VoiceTarget) and target.voice in heard


def misfits(history: Iterable[tuple[Override, Fate]]) -> tuple[int, ...]:
    """Numbers of the orphans and conflicts, in order."""
    return tuple(each.seq for each, fate in history if isinstance(fate, Orphan | Conflict))


class View:
    """One machine transcript and the corrections on it, as far as they were read.

    Hold `lock` while using it: several threads share a view.
    """

    def __init__(self, digest: str, machine: Transcript) -> None:
        self.digest = digest
        self.machine = machine
        self.lock = threading.RLock()
        self.forget()

    def forget(self) -> None:
        """Forget the ledger; the next page that is caught up with has to be a whole one."""
        self.head: Head | None = None
        self.entries: list[Entry] = []
        self.folding = Folding(self.machine)
        self._folded: Folded | None = None

    def catch_up(self, page: Page) -> None:
        """Take in what the ledger holds beyond `head`."""
        if page.whole:
            self.forget()
        if page.entries:
            self.entries += page.entries
            self.folding.extend(overrides_of(page.entries))
            self._folded = None
        self.head = page.head

    def try_on(self, override: Override) -> Fate:
        """Append a correction that is not in the ledger yet, unless it does not fit.

        `forget` takes it back; `keep` says that it was written.
        """
        self._folded = None
        return self.folding.offer(override)

    def keep(self, entries: Iterable[Entry], head: Head) -> None:
        """What was tried on is in the ledger now."""
        self.entries += entries
        self.head = head

    def seen(self) -> Seen:
        """What people see now; does not change any more."""
        if self.head is None:
            raise ValueError("a view is caught up with its ledger before it is looked at")
        if self._folded is None:
            self._folded = self.folding.finish()
        return Seen(self._folded, tuple(self.entries), self.revision)

    @property
    def revision(self) -> str:
        """Names what an editor saw: the result, and how many corrections stood on it."""
        return f"{self.digest[:12]}-{self.head.count if self.head else 0}"


def overrides_of(entries: Iterable[Entry]) -> list[Override]:
    """The corrections that still say something."""
    return [entry.said for entry in entries if isinstance(entry.said, Override)]


def view_of(library: Library, session: str, digest: str) -> View:
    """The view of one result of a session; may be behind the ledger.

    Raises:
        CorruptStore: The result's bytes are damaged.
    """
    key = (str(library.home), session, digest)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = View(digest, library.get(digest, Transcript))
    with _lock:
        view = _kept.setdefault(key, made)
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return view


def see(library: Library, session: str, digest: str) -> Seen:
    """What people see of one result of a session at this moment.

    Raises:
        CorruptStore: The result or a correction is damaged.
    """
    view = view_of(library, session, digest)
    with view.lock:
        view.catch_up(library.ledger(session, view.head))
        return view.seen()


def forget_views(session: str) -> None:
    """Drop what is kept of a session: it was deleted, or something in it was erased."""
    with _lock:
        for key in [key for key in _kept if key[1] == session]:
            del _kept[key]
