"""What is refused, and how: typed, quickly, with a hint, and nothing left behind."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.deep import examples

from earwitness.core.errors import SourceNotFound, UnsupportedSource
from earwitness.media.decode import decode
from earwitness.media.digest import digest
from earwitness.media.probe import probe

Samples: TypeAlias = NDArray[np.float32]
MakeMedia: TypeAlias = Callable[..., Path]
Clicks: TypeAlias = Callable[..., Samples]


@pytest.mark.parametrize("verb", [probe, digest, lambda path: decode(path, path.parent / "out")])
def test_what_is_not_there_is_a_file_not_found(
    tmp_path: Path, verb: Callable[[Path], object]
) -> None:
    for path in (tmp_path / "none.wav", tmp_path / "none" / "none.wav"):
        with pytest.raises(SourceNotFound) as caught:
            verb(path)
        assert isinstance(caught.value, FileNotFoundError)
        assert caught.value.hint


@pytest.mark.parametrize("verb", [probe, digest, lambda path: decode(path, path.parent / "out")])
def test_folders_and_empty_files_are_refused(
    tmp_path: Path, verb: Callable[[Path], object]
) -> None:
    (tmp_path / "empty.mp3").touch()
    for path in (tmp_path, tmp_path / "empty.mp3"):
        with pytest.raises(UnsupportedSource) as caught:
            verb(path)
        assert isinstance(caught.value, ValueError)
        assert caught.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes of this kind")
def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(UnsupportedSource):
        probe(tmp_path / "pipe.wav")


@pytest.mark.parametrize(
    "text",
    [
        "Dear diary, today we recorded nothing.\n" * 50,
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9.0,\ngood.wav\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile 'good.wav'\n",
        "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=audio 5004 RTP/AVP 0\n",
    ],
)
def test_text_and_playlists_are_refused(
    media: MakeMedia, clicks: Clicks, tmp_path: Path, text: str
) -> None:
    media("good.wav", clicks((100,), seconds=1), form="wav", codec="pcm_s16le")
    (tmp_path / "playlist.wav").write_text(text)
    with pytest.raises(UnsupportedSource) as caught:
        decode(tmp_path / "playlist.wav", tmp_path / "out")
    assert caught.value.hint
    assert list((tmp_path / "out").iterdir()) == []


def test_pictures_without_sound_are_refused(
    media: MakeMedia, clicks: Clicks, tmp_path: Path
) -> None:
    source = media(
        "a.mkv", clicks((), seconds=1), form="matroska", codec="flac", pictures="mpeg4", mute=True
    )
    with pytest.raises(UnsupportedSource, match=r"a\.mkv: no audio in it"):
        probe(source)


def test_the_extension_plays_no_part(media: MakeMedia, clicks: Clicks, tmp_path: Path) -> None:
    source = media("wrong.txt", clicks((100,), seconds=1), form="ipod", codec="aac")
    found = probe(source)
    assert (found.codec, found.channels, found.rate_hz, found.streams) == ("aac", 1, 48_000, 1)
    assert found.duration_ms == pytest.approx(1000, abs=25)
    assert decode(source, tmp_path / "out").damage is None


def test_odd_names_are_only_names(media: MakeMedia, clicks: Clicks, tmp_path: Path) -> None:
    for name in ("http:a%02d.wav", "pipe:0", "-čaj ☕.wav"):
        if sys.platform == "win32" and ":" in name:
            continue
        plain = media("plain", clicks((100,), seconds=1), form="wav", codec="pcm_s16le")
        assert probe(plain.rename(tmp_path / name)).codec == "pcm_s16le"


@pytest.mark.parametrize(
    ("tag", "when"),
    [
        ("2024-05-06T09:08:09+0200", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("2024-05-06T07:08:09", None),
        ("1904-01-01T00:00:00Z", None),
        ("last Tuesday", None),
    ],
)
def test_the_date_needs_a_zone_and_a_clock_that_was_set(
    media: MakeMedia, clicks: Clicks, tag: str, when: datetime | None
) -> None:
    source = media(
        "a.nut",
        clicks((100,), seconds=0.5),
        form="nut",
        codec="flac",
        tags={"com.apple.quicktime.creationdate": tag},
    )
    assert probe(source).created_at == when


def test_digest_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    assert digest(tmp_path / "abc").startswith("ba7816bf8f01cfea")


HEADS = (b"", b"ID3\x04\0\0\0\0\0\x10", b"RIFF\xff\0\0\0WAVEfmt ", b"OggS\0\x02", b"fLaC\0\0\0\x22",
         b"\0\0\0\x18ftypM4A ", b"\x1aE\xdf\xa3", b"\xff\xfb\x90\x64", b"\xff\xf1\x50\x80", b"FORM",
         b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")  # fmt: skip


@settings(
    max_examples=examples(8),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(head=st.sampled_from(HEADS), seed=st.integers(0, 1 << 30), size=st.integers(1, 60_000))
def test_random_bytes_end_in_a_typed_error_or_a_result(
    tmp_path: Path, head: bytes, seed: int, size: int
) -> None:
    source = tmp_path / "fuzz"
    source.write_bytes(head + np.random.default_rng(seed).bytes(size))
    try:
        done = decode(source, tmp_path / "out", stall_s=10)
    except UnsupportedSource as error:
        refused = error.hint
    else:
        refused = "not at all"
        assert done.pcm.stat().st_size == done.samples * done.channels * 2
    assert refused
    assert [path.name for path in (tmp_path / "out").iterdir() if path.suffix == ".part"] == []
