"""Letters: the bytes of a transcript become text, whatever encoding they are in."""

from __future__ import annotations

import codecs
from typing import Final

from earwitness.core.errors import UnsupportedSource, UsageError
from earwitness.core.imported import Flaw

LARGEST_BYTES: Final = 64 * 2**20
"""A longer file is no transcript of one sitting; a talk of eight hours takes about 1 MB."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""In an order in which none is the beginning of a later one's."""

_MEDIA: Final = (b"RIFF", b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"\xff\xfb", b"\xff\xf1")
_SAMPLE_BYTES: Final = 200_000
_USUAL: Final = "cp1252"
_LIKELY: Final = [
    "cp1252",
    "cp1251",
    "cp1250",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "koi8_r",
    "iso8859_2",
    "iso8859_15",
    "cp932",
    "shift_jis",
    "euc_jp",
    "gb18030",
    "big5",
    "cp949",
    "euc_kr",
    "tis_620",
    "mac_roman",
]
"""Encodings that subtitle files are found in."""


def read_letters(data: bytes, encoding: str | None = None) -> tuple[str, tuple[Flaw, ...]]:
    """The text, with line feeds as line ends and without byte order mark.

    Args:
        data: The whole file.
        encoding: As the user says; None: told by the bytes.

    Returns:
        The text, and how sure it is: a guessed encoding and unreadable characters are flaws.

    Raises:
        UnsupportedSource: It is no text.
        UsageError: There is no such encoding.
    """
    if not data.strip():
        raise UnsupportedSource("the file is empty", hint="export the transcript once more")
    if data.startswith(_MEDIA) or data[4:8] == b"ftyp":
        raise UnsupportedSource(
            "this is a recording, not a transcript", hint="`earwitness process` turns it into one"
        )
    if encoding is not None:
        return _decoded(data, _known(encoding))
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], marked)
    try:
        return _checked(data.decode("utf-8")), ()
    except UnicodeDecodeError:
        pass
    text, flaws = _decoded(data, _wide(data) or _guessed(data))
    return text, (Flaw("encoding"), *flaws)


def _decoded(data: bytes, encoding: str) -> tuple[str, tuple[Flaw, ...]]:
    text = data.decode(encoding, "replace")
    lost = text.count("\ufffd")
    if lost > len(text) // 20:
        raise _no_text()
    return _checked(text), ((Flaw("undecodable", lost),) if lost else ())


def _checked(text: str) -> str:
    """Line ends as line feeds; refuse what holds signs no text holds.

    Raises:
        UnsupportedSource: There are NULs, or hardly anything but control signs.
    """
    sample = text[:_SAMPLE_BYTES]
    control = sum(sign < " " and sign not in "\t\n\r\f\x1a" for sign in sample)
    if "\0" in text or control > len(sample) // 50:
        raise _no_text()
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").rstrip("\x1a")


def _no_text() -> UnsupportedSource:
    return UnsupportedSource(
        "the file is not text", hint="export the transcript as srt, vtt, txt or json"
    )


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise UsageError(
            "there is no such encoding", hint="such as utf-8, cp1252, cp1250, cp1251, shift_jis"
        ) from error


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of plain text is zero."""
    sample = data[:_SAMPLE_BYTES]
    half = len(sample) // 2
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if half and zeros.count(0) > half * 0.7:
            return encoding
    return None


def _guessed(data: bytes) -> str:
    """The likeliest of the encodings that subtitle files are found in.

    Short texts fit several; then it is the one of Western Europe.
    """
    if b"\0" in data:
        raise _no_text()
    from charset_normalizer import from_bytes

    foreign = b"\n".join(line for line in data.splitlines() if not line.isascii())
    found = list(from_bytes(foreign[:_SAMPLE_BYTES], cp_isolation=_LIKELY))
    if not found:
        return _USUAL
    best = found[0]
    as_good = [
        each for each in found if (each.chaos, each.coherence) == (best.chaos, best.coherence)
    ]
    usual = any(each.encoding == _USUAL for each in as_good)
    return _USUAL if usual or _USUAL in best.could_be_from_charset else best.encoding
