"""Two microphones in one room as two files: python benchmarks/tracks.py [MINUTES].

The two channels of a real call, repeated, leak into each other at -25 dB; the second file begins
0.7 s early and its clock runs 200 ppm fast. How well is that found, at what cost, and what is the
diarization error rate of the tracks so laid?
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
import wave
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

import earwitness
from recordings import DATA

CALL = DATA / "multi" / "aws_call40" / "stereo.wav"
TRUTH = DATA / "multi" / "aws_call40" / "channels.rttm"
LEAK_DB, DELAY_S, DRIFT = -25.0, 0.7, 200e-6
_TAPS = 64

Doubles = NDArray[np.float64]


def two_files(folder: Path, seconds: float) -> tuple[Path, Path, float]:
    """Write both microphones; returns them and the length of one repetition in seconds."""
    with wave.open(str(CALL)) as opened:
        rate = opened.getframerate()
        once = np.frombuffer(opened.readframes(-1), "<i2").reshape(-1, 2)
    count = int(seconds * rate)
    said = np.tile(once, (count // len(once) + 1, 1))[:count].astype(np.float64)
    leak = 10 ** (LEAK_DB / 20)
    first, second = said[:, 0] + leak * said[:, 1], said[:, 1] + leak * said[:, 0]
    paths = folder / "1-agent.wav", folder / "2-caller.wav"
    _write(paths[0], first, rate)
    length = int((count / rate * (1 + DRIFT) + DELAY_S) * rate)
    blocks = []
    for start in range(0, length, 1 << 18):
        own_s = np.arange(start, min(length, start + (1 << 18))) / rate
        blocks.append(_at(second, (own_s - DELAY_S) / (1 + DRIFT) * rate))
    _write(paths[1], np.concatenate(blocks), rate)
    return *paths, len(once) / rate


def _at(sound: Doubles, places: Doubles) -> Doubles:
    """Values between samples; made with another window than the program's own."""
    whole = np.floor(places).astype(np.int64)
    made = np.zeros(len(places))
    for step in range(1 - _TAPS // 2, _TAPS // 2 + 1):
        index, apart = whole + step, places - whole - step
        inside = (index >= 0) & (index < len(sound))
        window = np.cos(np.pi / 2 * np.clip(apart / (_TAPS / 2 + 1), -1, 1)) ** 2
        made[inside] += (sound[index[inside]] * np.sinc(apart[inside])) * window[inside]
    return made


def _write(path: Path, sound: Doubles, rate: int) -> None:
    with wave.open(str(path), "w") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.clip(np.rint(sound), -32_768, 32_767).astype("<i2").tobytes())


def error_rate(rttm: Path, shift_s: float, period_s: float, seconds: float) -> float:
    """Diarization error rate of a written rttm: 0.25 s of collar, overlaps scored."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyannote.core import Annotation, Segment, Timeline
        from pyannote.metrics.diarization import DiarizationErrorRate

        truth, guess = Annotation(), Annotation()
        rows = [line.split() for line in TRUTH.read_text("utf-8").splitlines()]
        number = 0
        for again in range(int(seconds / period_s) + 1):
            for row in rows:
                start = float(row[3]) + again * period_s
                end = min(start + float(row[4]), seconds)
                if start < end:
                    number += 1
                    truth[Segment(start + shift_s, end + shift_s), number] = row[7]
        for number, line in enumerate(rttm.read_text("utf-8").splitlines()):
            row = line.split()
            if row and row[0] == "SPEAKER":
                start = float(row[3])
                guess[Segment(start, start + float(row[4])), number] = row[7]
        metric = DiarizationErrorRate(collar=0.5, skip_overlap=False)
        whole = Timeline([Segment(shift_s, shift_s + seconds)])
        return float(metric(truth, guess, uem=whole))


def main() -> None:
    """Print the figures."""
    seconds = 60 * float(sys.argv[1] if len(sys.argv) > 1 else 60)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        first, second, period_s = two_files(folder, seconds)
        began = time.perf_counter()
        done = earwitness.process(
            [first, second],
            tracks=True,
            transcriber="scripted",
            language="en",
            formats="rttm",
            home=folder / "home",
            output=folder / "output",
        )
        wall_s = time.perf_counter() - began
        shown = earwitness.show_session(done.session.id, home=folder / "home")
        steps = {step.stage: step for _, each in shown.runs for step in each if step.chunk is None}
        agent, caller = shown.places
        # The second file's clock is the longer one's, so the first one is told on it.
        offset_s = (agent.offset_us - caller.offset_us) / 1e6
        drift = 1 / (1 + agent.drift_ppb / 1e9) - 1
        print(f"{seconds / 60:.0f} minutes, two tracks, leak {LEAK_DB:.0f} dB")
        print(f"offset {offset_s * 1000:.2f} ms, error {abs(offset_s - DELAY_S) * 1000:.2f} ms")
        print(f"drift {drift * 1e6:.2f} ppm, error {abs(drift - DRIFT) * 1e6:.2f} ppm")
        print(f"confidence {agent.confidence}")
        for name in ("decode", "align", "detect"):
            step = steps[name]
            print(
                f"{name}: wall {step.wall_ms / 1000:.1f} s, CPU {(step.cpu_ms or 0) / 1000:.1f} s"
            )
        peak = max(step.peak_bytes or 0 for step in steps.values())
        print(f"all of it {wall_s:.0f} s, peak {peak / 1e6:.0f} MB of {psutil.cpu_count()} cores")
        rttm = next(file for file in done.written.files if file.suffix == ".rttm")
        # The session's clock runs as the second file's: the truth is stretched with it.
        rate = error_rate(rttm, DELAY_S, period_s * (1 + DRIFT), seconds * (1 + DRIFT))
        print(f"DER {rate:.3f}")


if __name__ == "__main__":
    main()
