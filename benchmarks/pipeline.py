"""Time, processor time and memory of every stage and of the whole, on one long recording.

    python benchmarks/pipeline.py [--minutes 60] [--memory] [--json bench.json]

Everything is measured in one sitting on one machine, `--fresh` and with no cache hit. Ratios:
`overhead` is the processor time of the whole pipeline by that of the same engines called directly;
`two workers` is how much faster two child processes transcribe than one. `--memory` measures the
parent's memory on one and on four hours with the `scripted` transcriber instead.
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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from recordings import long_recording

STAGES = ("decode", "detect", "diarize", "cut", "transcribe", "settle", "attribute")


def cpu_s() -> float:
    """Of this process and its ended children."""
    own, children = (
        resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def parent_mb() -> float:
    """Largest resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def whole(recording: Path, home: Path, transcriber: str) -> dict[str, object]:
    """The pipeline as users run it."""
    import earwitness

    began, cpu = time.monotonic(), cpu_s()
    done = earwitness.process(
        recording,
        language="en",
        transcriber=transcriber,
        workers=2,
        fresh=True,
        home=home,
        output=home / "output",
    )
    told: dict[str, object] = {"wall_s": time.monotonic() - began}
    _, steps = earwitness.show_session(done.session.id, home=home).runs[0]
    assert not any(step.hit for step in steps), "a benchmark takes nothing from the cache"
    told["stages"] = {
        step.stage: {
            "wall_s": step.wall_ms / 1000,
            "cpu_s": None if step.cpu_ms is None else step.cpu_ms / 1000,
            "peak_mb": max(s.peak_bytes or 0 for s in steps if s.stage == step.stage) / 1e6,
        }
        for step in steps
        if step.chunk is None and step.stage in STAGES
    }
    began_export, cpu_export = time.monotonic(), cpu_s()
    earwitness.export(
        done.session.id,
        formats="json,txt,md,csv,srt,vtt,ass,stm,rttm",
        home=home,
        output=home / "export",
    )
    told["export"] = {
        "wall_s": time.monotonic() - began_export,
        "cpu_s": cpu_s() - cpu_export,
        "peak_mb": parent_mb(),
    }
    told["cpu_s"] = cpu_export - cpu
    told["parent_mb"] = parent_mb()
    told["words"] = sum(len(u.words) for u in done.record.transcript.utterances)
    return told


def alone(recording: Path, home: Path, transcriber: str) -> dict[str, object]:
    """The same engines called directly: decode, detect, diarize, transcribe, nothing else."""
    from earwitness import plugins
    from earwitness.core.ports import EngineOptions
    from earwitness.core.speech import Speech
    from earwitness.media.decode import decode
    from earwitness.media.sound import PcmFile, Sound
    from earwitness.stages.chunks import chunks

    options = EngineOptions(workers=2, offline=True)
    began, cpu = time.monotonic(), cpu_s()
    made = decode(recording, home / "alone")
    audio = Sound([PcmFile(made.pcm, made.channels, made.samples, made.tracks)])
    speech: Speech = plugins.engine("detect", "silero").open(options).detect(audio, None)  # type: ignore[attr-defined]
    plugins.engine("diarize", "embedded").open(options).diarize(audio, (speech,), None)  # type: ignore[attr-defined]
    hears = plugins.engine("transcribe", transcriber).open(options)
    work = chunks((speech,), hears.chunking, audio.duration_ms)  # type: ignore[attr-defined]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda chunk: hears.transcribe(audio, chunk, "en"), work))  # type: ignore[attr-defined]
    hears.close()
    return {"wall_s": time.monotonic() - began, "cpu_s": cpu_s() - cpu}


def workers(recording: Path, home: Path, transcriber: str) -> dict[str, object]:
    """Transcribing alone, with one child process and with two."""
    from earwitness import plugins
    from earwitness.core.ports import EngineOptions
    from earwitness.media.decode import decode
    from earwitness.media.sound import PcmFile, Sound
    from earwitness.stages.chunks import chunks

    made = decode(recording, home / "workers")
    audio = Sound([PcmFile(made.pcm, made.channels, made.samples, made.tracks)])
    detector = plugins.engine("detect", "silero").open(EngineOptions())
    speech = detector.detect(audio, None)  # type: ignore[attr-defined]
    told: dict[str, object] = {}
    for count in (1, 2):
        hears = plugins.engine("transcribe", transcriber).open(EngineOptions(workers=count))
        work = chunks((speech,), hears.chunking, audio.duration_ms)  # type: ignore[attr-defined]
        began = time.monotonic()
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(lambda chunk: hears.transcribe(audio, chunk, "en"), work))  # type: ignore[attr-defined]  # noqa: B023
        told[str(count)] = time.monotonic() - began
        hears.close()
    return told


MEASURES: dict[str, Callable[[Path, Path, str], dict[str, object]]] = {
    "whole": whole,
    "alone": alone,
    "workers": workers,
}


def measured(name: str, recording: Path, transcriber: str = "pocketsphinx") -> dict[str, object]:
    """Measure in a fresh process, so that memory and processor time are its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        command = [sys.executable, __file__, "--measure", name, str(recording), home, transcriber]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(told, dict)
    return told


def speed(folder: Path, minutes: float) -> dict[str, object]:
    """The table."""
    recording = long_recording(folder / "long.m4a", minutes)
    short = long_recording(folder / "short.m4a", min(10.0, minutes))
    run, raw, pair = (
        measured("whole", recording),
        measured("alone", recording),
        measured("workers", short),
    )
    run["overhead"] = float(run["cpu_s"]) / float(raw["cpu_s"])  # type: ignore[arg-type]
    run["two workers"] = float(pair["1"]) / float(pair["2"])  # type: ignore[arg-type]
    run["alone"] = raw
    return run


def memory(folder: Path) -> dict[str, object]:
    """The parent's memory on one hour and on four."""
    told: dict[str, object] = {}
    for hours in (1, 4):
        recording = long_recording(folder / f"{hours}.m4a", hours * 60)
        told[f"{hours} h"] = measured("whole", recording, "scripted")["parent_mb"]
        recording.unlink()
    told["growth per hour"] = (float(told["4 h"]) - float(told["1 h"])) / 3  # type: ignore[arg-type]
    return told


def show(told: dict[str, object], minutes: float) -> None:
    """Print the table."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{minutes:g} minutes of sound, {told['words']} words\n")
    print(f"{'':<12}{'wall s':>9}{'CPU s':>9}{'x real time':>13}{'peak MB':>9}")
    rows = dict(told["stages"]) | {"export": told["export"]}  # type: ignore[call-overload]
    for name in (*STAGES, "export"):
        row = rows[name]
        print(line(name, row["wall_s"], row["cpu_s"], minutes, row["peak_mb"]))
    print(line("whole", told["wall_s"], told["cpu_s"], minutes, told["parent_mb"]), "(parent)")
    print(f"\noverhead: pipeline CPU / engines' own CPU  {told['overhead']:.3f}  (at most 1.05)")
    print(f"two workers / one                          {told['two workers']:.2f}  (at least 1.6)")


def line(name: str, wall: object, cpu: object, minutes: float, peak: object) -> str:
    """One row."""
    times = minutes * 60 / float(wall) if wall else 0.0  # type: ignore[arg-type]
    shown = "" if cpu is None else f"{cpu:.1f}"
    return f"{name:<12}{wall:>9.1f}{shown:>9}{times:>13.1f}{peak:>9.0f}"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--measure", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        name, recording, home, transcriber = given.measure
        print(json.dumps(MEASURES[name](Path(recording), Path(home), transcriber)))
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        if given.memory:
            told = memory(Path(folder))
            for name, value in told.items():
                print(f"parent's memory, {name:<16}{value:>7.1f} MB")
        else:
            told = speed(Path(folder), given.minutes)
            show(told, given.minutes)
    if given.json:
        given.json.write_text(json.dumps(told, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
