"""Cleanup: what an audit found is removed, after somebody said yes; never by itself.

Every removal looks once more whether it still holds: whoever continued a run, or corrected a
session meanwhile, keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from earwitness.app.cleanup.audit import Looked, Rules, audit, measure
from earwitness.app.cleanup.library_size import footprint
from earwitness.app.sessions import delete_session
from earwitness.app.settings import Settings
from earwitness.core.errors import NotFound
from earwitness.core.naming import RECOGNISER
from earwitness.core.queue import Hold
from earwitness.core.waste import (
    CATEGORIES,
    Category,
    Cleanup,
    Kept,
    Removed,
    Waste,
)
from earwitness.runs.owner import is_gone, this_owner
from earwitness.store.library import Library

DECLINED = "user declined"
"""Why something stays that was asked about."""

HOLDS = {
    "work": "holds what people corrected or named",
    "recent": "can still be continued",
    "playbook": "made under another playbook, maybe on purpose",
}
"""Why something stays that was not asked about."""

BUSY = "it is worked on right now"
"""Why something stays that somebody was quicker with."""

_LEASE_S = 60.0
GIVEN_UP = "given up: it rested for too long, and what it had made was cleaned up"
BEGIN_AGAIN = "`earwitness process` begins anew"


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody is asked.

    Attributes:
        category: Of all that is asked about.
        waste: With the sizes that hold now; one only when people's work is in it.
        work: People's work is in it.
    """

    category: Category
    waste: tuple[Waste, ...]
    work: bool = False


class Answerer:
    """Answers questions and is told what happened; this one says yes to what nothing speaks for.

    Args:
        named: Categories that were asked for by name: recent things and other playbooks' too.
    """

    def __init__(self, named: Sequence[Category] = ()) -> None:
        self._named = frozenset(named)

    def why_not(self, waste: Waste) -> str:
        """Why something stays without a question; empty: it goes, or is asked about."""
        if not waste.held or (waste.held != "work" and waste.category in self._named):
            return ""
        return HOLDS[waste.held]

    def agrees(self, question: Question) -> bool:
        """Whether all of it goes."""
        return not question.work

    def saw(self, removed: Removed) -> None:
        """Told of each removal as it happens."""

    def hear(self, question: Question, removed: Sequence[Removed], kept: Sequence[Kept]) -> None:
        """Told what happened after a yes, when all of it has."""


def plan(looked: Looked, categories: Sequence[Category], answerer: Answerer) -> Cleanup:
    """What a cleanup without questions would do; nothing is done."""
    wanted = [each for each in looked.audit.waste if each.category in categories]
    going = [each for each in wanted if not answerer.why_not(each)]
    kept = [Kept(each, answerer.why_not(each)) for each in wanted if answerer.why_not(each)]
    sizes = measure(going, looked.shares)
    removed = [
        Removed(replace(each, size_bytes=size), size)
        for each, size in zip(going, sizes, strict=True)
    ]
    return Cleanup(looked.audit, dry_run=True, removed=tuple(removed), kept=tuple(kept))


def clean(
    settings: Settings,
    rules: Rules,
    open_library: Callable[[], Library],
    answerer: Answerer,
    categories: Sequence[Category] = CATEGORIES,
) -> Cleanup:
    """Go through the categories, ask, and remove what was agreed to.

    The library is opened for writing only after the first yes.

    Args:
        settings: Where the library and the output folder are.
        rules: What counts as too old.
        open_library: Opens the library; closed again here.
        answerer: Is asked, and told.
        categories: Which ones.

    Raises:
        StoreError: The library cannot be read or written; what was removed is removed.
    """
    looked = audit(settings, rules)
    pending = looked.holdings.pending
    before = footprint(settings.home, pending)
    sweeping = _Sweep(looked, open_library, answerer)
    try:
        for category in CATEGORIES:
            if category in categories:
                sweeping.category(category)
        sweeping.compact()
    finally:
        sweeping.close()
    besides = before - footprint(settings.home, pending) if sweeping.removed else 0
    return Cleanup(
        looked.audit,
        dry_run=False,
        removed=tuple(sweeping.removed),
        kept=tuple(sweeping.kept),
        besides_bytes=besides,
    )


class _Sweep:
    """One cleanup under way."""

    def __init__(
        self, looked: Looked, open_library: Callable[[], Library], answerer: Answerer
    ) -> None:
        self._looked = looked
        self._shares = looked.shares.copy()
        self._known = {each.session.id: each for each in looked.holdings.held}
        self._open = open_library
        self._opened: Library | None = None
        self._answerer = answerer
        self.removed: list[Removed] = []
        self.kept: list[Kept] = []

    def category(self, category: Category) -> None:
        """Ask about everything of a category at once, and one by one about people's work."""
        found = self._looked.audit.of(category)
        for each in found:
            if why := self._answerer.why_not(each):
                self.kept.append(Kept(each, why))
        asked = [each for each in found if not self._answerer.why_not(each)]
        plain = [each for each in asked if not _holds_work(each)]
        if plain:
            self._ask(category, plain)
        for each in filter(_holds_work, asked):
            self._ask(category, [each], work=True)

    def compact(self) -> None:
        """Give the database's own space back."""
        if self._opened is not None and self.removed:
            self._opened.compact()

    def close(self) -> None:
        """Close the library, if it was opened."""
        if self._opened is not None:
            self._opened.close()

    def _ask(self, category: Category, waste: Sequence[Waste], *, work: bool = False) -> None:
        sizes = measure(waste, self._shares)
        listed = [replace(each, size_bytes=size) for each, size in zip(waste, sizes, strict=True)]
        question = Question(category, tuple(listed), work)
        if not self._answerer.agrees(question):
            self.kept += [Kept(each, DECLINED) for each in listed]
            return
        removed, kept = list[Removed](), list[Kept]()
        for each in listed:
            why = self._still(each)
            freed = None if why else self._remove(each)
            if freed is None:
                kept.append(Kept(each, why or BUSY))
            else:
                self._shares.drop(each)
                removed.append(Removed(each, freed))
                self._answerer.saw(removed[-1])
        self.removed += removed
        self.kept += kept
        self._answerer.hear(question, removed, kept)

    @property
    def _library(self) -> Library:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _still(self, waste: Waste) -> str:
        """Why something is not what was asked about any more; empty: it still is."""
        if waste.session is None:
            return ""
        library = self._library
        known = self._known[waste.session]
        runs = {run.id for run in known.runs if not run.is_open}
        try:
            library.session(waste.session)
        except NotFound:
            return "it is gone already"
        ended = {run.id for run in library.runs(waste.session) if run.finished_at is not None}
        ended -= {run.id for run in known.runs if run.kind == "cancelled"}
        if ended - runs:
            return "a run of it has ended meanwhile"
        said = sum(each.by != RECOGNISER for each in library.ledger(waste.session).entries)
        if said != known.work.corrections:
            return "it was corrected meanwhile"
        return ""

    def _remove(self, waste: Waste) -> int | None:
        """Bytes freed; None when somebody was quicker."""
        library = self._library
        if waste.session is None:
            return self._remove_files(library, waste)
        held = self._hold(waste)
        if held is None:
            return None
        try:
            if waste.run is not None:
                freed = library.give_up_run(waste.run, GIVEN_UP, hint=BEGIN_AGAIN).bytes
                return freed + sum(map(library.free_sound, waste.sounds))
            if waste.category == "sound":
                return sum(map(library.free_sound, waste.sounds))
            spare = library.backup_bytes()
            return delete_session(library, waste.session).bytes_freed - spare
        except NotFound:
            return None
        finally:
            for hold in held:
                library.end_job(hold)

    def _hold(self, waste: Waste) -> list[Hold] | None:
        """Take the jobs of a session's unfinished runs, so that no worker begins with them.

        Returns:
            What was taken; None when a worker has one, or is about to.
        """
        library, held = self._library, list[Hold]()
        for run in library.runs(waste.session or ""):
            job = library.job(run.id)
            if job is None or job.state == "done":
                continue
            taken = None
            if job.state == "running":
                taken = library.claim(run.id, this_owner(), lease_s=_LEASE_S, gone=is_gone)
            if taken is None:
                for hold in held:
                    library.end_job(hold)
                return None
            held.append(taken.hold)
        return held

    def _remove_files(self, library: Library, waste: Waste) -> int | None:
        if waste.category == "blobs":
            return library.reclaim([waste.path.name]).bytes if waste.path else None
        if waste.recording is not None:
            return library.free_sound(waste.recording)
        return library.free_file(waste.path) if waste.path is not None else None


def _holds_work(waste: Waste) -> bool:
    """Whether people's work goes with it."""
    return bool(waste.work) and waste.run is None and waste.category != "sound"


def report_path(output: Path, cleanup: Cleanup) -> Path:
    """Where a report goes when nobody says."""
    return output / f"cleanup-{cleanup.audit.at:%Y-%m-%d-%H%M%S}.md"
