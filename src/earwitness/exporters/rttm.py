"""RTTM: who held the floor when, as NIST's and other diarization scoring tools read it."""

from __future__ import annotations

from earwitness.core.ports import ExportOptions
from earwitness.core.transcript import Record
from earwitness.exporters.shown import file_id, persons, speaker_tokens
from earwitness.exporters.stm import seconds


class Rttm:
    """Writes one SPEAKER line per turn, also where there is no text."""

    suffix = "rttm"

    def export(self, record: Record, options: ExportOptions) -> str:
        """The turns in order of time, start and length in seconds."""
        file, names, known = file_id(record.session), speaker_tokens(record), persons(record)
        return "".join(
            f"SPEAKER {file} 1 {seconds(turn.span.start_ms)} {seconds(turn.span.duration_ms)} "
            f"<NA> <NA> {names[known.get(turn.voice, turn.voice)]} <NA> <NA>\n"
            for turn in sorted(record.turns, key=lambda turn: (turn.span, turn.voice))
        )
