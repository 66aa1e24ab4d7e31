"""pocketsphinx: English words without any download, always a draft."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Final

from earwitness.core.errors import EngineError, EngineUnavailable, LanguageRefused
from earwitness.core.options import NoOptions
from earwitness.core.ports import RATE_HZ, Audio, Chunking, EngineOptions, Readiness
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment, Word
from earwitness.engines.libraries import version_of
from earwitness.engines.pocketsphinx_child import (
    SETTINGS,
    FoundWord,
    read_message,
    write_message,
)

CODE_VERSION: Final = 1
"""Raised when this file changes what is heard."""
FRAME_MS: Final = 10
SILENCE_MS: Final = 200
"""Digital silence before and after every chunk: the decoder expects one, and cuts off first and
last words without it (mean WER of seven short recordings 0.34 without, 0.25 with)."""
BREATH_MS: Final = 400
"""A pause from which a new segment begins."""
LEAST_POSTERIOR: Final = 0.15
"""A breath with no word of at least this posterior is noise that was taken for speech."""
_SILENCE: Final = bytes(SILENCE_MS * RATE_HZ // 1000 * 2)


@dataclass(frozen=True, slots=True)
class _Answer:
    words: tuple[FoundWord, ...]
    cpu_ms: int
    rss_bytes: int
    error: str


class Child:
    """One decoder in a process of its own; used by one thread at a time.

    Attributes:
        cpu_ms: Processor time it has reported so far.
        rss_bytes: Peak memory it has reported so far.
    """

    def __init__(self, model: Path) -> None:
        """Start it; it loads while the first sound is being read."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "earwitness.engines.pocketsphinx_child", str(model)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.cpu_ms = 0
        self.rss_bytes = 0
        self._ready = False

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def decode(self, sound: bytes) -> tuple[FoundWord, ...]:
        """Words of one utterance.

        Raises:
            EngineError: When it crashed or could not decode; it is of no use afterwards.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            if not self._ready:
                self._receive(self._process.stdout)
                self._ready = True
            write_message(self._process.stdin, sound)
            answer = self._receive(self._process.stdout)
        except (OSError, ValueError) as error:  # a broken pipe, or one closed by `end`
            raise self._crash() from error
        self.cpu_ms, self.rss_bytes = answer.cpu_ms, answer.rss_bytes
        if answer.error:
            raise EngineError(f"pocketsphinx: {answer.error}")
        return answer.words

    def end(self) -> None:
        """End it, whatever it does, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            # What was not sent yet is for a process that is gone.
            with suppress(OSError):
                assert pipe is not None
                pipe.close()

    def _receive(self, pipe: IO[bytes]) -> _Answer:
        body = read_message(pipe)
        if body is None:
            raise self._crash()
        told = json.loads(body)
        words = tuple((str(w), int(a), int(b), float(p)) for w, a, b, p in told.get("words", ()))
        return _Answer(
            words,
            int(told.get("cpu_ms", 0)),
            int(told.get("rss_bytes", 0)),
            str(told.get("error", "")),
        )

    def _crash(self) -> EngineError:
        self._process.kill()
        return EngineError(
            f"the pocketsphinx process ended with status {self._process.wait()}",
            hint="run the same command again: what was done is kept",
        )


class PocketsphinxTranscriber:
    """English words from child processes that are started when first needed.

    Attributes:
        chunking: Pauses are kept inside a chunk and around it: the decoder subtracts the mean of
            the whole chunk, and a mean with some silence in it is the steadier one. Chunks of
            12 s were as good as those of 20 s (pooled WER 0.44 and 0.45), and lose less in a
            crash.
    """

    chunking = Chunking(
        target_ms=12_000, limit_ms=20_000, join_gap_ms=1_500, pad_ms=500, overlap_ms=2_000
    )

    def __init__(self, model: Path, workers: int) -> None:
        """Nothing is loaded yet.

        Args:
            model: The folder of `model_folder`.
            workers: Child processes at most; a thread too many waits.
        """
        self._model = model
        self._slots = threading.BoundedSemaphore(max(1, workers))
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._closed = False
        self._spent_ms = 0
        self._peak_bytes = 0
        self._fingerprint = (
            f"pocketsphinx/{CODE_VERSION} {version_of('pocketsphinx')} {_model_digest(model)} "
            f"{sorted(SETTINGS.items())} {SILENCE_MS}"
        )

    @property
    def name(self) -> str:
        """For people."""
        return f"pocketsphinx {version_of('pocketsphinx')} (draft)"

    @property
    def fingerprint(self) -> str:
        """Code and wheel version, digest of the model's files, settings."""
        return self._fingerprint

    @property
    def cpu_ms(self) -> int:
        """Processor time of all children so far."""
        with self._lock:
            return self._spent_ms

    @property
    def peak_rss_bytes(self) -> int:
        """Most memory that any one child ever held; 0 before the first chunk."""
        with self._lock:
            return self._peak_bytes

    def transcribe(self, audio: Audio, chunk: Chunk, language: str | None) -> tuple[Segment, ...]:
        """Words of one chunk; depends on its sound and its speech alone. Thread-safe.

        Raises:
            LanguageRefused: For any language but English; None is taken for English.
            EngineError: When the child crashed; the next chunk gets a fresh one.
        """
        if language not in (None, "en"):
            raise LanguageRefused(
                "pocketsphinx knows English only", hint="earwitness models pull small"
            )
        sound = audio.read(chunk.span, chunk.track) if chunk.speech else b""
        if not sound:
            return ()
        with self._child() as child:
            found = child.decode(_SILENCE + sound + _SILENCE)
        words = [word for one in found if (word := _heard(one, chunk))]
        return _breaths(words, chunk.track)

    def close(self) -> None:
        """End all children, even those at work: their threads get an EngineError."""
        with self._lock:
            self._closed = True
            children = [*self._idle, *self._busy]
            self._idle.clear()
        for child in children:
            child.end()

    @contextmanager
    def _child(self) -> Iterator[Child]:
        with self._slots:
            child = self._take()
            before_ms = child.cpu_ms
            try:
                yield child
            except BaseException:
                self._drop(child, before_ms)
                raise
            self._give_back(child, before_ms)

    def _take(self) -> Child:
        with self._lock:
            if self._closed:
                raise EngineError("the transcriber was closed")
            child = self._idle.pop() if self._idle else Child(self._model)
            self._busy.add(child)
            return child

    def _drop(self, child: Child, before_ms: int) -> None:
        child.end()
        with self._lock:
            self._busy.discard(child)
            self._spent_ms += child.cpu_ms - before_ms

    def _give_back(self, child: Child, before_ms: int) -> None:
        with self._lock:
            self._busy.discard(child)
            self._spent_ms += child.cpu_ms - before_ms
            self._peak_bytes = max(self._peak_bytes, child.rss_bytes)
            if not self._closed:
                self._idle.append(child)


class PocketsphinxFactory:
    """Registers the transcriber; importing it loads no decoder."""

    name = "pocketsphinx"
    ability = "transcribe"
    local = True
    form = NoOptions

    def languages(self, _options: EngineOptions) -> frozenset[str] | None:
        """English."""
        return frozenset({"en"})

    def ready(self, options: EngineOptions) -> Readiness:
        """Whether the wheel is installed; it carries its model."""
        if options.model is not None:
            return Readiness(
                False,
                "pocketsphinx has its own model and takes no other",
                "leave --model away, or choose --transcriber faster-whisper",
            )
        if model_folder() is None:
            return Readiness(False, *_why_missing())
        return Readiness(
            True, f"pocketsphinx {version_of('pocketsphinx')}, English only, draft quality"
        )

    def open(self, options: EngineOptions) -> PocketsphinxTranscriber:
        """Ready to start children.

        Raises:
            EngineUnavailable: When the wheel is not installed, or another model is asked for.
        """
        model, readiness = model_folder(), self.ready(options)
        if model is None or not readiness.ok:
            raise EngineUnavailable(readiness.why, hint=readiness.hint)
        return PocketsphinxTranscriber(model, options.workers)


def model_folder() -> Path | None:
    """The English model inside the wheel, found without importing the decoder."""
    spec = importlib.util.find_spec("pocketsphinx")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        model = Path(folder) / "model" / "en-us"
        if (model / "en-us.lm.bin").is_file():
            return model
    return None


def _why_missing() -> tuple[str, str]:
    if sys.version_info[:2] == (3, 12):
        return (
            "pocketsphinx has no wheel for Python 3.12",
            "use Python 3.11 or 3.13, or: earwitness models pull small",
        )
    return "pocketsphinx is not installed", "pip install pocketsphinx"


def _heard(found: FoundWord, chunk: Chunk) -> Word | None:
    """A word in session time, inside its chunk; None where no speech was detected."""
    text, first, last, posterior = found
    begin_ms = chunk.span.start_ms - SILENCE_MS
    start = max(begin_ms + first * FRAME_MS, chunk.span.start_ms)
    end = min(begin_ms + (last + 1) * FRAME_MS, chunk.span.end_ms)
    if start >= end:
        return None
    span = Span(start, end)
    if not any(span & speech for speech in chunk.speech):
        return None
    # Sums of rounded logarithms: a little over 1 happens.
    return Word(text, span, round(min(max(posterior, 0.0), 1.0), 3))


def _breaths(words: list[Word], track: int | None) -> tuple[Segment, ...]:
    """One segment per breath; breaths of noise are left out."""
    groups: list[list[Word]] = []
    for word in words:
        if groups and groups[-1][-1].span.gap_ms(word.span) < BREATH_MS:
            groups[-1].append(word)
        else:
            groups.append([word])
    return tuple(
        Segment(group[0].span | group[-1].span, tuple(group), "en", track)
        for group in groups
        if max(word.confidence or 0.0 for word in group) >= LEAST_POSTERIOR
    )


def _model_digest(model: Path) -> str:
    files = sorted(path for path in model.rglob("*") if path.is_file())
    stats = ((path, path.stat()) for path in files)
    return _digest(tuple((str(path), stat.st_size, stat.st_mtime_ns) for path, stat in stats))


@lru_cache(maxsize=4)
def _digest(files: tuple[tuple[str, int, int], ...]) -> str:
    """One digest of all files' bytes; read again only when a size or time changes."""
    total = hashlib.sha256()
    for name, _size, _mtime in files:
        with Path(name).open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()[:16]
