"""The verbs of a clean library, for Python users and every face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from os import PathLike
from pathlib import Path

from earwitness.app.cleanup.audit import audit, rules_of
from earwitness.app.cleanup.cleanup import Answerer, clean, plan, report_path
from earwitness.app.cleanup.library_size import older_copies
from earwitness.app.cleanup.report import write_report
from earwitness.app.library import library_of
from earwitness.app.logs import log_to
from earwitness.app.settings import Settings, read_settings
from earwitness.core.errors import UsageError
from earwitness.core.waste import CATEGORIES, Audit, Category, Cleanup
from earwitness.store.library import Library

AnyPath = str | PathLike[str]


def audit_sessions(
    *,
    stale_days: int | None = None,
    older_than: timedelta | None = None,
    output: AnyPath | None = None,
    home: AnyPath | None = None,
) -> Audit:
    """What the library holds that nobody may need any more; not a byte is changed.

    Args:
        stale_days: Days after which an unfinished run is stale; None: the settings'.
        older_than: Only what rested for longer.
        output: Where session folders are written.
        home: The library's folder.

    Raises:
        StoreError: The library cannot be read, or has to be brought up to date first.

    Example:
        >>> import earwitness
        >>> found = earwitness.audit_sessions()  # doctest: +SKIP
        >>> [(each.category, each.name, each.size_bytes) for each in found.waste]  # doctest: +SKIP
    """
    settings = read_settings(home=home, output=output, stale_days=stale_days)
    return audit(settings, rules_of(settings, older_than)).audit


def cleanup_sessions(
    *,
    dry_run: bool = False,
    categories: Sequence[Category] | None = None,
    older_than: timedelta | None = None,
    stale_days: int | None = None,
    report: AnyPath | None = None,
    answerer: Answerer | None = None,
    output: AnyPath | None = None,
    home: AnyPath | None = None,
) -> Cleanup:
    """Remove what nobody may need any more.

    Without an answerer, what people corrected or named, what can still be continued and what was
    made under another playbook stays; the last two go when their category is named.

    Args:
        dry_run: Only say what would be removed; not a byte is changed.
        categories: Only these; None: all.
        older_than: Only what rested for longer, and then of whatever age.
        stale_days: Days after which an unfinished run is stale; None: the settings'.
        report: Where the report is written; None: beside the session folders, when anything was
            removed or kept; a dry run writes none then.
        answerer: Is asked about each category; None: everything goes that nothing speaks for.
        output: Where session folders are written.
        home: The library's folder.

    Returns:
        What was found, removed and kept.

    Raises:
        UsageError: There is no such category.
        StoreError: The library cannot be read or written; what was removed is removed.
    """
    settings = read_settings(home=home, output=output, stale_days=stale_days)
    wanted = tuple(categories or CATEGORIES)
    for each in wanted:
        if each not in CATEGORIES:
            raise UsageError(
                f"there is no category {each!r}", hint="there are: " + ", ".join(CATEGORIES)
            )
    rules = rules_of(settings, older_than)
    answerer = answerer or Answerer(tuple(categories or ()))
    if dry_run:
        done = _foretell(plan(audit(settings, rules), wanted, answerer), settings)
    else:
        done = clean(settings, rules, lambda: _open(settings), answerer, wanted)
    target = Path(report) if report is not None else None
    if target is None and not dry_run and (done.removed or done.kept):
        target = report_path(settings.output, done)
    if target is None:
        return done
    return replace(done, report=write_report(done, target))


def _foretell(planned: Cleanup, settings: Settings) -> Cleanup:
    """A dry run knows what deleted sessions take with them beside their own bytes."""
    sessions = any(each.waste.session and not each.waste.run for each in planned.removed)
    older = older_copies(settings.home) if sessions else 0
    more = planned.audit.pending_bytes if planned.removed else 0
    return replace(planned, besides_bytes=older + more)


def _open(settings: Settings) -> Library:
    library = library_of(settings)
    log_to(settings.home / "logs")
    return library
