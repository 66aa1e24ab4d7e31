"""Plan: stages in an order in which each finds what it needs."""

from __future__ import annotations

from earwitness.core.errors import UsageError
from earwitness.core.session import Session
from earwitness.core.stage import Stage

NEEDS = {
    "decode": (),
    "align": ("decode",),
    "detect": ("align",),
    "crosstalk": ("align",),
    "diarize": ("align", "detect", "crosstalk"),
    "cut": ("align", "detect"),
    "transcribe": ("align", "cut"),
    "settle": ("diarize",),
    "guard": ("detect", "crosstalk", "transcribe"),
    "attribute": ("guard", "settle"),
}
"""Which stages each one needs; the order decides who gets a lane first. Known without opening an
engine, so that a re-run opens only those it asks."""

STAGES = tuple(NEEDS)
"""Names a user may say."""

OF_WORDS = ("classify", "extract", "collect", "compose")
"""Stages that work on what was said, after the transcript; each window of theirs is remembered."""

OF_TRACKS = frozenset({"align"})
"""Stages that only sessions of tracks have; elsewhere what they make is made by what they need."""


def stages_of(session: Session) -> tuple[str, ...]:
    """The stages a session has."""
    return tuple(name for name in STAGES if session.tracks or name not in OF_TRACKS)


def followers(names: frozenset[str]) -> frozenset[str]:
    """Stages and all that directly or indirectly need what they make."""
    found = set(names)
    for stage, needs in NEEDS.items():
        if found & set(needs):
            found.add(stage)
    return frozenset(found)


def ordered(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Stages sorted by what they need; among those that are ready, the given order stays.

    Raises:
        UsageError: If a stage needs what none makes, or the stages wait for each other.
    """
    made: set[type] = set()
    waiting, plan = list(stages), list[Stage]()
    while waiting:
        ready = next((stage for stage in waiting if set(stage.needs) <= made), None)
        if ready is None:
            raise UsageError("the plan has stages that nothing feeds: " + waiting[0].name)
        waiting.remove(ready)
        plan.append(ready)
        made.add(ready.makes)
    return tuple(plan)


def dependents(plan: tuple[Stage, ...], name: str) -> frozenset[str]:
    """A stage and all that directly or indirectly need what it makes.

    Raises:
        UsageError: If the plan has no such stage.
    """
    first = next((stage for stage in plan if stage.name == name), None)
    if first is None:
        raise UsageError(
            f"there is no stage {name!r}",
            hint="there are: " + ", ".join(stage.name for stage in plan),
        )
    names, changed = {name}, {first.makes}
    for stage in plan:
        if set(stage.needs) & changed:
            names.add(stage.name)
            changed.add(stage.makes)
    return frozenset(names)
