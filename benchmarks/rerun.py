"""Re-runs: what corrections, other voices and one chunk again cost, beside the first run.

python benchmarks/rerun.py [MINUTES] [TRANSCRIBER]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import earwitness
from recordings import long_recording


def timed(work: Callable[[], object]) -> float:
    """Seconds it took."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


def corrected(session: str, home: Path, output: Path) -> None:
    """Five corrections of text, voice and name, and every export."""
    lines = earwitness.view(session, home=home).folded.transcript.utterances
    for place, (field, value) in enumerate(
        [
            ("text", "so we go in"),
            ("speaker_id", "S1"),
            ("person", "Ann"),
            ("text", "and then we leave"),
            ("person", "Ben"),
        ]
    ):
        line = lines[len(lines) * place // 5]
        earwitness.edit(session, line.id, field, value, home=home)
    formats = "json,txt,md,csv,srt,vtt,ass,stm,rttm"
    earwitness.export(session, formats=formats, output=output, home=home)


def main() -> None:
    """Print one line for each."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    transcriber = sys.argv[2] if len(sys.argv) > 2 else "pocketsphinx"
    with tempfile.TemporaryDirectory() as folder:
        home, output = Path(folder) / "home", Path(folder) / "output"
        recording = long_recording(Path(folder) / "long.m4a", minutes)
        asked = {"transcriber": transcriber, "language": "en"}
        first = timed(
            lambda: earwitness.process(recording, home=home, output=output, **asked)  # type: ignore[arg-type]
        )
        (row,) = earwitness.sessions(home=home)
        session = row.session.id

        def again(**what: object) -> Callable[[], object]:
            return lambda: earwitness.rerun(session, home=home, output=output, **what)  # type: ignore[arg-type]

        rows = {
            "five corrections, all exports": lambda: corrected(session, home, output),
            "one chunk again": again(chunks=[5]),
            "one chunk by pocketsphinx": again(chunks=[5], options={"transcriber": "pocketsphinx"}),
            "voices again, 3 of them": again(options={"speakers": "3"}),
            "nothing but attribute": again(stage="attribute"),
        }
        print(f"{minutes:g} minutes, {transcriber}\n")
        print(f"{'first run':<32}{first:8.1f} s")
        for name, work in rows.items():
            spent = timed(work)
            print(f"{name:<32}{spent:8.1f} s{100 * spent / first:8.1f} %")


if __name__ == "__main__":
    main()
