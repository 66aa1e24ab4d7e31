"""How fast each stage is on this machine, kept, and compared with what was kept before.

    python benchmarks/regression.py store [--minutes 60]
    python benchmarks/regression.py check [--minutes 60] [--share 0.2]

`store` prints one table (decode, detect, diarize, transcribe: real-time factor and memory) and
keeps it in benchmarks/baselines/, one file per machine: processor, cores, Python. `check` measures
again and exits with 1 when a stage is more than `--share` worse than what was kept; what was
measured on another machine is never compared, and without a baseline it says so and exits with 0.

Compared are ratios: a stage's processor time by that of a fixed piece of work, measured before and
after it in the same process, so that a machine that is busy or clocked down changes both. Elapsed
time tells of waiting, too, and is judged in the same way where the machine had nothing else to do.
A stage that seems worse is measured twice more and its best counts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from threadpoolctl import threadpool_limits

from pipeline import cpu_s
from recordings import long_recording, parts
from tiers import processor

BASELINES = Path(__file__).parent / "baselines"
STAGES = ("decode", "detect", "diarize", "transcribe")
SHARE = 0.2
LEAST_S = 0.5
"""A stage that takes less processor time than this is shown and not judged."""
IDLE = 1.1
"""Elapsed by processor time of the fixed work, up to which the machine counts as idle."""
AGAIN = 2
WORK_S = 0.4
"""About what the fixed work takes; it is done often enough to be steady."""


@dataclass(frozen=True)
class Timing:
    """One stage, and the fixed work around it.

    Attributes:
        wall_s: Elapsed.
        cpu_s: Processor time of the process and its children.
        peak_mb: Largest memory of both meanwhile.
        work_wall_s: Of the fixed work, elapsed.
        work_cpu_s: Of the fixed work, processor time.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    work_wall_s: float
    work_cpu_s: float

    @property
    def ratio(self) -> float:
        """Processor time in pieces of fixed work."""
        return self.cpu_s / self.work_cpu_s

    @property
    def wall_ratio(self) -> float:
        """Elapsed time in pieces of fixed work."""
        return self.wall_s / self.work_wall_s

    @property
    def idle(self) -> bool:
        """Whether the machine had nothing else to do."""
        return self.work_wall_s <= IDLE * self.work_cpu_s


def fixed_work() -> None:
    """Numbers and Python, in one thread, always the same."""
    chance = np.random.default_rng(1)
    with threadpool_limits(1):
        for _ in range(6):
            block = chance.standard_normal((256, 256), dtype=np.float32)
            for _ in range(8):
                block = np.tanh(block @ block.T / 256)
            np.fft.rfft(chance.standard_normal(1 << 17))
    total = 0
    for number in range(1_200_000):
        total += number % 7
    assert total


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Elapsed and processor time."""
    began, cpu = time.monotonic(), cpu_s()
    work()
    return time.monotonic() - began, cpu_s() - cpu


def measured_stage(work: Callable[[], object]) -> Timing:
    """A stage with the fixed work before and after it."""
    from earwitness.runs.meter import Meter

    before = [timed(fixed_work) for _ in range(2)]
    with Meter() as meter:
        mark = meter.begin()
        wall, cpu = timed(work)
        peak = meter.end(mark).peak_bytes
    around = [*before, *(timed(fixed_work) for _ in range(2))]
    return Timing(
        wall, cpu, peak / 1e6, min(each[0] for each in around), min(each[1] for each in around)
    )


def measure(
    recording: Path, home: Path, wanted: list[str], transcriber: str, model: str | None
) -> dict[str, Timing]:
    """The stages, each with one worker; those before a wanted one are done, and not told."""
    from earwitness import plugins
    from earwitness.core.ports import EngineOptions
    from earwitness.media.decode import decode
    from earwitness.media.sound import PcmFile, Sound
    from earwitness.stages.chunks import chunks

    options = EngineOptions(workers=1, offline=True)
    made: dict[str, object] = {}
    fixed_work()  # once without counting: libraries and clocks warm up

    def decoded() -> None:
        done = decode(recording, home)
        made["sound"] = Sound([PcmFile(done.pcm, done.channels, done.samples, done.tracks)])

    def detected() -> None:
        made["speech"] = detector.detect(made["sound"], None)  # type: ignore[attr-defined]

    def diarized() -> None:
        diarizer.diarize(made["sound"], (made["speech"],), None)  # type: ignore[attr-defined]

    def transcribed() -> None:
        sound = made["sound"]
        work = chunks((made["speech"],), hears.chunking, sound.duration_ms)  # type: ignore[attr-defined,arg-type]
        with ThreadPoolExecutor(1) as pool:
            list(pool.map(lambda chunk: hears.transcribe(sound, chunk, "en"), work))  # type: ignore[attr-defined]
        hears.close()  # type: ignore[attr-defined]  # children that ended are counted

    detector = plugins.engine("detect", "silero").open(options)
    diarizer = plugins.engine("diarize", "embedded").open(options)
    hears = plugins.engine("transcribe", transcriber).open(
        EngineOptions(workers=1, offline=True, model=model)
    )
    does = {
        "decode": decoded,
        "detect": detected,
        "diarize": diarized,
        "transcribe": transcribed,
    }
    found = {}
    for name, work in does.items():
        if name in wanted:
            found[name] = measured_stage(work)
        elif name in ("decode", "detect"):
            work()
    return found


def in_child(
    recording: Path, wanted: list[str], transcriber: str, model: str | None
) -> dict[str, Timing]:
    """The same in a fresh process."""
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        told = json.dumps([wanted, transcriber, model])
        command = [sys.executable, __file__, "measure", str(recording), home, told]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return {name: Timing(**row) for name, row in found.items()}


def best(one: Timing, other: Timing) -> Timing:
    """The one that took less work."""
    return min(one, other, key=lambda timing: timing.ratio)


def machine() -> dict[str, object]:
    """What a baseline holds for."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = ".".join(str(part) for part in sys.version_info[:2])
    return {"processor": processor(), "cores": cores, "python": python}


def place(folder: Path) -> Path:
    """The file of this machine's baselines."""
    told = " ".join(str(part) for part in machine().values())
    return folder / (re.sub(r"[^a-z0-9]+", "-", told.lower()).strip("-") + ".json")


def title(minutes: float, transcriber: str) -> str:
    """What a baseline was measured on: never compared with anything else."""
    return f"{minutes:g} min of {', '.join(path.stem for path in parts())}; {transcriber}"


def read(folder: Path) -> dict[str, dict[str, Timing]]:
    """The baselines of this machine, by what they were measured on."""
    path = place(folder)
    if not path.is_file():
        return {}
    kept = json.loads(path.read_text("utf-8"))["baselines"]
    return {
        name: {stage: Timing(**row) for stage, row in each["stages"].items()}
        for name, each in kept.items()
    }


def store(folder: Path, name: str, found: dict[str, Timing]) -> Path:
    """Keep a baseline beside those of other lengths."""
    path = place(folder)
    kept = json.loads(path.read_text("utf-8")) if path.is_file() else {"baselines": {}}
    kept["machine"] = machine()
    stages = {stage: {k: round(v, 3) for k, v in asdict(t).items()} for stage, t in found.items()}
    kept["baselines"][name] = {"date": datetime.now(UTC).date().isoformat(), "stages": stages}
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return path


def worse(now: Timing, before: Timing, share: float) -> str | None:
    """Why a stage is worse than it was; None: it is not, or takes too little to be judged."""
    if max(now.cpu_s, before.cpu_s, now.wall_s) < LEAST_S:
        return None
    if now.ratio > before.ratio * (1 + share):
        return f"{now.ratio / before.ratio - 1:.0%} more processor time"
    if now.idle and before.idle and now.wall_ratio > before.wall_ratio * (1 + share):
        return f"{now.wall_ratio / before.wall_ratio - 1:.0%} more elapsed time"
    return None


def table(found: dict[str, Timing], minutes: float, before: dict[str, Timing]) -> None:
    """Print a row for each stage."""
    told = machine()
    print(f"{told['processor']}, {told['cores']} cores, Python {told['python']}; one worker")
    print(f"{minutes:g} minutes of sound\n")
    print(f"{'':<12}{'wall s':>9}{'CPU s':>9}{'RTF':>9}{'1 h takes':>11}{'peak MB':>9}", end="")
    print(f"{'x fixed work':>14}{'baseline':>10}")
    for name, row in found.items():
        factor = row.wall_s / (minutes * 60)
        kept = f"{before[name].ratio:.1f}" if name in before else "-"
        print(
            f"{name:<12}{row.wall_s:>9.1f}{row.cpu_s:>9.1f}{factor:>9.4f}{factor * 3600:>9.0f} s"
            f"{row.peak_mb:>9.0f}{row.ratio:>14.1f}{kept:>10}"
        )
    if not all(row.idle for row in found.values()):
        print("\nthe machine is busy: elapsed time is not judged, processor time is")


def checked(
    recording: Path, before: dict[str, Timing], given: argparse.Namespace
) -> tuple[dict[str, Timing], dict[str, str]]:
    """What was measured, and what of it is worse; that was measured again."""
    found = in_child(recording, list(before), given.transcriber, given.model)
    for _ in range(AGAIN):
        doubted = [name for name in before if worse(found[name], before[name], given.share)]
        if not doubted:
            break
        again = in_child(recording, doubted, given.transcriber, given.model)
        found |= {name: best(found[name], timing) for name, timing in again.items()}
    verdicts = {name: worse(found[name], before[name], given.share) for name in before}
    return found, {name: why for name, why in verdicts.items() if why}


def shortest(kept: dict[str, dict[str, Timing]], transcriber: str) -> float:
    """Minutes of the quickest baseline; an hour where there is none."""
    lengths = [float(name.partition(" ")[0]) for name in kept]
    fitting = [each for each in lengths if title(each, transcriber) in kept]
    return min(fitting, default=60.0)


def check(given: argparse.Namespace) -> int:
    """Compare with the baseline."""
    kept = read(given.baselines)
    minutes = given.minutes or shortest(kept, given.transcriber)
    name = title(minutes, given.transcriber)
    if name not in kept:
        print(f"no baseline for {name} on this machine; make one: make bench MINUTES={minutes:g}")
        for other in kept:
            print(f"there is one for {other}")
        return 0
    before = {stage: row for stage, row in kept[name].items() if stage in given.stages}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        recording = long_recording(Path(folder) / "long.m4a", minutes)
        found, verdicts = checked(recording, before, given)
    table(found, minutes, before)
    for stage, why in verdicts.items():
        print(f"\nWORSE {stage}: {why} (more than {given.share:.0%} is too much)")
    print("" if verdicts else f"\nnothing is more than {given.share:.0%} worse than it was")
    return 1 if verdicts else 0


def bench(given: argparse.Namespace) -> int:
    """Measure, print and keep."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        recording = long_recording(Path(folder) / "long.m4a", given.minutes)
        found = in_child(recording, given.stages, given.transcriber, given.model)
        if given.minutes <= 15:
            again = in_child(recording, given.stages, given.transcriber, given.model)
            found = {name: best(found[name], again[name]) for name in found}
    name = title(given.minutes, given.transcriber)
    table(found, given.minutes, read(given.baselines).get(name, {}))
    print(f"\nkept in {store(given.baselines, name, found)}")
    return 0


def main() -> int:
    """Store or check."""
    if sys.argv[1:2] == ["measure"]:
        recording, home, told = sys.argv[2:]
        found = measure(Path(recording), Path(home), *json.loads(told))
        print(json.dumps({name: asdict(timing) for name, timing in found.items()}))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("store", "check"))
    parser.add_argument("--minutes", type=float, help="60; for check: what was stored")
    parser.add_argument("--share", type=float, default=SHARE, help="how much worse is too much")
    parser.add_argument("--transcriber", default="pocketsphinx")
    parser.add_argument("--model", help="of the transcriber")
    parser.add_argument("--stages", type=lambda text: text.split(","), default=list(STAGES))
    parser.add_argument("--baselines", type=Path, default=BASELINES)
    given = parser.parse_args()
    if given.what == "store":
        given.minutes = given.minutes or 60.0
    return bench(given) if given.what == "store" else check(given)


if __name__ == "__main__":
    sys.exit(main())
