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

_MARKUP = re.compile(r"(?<=[<{])(?=\S)|(?<=--)(?=>)")


class Srt:
    r"""Writes numbered cues; empty when nothing was said.

    SRT knows no escapes, and players take `<i>` and `{\an8}` for markup: an invisible word
    joiner after `<` and `{`, and inside `-->`, keeps such text readable and harmless.
    """

    suffix = "srt"

    def export(self, record: Record, options: ExportOptions) -> str:
        """The subtitles; with `options.names`, a name stands where the speaker changes."""
        made = cues(record, options).cues
        return "\n".join(_block(number, cue) for number, cue in enumerate(made, start=1))


def _block(number: int, cue: Cue) -> str:
    start = timestamp(cue.span.start_ms, separator=",")
    end = timestamp(cue.span.end_ms, separator=",")
    text = "\n".join(_MARKUP.sub(WORD_JOINER, line) for line in cue.lines)
    return f"{number}\n{start} --> {end}\n{text}\n"
