"""Artifacts in a bucket beside artifacts in a folder, and a long recording on its way.

python benchmarks/artifacts.py [COUNT] [GIGABYTES]

The bucket is moto's server on this machine: what is measured is this program and the library for
stores, not a network and not a real store's speed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.objects import ObjectServer  # noqa: E402

from earwitness.core.session import Recording, Session  # noqa: E402
from earwitness.core.span import Span  # noqa: E402
from earwitness.core.speech import Heard, Segment, Word  # noqa: E402
from earwitness.engines.whisper_fit import this_machine  # noqa: E402
from earwitness.store.bucket import Bucket  # noqa: E402
from earwitness.store.library import Library  # noqa: E402
from earwitness.store.objects import Objects  # noqa: E402

TRAVEL = "travel"


def heard(text: str) -> Heard:
    """A result of about 20 kB."""
    return Heard((Segment(Span(0, 900), (Word(text + "x" * 20_000, Span(0, 900)),)),))


def each_ms(count: int, work: Callable[[int], object]) -> float:
    """Milliseconds for one of many."""
    began = time.monotonic()
    for number in range(count):
        work(number)
    return (time.monotonic() - began) * 1000 / count


def timed(home: Path, bucket: Bucket | None, count: int) -> dict[str, float]:
    """What it takes to put, read without a copy, read with one, and delete."""
    with Library.open(home, artifacts=bucket) as library:
        recording = Recording("a" * 64, "scene.wav", 1, None, 1, 16_000)
        session = Session("2026-11-20-aaaaaa", "", "meeting", None, (recording,))
        library.add_session(session)
        digests: list[str] = []

        def put(number: int) -> None:
            digests.append(library.put(f"key {number}", "x", session.id, heard(str(number))))

        found = {"put": each_ms(count, put)}
        shutil.rmtree(home / "cache", ignore_errors=True)
        found["read cold"] = each_ms(count, lambda number: library.get(digests[number], Heard))
        found["read warm"] = each_ms(count, lambda number: library.get(digests[number], Heard))
        began = time.monotonic()
        library.delete_session(session.id)
        found["delete"] = (time.monotonic() - began) * 1000 / count
    return found


def peak_kb() -> int:
    """Largest memory of this process so far; Linux tells."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def travel(objects: Objects, folder: Path, size: int) -> None:
    """Send a recording and fetch it back."""
    there, back = folder / "there", folder / "back"
    with there.open("wb") as file:
        file.truncate(size)
    before = peak_kb()
    began = time.monotonic()
    digest = objects.put_file("long", there)
    sent = time.monotonic()
    objects.fetch("long", back, digest)
    fetched = time.monotonic()
    grown = (peak_kb() - before) / 1024
    print(f"a recording of {size / 1e9:.1f} GB: sent in {sent - began:.1f} s, ", end="")
    print(f"fetched and verified in {fetched - sent:.1f} s, {grown:.0f} MB more memory at most")


def main() -> None:
    """Print both side by side."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    size = int(float(sys.argv[2] if len(sys.argv) > 2 else 1) * 1e9)
    print(f"{this_machine(gpu=False)}; {count} results of 20 kB; ms each")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        with ObjectServer() as server:
            near = timed(base / "folder", None, count)
            far = timed(base / "bucket", server.new_bucket(), count)
        for what, ms in near.items():
            print(f"{what:<10} folder {ms:6.2f}  bucket {far[what]:6.2f}  x{far[what] / ms:.1f}")
    with tempfile.TemporaryDirectory() as folder, ObjectServer() as server:
        # In a process of its own, so that the server's memory does not count.
        told = json.dumps(asdict(replace(server.new_bucket(), timeout_s=60.0)))
        command = [sys.executable, __file__, TRAVEL, told, folder, str(size)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == [TRAVEL]:
        travel(Objects(Bucket(**json.loads(sys.argv[2]))), Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
