"""WebVTT subtitles (W3C), with voice tags when names are asked for."""

from __future__ import annotations

from dataclasses import replace

from earwitness.core.ports import ExportOptions
from earwitness.core.span import timestamp
from earwitness.core.transcript import Record
from earwitness.exporters.cues import Cue, cues


class Vtt:
    """Writes cues; a note tells which rules the speech made impossible to keep."""

    suffix = "vtt"

    def export(self, record: Record, options: ExportOptions) -> str:
        """The subtitles; names are tags (`<v S1>`), which take no room on the screen."""
        made = cues(record, replace(options, names=False))
        counts = ", ".join(f"{rule} {count}" for rule, count in made.broken.items() if count)
        blocks = ["WEBVTT"]
        if counts:
            blocks.append(f"NOTE Cues that break a rule because of the speech: {counts}")
        blocks += (_block(cue, named=options.names) for cue in made.cues)
        return "\n\n".join(blocks) + "\n"


def _block(cue: Cue, *, named: bool) -> str:
    start = timestamp(cue.span.start_ms, separator=".")
    end = timestamp(cue.span.end_ms, separator=".")
    text = "\n".join(_escaped(line) for line in cue.lines)
    if named:
        text = f"<v {_escaped(cue.speaker)}>{text}</v>"
    return f"{start} --> {end}\n{text}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
