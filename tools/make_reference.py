"""Draw docs/reference/{cli,settings,errors,reports}.md from the code; a test says when stale."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

from earwitness.app.reports.advice import Advice
from earwitness.app.reports.costs import Budget, Compute, Savings, Service
from earwitness.app.reports.performance import RunUse, StageUse
from earwitness.app.reports.prices import Quota
from earwitness.app.settings import Settings
from earwitness.cli.commands import app
from earwitness.core.errors import EarwitnessError
from earwitness.core.money import Price
from earwitness.core.usage import Estimate, Machine

ROOT = Path(__file__).parent.parent / "docs" / "reference"


def cli() -> str:
    """The command tree, as cyclopts writes it."""
    return app.generate_docs().rstrip() + "\n"


def settings() -> str:
    """Every setting with its variable and default."""
    lines = [
        "# Settings",
        "",
        "A later source wins: default, `config.toml` in the library's folder, environment,",
        "command line. `earwitness config show --origin` says what holds and where it comes from.",
        "",
        "| setting | variable | default | what it is |",
        "|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        choices = getattr(field.validation_alias, "choices", [f"EARWITNESS_{name.upper()}"])
        variables = ", ".join(f"`{choice}`" for choice in choices if str(choice).isupper())
        default = {
            "home": "the platform's data folder",
            "workers": "one per core",
            "user": "your name on this machine",
        }.get(name) or ("" if field.default in (None, ()) else f"`{field.default}`")
        lines.append(f"| `{name}` | {variables} | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def errors() -> str:
    """Every error with its exit code."""
    lines = [
        "# Errors and exit codes",
        "",
        "Every error is one line and a hint. Exit code 0 is done, or degraded with a warning",
        "(3 with `--strict`). In Python each error is a class of `earwitness`.",
        "",
        "| error | exit code | also a | meaning |",
        "|---|---|---|---|",
    ]
    for kind in _tree(EarwitnessError):
        also = ", ".join(f"`{b.__name__}`" for b in kind.__bases__ if b.__module__ == "builtins")
        about = (kind.__doc__ or "").splitlines()[0]
        shown = also if also != "`Exception`" else ""
        lines.append(f"| `{kind.__name__}` | {kind.exit_code} | {shown} | {about} |")
    return "\n".join(lines) + "\n"


REPORTS = (
    (
        "Performance: `earwitness/performance@1`",
        (),
        {
            "schema": "always `earwitness/performance@1`",
            "scope": "`session`, `since`, `until` (UTC): what it is about; null: everything",
            "made_at": "UTC",
            "bottleneck": "name of the stage that fresh runs waited for longest; or null",
            "advice": "what to change, the most worthwhile first",
            "stages": "all runs put together",
            "runs": "the oldest first, the newest 200",
        },
    ),
    ("Advice", (Advice,), {}),
    ("Stage", (StageUse,), {}),
    (
        "Run",
        (RunUse, Machine),
        {
            "run": "the run's id",
            "session": "its session's id",
            "started_at": "with zone",
            "outcome": "`done`, `degraded`, `failed`, `cancelled`; null: unfinished",
        },
    ),
    (
        "Estimate: `expected` of a run, and what `process --estimate-only --json` answers",
        (Estimate,),
        {
            "source": "the file that was named",
            "finished": "it is finished already: nothing would be done",
            "cost": "what services and rates would ask; null: not known",
            "alerts": "what is to be known of this month's budget",
        },
    ),
    (
        "Cost: `earwitness/cost@1`",
        (),
        {
            "schema": "always `earwitness/cost@1`",
            "total": "services and this machine, an amount per currency; storage apart",
            "unknown_calls": "answered calls whose price is not known: no part of any amount",
            "services": "the dearest first",
            "compute": "this machine, by stage; `the rest` is what belongs to none",
            "gpu": "`busy_ms` and `cost`",
            "storage": "`bytes` of results that are kept now, and their `cost_month`",
            "sessions": "`session` (null: deleted), `title`, `cost` of services",
            "months": "`month` and `cost` of services",
            "savings": "what results from memory saved",
            "budget": "of this month, or the one asked for; null without one",
            "quotas": "of services that were asked",
            "prices": "those that were applied",
        },
    ),
    ("Service", (Service,), {}),
    ("Compute", (Compute,), {}),
    ("Savings", (Savings,), {}),
    ("Budget", (Budget,), {"alert": "one line from 80 % on, else null"}),
    ("Quota", (Quota,), {"used": "of it, by this library", "left": "of it, as far as known"}),
    ("Price", (Price,), {}),
    (
        "Amount",
        (),
        {"micros": "whole millionths of the currency: never a float", "currency": "ISO 4217"},
    ),
)
"""Sections: heading, nouns whose attributes are fields, and fields that no noun has."""


def reports() -> str:
    """The JSON of reports."""
    lines = [
        "# Reports as JSON",
        "",
        "`earwitness report performance --json` and `earwitness report cost --json` answer with",
        "one object. What is not known is `null`, never 0. Times are whole milliseconds.",
    ]
    for heading, nouns, more in REPORTS:
        lines += ["", f"## {heading}", "", "| field | holds |", "|---|---|"]
        fields = {**more, **{name: text for noun in nouns for name, text in _attributes(noun)}}
        lines += [f"| `{name}` | {text} |" for name, text in fields.items()]
    return "\n".join(lines) + "\n"


def _attributes(noun: type) -> list[tuple[str, str]]:
    """Names and texts of a noun's documented attributes."""
    told = (inspect.getdoc(noun) or "").partition("Attributes:\n")[2]
    found = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", told, re.MULTILINE)
    return [(name, " ".join(text.split()).rstrip(".").replace("|", "/")) for name, text in found]


def _tree(kind: type[EarwitnessError]) -> list[type[EarwitnessError]]:
    ours = [k for k in kind.__subclasses__() if k.__module__ == "earwitness.core.errors"]
    return [kind, *(below for child in ours for below in _tree(child))]


PAGES = {"cli.md": cli, "settings.md": settings, "errors.md": errors, "reports.md": reports}


def main() -> int:
    """Write the pages; with `--check`, only say which are stale."""
    stale = []
    for name, draw in PAGES.items():
        path, text = ROOT / name, draw()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    print("stale: " + ", ".join(stale) if stale else "all pages are up to date")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
