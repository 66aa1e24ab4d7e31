"""Media nobody here made: every broken file and container ends in a result or a typed error."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from earwitness.core.errors import UnsupportedSource
from earwitness.media.decode import decode
from earwitness.media.probe import probe

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the recordings are not here")

LENGTHS = {
    "broken_audio/ps_awful.wav": (0, 1, ()),
    "broken_audio/pydub_empty.wav": (0, 1, ()),
    "broken_audio/pydub_wrong_extension.aac": (9660, 1, ()),
    "containers/8_Channel_ID.m4a": (8064, 8, (0, 1, 2, 3, 4, 5, 6, 7)),
    "containers/big_buck_bunny_small.mp4": (5312, 6, ()),
    "containers/sample_MP4_SRT.mp4": (4992, 2, ()),
    "multi/aws_call40/stereo.wav": (245_380, 2, (0, 1)),
    "multi/aws_call40/mono_mix.wav": (245_380, 1, ()),
    "multi/fw/stereo_diarization.wav": (5000, 2, (0, 1)),
    "nonspeech/vibe_ace.ogg": (61_459, 1, ()),
    "single/fw/hotwords.mp3": (4000, 2, ()),
    "single/jfk.flac": (11_000, 2, ()),
    "single/sonnet/p001.mp3": (53_267, 2, ()),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_real_media_decode_whole(tmp_path: Path, name: str) -> None:
    length_ms, channels, tracks = LENGTHS[name]
    done = decode(DATA / name, tmp_path)
    assert done.decoded_ms == pytest.approx(length_ms, abs=20)
    assert (done.channels, done.tracks) == (channels, tracks)
    assert done.damage is None
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["sound.pcm"]


@pytest.mark.parametrize("name", ["broken_audio/ps_bad.wav", "containers/sample_MKV_SRT.mkv"])
def test_real_media_without_sound_are_refused(name: str) -> None:
    with pytest.raises(UnsupportedSource) as caught:
        probe(DATA / name)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["single/sonnet/p001.mp3", "single/jfk.flac"])
def test_real_media_cut_in_half_are_told(tmp_path: Path, name: str) -> None:
    data = (DATA / name).read_bytes()
    source = tmp_path / "half"
    source.write_bytes(data[: len(data) // 2])
    assert "only" in (decode(source, tmp_path).damage or "")
