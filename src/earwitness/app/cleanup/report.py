"""Cleanup report: what was found, removed and kept, as Markdown; ids only, no title and no name."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from earwitness.core.files import disk_faults, write_atomic
from earwitness.core.waste import CATEGORIES, Category, Cleanup, Removed, shown_size, size_of
from earwitness.core.waste_words import WORDS

_TITLES: dict[Category, str] = {
    "orphaned": "Orphaned Sessions",
    "stale": "Stale Checkpoints",
    "incomplete": "Incomplete Sessions",
    "failed": "Failed Sessions",
    "duplicates": "Duplicate Sessions",
    "sound": "Decoded Sound",
    "blobs": "Unreferenced Results",
    "leftovers": "Leftover Files",
}
_FIRST: tuple[Category, ...] = ("orphaned", "incomplete", "stale")


def write_report(cleanup: Cleanup, path: Path) -> Path:
    """Write the report, whole or not at all.

    Raises:
        DiskFull: No space.
        StoreError: The folder cannot be written.
    """
    with disk_faults("the report's folder cannot be made"):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, report(cleanup).encode("utf-8"))
    return path


def report(cleanup: Cleanup) -> str:
    """The report as Markdown."""
    audit = cleanup.audit
    order = (*_FIRST, *(each for each in CATEGORIES if each not in _FIRST))
    lines = [
        "# Cleanup Report",
        "",
        f"**Date**: {audit.at:%Y-%m-%d %H:%M:%S} UTC",
        "",
        f"**Total Sessions Scanned**: {audit.sessions:,}",
        "",
        "## Found",
        "",
    ]
    for category in order:
        found = audit.of(category)
        if found or category in _FIRST:
            size = _megabytes(size_of(found))
            lines.append(f"- **{_TITLES[category]}**: {len(found):,} ({size})")
    freed = "Would Be Freed" if cleanup.dry_run else "Freed"
    lines += ["", f"**Total Space {freed}**: {_megabytes(cleanup.freed_bytes)}"]
    lines += ["", "## Actions Taken", ""]
    return "\n".join([*lines, *(_actions(cleanup) or ["- None"])]) + "\n"


def _actions(cleanup: Cleanup) -> list[str]:
    lines = []
    for category in CATEGORIES:
        gone = [each for each in cleanup.removed if each.waste.category == category]
        lines += _gone(category, gone, dry_run=cleanup.dry_run)
        kept = Counter(each.why for each in cleanup.kept if each.waste.category == category)
        lines += [f"- Kept {WORDS[category].count(number)} ({why})" for why, number in kept.items()]
    if cleanup.besides_bytes > 0:
        verb, freed = ("Would tidy", "frees") if cleanup.dry_run else ("Tidied", "freed")
        lines.append(f"- {verb} up the database ({freed} {shown_size(cleanup.besides_bytes)})")
    return lines


def _gone(category: Category, gone: list[Removed], *, dry_run: bool) -> list[str]:
    if not gone:
        return []
    verb, freed = ("Would delete", "frees") if dry_run else ("Deleted", "freed")
    size = shown_size(sum(each.freed_bytes for each in gone))
    lines = [f"- {verb} {WORDS[category].count(len(gone))} ({freed} {size})"]
    if not WORDS[category].deleted:
        lines += [
            f"  - {each.waste.name} ({freed} {shown_size(each.freed_bytes)})" for each in gone
        ]
    return lines


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.1f} MB"
