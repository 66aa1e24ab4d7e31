"""A batch over recordings nobody here made: nine formats and containers, broken ones among them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.commands import answer

DATA = Path(os.environ.get("EARWITNESS_DATA", Path(__file__).parents[3] / "shared" / "data"))
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no recordings beside the repository")

GOOD = (
    "containers/8_Channel_ID.m4a",
    "containers/big_buck_bunny_small.mp4",
    "single/fw/hotwords.mp3",
    "single/jfk.flac",
    "single/lj/LJ001-0002.wav",
    "multi/fw/stereo_diarization.wav",
    "nonspeech/vibe_ace.ogg",
    "broken_audio/pydub_wrong_extension.aac",
)
BROKEN = ("broken_audio/ps_bad.wav",)


def test_real_files_of_many_formats_have_each_their_own_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "recordings"
    for name in (*GOOD, *BROKEN):
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(DATA / name, into / name)
    shutil.copyfile(DATA / GOOD[0], into / "twice.m4a")
    whole = (DATA / GOOD[3]).read_bytes()
    (into / "half.flac").write_bytes(whole[: len(whole) // 2])
    command = ["batch", "--input-dir", str(into), "--recursive", "--parallel", "2"]
    command += ["--output-dir", str(tmp_path / "out"), "--transcriber", "scripted"]
    command += ["--language", "en", "--formats", "json"]
    told = answer(capsys, *command, code=5)
    items = told["items"]
    assert isinstance(items, list)
    states = {item["name"]: item["state"] for item in items}
    assert states == {
        **dict.fromkeys(GOOD, "done"),
        **dict.fromkeys(BROKEN, "failed"),
        "twice.m4a": "duplicate",
        "half.flac": "degraded",
    }
    counts = told["counts"]
    assert isinstance(counts, dict)
    assert (counts["successful"], counts["degraded"]) == (len(GOOD) + 1, 1)
    (failed,) = (item for item in items if item["state"] == "failed")
    assert failed["error"]["kind"] == "UnsupportedSource"
    again = answer(capsys, *command, "--resume", code=5)["counts"]
    assert isinstance(again, dict)
    assert again["skipped"] == len(GOOD) + 1
    assert again["duplicates"] == 1
