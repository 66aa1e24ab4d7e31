"""`doctor`, `config`, `backup` and `restore`: the machine under the records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import fact, say, say_json, table
from earwitness.cli.options import Common
from earwitness.core.services import Known

if TYPE_CHECKING:
    from earwitness.app.doctor import Finding

FLAG = Parameter(negative="")
_WHAT = 26
"""Columns of what the doctor looked at."""


def doctor(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Say what can run here, what cannot, and the command that mends it.

    Of an engine that has to be added, also what it needs: library, model, token, device. Of every
    service that is asked on a network, how its circuit breaker stands, what its last failure was,
    and when it is tried again.

    Exits with 1 when something that is needed is missing.
    """
    from earwitness.app.doctor import doctor as examine
    from earwitness.app.settings import read_settings

    findings = examine(read_settings(home=common.home))
    if common.json:
        say_json(
            {
                "findings": [
                    {
                        "what": f.what,
                        "ok": f.ok,
                        "why": f.why,
                        "hint": f.hint,
                        "needed": f.needed,
                        "needs": list(f.needs),
                        **({"service": _service(f.service)} if f.service else {}),
                    }
                    for f in findings
                ]
            }
        )
    else:
        for finding in findings:
            _show(finding)
        _sum_up(findings)
    return 0 if all(finding.ok for finding in findings if finding.needed) else 1


def _show(finding: Finding) -> None:
    """What was looked at, what is there, what mends it, and what an engine needs."""
    mark = "[green]✓[/]" if finding.ok else "[red]✗[/]" if finding.needed else "[yellow]–[/]"
    fact(finding.what, finding.why, width=_WHAT, mark=mark)
    mends = finding.hint if not finding.ok else ""
    if mends:
        fact("", f"→ {mends}", width=_WHAT)
    for need in finding.needs:
        if need.partition(": ")[2] != mends:
            fact("", f"needs {need}", width=_WHAT, dim=True)


def _sum_up(findings: tuple[Finding, ...]) -> None:
    lacking = [each.what for each in findings if each.needed and not each.ok]
    spare = sum(not each.ok for each in findings) - len(lacking)
    say()
    if lacking:
        say(f"needed, and missing: {', '.join(lacking)}")
    else:
        more = f"; {spare} more could be added (–)" if spare else ""
        say(f"everything that is needed is there{more}")


def config_show(
    *,
    origin: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show every setting; secrets are masked.

    Args:
        origin: Say where each value comes from.
    """
    from earwitness.app.settings import Settings, origins, read_settings

    settings = read_settings(home=common.home)
    flags = frozenset({"home"} if common.home else ())
    come_from = origins(settings, flags)
    shown = {name: _shown(getattr(settings, name)) for name in Settings.model_fields}
    if common.json:
        told = {name: {"value": v, "origin": come_from[name]} for name, v in shown.items()}
        say_json({"settings": told})
    elif origin:
        rows = [(name, value or "–", come_from[name]) for name, value in shown.items()]
        table(("setting", "value", "from"), rows)
    else:
        table(("setting", "value"), [(name, value or "–") for name, value in shown.items()])
    return 0


def backup(target: Path, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Write the whole library into one file; it may be in use meanwhile.

    Args:
        target: The file to write.
    """
    from earwitness.app.library import artifacts_of, database_of
    from earwitness.app.settings import read_settings
    from earwitness.store.backup import backup as write_backup

    settings = read_settings(home=common.home)
    write_backup(
        settings.home,
        target,
        database=database_of(settings),
        artifacts=artifacts_of(settings),
    )
    if common.json:
        say_json({"backup": str(target)})
    else:
        say(f"{target} ({target.stat().st_size / 1e6:.1f} MB)")
    return 0


def restore(
    archive: Path,
    /,
    *,
    replace: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make a library from a backup; everything is verified first.

    Args:
        archive: A file that `earwitness backup` wrote.
        replace: A library that is there already is given up for it.
    """
    from earwitness.app.library import artifacts_of, database_of
    from earwitness.app.settings import read_settings
    from earwitness.store.backup import restore as read_backup

    settings = read_settings(home=common.home)
    home = settings.home
    read_backup(
        archive,
        home,
        replace=replace,
        database=database_of(settings),
        artifacts=artifacts_of(settings),
    )
    if common.json:
        say_json({"home": str(home)})
    else:
        say(f"restored into {home}")
    return 0


def _service(known: Known) -> dict[str, object]:
    """How a service stands, as JSON; times are UTC."""
    standing = known.standing
    return {
        "name": known.name,
        "state": standing.state,
        "failed_in_a_row": standing.failed,
        "lapses": standing.lapses,
        "last_fault": standing.fault,
        "last_failed_at": standing.failed_at.isoformat() if standing.failed_at else None,
        "next_try_at": standing.until.isoformat() if standing.until else None,
        "failures": known.limits.failures if known.limits else None,
        "reset_s": known.limits.reset_s if known.limits else None,
    }


def _shown(value: object) -> str | None:
    if isinstance(value, tuple):
        return ", ".join(value) or None
    return None if value is None else str(value)
