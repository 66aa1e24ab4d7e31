"""Documents say what the code does: reference pages are drawn from it, names and links are real."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import earwitness
from earwitness import plugins
from earwitness.app.settings import Settings


def test_reference_pages_are_up_to_date(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(root / "tools" / "make_reference.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr + " (make reference)"


def test_the_page_of_speeds_is_what_was_measured(root: Path) -> None:
    command = [sys.executable, str(root / "benchmarks" / "tiers.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_is_short(root: Path) -> None:
    assert len((root / "README.md").read_text(encoding="utf-8").splitlines()) <= 100


def test_links_lead_somewhere(root: Path) -> None:
    pages = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("examples/*.md")]
    assert len(pages) > 8
    for page in pages:
        for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            if not link.startswith("http"):
                assert (page.parent / link).exists(), f"{page.name}: {link}"


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/tutorial.md",
        "docs/how-to-batch.md",
        "docs/how-to-better-engines.md",
        "docs/how-to-clean-up.md",
        "docs/how-to-clips.md",
        "docs/how-to-correct.md",
        "docs/how-to-import.md",
        "docs/how-to-name-speakers.md",
        "docs/how-to-profiles.md",
        "docs/how-to-notes.md",
        "docs/how-to-queue.md",
        "docs/how-to-reports.md",
        "docs/how-to-rerun.md",
        "docs/how-to-tracks.md",
        "docs/how-to-understand.md",
        "docs/how-to-use-a-service.md",
        "docs/how-to-words.md",
    ],
)
def test_commands_in_documents_exist(root: Path, page: str) -> None:
    reference = (root / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    text = (root / page).read_text(encoding="utf-8")
    blocks = "\n".join(re.findall(r"```console\n(.*?)```", text, re.DOTALL))
    lines = re.findall(r"\$ earwitness (.+)", blocks)
    assert lines
    for line in lines:
        words = line.split("#")[0].split()
        verb = words[0]
        assert f"## earwitness {verb}" in reference, line
        for flag in (word for word in words if word.startswith("--")):
            assert f"`{flag}" in reference, line


def test_formats_named_in_help_are_those_that_exist(root: Path) -> None:
    reference = (root / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    assert "Comma-separated: " + ", ".join(plugins.BUILT_IN["export"]) + "." in reference
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert all(re.search(rf"\b{suffix}\b", readme) for suffix in plugins.BUILT_IN["export"])


def test_the_how_to_names_every_format_that_is_read(root: Path) -> None:
    page = (root / "docs" / "how-to-import.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in plugins.BUILT_IN["import"])


def test_every_setting_has_a_description() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_version_is_said_once(root: Path) -> None:
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{earwitness.__version__}"' in project


def test_examples_in_docstrings_run() -> None:
    import doctest

    from earwitness.app import request
    from earwitness.cli import progress
    from earwitness.core import language, retry, span, spreading, text, waste
    from earwitness.importers import cues, markup

    ours = (earwitness, language, retry, span, spreading, text, waste)
    modules = (*ours, request, progress, cues, markup)
    for module in modules:
        assert doctest.testmod(module).failed == 0
