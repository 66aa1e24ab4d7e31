"""Plain text: `[00:00:05] S1: what was said`, one line per utterance."""

from __future__ import annotations

from earwitness.core.ports import ExportOptions
from earwitness.core.span import timestamp
from earwitness.core.transcript import Record
from earwitness.exporters.shown import one_line, readable, shown, without_text


class Txt:
    """Writes one line per utterance; warnings come first, so that nobody reads past them."""

    suffix = "txt"

    def export(self, record: Record, options: ExportOptions) -> str:
        """The transcript as lines; doubted words only with `options.doubted`."""
        record = readable(record, options)
        lines = [f"Warning: {one_line(warning)}" for warning in record.warnings]
        if notice := without_text(record, options):
            lines.append(notice)
        elif lines:
            lines.append("")
        lines += (
            f"[{timestamp(u.span.start_ms)}] {shown(u)}: {one_line(u.text)}"
            for u in record.transcript.utterances
        )
        return "\n".join(lines) + "\n"
