"""Audit: what a library holds that nobody may need any more; looking changes nothing.

A session is found once at most: orphaned before stale, incomplete or failed, and those before
duplicates. What is worked on right now is never found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from earwitness.app.cleanup.leftovers import folders_of_nobody, leftovers_in
from earwitness.app.cleanup.shares import Shares, recordings_of
from earwitness.app.library import database_of
from earwitness.app.settings import Settings
from earwitness.app.sources.intact import Whereabouts, whereabouts
from earwitness.app.understanding.playbooks import playbook
from earwitness.core.errors import UsageError
from earwitness.core.playbook import Playbook
from earwitness.core.waste import CATEGORIES, Audit, Category, Held, Waste
from earwitness.runs.owner import is_gone, this_owner
from earwitness.store.holdings import Held as HeldSession
from earwitness.store.holdings import Holdings, RunState
from earwitness.store.library import Library

_GRACE = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """How long what is kept.

    Attributes:
        stale_days: Said by the settings; None: the playbook's.
        keep_sound_days: Said by the settings; None: the playbook's.
        older_than: Only what rested for longer is found; then it is nothing recent either.
        home: The library's folder, in which the user's own playbooks lie.
    """

    stale_days: int | None = None
    keep_sound_days: int | None = None
    older_than: timedelta | None = None
    home: Path | None = None

    def stale_after(self, playbook: str) -> timedelta:
        """How long an unfinished run may rest."""
        said = self.stale_days
        return timedelta(days=_playbook(playbook, self.home).stale_days if said is None else said)

    def sound_after(self, playbook: str) -> timedelta | None:
        """How long an unfinished run's decoded sound is kept; None: as long as the run."""
        said = self.keep_sound_days
        days = _playbook(playbook, self.home).keep_sound_days if said is None else said
        return None if days is None else timedelta(days=days)


def rules_of(settings: Settings, older_than: timedelta | None = None) -> Rules:
    """What the settings say."""
    return Rules(settings.stale_days, settings.keep_sound_days, older_than, settings.home)


@dataclass(frozen=True, slots=True)
class Looked:
    """An audit with what it was made from, so that sizes can be measured again."""

    audit: Audit
    shares: Shares
    holdings: Holdings


def audit(settings: Settings, rules: Rules, at: datetime | None = None) -> Looked:
    """Look through the library and the output folder.

    Args:
        settings: Where they are.
        rules: What counts as too old.
        at: Now; for tests of age.

    Raises:
        StoreError: The library cannot be read.
    """
    at = at or datetime.now(UTC)
    library = Library.look(settings.home, database=database_of(settings))
    if library is None:
        return Looked(Audit(at, 0), Shares(Holdings()), Holdings())
    with library:
        holdings = library.holdings(this_owner(), is_gone)
        found = _Search(holdings, rules, at, _own_keys(library, holdings))
        waste = [*found.sessions(), *found.duplicates(), *found.sound(), *found.blobs()]
        waste += leftovers_in(holdings, settings, at - _GRACE)
    if rules.older_than is not None:
        limit = at - rules.older_than
        waste = [_aged(each) for each in waste if each.active_at <= limit]
    waste.sort(key=lambda each: (CATEGORIES.index(each.category), each.created_at))
    looked = Looked(
        Audit(
            at,
            len(holdings.held),
            working=tuple(each.session.id for each in holdings.held if each.is_busy),
            away=tuple(found.away),
            folders=folders_of_nobody(holdings, settings.output),
            damaged=tuple(_damaged(holdings)),
            pending_bytes=sum(heap.size_bytes for heap in holdings.pending),
        ),
        Shares(holdings),
        holdings,
    )
    # What is taken without asking goes first, so what others would free besides is told there.
    order = sorted(waste, key=lambda each: bool(each.held))
    sizes = dict(zip(map(id, order), measure(order, looked.shares), strict=True))
    measured = tuple(replace(each, size_bytes=sizes[id(each)]) for each in waste)
    return replace(looked, audit=replace(looked.audit, waste=measured))


def measure(waste: Sequence[Waste], shares: Shares) -> list[int]:
    """What each of these gives back, when they go in this order; `shares` stays as it is."""
    trial = shares.copy()
    return [trial.drop(each) for each in waste]


class _Search:
    """Goes through the holdings; what it finds has no size yet."""

    def __init__(
        self, holdings: Holdings, rules: Rules, at: datetime, own_keys: dict[str, tuple[str, ...]]
    ) -> None:
        self._holdings = holdings
        self._rules = rules
        self._at = at
        self._own_keys = own_keys
        self._found: dict[str, Waste] = {}
        self.away: list[str] = []

    def sessions(self) -> Iterator[Waste]:
        """Orphaned, stale, incomplete and failed sessions, and stale runs of others."""
        for held in self._holdings.held:
            if held.is_busy:
                continue
            near = [r for r in held.session.recordings if r.id not in self._holdings.sent]
            place = whereabouts(near, self._holdings.seen)
            if place is Whereabouts.AWAY:
                self.away.append(held.session.id)
            one = self._one(held, place)
            if one is not None:
                self._found[held.session.id] = one
                yield one
            elif held.has_result:
                yield from self._stale_runs(held)

    def _one(self, held: HeldSession, place: Whereabouts) -> Waste | None:
        latest = next(iter(held.runs), None)
        if place is Whereabouts.GONE:
            state = "" if held.has_result else f", {_state(latest)}"
            return self._session(held, "orphaned", f"its recording is gone{state}")
        if held.has_result:
            return None
        if latest is not None and not latest.is_open:
            return self._session(held, "failed", latest.why)
        if self._at - held.active_at > self._rules.stale_after(held.session.playbook):
            return self._session(held, "stale", _state(latest))
        return self._session(held, "incomplete", _state(latest), held_as="recent")

    def _stale_runs(self, held: HeldSession) -> Iterator[Waste]:
        limit = self._rules.stale_after(held.session.playbook)
        for run in held.runs:
            if run.is_open and self._at - run.active_at > limit:
                yield replace(
                    self._session(held, "stale", f"a later run, {_state(run)}; the session stays"),
                    run=run.id,
                    active_at=run.active_at,
                    has_transcript=False,
                    held="",
                    keys=self._own_keys.get(run.id, ()),
                    sounds=self._idle_sounds(held, run),
                )

    def _idle_sounds(self, held: HeldSession, run: RunState) -> tuple[str, ...]:
        """Decoded sound that only this run could still need."""
        others = (
            each
            for each in self._holdings.held
            for other in each.runs
            if other.is_open and other.id != run.id
        )
        needed = {recording for other in others for recording in recordings_of(other)}
        return tuple(each for each in recordings_of(held) if each not in needed)

    def _session(
        self, held: HeldSession, category: Category, why: str, *, held_as: Held = ""
    ) -> Waste:
        return Waste(
            category=category,
            name=held.session.id,
            size_bytes=0,
            created_at=held.created_at,
            active_at=held.active_at,
            why=why,
            session=held.session.id,
            title=held.session.title,
            work=held.work,
            held="work" if held.work else held_as,
            has_transcript=held.has_result,
        )

    def duplicates(self) -> Iterator[Waste]:
        """Sessions of the same recordings; one of each group is kept: the newest, or people's."""
        groups: dict[tuple[bool, tuple[str, ...]], list[HeldSession]] = {}
        for held in self._holdings.held:
            if held.has_result and not held.is_busy and held.session.id not in self._found:
                key = bool(held.session.tracks), tuple(each.id for each in held.session.recordings)
                groups.setdefault(key, []).append(held)
        for (_, recordings), group in groups.items():
            if not recordings or len(group) < 2:
                continue
            best = max(group, key=lambda each: (bool(each.work), each.created_at))
            for held in group:
                if held is best:
                    continue
                same = held.session.playbook == best.session.playbook
                found = self._session(
                    held,
                    "duplicates",
                    f"the same recording as {best.session.id}"
                    + ("" if same else f", as {held.session.playbook}"),
                    held_as="" if same else "playbook",
                )
                self._found[held.session.id] = found
                yield replace(found, keep=best.session.id)

    def sound(self) -> Iterator[Waste]:
        """Decoded sound that is not needed any more, or was kept for too long."""
        users: dict[str, list[HeldSession]] = {}
        for held in self._holdings.held:
            for recording in recordings_of(held):
                users.setdefault(recording, []).append(held)
        for recording, heap in sorted(self._holdings.sound.items()):
            using = users.get(recording, [])
            if any(each.is_busy for each in using) or self._goes_anyway(using):
                continue
            limit, why = self._sound_limit(using)
            active = max((heap.active_at, *(each.active_at for each in using)))
            if limit is None or self._at - active <= limit:
                continue
            yield Waste(
                category="sound",
                name=using[0].session.id if using else f"scratch/{recording[:12]}",
                size_bytes=0,
                created_at=heap.active_at,
                active_at=active,
                why=why,
                session=using[0].session.id if using else None,
                recording=recording,
                sounds=(recording,),
            )

    def _goes_anyway(self, using: Sequence[HeldSession]) -> bool:
        found = [self._found.get(each.session.id) for each in using]
        return bool(found) and all(each is not None and not each.held for each in found)

    def _sound_limit(self, using: Sequence[HeldSession]) -> tuple[timedelta | None, str]:
        waiting = [each for each in using if each.runs and not each.runs[0].has_result]
        if not using:
            return _GRACE, "no session has this recording"
        if not waiting:
            return timedelta(0), "decoded sound of a finished run"
        limits = [self._rules.sound_after(each.session.playbook) for each in waiting]
        known = [each for each in limits if each is not None]
        if len(known) < len(limits):
            return None, ""
        return max(known), f"decoded sound, kept for more than {max(known) // _DAY} days"

    def blobs(self) -> Iterator[Waste]:
        """Stored bytes that no result names."""
        for heap in self._holdings.strays:
            yield Waste(
                category="blobs",
                name=f"blobs/{heap.path.parent.name}/{heap.path.name[:12]}…",
                size_bytes=heap.size_bytes,
                created_at=heap.active_at,
                active_at=heap.active_at,
                why="a stored result that no session needs",
                path=heap.path,
            )


def _own_keys(library: Library, holdings: Holdings) -> dict[str, tuple[str, ...]]:
    """Results that only one unfinished run needs, of sessions that have a transcript."""
    runs = (run for held in holdings.held if held.has_result for run in held.runs)
    return {run.id: library.checkpoint_keys(run.id) for run in runs if run.is_open}


def _state(run: RunState | None) -> str:
    """How far a run came, by its ledger."""
    if run is None:
        return "nothing was done yet"
    if run.kind == "failed":
        return "failed"
    if not run.stages:
        return "stopped between two stages"
    pieces = f" after {run.pieces} pieces" if run.pieces else ""
    return f"stopped in {' and '.join(run.stages)}{pieces}"


def _aged(waste: Waste) -> Waste:
    """Somebody said which age is enough: it is not recent then."""
    return replace(waste, held="") if waste.held == "recent" else waste


def _damaged(holdings: Holdings) -> Iterable[str]:
    """Sessions of which a stored result is missing."""
    for held in holdings.held:
        if any(holdings.digests.get(key) in holdings.missing for key in held.keys):
            yield held.session.id


@cache
def _playbook(name: str, home: Path | None) -> Playbook:
    """The plain one stands in for one that is gone, or that nobody can read."""
    try:
        return playbook(name, home)
    except UsageError:
        return playbook("meeting", None)
