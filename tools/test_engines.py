"""Test optional engines with their real libraries, each in an environment of its own.

    python tools/test_engines.py [ENGINE ...]

Makes .venv-engines/ENGINE, installs Earwitness with the engine's extra there, and runs the tests of
tests/engines that are about it. What happened is kept: build/engines/ENGINE.xml (JUnit),
ENGINE.log, and report.md over all engines. pip's own settings hold, such as PIP_CONSTRAINT to pin
a build of torch. Needs nothing but the standard library.

Exit code 1 when an engine that can be installed here failed a test; an engine that cannot is
reported as NOT RUN, never as passed.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
import xml.etree.ElementTree as Xml
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENVS, REPORTS = ROOT / ".venv-engines", ROOT / "build" / "engines"


@dataclass(frozen=True)
class Engine:
    """What is tested.

    Attributes:
        tests: Arguments for pytest.
        library: Whose version is reported.
        untested: What these tests cannot tell.
    """

    tests: tuple[str, ...]
    library: str
    untested: str


ENGINES = {
    "onnx-asr": Engine(
        ("tests/engines", "-k", "onnx_asr"), "onnx-asr", "real Parakeet and Canary weights; a GPU"
    ),
    "sherpa": Engine(
        ("tests/engines", "-k", "sherpa"), "sherpa-onnx", "real segmentation and voice models"
    ),
    "pyannote": Engine(
        ("tests/engines", "-k", "pyannote"),
        "pyannote.audio",
        "the real community-1 weights, fetching them with a token; a GPU",
    ),
    "mlx": Engine(
        ("tests/engines/test_mlx_whisper.py",), "mlx-whisper", "everything, but on a Mac"
    ),
}


@dataclass(frozen=True)
class Result:
    """What happened to one engine."""

    engine: str
    verdict: str
    told: str
    seconds: float
    version: str = ""

    @property
    def failed(self) -> bool:
        return self.verdict == "FAILED"


def python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def why_not_here(name: str) -> str | None:
    """Why an engine cannot be installed on this machine at all."""
    if name == "mlx" and (sys.platform, platform.machine()) != ("darwin", "arm64"):
        return "mlx-whisper runs on Apple silicon only"
    return None


def run(command: list[str], log: Path) -> int:
    with log.open("a", encoding="utf-8") as file:
        file.write("$ " + " ".join(command) + "\n")
        file.flush()
        return subprocess.run(command, stdout=file, stderr=file, cwd=ROOT, check=False).returncode


def test(name: str) -> Result:
    """Install and test one engine."""
    began = time.monotonic()
    reason = why_not_here(name)
    if reason is not None:
        return Result(name, "NOT RUN", reason, 0.0)
    log, report = REPORTS / f"{name}.log", REPORTS / f"{name}.xml"
    for old in (log, report):
        old.unlink(missing_ok=True)
    python = str(python_of(VENVS / name))
    steps = [] if Path(python).is_file() else [[sys.executable, "-m", "venv", str(VENVS / name)]]
    steps += [
        # --group came with pip 25.1
        [python, "-m", "pip", "install", "--quiet", "--upgrade", "pip"],
        [python, "-m", "pip", "install", "--quiet", "--editable", f".[{name}]", "--group",
         "engines"],
    ]  # fmt: skip
    for step in steps:
        if run(step, log) != 0:
            told = f"it could not be installed: see {log.relative_to(ROOT)}"
            return Result(name, "NOT RUN", told, time.monotonic() - began)
    engine = ENGINES[name]
    command = [python, "-m", "pytest", "-q", *engine.tests, f"--junitxml={report}"]
    # Other runs of pytest on this machine clear away all but the last few of its usual folders.
    command.append(f"--basetemp={REPORTS / name}")
    run([*command, "-o", "junit_suite_name=" + name], log)
    asking = f"from importlib.metadata import version as v; print(v({engine.library!r}))"
    answer = subprocess.run([python, "-c", asking], capture_output=True, text=True, check=False)
    version = answer.stdout.strip()
    verdict, told = read(report)
    return Result(name, verdict, told, time.monotonic() - began, version)


def read(report: Path) -> tuple[str, str]:
    """The verdict of a JUnit file."""
    if not report.is_file():
        return "FAILED", "pytest wrote no report"
    suites = [suite.attrib for suite in Xml.parse(report).getroot().iter("testsuite")]
    counts = {
        kind: sum(int(suite.get(kind, "0")) for suite in suites)
        for kind in ("tests", "failures", "errors", "skipped")
    }
    bad = counts["failures"] + counts["errors"]
    passed = counts["tests"] - bad - counts["skipped"]
    told = f"{passed} passed, {bad} failed, {counts['skipped']} skipped"
    if bad:
        return "FAILED", told
    return ("PASSED" if passed else "NOT RUN"), told


def write(results: list[Result]) -> Path:
    """The report over all engines."""
    lines = [
        "# Optional engines, tested with their real libraries",
        "",
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}.",
        "The models are tiny and made by tools/; what only real ones show is in the last column.",
        "",
        "| engine | library | verdict | tests | seconds | not shown by this |",
        "|---|---|---|---|---|---|",
    ]
    for one in results:
        engine = ENGINES[one.engine]
        library = f"{engine.library} {one.version}".strip()
        lines.append(
            f"| {one.engine} | {library} | {one.verdict} | {one.told} | {one.seconds:.0f} "
            f"| {engine.untested} |"
        )
    path = REPORTS / "report.md"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engines", nargs="*", choices=[*ENGINES, []], metavar="ENGINE")
    wanted = parser.parse_args().engines or list(ENGINES)
    REPORTS.mkdir(parents=True, exist_ok=True)
    results = []
    for name in wanted:
        results.append(test(name))
        print(f"{name}: {results[-1].verdict} ({results[-1].told})", flush=True)
    print(f"report: {write(results).relative_to(ROOT)}")
    return 1 if any(result.failed for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
