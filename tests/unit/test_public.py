"""The public surface: what is exported, documented, light to import, and of one error tree."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import earwitness
from earwitness import plugins
from earwitness.core.errors import EarwitnessError

VERBS = {
    "process",
    "process_batch",
    "record",
    "export",
    "sessions",
    "show_session",
    "delete_session",
    "audit_sessions",
    "cleanup_sessions",
    "view",
    "edit",
    "apply_edits",
    "preview_edits",
    "undo",
    "redo",
    "place",
    "edits",
    "verify",
    "erase",
    "rerun",
    "history",
    "diff",
    "put_back",
    "suggest",
    "understand",
    "make_note",
    "regenerate_note",
    "notes",
    "note",
    "profile_updates",
    "save_updates",
    "merge_profiles",
    "speakers",
    "name_speakers",
    "preview_names",
    "swap_speakers",
    "merge_speakers",
    "enroll",
    "assign",
    "forget",
    "add_series",
    "all_series",
    "show_series",
    "set_series",
    "set_person",
    "remove_person",
    "import_cast",
    "export_cast",
    "delete_series",
    "doctor",
    "backup",
    "restore",
}


def test_every_exported_name_is_there_and_documented() -> None:
    for name in earwitness.__all__:
        value = getattr(earwitness, name)
        if name != "__version__":
            assert inspect.getdoc(value), name
    assert set(earwitness.__all__) >= VERBS
    assert dir(earwitness) == sorted(earwitness.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'transcribe'"):
        _ = earwitness.transcribe


def test_errors_are_of_one_tree_and_of_pythons() -> None:
    assert issubclass(earwitness.SourceNotFound, FileNotFoundError)
    assert issubclass(earwitness.UnsupportedSource, ValueError)
    codes = {kind.exit_code for kind in EarwitnessError.__subclasses__()}
    assert 0 not in codes
    assert 3 not in codes, "3 is kept for --strict"


HEAVY = {
    "av",
    "numpy",
    "onnxruntime",
    "ctranslate2",
    "faster_whisper",
    "pocketsphinx",
    "sqlalchemy",
    "alembic",
    "pydantic",
    "huggingface_hub",
}


def heavy_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return HEAVY & set(done.stdout.split())


def test_importing_the_package_costs_nothing() -> None:
    assert heavy_after("import earwitness") == set()


def test_listing_plugins_imports_no_model_library() -> None:
    listing = "from earwitness import plugins\n" + "\n".join(
        f"plugins.listed({group!r})" for group in plugins.BUILT_IN
    )
    assert heavy_after(listing) == set()


def test_the_commands_are_known_without_importing_the_verbs() -> None:
    assert heavy_after("import earwitness.cli.commands") == set()
