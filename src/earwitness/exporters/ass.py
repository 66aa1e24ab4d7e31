"""ASS subtitles (Advanced SubStation Alpha 4.00+), for players that style and editors that edit."""

from __future__ import annotations

import re
from typing import Final

from earwitness.core.ports import ExportOptions
from earwitness.core.transcript import Record
from earwitness.exporters.cues import Cue, cues
from earwitness.exporters.shown import one_line
from earwitness.exporters.srt import WIDE_BRACES, WORD_JOINER

_STYLE: Final = {
    "Name": "Default",
    "Fontname": "Arial",
    "Fontsize": "54",
    "PrimaryColour": "&H00FFFFFF",
    "SecondaryColour": "&H000000FF",
    "OutlineColour": "&H00000000",
    "BackColour": "&H80000000",
    "Bold": "0",
    "Italic": "0",
    "Underline": "0",
    "StrikeOut": "0",
    "ScaleX": "100",
    "ScaleY": "100",
    "Spacing": "0",
    "Angle": "0",
    "BorderStyle": "1",
    "Outline": "3",
    "Shadow": "1",
    "Alignment": "2",
    "MarginL": "60",
    "MarginR": "60",
    "MarginV": "60",
    "Encoding": "1",
}
_EVENT: Final = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"


class Ass:
    """Writes one style and a Dialogue line per cue; our line breaks are the only ones.

    Wide braces stand for braces, and a word joiner after a backslash keeps it from being a code.
    """

    suffix = "ass"

    def export(self, record: Record, options: ExportOptions) -> str:
        """The subtitles; with `options.names`, names are shown and fill the Name field."""
        made = cues(record, options)
        head = ["[Script Info]"]
        head += (
            f"; {count} cues break {rule} because of the speech"
            for rule, count in made.broken.items()
            if count
        )
        head += [
            f"Title: {one_line(record.session.title)}",
            "ScriptType: v4.00+",
            "WrapStyle: 2",
            "ScaledBorderAndShadow: yes",
            "PlayResX: 1920",
            "PlayResY: 1080",
            "",
            "[V4+ Styles]",
            f"Format: {', '.join(_STYLE)}",
            f"Style: {','.join(_STYLE.values())}",
            "",
            "[Events]",
            f"Format: {_EVENT}",
        ]
        lines = [_dialogue(cue, named=options.names) for cue in made.cues]
        return "\n".join([*head, *lines]) + "\n"


def _dialogue(cue: Cue, *, named: bool) -> str:
    name = re.sub(r"[,;\s]+", " ", cue.speaker) if named else ""
    start_cs = -(-cue.span.start_ms // 10)
    end_cs = max(start_cs + 1, cue.span.end_ms // 10)
    text = "\\N".join(_escaped(line) for line in cue.lines)
    return f"Dialogue: 0,{_clock(start_cs)},{_clock(end_cs)},Default,{name},0,0,0,,{text}"


def _clock(cs: int) -> str:
    """`H:MM:SS.cc`; starts are rounded up and ends down, so that gaps never shrink."""
    seconds, rest = divmod(cs, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:02d}"


def _escaped(text: str) -> str:
    return text.replace("\\", f"\\{WORD_JOINER}").translate(WIDE_BRACES)
