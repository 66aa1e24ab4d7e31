"""The rules of the house that linters do not know, as a small program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "src" / "earwitness"
LINES_AT_MOST = 400
BLANKET = {"runs/work.py"}
"""Where `except Exception` may stand: the step executor."""


def modules() -> Iterator[tuple[str, str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield path.relative_to(SOURCE).as_posix(), text, ast.parse(text)


def test_no_file_is_longer_than_can_be_kept_in_mind() -> None:
    lengths = {name: text.count("\n") for name, text, _ in modules()}
    assert {name: n for name, n in lengths.items() if n > LINES_AT_MOST} == {}
    assert sorted(lengths.values())[len(lengths) // 2] <= 200


def test_every_file_says_first_what_it_is_for() -> None:
    assert [name for name, _, tree in modules() if not ast.get_docstring(tree)] == []


def test_a_blanket_except_stands_in_the_step_executor_only() -> None:
    found = {
        name
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or "Exception" in ast.unparse(node.type).split())
    }
    assert found == BLANKET


def test_the_environment_is_read_by_the_settings_only() -> None:
    reading = {n for n, text, _ in modules() if re.search(r"\bos\.(environ|getenv)\b", text)}
    allowed = {name for name in reading if name.startswith("media/") or name.startswith("engines/")}
    assert reading - allowed <= {"app/settings.py"}
    for name in allowed:
        text = (SOURCE / name).read_text(encoding="utf-8")
        assert "environ.get" not in text, f"{name}: settings are given, not looked up"


def test_nothing_is_named_for_what_it_is_not() -> None:
    vague = re.compile(r"(Manager|Helper|Utils?|Processor|Handler)$|_v2$|_new$")
    named = {
        f"{name}: {node.name}"
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and vague.search(node.name)
    }
    assert named == set()
