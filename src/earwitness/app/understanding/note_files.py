"""Note files: a note with the lines it cites, in formats people read and sign."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from earwitness import plugins
from earwitness.app.understanding.notes import Kept
from earwitness.app.understanding.playbooks import playbook
from earwitness.core.errors import CorruptStore, NotFound
from earwitness.core.files import disk_faults, write_atomic
from earwitness.core.note_page import NotePage
from earwitness.playbooks.form import NAME
from earwitness.store.library import Library

FOLDER: Final = "notes"
"""In the session's own folder."""


def write_note(
    library: Library, kept: Kept, formats: tuple[str, ...], output: Path
) -> tuple[Path, ...]:
    """Write `output/<session>/notes/<form>-v<version>.<suffix>`, each whole or not at all.

    Raises:
        NotFound: The note was dropped.
        DiskFull: No space; files that were there stay as they were.
        StoreError: The folder cannot be written.
    """
    if kept.note is None:
        raise NotFound(
            "this note was dropped: it could repeat words that were erased",
            hint=f"earwitness notes make {kept.session} --template {kept.template}",
        )
    if not re.fullmatch(NAME, kept.template):
        raise CorruptStore("a note's form is called by small letters, digits, `-` and `_`")
    session = library.session(kept.session)
    clinical = playbook(session.playbook, library.home).clinical
    page = NotePage(session, kept.note, kept.version, kept.made_at, clinical, kept.warnings)
    folder = output / session.id / FOLDER
    files = [(suffix, plugins.note_exporter(suffix).export(page)) for suffix in formats]
    with disk_faults("the output folder cannot be made"):
        folder.mkdir(parents=True, exist_ok=True)
    made = []
    for suffix, data in files:
        path = folder / f"{kept.template}-v{kept.version}.{suffix}"
        write_atomic(path, data)
        made.append(path)
    return tuple(made)
