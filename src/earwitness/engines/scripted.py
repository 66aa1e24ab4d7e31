"""scripted: a transcriber that hears what a script says; for tests, and for trying out runs.

The script is a JSON file, given as the model:

    {"words": [{"text": "hello", "start_ms": 0, "end_ms": 400}], "language": "en", "wait_ms": 0}

`confidence` of a word, `language`, `wait_ms` (per chunk, so that a run can be stopped in its midst)
and `work_ms` (processor time per chunk, so that it can be made slower) may be left out. Without a
script a word is heard for every half second of speech, the same for the same sound.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from earwitness.core.errors import EngineError, EngineUnavailable
from earwitness.core.options import NoOptions
from earwitness.core.ports import Audio, Chunking, EngineOptions, Readiness
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment, Word

BEAT_MS: Final = 500
SYLLABLES: Final = ("ba", "do", "fi", "ke", "lu", "mo", "ni", "pa", "ro", "se", "ta", "vu")
_MEND: Final = "see earwitness/engines/scripted.py for what a script looks like"


@dataclass(frozen=True, slots=True)
class Script:
    """What is heard.

    Attributes:
        words: In order of time.
        language: Of all of them.
        wait_ms: How long each chunk takes at least.
        work_ms: Processor time that each chunk takes at least.
        digest: Of the file.
    """

    words: tuple[Word, ...]
    language: str | None
    wait_ms: int
    work_ms: int
    digest: str


class ScriptedTranscriber:
    """Hears the words of its script, or a word on every beat of speech."""

    chunking = Chunking(target_ms=5_000, limit_ms=8_000, overlap_ms=1_000)

    def __init__(self, script: Script | None) -> None:
        """Hear `script`, or beats."""
        self._script = script
        self._closed = threading.Event()

    @property
    def name(self) -> str:
        """For people."""
        return "scripted (not real)"

    @property
    def fingerprint(self) -> str:
        """Code version and digest of the script."""
        return f"scripted/1 {self._script.digest if self._script else 'beats'}"

    def transcribe(self, audio: Audio, chunk: Chunk, language: str | None) -> tuple[Segment, ...]:
        """Words whose middle lies in the chunk, cut at its edges.

        Raises:
            EngineError: When it was closed.
        """
        waits_s = self._script.wait_ms / 1000 if self._script else 0.0
        if self._closed.wait(waits_s):
            raise EngineError("the transcriber was closed")
        if self._script:
            _toil(self._script.work_ms)
        words = self._script_words(chunk) if self._script else _beats(audio, chunk)
        if not words:
            return ()
        spoken = self._script.language if self._script else language
        return (Segment(words[0].span | words[-1].span, words, spoken, chunk.track),)

    def close(self) -> None:
        """End all waiting."""
        self._closed.set()

    def _script_words(self, chunk: Chunk) -> tuple[Word, ...]:
        assert self._script is not None
        return tuple(
            Word(word.text, inside, word.confidence)
            for word in self._script.words
            if word.span.middle_ms in chunk.span and (inside := word.span & chunk.span)
        )


class ScriptedFactory:
    """Registers the double; never chosen but by name."""

    name = "scripted"
    ability = "transcribe"
    local = True
    form = NoOptions

    def languages(self, _options: EngineOptions) -> frozenset[str] | None:
        """None: any."""
        return None

    def ready(self, options: EngineOptions) -> Readiness:
        """Whether the script, if one is named, is there."""
        if options.model is not None and not Path(options.model).is_file():
            return Readiness(False, "there is no such script", _MEND)
        return Readiness(True, "hears a script, not the sound")

    def open(self, options: EngineOptions) -> ScriptedTranscriber:
        """Read the script.

        Raises:
            EngineUnavailable: When it is missing or is not a script.
        """
        if options.model is None:
            return ScriptedTranscriber(None)
        readiness = self.ready(options)
        if not readiness.ok:
            raise EngineUnavailable(readiness.why, hint=readiness.hint)
        return ScriptedTranscriber(read_script(Path(options.model)))


def read_script(path: Path) -> Script:
    """The script in a file.

    Raises:
        EngineUnavailable: When it is not a script.
    """
    raw = path.read_bytes()
    try:
        told = json.loads(raw)
        words = [
            Word(str(one["text"]), Span(one["start_ms"], one["end_ms"]), one.get("confidence"))
            for one in told["words"]
        ]
        language = told.get("language")
        wait_ms, work_ms = int(told.get("wait_ms", 0)), int(told.get("work_ms", 0))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise EngineUnavailable("the script cannot be read", hint=_MEND) from error
    words.sort(key=lambda word: word.span)
    return Script(tuple(words), language, wait_ms, work_ms, hashlib.sha256(raw).hexdigest()[:16])


def _toil(work_ms: int) -> None:
    """Use so much processor time of this thread."""
    until_s = time.thread_time() + work_ms / 1000
    while time.thread_time() < until_s:
        pass


def _beats(audio: Audio, chunk: Chunk) -> tuple[Word, ...]:
    """A word for each beat of the session whose middle is speech; two chunks hear the same."""
    first = -(-chunk.span.start_ms // BEAT_MS)
    beats = (
        Span(number * BEAT_MS, (number + 1) * BEAT_MS)
        for number in range(first, chunk.span.end_ms // BEAT_MS)
    )
    return tuple(
        Word(_named(audio.read(beat, chunk.track)), beat)
        for beat in beats
        if any(beat.middle_ms in speech for speech in chunk.speech)
    )


def _named(sound: bytes) -> str:
    digest = hashlib.sha256(sound).digest()
    return "".join(SYLLABLES[value % len(SYLLABLES)] for value in digest[:3])
