"""Sound: exact samples for any span, across recordings, from many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.deep import examples

from earwitness.core.errors import CorruptStore, UsageError
from earwitness.core.ports import Audio
from earwitness.core.span import Span
from earwitness.media.sound import PcmFile, Sound


def reel(path: Path, samples: int, channels: int = 1, tracks: tuple[int, ...] = ()) -> PcmFile:
    rng = np.random.default_rng(samples)
    rng.integers(-32_768, 32_767, samples * channels).astype("<i2").tofile(path)
    return PcmFile(path, channels, samples, tracks)


def test_a_span_is_sixteen_samples_a_millisecond(tmp_path: Path) -> None:
    one = reel(tmp_path / "a", 16_000)
    sound: Audio = Sound([one])
    data = one.path.read_bytes()
    assert sound.duration_ms == 1000
    assert sound.read(Span(10, 30)) == data[320:960]
    assert sound.read(Span(990, 5000)) == data[990 * 32 :]
    assert sound.read(Span(1000, 5000)) == b""


def test_a_begun_millisecond_is_filled_up(tmp_path: Path) -> None:
    sound = Sound([reel(tmp_path / "a", 17), reel(tmp_path / "b", 16)])
    assert sound.duration_ms == 3
    whole = sound.read(Span(0, 3))
    assert len(whole) == 96
    assert whole[34:64] == bytes(30)
    assert whole[64:] == (tmp_path / "b").read_bytes()


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    sizes=st.lists(st.integers(0, 5000), min_size=1, max_size=4),
    cuts=st.lists(st.integers(1, 900), max_size=8),
)
def test_pieces_make_the_whole(tmp_path: Path, sizes: list[int], cuts: list[int]) -> None:
    sound = Sound([reel(tmp_path / f"{i}", size, 2) for i, size in enumerate(sizes)])
    if sound.duration_ms == 0:
        return
    bounds = sorted({0, sound.duration_ms, *(cut for cut in cuts if cut < sound.duration_ms)})
    spans = [Span(a, b) for a, b in pairwise(bounds)]
    with ThreadPoolExecutor(4) as pool:
        pieces = list(pool.map(sound.read, spans))
    whole = sound.read(Span(0, sound.duration_ms + 1000))
    assert b"".join(pieces) == whole
    assert len(whole) == sound.duration_ms * 32


def test_the_mix_is_the_mean_and_a_track_is_itself(tmp_path: Path) -> None:
    np.array([[100, 300], [-32_768, -32_768], [32_767, 32_767], [3, 3]] * 4, "<i2").tofile(
        tmp_path / "a"
    )
    sound = Sound([PcmFile(tmp_path / "a", 2, 16, (0, 1))])
    assert list(np.frombuffer(sound.read(Span(0, 1)), "<i2"))[:4] == [200, -32_768, 32_767, 3]
    assert list(np.frombuffer(sound.read(Span(0, 1), 1), "<i2"))[:4] == [300, -32_768, 32_767, 3]
    with pytest.raises(UsageError):
        sound.read(Span(0, 1), 2)


def test_tracks_only_when_all_recordings_have_them(tmp_path: Path) -> None:
    both = reel(tmp_path / "a", 160, 2, (0, 1))
    assert Sound([both, both]).tracks == (0, 1)
    mixed = Sound([both, reel(tmp_path / "b", 160, 2)])
    assert mixed.tracks == ()
    with pytest.raises(UsageError):
        mixed.read(Span(0, 1), 0)


def test_no_samples_are_no_sound(tmp_path: Path) -> None:
    sound = Sound([reel(tmp_path / "a", 0)])
    assert sound.duration_ms == 0
    assert sound.read(Span(0, 10)) == b""


def test_missing_samples_are_told(tmp_path: Path) -> None:
    one = reel(tmp_path / "a", 1600)
    sound = Sound([one])
    one.path.write_bytes(b"\0" * 100)
    with pytest.raises(CorruptStore):
        Sound([one])
    one.path.unlink()
    with pytest.raises(CorruptStore) as caught:
        sound.read(Span(0, 10))
    assert caught.value.hint
