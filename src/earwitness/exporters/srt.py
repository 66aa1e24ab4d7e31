"""SRT subtitles: the plainest format there is, read by every player."""

from __future__ import annotations

import re
from typing import Final

from earwitness.core.ports import ExportOptions
from earwitness.core.span import timestamp
from earwitness.core.transcript import Record
from earwitness.exporters.cues import Cue, cues

WORD_JOINER: Final = "\u2060"
"""Invisible and without width; parts two signs that together would be markup."""

WIDE_BRACES: Final = str.maketrans("{}", "｛｝")
"""Braces open override codes and have no escape that all players know."""

_MARKUP = re.compile(r"(?<=<)|(?<=--)(?=>)|(?<=\n)(?=\d+(\n|$))")


class Srt:
    r"""Writes numbered cues; empty when nothing was said.

    SRT knows no escapes, and players take `<i>` and `{\an8}` for markup. An invisible word joiner
    after `<` and inside `-->` keeps such text readable and harmless, wide braces stand for braces,
    and a joiner stands before a later line that is only a number, which some readers take
    for the number of the next cue.
    """

    suffix = "srt"

    def export(self, record: Record, options: ExportOptions) -> str:
        """The subtitles; with `options.names`, a name stands where the speaker changes."""
        made = cues(record, options).cues
        return "\n".join(_block(number, cue) for number, cue in enumerate(made, start=1))


def _block(number: int, cue: Cue) -> str:
    start = timestamp(cue.span.start_ms, separator=",")
    end = timestamp(cue.span.end_ms, separator=",")
    text = _MARKUP.sub(WORD_JOINER, "\n".join(cue.lines)).translate(WIDE_BRACES)
    return f"{number}\n{start} --> {end}\n{text}\n"
