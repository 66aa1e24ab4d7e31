"""What the program imports is declared: with the install, or with an extra."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CALLED = {  # distributions that are imported under another name
    "PyYAML": "yaml",
    "pyspellchecker": "spellchecker",
    "python-docx": "docx",
    "nvidia-ml-py": "pynvml",
    "pydantic-ai-slim": "pydantic_ai",
    "pyannote.audio": "pyannote",
}


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"]]
    lines += [line for extra in project["optional-dependencies"].values() for line in extra]
    names = {re.split(r"[\[<>=;~! ]", line)[0] for line in lines}
    return {CALLED.get(name, name.replace("-", "_")).lower() for name in names}


def imported() -> dict[str, str]:
    """Modules of others, each with a file that imports it."""
    found: dict[str, str] = {}
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            else:
                continue
            for name in names:
                found[name.split(".")[0]] = path.name
    return found


def test_every_import_is_declared() -> None:
    ours = {"earwitness", *sys.stdlib_module_names}
    known = declared()
    missing = {n: p for n, p in imported().items() if n not in ours and n.lower() not in known}
    assert missing == {}
