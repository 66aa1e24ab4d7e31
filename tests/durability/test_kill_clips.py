"""kill -9 while clips are cut: what was ready is not cut again, nothing is there twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import earwitness

READER = """
import json, sys
path, counts = sys.argv[1], []
while len(counts) < 1000 or json.loads(open(path).read())["status"] == "in_progress":
    told = json.loads(open(path).read())
    assert (told["total_clips"] is None) == (told["status"] != "complete")
    assert all(set(c) == {"id", "file", "speaker", "start", "end", "status"} for c in told["clips"])
    counts.append(sum(clip["status"] == "ready" for clip in told["clips"]))
print(len(counts), len(set(counts)), counts == sorted(counts))
"""
"""Another process that reads the manifest as fast as it can until the run is complete."""


def script(folder: Path) -> Path:
    """Words for the scene; every chunk takes a while."""
    words = [
        {"text": f"word{at_ms}", "start_ms": at_ms, "end_ms": at_ms + 400}
        for at_ms in range(500, 100_000, 700)
    ]
    path = folder / "script.json"
    path.write_text(json.dumps({"words": words, "language": "en", "wait_ms": 800}))
    return path


def start(recording: Path, model: Path, home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "earwitness", "process", str(recording)]
    command += ["--transcriber", "scripted", "--model", str(model), "--language", "en"]
    command += ["--formats", "json", "--clips", "all", "--clip-format", "wav", "--json"]
    command += ["--home", str(home), "--output", str(home / "output"), "--workers", "2"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def manifest(path: Path) -> dict[str, object]:
    found = json.loads(path.read_text())
    assert isinstance(found, dict)
    return found


def ready(path: Path) -> list[str]:
    rows = manifest(path)["clips"]
    assert isinstance(rows, list)
    return [str(row["file"]) for row in rows if row["status"] == "ready"]


def when_there(started: subprocess.Popen[str], home: Path, clips: int) -> Path:
    """The manifest, as soon as so many clips can be played."""
    pause = threading.Event()
    while True:
        found = list(home.glob("output/*/clips/manifest.json"))
        if found and len(ready(found[0])) >= clips:
            return found[0]
        assert started.poll() is None, "it ended before a clip was ready"
        pause.wait(0.02)


def test_a_killed_run_cuts_no_clip_twice(tavern: Path, tmp_path: Path) -> None:
    model = script(tmp_path)
    # The voices are known before, so that clips come while words are heard, however slow it is.
    earwitness.process(
        tavern,
        transcriber="scripted",
        language="en",
        formats="json",
        home=tmp_path / "whole",
        output=tmp_path / "first",
    )
    shutil.copytree(tmp_path / "whole", tmp_path / "killed")
    with start(tavern, model, tmp_path / "whole") as whole:
        path = when_there(whole, tmp_path / "whole", 0)
        reader = subprocess.run(
            [sys.executable, "-c", READER, str(path)], capture_output=True, text=True, check=False
        )
        assert whole.wait() == 0
    assert reader.returncode == 0, reader.stderr
    reads, states, grew = reader.stdout.split()
    assert int(reads) >= 1_000
    assert int(states) >= 3, "it was read while clips came"
    assert grew == "True"

    home = tmp_path / "killed"
    with start(tavern, model, home) as started:
        killed = when_there(started, home, 3)
        os.kill(started.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        started.wait()
    left = manifest(killed)
    assert left["status"] == "in_progress"
    assert not list(killed.parent.parent.glob("transcript.*")), "clips came before the record"
    times = {file: (killed.parent / file).stat().st_mtime_ns for file in ready(killed)}

    with start(tavern, model, home) as again:
        _, errors = again.communicate()
        assert again.returncode == 0, errors
    assert {file: (killed.parent / file).stat().st_mtime_ns for file in times} == times
    ended, expected = manifest(killed), manifest(path)
    assert ended["status"] == "complete"
    assert ended["clips"] == expected["clips"]
    files = {each.name for each in killed.parent.iterdir()}
    assert files == {*ready(killed), "manifest.json"}
    for file in ready(killed):
        assert (killed.parent / file).read_bytes() == (path.parent / file).read_bytes()
