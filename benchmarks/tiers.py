"""How fast each engine really is on this machine, and the page that says so.

    python benchmarks/tiers.py [--minutes 5] [--shapes tiny,base] [--model FOLDER_OR_NAME ...]
    python benchmarks/tiers.py --draw

Runs the whole pipeline on real speech, fresh and without cache, once for each row: pocketsphinx
with one and two workers, Whisper with random weights in published shapes (the time per word is
right; what it says is noise, so the number of words is not), and every `--model` named (a Whisper
model on this machine). What was measured is kept in benchmarks/results/, one file per machine and
tier; docs/reference/speed.md is drawn from all of them and never written by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import psutil

from pipeline import cpu_s, measured, parent_mb
from recordings import long_recording

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "reference" / "speed.md"
LIBRARIES = ("pocketsphinx", "faster-whisper", "ctranslate2", "onnxruntime", "numpy", "av")
TIERS = {
    "cpu-2": "2 or 3 cores, no GPU",
    "cpu-4": "4 to 7 cores, no GPU",
    "cpu-8": "8 cores or more, no GPU",
    "apple": "Apple silicon",
    "gpu-small": "NVIDIA GPU, less than 12 GB",
    "gpu-medium": "NVIDIA GPU, 12 to 31 GB",
    "gpu-large": "NVIDIA GPU, 32 GB or more",
}
GOAL_S = 60
"""One hour of sound in less than this is what people are promised elsewhere."""


@dataclass(frozen=True)
class Row:
    """One thing to measure; a model is a folder or a name."""

    engine: str
    model: str | None
    workers: int
    random: bool = False
    shape: str = ""


def gpu() -> tuple[str, float] | None:
    """Name and memory in GB of the first NVIDIA GPU."""
    ask = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    name, _, size = told.splitlines()[0].rpartition(",")
    return name.strip(), float(size) / 1024


def tier(found: tuple[str, float] | None, cores: int) -> str:
    """Which tier this machine belongs to."""
    if found:
        return "gpu-small" if found[1] < 12 else "gpu-medium" if found[1] < 32 else "gpu-large"
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return "apple"
    return "cpu-2" if cores < 4 else "cpu-4" if cores < 8 else "cpu-8"


def processor() -> str:
    """The processor's own name."""
    listed = Path("/proc/cpuinfo")
    if listed.is_file() and (name := re.search(r"model name\s*: (.+)", listed.read_text())):
        return name[1]
    return platform.processor() or platform.machine()


def machine() -> dict[str, object]:
    """What the figures hold for."""
    found = gpu()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "tier": tier(found, cores or 1),
        "processor": processor(),
        "cores": cores,
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "gpu": f"{found[0]}, {found[1]:.0f} GB" if found else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in ("earwitness", *LIBRARIES)},
        "load": round(psutil.getloadavg()[0], 1),
        "date": datetime.now(UTC).date().isoformat(),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def once(recording: Path, home: Path, row: Row) -> dict[str, object]:
    """The whole pipeline, as users run it."""
    import earwitness

    began, cpu = time.monotonic(), cpu_s()
    done = earwitness.process(
        recording,
        language="en",
        transcriber=row.engine,
        model=row.model,
        workers=row.workers,
        fresh=True,
        home=home,
        output=home / "output",
        formats="json,srt",
    )
    wall, spent = time.monotonic() - began, cpu_s() - cpu
    heard = dict(done.record.engines)["transcribe"]
    words = sum(len(u.words) for u in done.record.transcript.utterances)
    name = f"Whisper {row.shape}, random weights" if row.random else heard
    return {
        "engine": name,
        "workers": row.workers,
        "random": row.random,
        "wall_s": round(wall, 1),
        "cpu_s": round(spent, 1),
        "parent_mb": round(parent_mb()),
        "words": None if row.random else words,
    }


def in_child(recording: Path, row: Row) -> dict[str, object]:
    """The same in a fresh process, so that memory and processor time are its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        told = json.dumps([row.engine, row.model, row.workers, row.random, row.shape])
        command = [sys.executable, __file__, "--measure", str(recording), home, told]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    print(found, flush=True)
    return found


def measure(minutes: float, shapes: list[str], models: list[str]) -> Path:
    """Measure every row, keep the results, return their file."""
    told = machine()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        recording = long_recording(Path(folder) / "long.m4a", minutes)
        rows = [Row("pocketsphinx", None, workers) for workers in (1, 2)]
        rows += [Row("faster-whisper", model, 2) for model in models]
        found = [in_child(recording, row) for row in rows]
        for shape in shapes:
            made = Path(folder) / shape
            maker = [sys.executable, str(ROOT / "tools" / "make_tiny_whisper.py"), str(made)]
            subprocess.run([*maker, "--shape", shape], check=True, stdout=subprocess.DEVNULL)
            found.append(in_child(recording, Row("faster-whisper", str(made), 2, True, shape)))
        raw = measured("alone", recording)
    pipeline_s, engines_s = float(str(found[1]["cpu_s"])), float(str(raw["cpu_s"]))
    told |= {
        "minutes": minutes,
        "rows": found,
        "engines alone": {"wall_s": raw["wall_s"], "cpu_s": engines_s},
        "overhead": round(pipeline_s / engines_s, 3),
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    slug = re.sub(r"[^a-z0-9]+", "-", str(told["processor"]).lower()).strip("-")
    path = RESULTS / f"{told['tier']}-{slug}.json"
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return path


def page(results: list[dict[str, object]]) -> str:
    """The page that says how fast what is."""
    lines = [
        "# How fast",
        "",
        "Drawn by `python benchmarks/tiers.py` from what it measured (`benchmarks/results/`). Each",
        "row is the whole pipeline, from the file to written subtitles, fresh and without cache:",
        "decode, find speech, tell voices apart, transcribe, put together. Times for an hour are",
        "scaled from the minutes that were measured. Nothing here is copied from elsewhere; a tier",
        "nobody measured says so, and one command fills it in.",
        "",
        "| hardware | engine | workers | x real time | one hour takes | under a minute? |",
        "|---|---|---|---|---|---|",
    ]
    for name, about in TIERS.items():
        mine = [result for result in results if result["tier"] == name]
        if not mine:
            lines.append(f"| {about} | | | not measured | not measured | not measured |")
        for result in mine:
            lines += [_line(about, result, row) for row in result["rows"]]  # type: ignore[attr-defined]
    lines += [
        "",
        "*Random weights*: a model of the published size that was never trained. It costs what a",
        "real one costs for each word and says noise; a real model also tries hard passages again.",
        "Quality is not measured here. An engine that is not listed was not measured.",
    ]
    for result in results:
        lines += ["", *_about(result)]
    return "\n".join(lines) + "\n"


def _line(about: str, result: dict[str, object], row: dict[str, object]) -> str:
    seconds = float(str(row["wall_s"]))
    hour_s = seconds * 60 / float(str(result["minutes"]))
    reached = "yes" if hour_s < GOAL_S else "no"
    takes = f"{hour_s:.0f} s" if hour_s < 600 else f"{hour_s / 60:.0f} min"
    name = f"*{row['engine']}*" if row["random"] else str(row["engine"])
    return f"| {about} | {name} | {row['workers']} | {3600 / hour_s:.1f} | {takes} | {reached} |"


def _about(result: dict[str, object]) -> list[str]:
    versions: dict[str, str | None] = result["versions"]  # type: ignore[assignment]
    libraries = ", ".join(f"{name} {number}" for name, number in versions.items() if number)
    alone: dict[str, float] = result["engines alone"]  # type: ignore[assignment]
    scale = 60 / float(str(result["minutes"]))
    lines = [
        f"## {TIERS[str(result['tier'])]}",
        "",
        f"{result['processor']}, {result['cores']} cores, {result['memory_gb']} GB, "
        f"{result['gpu'] or 'no GPU'}, {result['system']}; measured on {result['date']} on "
        f"{result['minutes']:g} minutes of speech, with a load of {result['load']} at the start.",
        f"Python {result['python']}, {libraries}.",
        "",
        "| engine | workers | CPU seconds for an hour | memory of the parent |",
        "|---|---|---|---|",
    ]
    for row in result["rows"]:  # type: ignore[attr-defined]
        cpu = float(row["cpu_s"]) * scale
        lines.append(f"| {row['engine']} | {row['workers']} | {cpu:.0f} | {row['parent_mb']} MB |")
    lines += [
        "",
        f"The same engines called directly (pocketsphinx, two workers) take "
        f"{alone['cpu_s'] * scale:.0f} CPU seconds for an hour: the pipeline takes "
        f"{result['overhead']:.2f} times as many.",
    ]
    return lines


def draw() -> str:
    """The page from all results that are kept, tier by tier."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))]
    return page(sorted(found, key=lambda result: list(TIERS).index(result["tier"])))


def main() -> int:
    """Measure, keep, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--shapes", default="tiny,base", help="random weights; empty: none")
    parser.add_argument("--model", action="append", default=[], help="a Whisper model to measure")
    parser.add_argument("--draw", action="store_true", help="only draw the page again")
    parser.add_argument("--check", action="store_true", help="only say whether the page is stale")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        recording, home, told = given.measure
        print(json.dumps(once(Path(recording), Path(home), Row(*json.loads(told)))))
        return 0
    if given.check:
        fresh = PAGE.is_file() and PAGE.read_text("utf-8") == draw()
        print("up to date" if fresh else "stale: python benchmarks/tiers.py --draw")
        return 0 if fresh else 1
    if not given.draw:
        shapes = [shape for shape in given.shapes.split(",") if shape]
        print(f"kept in {measure(given.minutes, shapes, given.model).relative_to(ROOT)}")
    PAGE.write_text(draw(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
