"""Waste on the terminal: numbered lists with sizes and dates, and the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.cli.answer import console, say
from earwitness.core.waste import Audit, Cleanup, Waste, shown_size, size_of
from earwitness.core.waste_words import WORDS, tell_work

_LISTED = 20
_WIDTH = 75


def list_waste(waste: Sequence[Waste], *, limit: int | None = None) -> None:
    """One numbered entry each: what it is, its size and date, and what speaks for keeping it.

    Args:
        waste: Of one category.
        limit: How many are listed; None: 20. What people worked on is listed always.
    """
    most = _LISTED if limit is None else limit
    rest = [each for each in waste[most:] if not each.work]
    for number, each in enumerate(waste, start=1):
        if number > most and not each.work:
            continue
        say(f"  {number}. {each.name} ({_facts(each)})")
        if each.session:
            say(f"     {_remark(each)}")
        if _holds_work(each):
            line = f"     !! HOLDS PEOPLE'S WORK: {tell_work(each.work)}"
            console().print(line, style="bold red", markup=False)
    if rest:
        say(f"  ... and {len(rest):,} more ({shown_size(size_of(rest))})")


def _facts(waste: Waste) -> str:
    return f"{shown_size(waste.size_bytes)}, created {waste.created_at:%Y-%m-%d}"


def _remark(waste: Waste) -> str:
    told = f"{waste.title}: {waste.why}" if waste.title else waste.why
    return told if len(told) <= _WIDTH else told[: _WIDTH - 1] + "…"


def _holds_work(waste: Waste) -> bool:
    """Whether people's work would go with it."""
    return bool(waste.work) and waste.run is None


def audit_json(audit: Audit) -> dict[str, object]:
    """An audit as programs read it."""
    return {
        "at": audit.at.isoformat(),
        "sessions": audit.sessions,
        "bytes": audit.size_bytes,
        "found": {
            category: {
                "count": len(audit.of(category)),
                "bytes": size_of(audit.of(category)),
                "items": [waste_json(each) for each in audit.of(category)],
            }
            for category in WORDS
        },
        "pending_bytes": audit.pending_bytes,
        "working": list(audit.working),
        "away": list(audit.away),
        "damaged": list(audit.damaged),
        "folders": [{"path": str(path), "bytes": size} for path, size in audit.folders],
    }


def waste_json(waste: Waste) -> dict[str, object]:
    """One thing that was found."""
    return {
        "name": waste.name,
        "session": waste.session,
        "run": waste.run,
        "bytes": waste.size_bytes,
        "created_at": waste.created_at.isoformat(),
        "active_at": waste.active_at.isoformat(),
        "why": waste.why,
        "held": waste.held or None,
        "keep": waste.keep,
        "transcript": waste.has_transcript,
        "corrections": waste.work.corrections,
        "enrolled_prints": waste.work.prints,
    }


def cleanup_json(cleanup: Cleanup) -> dict[str, object]:
    """A cleanup as programs read it."""
    return {
        "dry_run": cleanup.dry_run,
        "freed_bytes": cleanup.freed_bytes,
        "besides_bytes": cleanup.besides_bytes,
        "removed": [
            {
                "category": each.waste.category,
                "freed_bytes": each.freed_bytes,
                **waste_json(each.waste),
            }
            for each in cleanup.removed
        ],
        "kept": [
            {"category": each.waste.category, "because": each.why, **waste_json(each.waste)}
            for each in cleanup.kept
        ],
        "report": str(cleanup.report) if cleanup.report else None,
    }
