"""Desk: where corrections are made - one session's ledger, locked, with the view of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from earwitness.app.corrections.view import View, misfits, overrides_of, view_of
from earwitness.app.corrections.wanted import (
    Edit,
    changed_meanwhile,
    override_for,
    read_value,
    utterance_of,
)
from earwitness.app.records import transcribed_run
from earwitness.core.errors import EditConflict, NotCompleted, NotFound, UsageError
from earwitness.core.fate import Applied, Conflict, Orphan
from earwitness.core.fold import Folding
from earwitness.core.override import Override, Stamp
from earwitness.store.library import Library
from earwitness.store.overrides import Amendment, Entry


@dataclass(frozen=True, slots=True)
class Editor:
    """Who makes corrections.

    Attributes:
        name: As it stands in the ledger.
        may_undo_others: Whether they may take back what others did.
    """

    name: str
    may_undo_others: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    """What a verb did to the ledger.

    Attributes:
        overrides: What was appended, in order; empty when it read so already.
        utterances: Ids of the utterances these are about, as they are now.
        disturbed: Earlier corrections that no longer fit because of it (they heal on redo).
        revision: Names the moment after it.
    """

    overrides: tuple[Override, ...]
    utterances: tuple[int, ...]
    disturbed: tuple[int, ...]
    revision: str


class Desk:
    """Takes corrections one after the other, each on what the earlier ones left."""

    def __init__(self, view: View, editor: Editor, amendment: Amendment | None) -> None:
        self.view = view
        self.editor = editor
        self._amendment = amendment
        self._before = frozenset(misfits(view.folding.history))
        self._appended: list[Entry] = []
        self._utterances: dict[int, None] = {}
        self.at = datetime.now(UTC)

    @property
    def folding(self) -> Folding:
        """What stands there now, what was appended here included."""
        return self.view.folding

    @property
    def next_seq(self) -> int:
        """The number of the next correction."""
        head = self.view.head
        return (head.count if head else 0) + len(self._appended) + 1

    def stamp(self, reason: str) -> Stamp:
        """The audit part of the next correction."""
        return Stamp.at_utc(self.next_seq, self.editor.name, self.at, " ".join(reason.split()))

    def check_revision(self, revision: str | None, wanted: Edit) -> None:
        """Refuse an edit of what was changed after the moment the editor saw.

        Raises:
            EditConflict: The field reads otherwise now, or the transcript was made anew.
            UsageError: There was no such moment.
        """
        if revision is None or revision == self.view.revision:
            return
        digest, _, count = revision.rpartition("-")
        head = self.view.head
        if not count.isdecimal() or head is None or int(count) > head.count:
            raise UsageError(
                "there was no such revision of this session",
                hint="`earwitness sessions lines SESSION` says the newest one",
            )
        if digest != self.view.digest[:12]:
            raise EditConflict(
                "the session was transcribed anew meanwhile; its lines have other ids now",
                hint="look at it again, then repeat the edit if it is still wanted",
            )
        seen = Folding(self.view.machine)
        seen.extend(overrides_of(self.view.entries[: int(count)]))
        saw = read_value(seen, utterance_of(seen, wanted.utterance), wanted.field)
        now_there = self.folding.get(wanted.utterance)
        found = read_value(self.folding, now_there, wanted.field) if now_there else None
        if now_there is None or found != saw:
            raise changed_meanwhile(wanted.utterance, expected=saw, found=found)

    def edit(self, wanted: Edit, *, batch: int | None = None) -> Override | None:
        """Append what is wanted; None when it reads so already.

        Raises:
            EarwitnessError: It is refused; see `wanted.override_for` and `append`.
        """
        made = override_for(self.folding, wanted, self.stamp(wanted.reason))
        if made is not None:
            self.append(made, batch=batch)
        return made

    def append(self, override: Override, *, batch: int | None = None) -> None:
        """Append a correction that does what it says.

        Raises:
            EditConflict: It contradicts what stands there.
            UsageError: It has no place.
        """
        fate = self.view.try_on(override)
        if isinstance(fate, Conflict):
            raise EditConflict(
                "the edit contradicts what stands there",
                hint="give both utterances the same labels first, then merge them",
                expected=fate.expected,
                found=fate.found,
            )
        if isinstance(fate, Orphan):
            raise UsageError(fate.why, hint="choose another place for it")
        entry = Entry(override.seq, override.by, override.at, override, override.undoes, batch)
        if self._amendment is not None:
            self._amendment.append(override, batch=batch)
        self._appended.append(entry)
        if isinstance(fate, Applied):
            self._utterances.update(dict.fromkeys(fate.utterances))

    def done(self) -> Edited:
        """What was done."""
        after = misfits(self.folding.history)
        overrides = tuple(overrides_of(self._appended))
        mine = {override.seq for override in overrides}
        return Edited(
            overrides=overrides,
            utterances=tuple(each for each in self._utterances if self.folding.get(each)),
            disturbed=tuple(seq for seq in after if seq not in self._before | mine),
            revision=f"{self.view.digest[:12]}-{self.next_seq - 1}",
        )

    @property
    def appended(self) -> tuple[Entry, ...]:
        """The new lines of the ledger."""
        return tuple(self._appended)


@contextmanager
def at_desk(library: Library, session: str, editor: Editor) -> Iterator[Desk]:
    """Correct a session: one transaction, all of it or nothing.

    Raises:
        NotFound: There is no such session.
        NotCompleted: It is still being worked on, and nothing can be corrected yet.
        EarwitnessError: What the block raises; nothing was appended.
    """
    view = _view(library, session)
    with view.lock:
        desk = None
        try:
            with library.amend(session) as amendment:
                view.catch_up(amendment.read(view.head))
                desk = Desk(view, editor, amendment)
                yield desk
        except BaseException:
            if desk is not None and desk.appended:
                view.forget()
            raise
        view.keep(desk.appended, amendment.head)


@contextmanager
def at_spare_desk(library: Library, session: str, editor: Editor) -> Iterator[Desk]:
    """The same on a copy: nothing is appended to the ledger."""
    shared = _view(library, session)
    view = View(shared.digest, shared.machine)
    view.catch_up(library.ledger(session))
    yield Desk(view, editor, None)


def _view(library: Library, session: str) -> View:
    digest = completed_result(library, session)
    return view_of(library, session, digest)


def completed_result(library: Library, session: str) -> str:
    """The digest of the newest transcript of a session.

    Raises:
        NotFound: There is no such session, or it has none and none is coming.
        NotCompleted: The first one is still in the making.
    """
    library.session(session)
    try:
        run = transcribed_run(library, session)
    except NotFound as error:
        latest = library.latest_run(session)
        if latest is not None and (latest.outcome is None or latest.outcome.kind == "cancelled"):
            raise NotCompleted(
                f"session {session} is not transcribed yet",
                hint="corrections are possible when it is; `earwitness process` continues it",
            ) from error
        raise
    digest = library.result(run.id, "attribute")
    if digest is None:
        raise NotFound(f"run {run.id} has no transcript")
    return digest
