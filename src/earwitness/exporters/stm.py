"""STM: what NIST's and other scoring tools read as a transcript with speakers and times."""

from __future__ import annotations

import re
from typing import Final

from earwitness.core.ports import ExportOptions
from earwitness.core.transcript import Record, Utterance
from earwitness.exporters.shown import file_id, one_line, readable, speaker_tokens

_MEANING_SOMETHING = re.compile(r"[()\[\]{}<>;\\]+")
_NEVER_SPOKEN: Final = "@/"
"""Alone between spaces these two are sclite's signs, never words."""


class Stm:
    """Writes `file channel speaker start end words`, one line per utterance, in seconds.

    The optional label between the times and the words is left out: sclite does without it, and
    meeteval would count it as a word. Marks that sclite reads as optional words, alternatives
    or comments are dropped from the text.
    """

    suffix = "stm"

    def export(self, record: Record, options: ExportOptions) -> str:
        """The utterances as STM; empty when nothing was said."""
        record = readable(record, options)
        file, names = file_id(record.session), speaker_tokens(record)
        return "".join(
            f"{file} 1 {names[said.speaker]} "
            f"{seconds(said.span.start_ms)} {seconds(said.span.end_ms)} {words}\n"
            for said in record.transcript.utterances
            if (words := _spoken(said))
        )


def seconds(ms: int) -> str:
    """Milliseconds as seconds with three decimals, without ever being a float."""
    return f"{ms // 1000}.{ms % 1000:03d}"


def _spoken(utterance: Utterance) -> str:
    plain = _MEANING_SOMETHING.sub(" ", one_line(utterance.text))
    return " ".join(word for word in plain.split() if word not in _NEVER_SPOKEN)
