"""Our own JSON (`earwitness/transcript@1`): a whole record, taken back without loss."""

from __future__ import annotations

import re

from earwitness.core.imported import Imported, ImportOptions
from earwitness.importers.reading import parse

_OURS = re.compile(r'\s*\{\s*"schema"\s*:\s*"earwitness/transcript@')


class Json:
    """Reads what the JSON exporter wrote; a newer version of the format is refused."""

    name = "json"
    suffixes = ("json",)

    def sniff(self, text: str) -> int:
        """Says so in its first field."""
        return 3 if _OURS.match(text) else 0

    def read(self, text: str, options: ImportOptions) -> Imported:
        """The record: words, times, voices, people, labels, turns, doubts and languages."""
        return Imported(record=parse(text))
