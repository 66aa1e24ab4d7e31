"""Detour: how a result came about where the way to it was not straight, for the ledger.

A service was asked again, another one answered in its place, claims were refused. None of it ends
a run; all of it is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from earwitness.core.claims import Refusal, Why
from earwitness.core.errors import Fault
from earwitness.core.run import Outcome
from earwitness.core.spending import Call


@dataclass(frozen=True, slots=True)
class Detour:
    """What was not straight.

    Attributes:
        retries: `(what an attempt ended with, how often it was made again)` pairs.
        fallbacks: `(model that answered in another's place, how often)` pairs.
        refused: Claims that were not believed.
    """

    retries: tuple[tuple[Fault, int], ...] = ()
    fallbacks: tuple[tuple[str, int], ...] = ()
    refused: tuple[Refusal, ...] = ()

    def __str__(self) -> str:
        """One line, such as `retry: 2 server; fallback: 1 qwen3; refused: 3 unknown line`."""
        rows = (
            ("retry", self.retries),
            ("fallback", self.fallbacks),
            ("refused", [(each.why.replace("_", " "), each.count) for each in self.refused]),
        )
        return "; ".join(
            f"{name}: " + ", ".join(f"{count} {what}" for what, count in counts)
            for name, counts in rows
            if counts
        )

    def beside(self, outcome: Outcome) -> Outcome:
        """An outcome that tells of it, too."""
        told = "; ".join(each for each in (outcome.why, str(self)) if each)
        return outcome if told == outcome.why else replace(outcome, why=told)


STRAIGHT: Final = Detour()


def detour_of(calls: Sequence[Call], refused: tuple[Refusal, ...] = ()) -> Detour:
    """What was not straight in one piece of work.

    Args:
        calls: What was asked of services, in order. One that was not answered is followed by what
            was asked of the next service instead.
        refused: Claims that were not believed.
    """
    retries: Counter[Fault] = Counter()
    fallbacks: Counter[str] = Counter()
    before = True
    for call in calls:
        # The last attempt of a call that was not answered was not made again.
        retries.update(call.faults if call.answered else call.faults[:-1])
        if call.answered and not before:
            fallbacks[call.model] += 1
        before = call.answered
    return Detour(tuple(sorted(retries.items())), tuple(sorted(fallbacks.items())), refused)


def together(detours: Iterable[Detour]) -> Detour:
    """Several, counted together."""
    retries: Counter[Fault] = Counter()
    fallbacks: Counter[str] = Counter()
    refused: Counter[Why] = Counter()
    for each in detours:
        retries.update(dict(each.retries))
        fallbacks.update(dict(each.fallbacks))
        refused.update({refusal.why: refusal.count for refusal in each.refused})
    return Detour(
        tuple(sorted(retries.items())),
        tuple(sorted(fallbacks.items())),
        tuple(Refusal(why, count) for why, count in sorted(refused.items())),
    )
