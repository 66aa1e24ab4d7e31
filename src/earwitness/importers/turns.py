"""Turns: corpora and tools that write a list of who said what, with times or without.

Read are, by what they hold: CRD3 (`TURNS` of `NAMES` and `UTTERANCES`), QMSum
(`meeting_transcripts` of `speaker` and `content`), SegLST (`start_time`, `end_time`, `speaker`,
`words`) and any list of objects with `text` and, where known, `start`, `end` (in seconds) and
`speaker`.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from earwitness.core.errors import UnsupportedSource, UsageError
from earwitness.core.imported import FlawKind, Imported, ImportOptions, Passage, counted
from earwitness.importers.loose import Row, line, loaded, rows, speaker, times

_LISTS: Final = ("TURNS", "meeting_transcripts", "turns", "utterances", "monologues", "results")
_TEXTS: Final = ("text", "words", "content", "UTTERANCES", "utterance", "transcript", "sentence")
_KNOWN = re.compile(r'"(?:' + "|".join(_LISTS[:4]) + r')"\s*:\s*\[')
_RECORDINGS: Final = ("session_id", "recording", "file")
_TOGETHER: Final = " and "


class Turns:
    """Reads a list of turns; without times only when told how fast people talk."""

    name = "turns"
    suffixes = ("json", "jsonl")

    def sniff(self, text: str) -> int:
        """Looks like it when its objects have a speaker or a text."""
        head = text.lstrip()
        if head[:1] == "{" and _KNOWN.search(text):
            return 2
        named = any(f'"{name}"' in head[:4_000] for name in (*_TEXTS, "speaker"))
        return 1 if head[:1] in ("[", "{") and named else 0

    def read(self, text: str, options: ImportOptions) -> Imported:
        """The turns.

        Raises:
            UnsupportedSource: There is no such list.
            UsageError: It speaks of several recordings, and none was named.
        """
        flaws: Counter[FlawKind] = Counter()
        passages = []
        for row in _of_part(_listed(text), options):
            said = next((found for name in _TEXTS if (found := line(row.get(name)).strip())), "")
            if not said:
                flaws["no_text"] += 1
                continue
            start, end = times(row)
            passages.append(Passage(said, start, end, _who(row)))
        if not passages:
            raise UnsupportedSource("the file holds no turns with text", hint="say --format")
        return Imported(tuple(passages), flaws=counted(flaws))


def _listed(text: str) -> list[Row]:
    if text.lstrip()[:1] == "{" and '\n{"' in text:
        return [row for part in text.split("\n") if part.strip() for row in rows([loaded(part)])]
    top = loaded(text)
    if isinstance(top, dict):
        for name in _LISTS:
            if name in top:
                return list(rows(top[name]))
    return list(rows(top))


def _who(row: Row) -> str | None:
    names = row.get("NAMES")
    if isinstance(names, list):
        return _TOGETHER.join(name.strip() for name in names if isinstance(name, str)) or None
    return speaker(row)


def _of_part(found: list[Row], options: ImportOptions) -> list[Row]:
    """The rows of the one recording that is wanted.

    Raises:
        UsageError: There are several, and none was named.
    """
    key = next((name for name in _RECORDINGS if found and name in found[0]), None)
    if key is None:
        return found
    named = dict.fromkeys(str(row.get(key)) for row in found)
    if options.part is None and len(named) == 1:
        return found
    if options.part not in named:
        raise UsageError(
            f"the file speaks of {len(named)} recordings",
            hint="--part one of: " + ", ".join([*named][:8]),
        )
    return [row for row in found if str(row.get(key)) == options.part]
