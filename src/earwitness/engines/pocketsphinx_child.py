"""The child process that holds one pocketsphinx decoder: sound in, words out, nothing kept.

pocketsphinx holds the interpreter lock while it decodes and may crash, so it runs apart. Both
pipes carry messages of a 4-byte little-endian length and as many bytes:

    parent to child   int16 little-endian mono sound at 16 kHz
    child to parent   JSON: {"ready": true} once, then an answer per message

An answer is {"words": [[text, first_frame, last_frame, posterior], ...], "cpu_ms": total since
the start, "rss_bytes": peak}, or {"error": kind}. Frames are 10 ms; fillers are not sent. The
child ends when its parent closes the pipe or is gone.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
import struct
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pocketsphinx import Decoder

HEADER: Final = struct.Struct("<I")
SETTINGS: Final[dict[str, float]] = {
    "maxhmmpf": 5_000,
    "fwdflatbeam": 1e-80,
    "fwdflatwbeam": 1e-35,
}
"""What differs from pocketsphinx's own defaults; part of the engine's fingerprint.

At most 5,000 states per frame instead of 30,000 in the first pass make the same errors in about a
sixth less time; wider beams in the second pass, which sees only the words the first one found,
cost little and help (pooled WER over 13 recordings, each disturbed in four ways: 0.25, not 0.27).
"""
_VARIANT: Final = re.compile(r"\(\d+\)$")
_FILLER: Final = ("<", "[", "+")

FoundWord = tuple[str, int, int, float]


def read_message(pipe: IO[bytes]) -> bytes | None:
    """The next message, or None when the other side is gone."""
    header = pipe.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (size,) = HEADER.unpack(header)
    body = pipe.read(size)
    return body if len(body) == size else None


def write_message(pipe: IO[bytes], body: bytes) -> None:
    """Send one message at once.

    Raises:
        OSError: When the other side is gone.
    """
    pipe.write(HEADER.pack(len(body)) + body)
    pipe.flush()


def open_decoder(model: Path) -> Decoder:
    """The decoder of one model folder, silent.

    Args:
        model: Holds `en-us/`, `en-us.lm.bin` and `cmudict-en-us.dict`.
    """
    from pocketsphinx import Decoder

    return Decoder(
        hmm=str(model / "en-us"),
        lm=str(model / "en-us.lm.bin"),
        dict=str(model / "cmudict-en-us.dict"),
        loglevel="FATAL",
        **SETTINGS,
    )


def decode(decoder: Decoder, sound: bytes) -> list[FoundWord]:
    """Words of one utterance: (text, first frame, last frame, posterior).

    The features are set up anew each time: the noise level they follow would otherwise be that
    of the utterance before, and the same sound would give other words.
    """
    decoder.reinit_feat()
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    if decoder.hyp() is None:
        return []
    return [
        (_VARIANT.sub("", part.word), part.start_frame, part.end_frame, part.prob)
        for part in decoder.seg()
        if not part.word.startswith(_FILLER)
    ]


def peak_rss_bytes() -> int:
    """Most memory this process ever held."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def die_with_parent(pipe: IO[bytes], watch: bool) -> None:
    """Let the system end this process when the pipe closes, even in the middle of a decode.

    A thread could not watch: the decoder holds the interpreter lock. The signal that a pipe sends
    when it changes needs no interpreter; its default action is to end the process. Where there is
    no such signal, the closed pipe is noticed after the decode.
    """
    if sys.platform != "linux":
        return
    import fcntl

    flags = fcntl.fcntl(pipe, fcntl.F_GETFL)
    if not watch:
        fcntl.fcntl(pipe, fcntl.F_SETFL, flags & ~os.O_ASYNC)
        return
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, flags | os.O_ASYNC)
    poll = select.poll()
    poll.register(pipe, select.POLLHUP)
    if poll.poll(0):  # it closed before we began to watch
        raise SystemExit(0)


def serve(model: Path, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the parent closes the pipe."""
    decoder = open_decoder(model)
    write_message(answers, b'{"ready": true}')
    while (sound := read_message(requests)) is not None:
        die_with_parent(requests, True)
        try:
            answer: dict[str, object] = {"words": decode(decoder, sound)}
        except RuntimeError:  # pocketsphinx's own; its text may quote a path, not needed here
            answer = {"error": "the decoder refused the sound"}
        die_with_parent(requests, False)
        answer["cpu_ms"] = int(time.process_time() * 1000)
        answer["rss_bytes"] = peak_rss_bytes()
        write_message(answers, json.dumps(answer).encode())


def main() -> None:
    """Serve over stdin and stdout; Ctrl-C is for the parent to decide."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library may print must not land between two messages.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        serve(Path(sys.argv[1]), sys.stdin.buffer, answers)
    except OSError:
        sys.exit(1)  # the parent is gone


if __name__ == "__main__":
    main()
