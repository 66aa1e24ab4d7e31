"""Decoding: times stay true in every container, damage is told, sources are refused by type."""

from __future__ import annotations

import hashlib
import wave
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray

from earwitness.core.errors import UnsupportedSource, UsageError
from earwitness.media.decode import Decoded, decode

Samples: TypeAlias = NDArray[np.float32]
MakeMedia: TypeAlias = Callable[..., Path]
Clicks: TypeAlias = Callable[..., Samples]

AT_MS = (200, 1000, 2500, 4800)


def heard(done: Decoded, channel: int = 0) -> NDArray[np.int16]:
    """Samples of one channel."""
    return np.fromfile(done.pcm, "<i2").reshape(-1, done.channels)[:, channel]


def onsets(done: Decoded, near_ms: tuple[int, ...]) -> list[float]:
    """First loud sample around each time, in milliseconds."""
    loud = np.abs(heard(done).astype(np.int32)) > 3000
    found = []
    for at_ms in near_ms:
        begin = max(0, at_ms - 150) * 16
        part = loud[begin : (at_ms + 150) * 16]
        assert part.any(), f"no click around {at_ms} ms"
        found.append((begin + int(part.argmax())) / 16)
    return found


CONTAINERS = [
    ("ipod", "aac", 48_000, "", 30),
    ("mp3", "libmp3lame", 44_100, "", 30),
    ("wav", "pcm_s16le", 44_100, "", 1),
    ("wav", "pcm_s24le", 48_000, "", 1),
    ("flac", "flac", 44_100, "", 1),
    ("ogg", "libopus", 48_000, "", 30),
    ("mp4", "aac", 44_100, "mpeg4", 30),
    ("matroska", "aac", 48_000, "mpeg4", 30),
    ("webm", "libopus", 48_000, "libvpx", 30),
    ("mpegts", "aac", 48_000, "mpeg4", 30),
    ("avi", "pcm_s16le", 44_100, "mpeg4", 30),
    # This encoder's delay is in the time stamps themselves; no player can know of it.
    ("asf", "wmav2", 44_100, "", 50),
]


@pytest.mark.parametrize(("form", "codec", "rate", "pictures", "within_ms"), CONTAINERS)
def test_clicks_stay_where_they_were(
    media: MakeMedia,
    clicks: Clicks,
    tmp_path: Path,
    *,
    form: str,
    codec: str,
    rate: int,
    pictures: str,
    within_ms: int,
) -> None:
    sound = clicks(AT_MS, seconds=5, rate=rate)
    source = media("source", sound, form=form, codec=codec, rate=rate, pictures=pictures)
    done = decode(source, tmp_path / "out")
    assert onsets(done, AT_MS) == pytest.approx(AT_MS, abs=within_ms)
    assert done.damage is None
    assert done.notices == ()
    assert done.decoded_ms == pytest.approx(5000, abs=70)


@pytest.mark.parametrize(
    ("form", "codec", "pictures"),
    [("mp4", "aac", "mpeg4"), ("matroska", "aac", "mpeg4"), ("webm", "libopus", "libvpx")],
)
def test_a_late_start_and_a_gap_become_silence(
    media: MakeMedia, clicks: Clicks, tmp_path: Path, form: str, codec: str, pictures: str
) -> None:
    source = media(
        "source",
        clicks(AT_MS, seconds=5),
        form=form,
        codec=codec,
        pictures=pictures,
        start_s=0.7,
        silent_s=(1.3, 2.0),
    )
    done = decode(source, tmp_path / "out")
    late = tuple(at_ms + 700 for at_ms in AT_MS)
    assert onsets(done, late) == pytest.approx(late, abs=30)
    assert not heard(done)[: 690 * 16].any()
    assert done.damage is None
    assert any("gaps" in notice for notice in done.notices)


def write_wav(path: Path, samples: NDArray[np.int16], rate: int = 16_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


@pytest.mark.parametrize("channels", [1, 2, 3, 8])
def test_channels_are_kept_as_they_are(tmp_path: Path, channels: int) -> None:
    samples = np.arange(4000 * channels, dtype=np.int16).reshape(-1, channels)
    done = decode(write_wav(tmp_path / "a.wav", samples), tmp_path, name="b.pcm")
    assert done.channels == channels
    assert (np.fromfile(done.pcm, "<i2").reshape(-1, channels) == samples).all()
    assert done.samples == 4000
    assert done.decoded_ms == 250
    assert done.sha256 == hashlib.sha256(done.pcm.read_bytes()).hexdigest()


def test_more_than_eight_channels_are_mixed(tmp_path: Path) -> None:
    samples = np.zeros((1600, 10), np.int16)
    samples[:, 3] = 5000
    done = decode(write_wav(tmp_path / "a.wav", samples), tmp_path)
    assert done.channels == 1
    assert set(heard(done)) == {500}
    assert done.notices == ("its 10 channels are mixed to one",)


def test_one_voice_per_channel_is_separate(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    turns = np.repeat(np.arange(12) % 2, 16_000)
    samples = rng.normal(0, 20, (len(turns), 2))
    samples[np.arange(len(turns)), turns] += rng.normal(0, 3000, len(turns))
    done = decode(write_wav(tmp_path / "a.wav", samples.astype(np.int16)), tmp_path)
    assert done.separate
    assert done.tracks == (0, 1)


def test_joined_takes_of_another_shape_go_on(
    media: MakeMedia, clicks: Clicks, tmp_path: Path
) -> None:
    first = media("a", clicks((500,), seconds=2, rate=44_100, channels=2), form="mp3",
                  codec="libmp3lame", rate=44_100)  # fmt: skip
    second = media("b", clicks((500,), seconds=2, rate=16_000), form="mp3",
                   codec="libmp3lame", rate=16_000)  # fmt: skip
    (tmp_path / "ab").write_bytes(first.read_bytes() + second.read_bytes())
    done = decode(tmp_path / "ab", tmp_path / "out")
    assert done.channels == 2
    assert onsets(done, (500, 2550)) == pytest.approx((500, 2550), abs=100)


def noise(seconds: float = 6, rate: int = 44_100) -> Samples:
    rng = np.random.default_rng(3)
    return (0.2 * rng.standard_normal((1, int(seconds * rate)))).astype(np.float32)


CUTS = [
    ("ipod", "aac", {"movflags": "faststart"}),
    ("mp3", "libmp3lame", {}),
    ("mp3", "libmp3lame", {"write_xing": "0"}),
    ("wav", "pcm_s16le", {}),
    ("flac", "flac", {}),
    ("ogg", "flac", {}),
    ("matroska", "aac", {}),
    ("adts", "aac", {}),
]


@pytest.mark.parametrize(("form", "codec", "options"), CUTS)
def test_a_cut_file_is_a_part_with_a_warning(
    media: MakeMedia, tmp_path: Path, form: str, codec: str, options: dict[str, str]
) -> None:
    source = media("source", noise(), form=form, codec=codec, rate=44_100, options=options)
    whole = source.read_bytes()
    source.write_bytes(whole[: len(whole) // 2])
    done = decode(source, tmp_path / "out")
    assert 1500 < done.decoded_ms < 4000
    assert done.damage is not None
    assert "says 6.0 s" in done.damage or "breaks off" in done.damage


def test_an_index_that_was_never_written_is_refused_with_the_reason(
    media: MakeMedia, tmp_path: Path
) -> None:
    source = media("source.m4a", noise(2), form="ipod", codec="aac", rate=44_100)
    source.write_bytes(source.read_bytes()[:-8000])
    with pytest.raises(UnsupportedSource) as caught:
        decode(source, tmp_path / "out")
    assert "index" in caught.value.hint
    assert str(caught.value).startswith("source.m4a: ")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("form", "codec"), [("mp4", "aac"), ("flac", "flac"), ("mp3", "libmp3lame")]
)
def test_a_damaged_stretch_is_passed_over(
    media: MakeMedia, clicks: Clicks, tmp_path: Path, form: str, codec: str
) -> None:
    sound = np.concatenate((noise(5), clicks((800,), seconds=1, rate=44_100)), axis=1)
    source = media("source", sound, form=form, codec=codec, rate=44_100)
    data = bytearray(source.read_bytes())
    middle, length = len(data) // 3, len(data) // 30
    data[middle : middle + length] = bytes(length)
    source.write_bytes(data)
    done = decode(source, tmp_path / "out")
    assert done.damage or done.notices
    # mp3 has no time stamps: what is lost there cannot be put back.
    assert done.decoded_ms == pytest.approx(6000, abs=50 if form != "mp3" else 500)
    if form != "mp3":
        assert onsets(done, (5800,)) == pytest.approx((5800,), abs=30)


def test_the_default_stream_is_used_and_another_on_request(
    media: MakeMedia, clicks: Clicks, tmp_path: Path
) -> None:
    source = media(
        "source",
        clicks((300,), seconds=1),
        form="matroska",
        codec="flac",
        second=clicks((700,), seconds=1),
    )
    done = decode(source, tmp_path / "out")
    assert onsets(done, (300,)) == pytest.approx((300,), abs=1)
    assert done.notices == ("it has 2 audio streams; one of them is used",)
    assert onsets(decode(source, tmp_path / "out", stream=1), (700,)) == pytest.approx(
        (700,), abs=1
    )
    with pytest.raises(UsageError):
        decode(source, tmp_path / "out", stream=2)


def test_a_recording_without_samples_is_a_recording(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "a.wav", np.zeros((0, 1), np.int16))
    done = decode(source, tmp_path / "out")
    assert (done.samples, done.decoded_ms, done.damage) == (0, 0, None)
    assert done.pcm.stat().st_size == 0


def test_the_same_source_gives_the_same_samples(media: MakeMedia, tmp_path: Path) -> None:
    source = media("source", noise(1), form="ogg", codec="libopus")
    assert decode(source, tmp_path / "a").sha256 == decode(source, tmp_path / "b").sha256
