"""Clips while a run works: when the first can be played, what they cost, what readers see.

    python benchmarks/clips.py [--minutes 10] [--transcriber pocketsphinx] [--format m4a]
    python benchmarks/clips.py --formats        # cost and size of each format, and of the original
    python benchmarks/clips.py --manifest 6000  # writing of long manifests

The first runs the program in a child process on repeated real recordings, and parses the manifest
as often as it can meanwhile. It prints the share of the run after which the first clip was ready,
how many reads were invalid, and the longest silence in the session's event log.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import av

sys.path.insert(0, str(Path(__file__).parent))

import itertools

from recordings import long_recording


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def watched(minutes: float, transcriber: str, how: str) -> dict[str, object]:
    """A run, looked at from outside."""
    from earwitness.store.library import Library

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        recording = long_recording(home / "night.m4a", minutes)
        command = [sys.executable, "-m", "earwitness", "process", str(recording), "--json"]
        command += ["--transcriber", transcriber, "--language", "en", "--workers", "2"]
        command += ["--clips", "all", "--clip-format", how, "--formats", "json"]
        command += ["--home", str(home / "home"), "--output", str(home / "output")]
        began = time.monotonic()
        pause, reads, invalid, first_s = threading.Event(), 0, 0, None
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            while running.poll() is None:
                for path in home.glob("output/*/clips/manifest.json"):
                    try:
                        told = json.loads(path.read_text())
                    except ValueError:
                        invalid += 1
                        continue
                    reads += 1
                    ready = any(clip["status"] == "ready" for clip in told["clips"])
                    if ready and first_s is None:
                        first_s = time.monotonic() - began
                pause.wait(0.01)
        whole_s = time.monotonic() - began
        with Library.open(home / "home") as library:
            (row,) = library.sessions()
            steps = library.steps(library.runs(row.session.id)[0].id)
            events = library.events(row.session.id, limit=100_000)
        gaps = [
            (after.at - before.at).total_seconds() for before, after in itertools.pairwise(events)
        ]
        chunks = [step for step in steps if step.stage == "clip" and step.chunk is not None]
        files = list(home.glob("output/*/clips/[0-9]*"))
        percents = [event.percent for event in events if event.percent is not None]
        return {
            "run_s": round(whole_s, 1),
            "first_clip_s": round(first_s or whole_s, 1),
            "first_clip_share": round((first_s or whole_s) / whole_s, 3),
            "manifest_reads": reads,
            "invalid_reads": invalid,
            "clips": len(files),
            "clips_mb": round(sum(file.stat().st_size for file in files) / 1e6, 1),
            "clip_cpu_share": round(sum(step.cpu_ms or 0 for step in chunks) / 1000 / whole_s, 4),
            "longest_silence_s": round(max(gaps), 1),
            "events": len(events),
            "progress_events": len(percents),
            "progress_rises": percents == sorted(percents),
        }


def formats() -> dict[str, object]:
    """Twenty clips of five seconds: from decoded sound, and from the recording by seeking."""
    from earwitness.core.clip import CLIP_FORMATS
    from earwitness.core.span import Span
    from earwitness.media.clip import encoded
    from earwitness.media.decode import decode
    from earwitness.media.sound import PcmFile, Sound

    told: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        recording = long_recording(home / "night.m4a", 10)
        done = decode(recording, home)
        sound = Sound([PcmFile(done.pcm, done.channels, done.samples)])
        spans = [Span(at * 28_000, at * 28_000 + 5_000) for at in range(1, 21)]
        for how in CLIP_FORMATS:
            began = time.process_time()
            made = [encoded(sound.read(span), how) for span in spans]
            cpu_s = time.process_time() - began
            size = sum(len(each) for each in made)
            told[how] = {
                "ms_per_clip": round(cpu_s * 1000 / len(spans), 1),
                "mb_per_hour": round(size / (5 * len(spans)) * 3600 / 1e6, 1),
            }
        for path in (recording, _as(recording, home / "night.mp3", "mp3", "libmp3lame")):
            began, off_ms = time.process_time(), []
            for span in spans:
                off_ms.append(_sought(path, span))
            cpu_s = time.process_time() - began
            told[f"sought in {path.suffix}"] = {
                "ms_per_clip": round(cpu_s * 1000 / len(spans), 1),
                "largest_offset_ms": max(off_ms),
            }
    return told


def _as(source: Path, path: Path, container: str, codec: str) -> Path:
    with av.open(str(source)) as opened, av.open(str(path), "w", format=container) as target:
        stream = target.add_stream(codec, rate=44_100, layout="stereo")
        for frame in opened.decode(audio=0):
            frame.pts = None
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def _sought(path: Path, span: object) -> int:
    """Decode a span of the recording itself; how far from it the first frame lies."""
    from earwitness.core.span import Span

    assert isinstance(span, Span)
    with av.open(str(path)) as opened:
        opened.seek(span.start_ms * 1000)
        first = None
        for frame in opened.decode(audio=0):
            at_ms = round((frame.time or 0) * 1000)
            first = at_ms if first is None else first
            if at_ms > span.end_ms:
                break
    return abs((first or 0) - span.start_ms)


def manifests(clips: int) -> dict[str, object]:
    """So many clips in chunks of thirty: time spent on writing by time of the whole."""
    from earwitness.core.clip import ClipWish
    from earwitness.core.span import Span
    from earwitness.runs import clipbook
    from earwitness.stages.clip import numbered

    class Silence:
        duration_ms = 10**9
        tracks: tuple[int, ...] = ()

        def read(self, span: Span, track: int | None = None) -> bytes:
            del track
            return bytes(32 * span.duration_ms)

    spent, count, really = 0.0, 0, clipbook.write_manifest

    def timed(folder: Path, manifest: object) -> None:
        nonlocal spent, count
        began = time.monotonic()
        really(folder, manifest)  # type: ignore[arg-type]
        spent, count = spent + time.monotonic() - began, count + 1

    clipbook.write_manifest = timed  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        with clipbook.Clipbook(Path(folder), "night", ClipWish("wav", 0)) as book:
            for chunk in range(clips // 30):
                starts = (chunk * 30_000 + at * 1_000 for at in range(30))
                said = [(Span(at, at + 10), "S1", None) for at in starts]
                book.cut(chunk, numbered(chunk, said, padding_ms=0, end_ms=10**9), Silence())
            book.end("complete")
        whole = time.monotonic() - began
        size = (Path(folder) / "clips" / "manifest.json").stat().st_size
    return {
        "clips": clips,
        "whole_s": round(whole, 2),
        "manifests_written": count,
        "writing_share": round(spent / whole, 4),
        "manifest_kb": size // 1000,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--transcriber", default="pocketsphinx")
    parser.add_argument("--format", default="m4a")
    parser.add_argument("--formats", action="store_true")
    parser.add_argument("--manifest", type=int, default=0)
    said = parser.parse_args()
    if said.formats:
        told = formats()
    elif said.manifest:
        told = manifests(said.manifest)
    else:
        told = watched(said.minutes, said.transcriber, said.format)
    sys.stdout.write(json.dumps({"machine": machine(), **told}, indent=1) + "\n")


if __name__ == "__main__":
    main()
