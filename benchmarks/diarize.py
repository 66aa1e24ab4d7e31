"""Time and memory of the embedded diarizer on recordings of one to eight hours.

    python benchmarks/diarize.py [--hours 1 2 4 8] [--speakers N] [--json FILE]

Real speech is decoded once, heard by the detector once, and then repeated until it is long enough,
so that only the diarizer is measured; each length in a process of its own. `listen` cuts and embeds
windows, `group` finds the voices, `rest` makes turns and prints.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from earwitness.core.ports import RATE_HZ, EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Speech
from recordings import long_recording

PER_MS = RATE_HZ // 1000


class Repeated:
    """Sound in memory, said again and again; implements the `Audio` port."""

    tracks: tuple[int, ...] = ()

    def __init__(self, samples: np.ndarray[tuple[int], np.dtype[np.int16]], duration_ms: int):
        """Repeat whole milliseconds until `duration_ms`."""
        self._samples = samples[: len(samples) // PER_MS * PER_MS]
        self.duration_ms = duration_ms

    def read(self, span: Span, track: int | None = None) -> bytes:
        """Samples of `span`."""
        del track
        end_ms = min(span.end_ms, self.duration_ms)
        wanted = np.arange(span.start_ms * PER_MS, end_ms * PER_MS)
        return bytes(self._samples[wanted % len(self._samples)].tobytes())


def prepare(folder: Path) -> Path:
    """Decode about ten minutes of speech and find where anyone speaks; returns the file of both."""
    from earwitness import plugins
    from earwitness.media.decode import decode
    from earwitness.media.sound import PcmFile, Sound

    made = decode(long_recording(folder / "base.m4a", 6), folder)
    sound = Sound([PcmFile(made.pcm, made.channels, made.samples, made.tracks)])
    whole = Span(0, sound.duration_ms // 1000 * 1000)
    speech = plugins.engine("detect", "silero").open(EngineOptions()).detect(sound, None)  # type: ignore[attr-defined]
    spans = [(s.start_ms, min(s.end_ms, whole.end_ms)) for s in speech.spans]
    path = folder / "base.npz"
    np.savez(
        path,
        samples=np.frombuffer(sound.read(whole), "<i2"),
        spans=np.array([pair for pair in spans if pair[0] < pair[1]], np.int64),
    )
    return path


def measure(path: Path, hours: float, speakers: int | None) -> dict[str, object]:
    """Diarize `hours` of it; only the diarizer counts."""
    from earwitness import plugins
    from earwitness.engines import embedded

    with np.load(path) as base:
        samples, spans = base["samples"], base["spans"].tolist()
    length_ms, wanted_ms = len(samples) // PER_MS, round(hours * 3_600_000)
    said = [
        Span(start + at, min(end + at, wanted_ms))
        for at in range(0, wanted_ms, length_ms)
        for start, end in spans
        if start + at < wanted_ms
    ]
    audio, spent = Repeated(samples, wanted_ms), dict[str, float]()
    for name in ("listen", "group"):
        setattr(embedded, name, _timed(getattr(embedded, name), name, spent))
    engine = plugins.engine("diarize", "embedded").open(EngineOptions())
    before_mb = _peak_mb()
    began = time.process_time()
    found = engine.diarize(audio, (Speech(None, tuple(said)),), speakers)  # type: ignore[attr-defined]
    spent["whole"] = time.process_time() - began
    spent["rest"] = spent["whole"] - spent["listen"] - spent["group"]
    return {
        "hours": hours,
        "speech_hours": sum(span.duration_ms for span in said) / 3_600_000,
        "cpu_s": {name: round(value, 2) for name, value in spent.items()},
        "before_mb": round(before_mb, 1),
        "peak_mb": round(_peak_mb(), 1),
        "turns": len(found.turns),
        "voices": len(found.voices),
    }


def _timed(function, name, spent):  # type: ignore[no-untyped-def]
    def timed(*given, **named):  # type: ignore[no-untyped-def]
        began = time.process_time()
        found = function(*given, **named)
        spent[name] = time.process_time() - began
        return found

    return timed


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--speakers", type=int)
    parser.add_argument("--base", type=Path, help="keep the prepared speech here")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--measure", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.base, given.measure, given.speakers)))
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        base = given.base if given.base and given.base.is_file() else prepare(Path(folder))
        if given.base and base != given.base:
            given.base.write_bytes(base.read_bytes())
        rows = [_row(base, hours, given.speakers) for hours in given.hours]
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))
    return 0


def _row(base: Path, hours: float, speakers: int | None) -> dict[str, object]:
    command = [sys.executable, __file__, "--base", str(base), "--measure", str(hours)]
    command += ["--speakers", str(speakers)] if speakers else []
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    row: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    print(f"{platform.machine()}, {os.cpu_count()} cores: {row}", flush=True)
    return row


if __name__ == "__main__":
    sys.exit(main())
