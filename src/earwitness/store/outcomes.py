"""An outcome as four columns of a row, and back."""

from __future__ import annotations

from typing import get_args

from earwitness.core.errors import CorruptStore
from earwitness.core.run import Outcome, OutcomeKind

_KINDS: dict[str, OutcomeKind] = {kind: kind for kind in get_args(OutcomeKind)}


def outcome_columns(outcome: Outcome) -> dict[str, str]:
    """Values for the columns of `schema.OutcomeColumns`."""
    return {
        "outcome": outcome.kind,
        "why": outcome.why,
        "instead": outcome.instead,
        "hint": outcome.hint,
    }


def outcome_of(
    kind: str | None, why: str | None, instead: str | None, hint: str | None
) -> Outcome | None:
    """The outcome in a row, or None while nothing has ended."""
    return None if kind is None else ended(kind, why, instead, hint)


def ended(kind: str | None, why: str | None, instead: str | None, hint: str | None) -> Outcome:
    """The outcome in the row of something that has ended.

    Raises:
        CorruptStore: There is none.
    """
    known = outcome_kind(kind)
    if known is None:
        raise _foreign()
    return Outcome(known, why or "", instead or "", hint or "")


def outcome_kind(kind: str | None) -> OutcomeKind | None:
    """One of the five kinds, or None.

    Raises:
        CorruptStore: The database holds another word.
    """
    if kind is None:
        return None
    if kind not in _KINDS:
        raise _foreign()
    return _KINDS[kind]


def _foreign() -> CorruptStore:
    return CorruptStore(
        "the library holds an outcome that is none of ours",
        hint="restore a backup with `earwitness restore`",
    )
