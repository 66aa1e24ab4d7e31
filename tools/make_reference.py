"""Draw docs/reference/{cli,settings,errors}.md from the code; a test says when they are stale."""

from __future__ import annotations

import sys
from pathlib import Path

from earwitness.app.settings import Settings
from earwitness.cli.commands import app
from earwitness.core.errors import EarwitnessError

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


def _tree(kind: type[EarwitnessError]) -> list[type[EarwitnessError]]:
    ours = [k for k in kind.__subclasses__() if k.__module__ == "earwitness.core.errors"]
    return [kind, *(below for child in ours for below in _tree(child))]


PAGES = {"cli.md": cli, "settings.md": settings, "errors.md": errors}


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
