"""Bring: transcript files are read by the importer that knows them, whatever they are called."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from earwitness import plugins
from earwitness.core.errors import UnsupportedSource, UsageError
from earwitness.core.files import disk_faults
from earwitness.core.imported import Imported, ImportOptions, joined
from earwitness.core.ports import Importer
from earwitness.core.session import Document
from earwitness.importers.letters import LARGEST_BYTES, read_letters
from earwitness.media.source import require_file

_SAYS_SO = 3


@dataclass(frozen=True, slots=True)
class Brought:
    """One transcript file, read.

    Attributes:
        document: The file.
        imported: What is in it.
    """

    document: Document
    imported: Imported


def bring(paths: Sequence[Path], format_: str | None, options: ImportOptions) -> list[Brought]:
    """Read the transcripts of one sitting.

    Where several files have one speaker each and do not say who, the files' names do.

    Args:
        paths: The files.
        format_: Which importer; None: told by what each file holds.
        options: What the user says about them.

    Raises:
        SourceNotFound: A file is missing.
        UnsupportedSource: A file holds no transcript, or is too large to be one.
        UsageError: The same bytes are given twice, or more has to be said.
    """
    found = [_read(path, format_, options) for path in paths]
    if len({each.document.id for each in found}) < len(found):
        raise UsageError("two of the files hold the same bytes", hint="name it once")
    if len(found) > 1:
        if any(each.imported.record for each in found):
            raise UsageError(
                "a transcript.json is a whole session", hint="import it without others beside it"
            )
        found = _told_apart(found, [path.stem for path in paths])
    return found


def _read(path: Path, format_: str | None, options: ImportOptions) -> Brought:
    require_file(path)
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise UnsupportedSource(
            f"{path.name} is too large for a transcript ({size / 1e6:.0f} MB)",
            hint=f"at most {LARGEST_BYTES // 2**20} MB are read; is it a recording?",
        )
    with disk_faults(f"{path.name} cannot be read"):
        data = path.read_bytes()
    text, flaws = read_letters(data, options.encoding)
    importer = plugins.importer(format_) if format_ else choose(text, path.suffix)
    imported = importer.read(text, options)
    name = os.fsencode(path.name).decode("utf-8", "replace")
    digest = hashlib.sha256(data).hexdigest()
    return Brought(
        Document(digest, name, size, importer.name, options.part or ""),
        replace(imported, flaws=joined((*flaws, *imported.flaws))),
    )


def choose(text: str, suffix: str) -> Importer:
    """The importer for a text: what it says of itself counts before what its file is called.

    Raises:
        UnsupportedSource: No importer knows it.
    """
    ending = suffix.lower().removeprefix(".")
    best: Importer | None = None
    best_rank: tuple[bool, bool, int, bool] | None = None
    for name in plugins.listed("import"):
        importer = plugins.importer(name)
        sure, called = importer.sniff(text), ending in importer.suffixes
        rank = sure == _SAYS_SO, called and sure > 0, sure, called
        if (sure or called) and (best_rank is None or rank > best_rank):
            best, best_rank = importer, rank
    if best is None:
        raise UnsupportedSource(
            "no importer knows this kind of transcript",
            hint="--format one of: " + ", ".join(plugins.listed("import")),
        )
    return best


def _told_apart(found: list[Brought], stems: list[str]) -> list[Brought]:
    """Files with one speaker each, and no name for them, are named after what tells them apart."""
    parts = [re.split(r"[\W_]+", stem) for stem in stems]
    common = set(parts[0]).intersection(*parts[1:])
    named = []
    for each, words, stem in zip(found, parts, stems, strict=True):
        imported = each.imported
        speakers = {passage.speaker for passage in imported.passages}
        if speakers == {None} and not imported.floors:
            own = " ".join(word for word in words if word and word not in common) or stem
            spoken = tuple(replace(passage, speaker=own) for passage in imported.passages)
            named.append(Brought(each.document, replace(imported, passages=spoken)))
        else:
            named.append(each)
    return named
