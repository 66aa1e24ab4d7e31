"""Whether a file ends where its own structure says it should: a copy or a recording was cut off.

Most containers say how long they are; these are the ones that do not, or whose reader believes
the file's size instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

_SLACK_BYTES: Final = 64
"""Writers miscount their own headers; nobody misses so little."""
_OGG_TAIL_BYTES: Final = 1 << 17
"""An Ogg page is at most 65,307 bytes (RFC 3533)."""
_MPEG_RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000)}
_LAYER3_KBPS: Final = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""By MPEG version bits: 1 (ISO 11172-3) and 2 (ISO 13818-3)."""


def breaks_off(path: Path, size_bytes: int) -> bool:
    """Whether the file stops before its own structure ends; False when it cannot be told."""
    with path.open("rb") as file:
        head = file.read(32)
        if head[:4] in (b"RIFF", b"RF64", b"FORM"):
            return _promised(head) > size_bytes + _SLACK_BYTES
        if head[:4] == b"OggS":
            return _ogg(file, size_bytes)
        if head[4:8] == b"ftyp":
            return _boxes(file, size_bytes)
    return False


def _promised(head: bytes) -> int:
    """Bytes a RIFF, RF64 or AIFF file says it has; 0 when it was written to a pipe."""
    promised = int.from_bytes(head[4:8], "big" if head[:4] == b"FORM" else "little")
    if head[:4] == b"RF64" and head[12:16] == b"ds64":
        promised = int.from_bytes(head[20:28], "little")
    elif promised & 0x7FFF_F000 == 0x7FFF_F000:
        return 0
    return promised + 8


def _ogg(file: BinaryIO, size_bytes: int) -> bool:
    start = max(0, size_bytes - _OGG_TAIL_BYTES)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"OggS")
    # The mark may stand inside a page by chance; then the page before it tells.
    while at >= 0 and (len(tail) <= at + 26 or tail[at + 4] != 0):
        if len(tail) <= at + 26:
            return True
        at = tail.rfind(b"OggS", 0, at)
    if at < 0:
        return True
    lacing = tail[at + 27 : at + 27 + tail[at + 26]]
    return at + 27 + tail[at + 26] + sum(lacing) > len(tail)


def _boxes(file: BinaryIO, size_bytes: int) -> bool:
    at = 0
    while at + 8 <= size_bytes:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length == 0 and head[4:8] == b"mdat":
            return False  # up to the end, wherever that is
        if length < 8:
            return True
        at += length
    return at > size_bytes


def frame_bytes(codec: str, head: bytes) -> int | None:
    """Length of an MPEG layer III or ADTS frame by its own header; None for anything else.

    Args:
        codec: FFmpeg's name.
        head: The frame's first 6 bytes or more.
    """
    if len(head) < 6 or head[0] != 0xFF:
        return None
    if codec.startswith("aac"):
        return (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    index, rate_index = head[2] >> 4, head[2] >> 2 & 3
    if not codec.startswith("mp3") or layer != 1 or rate_index == 3 or index in (0, 15):
        return None
    if version not in _MPEG_RATES:
        return None
    bits_per_s = _LAYER3_KBPS[version][index] * 1000
    samples_in_bytes = 144 if version == 3 else 72
    return samples_in_bytes * bits_per_s // _MPEG_RATES[version][rate_index] + (head[2] >> 1 & 1)
