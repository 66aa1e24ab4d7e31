"""faster-whisper: Whisper models on CTranslate2, one chunk at a time; see `whisper_decoding`.

When memory runs out on a chunk, the others are waited for and it is tried alone, which changes
nothing of what it says; then with a beam of one; then, only if that was allowed, with a smaller
model that is on this machine. What was heard with less than was asked for says so.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from earwitness.core.errors import EngineError, EngineUnavailable, LanguageRefused
from earwitness.core.options import read_options
from earwitness.core.ports import Audio, Chunking, EngineOptions, Readiness
from earwitness.core.speech import Chunk, Heard, Remark, Segment
from earwitness.engines import whisper_hub
from earwitness.engines.libraries import version_of
from earwitness.engines.machine import out_of_memory
from earwitness.engines.whisper_decoding import CHUNKING, SETTINGS, Decoded, Decoder, How
from earwitness.engines.whisper_fit import Fitting, choose, smaller_than
from earwitness.engines.whisper_loading import NotEnoughMemory, gpus, load
from earwitness.engines.whisper_memory import Gate
from earwitness.engines.whisper_models import Located, digest, languages, locate
from earwitness.engines.whisper_options import Prompt, WhisperOptions, prompt_of

PLAIN_MS: Final = 3_000
"""A chunk with less speech than this says little about its language."""

_FULL_SCALE: Final = 32768.0


@dataclass(frozen=True, slots=True)
class Setup:
    """What a transcriber was opened with.

    Attributes:
        located: Its model, on this machine.
        options: Of the user.
        own: Those for this engine alone.
        instead_of: The model that was wanted and found no memory; None: this is the one.
        why: Why this model or device, for people; empty when it was named.
    """

    located: Located
    options: EngineOptions
    own: WhisperOptions
    instead_of: str | None = None
    why: str = ""


class WhisperTranscriber:
    """A loaded model. Threads may share it; they work at the same time up to `workers`."""

    def __init__(self, setup: Setup, kind: str) -> None:
        """Load the model.

        Raises:
            EngineUnavailable: If the files, the device or its libraries do not serve.
            UsageError: The prompt is too long.
        """
        located, own = setup.located, setup.own
        assert located.path is not None
        loaded = load(
            located.path,
            located.name,
            kind=kind,
            workers=setup.options.workers,
            compute=own.compute_type,
        )
        self._setup = setup
        self._kind = kind
        self._device = loaded.device
        self._decoder: Decoder | None = Decoder(loaded, languages(located))
        self._prompt = prompt_of(
            setup.options.vocabulary,
            own,
            encode=self._decoder.encode,
            limit=self._decoder.prompt_limit,
        )
        self._how = How(own.beam_size, self._prompt.tokens, own.languages)
        self._weights = digest(located.path)
        self._gate = Gate()
        self._lock = threading.Lock()
        self._smaller: WhisperTranscriber | None = None

    @property
    def name(self) -> str:
        """For people: version, model, why, compute type and device, and what it was told."""
        told = [f"{self._setup.located.name}, {self._device}", self._setup.why]
        told.append(_told(self._prompt))
        made = "; ".join(part for part in told if part)
        return f"faster-whisper {version_of('faster-whisper')} ({made})"

    @property
    def fingerprint(self) -> str:
        """Versions, weights digest, settings, options, prompt, device and compute type."""
        own = self._setup.own
        parts = [version_of("faster-whisper"), version_of("ctranslate2"), self._weights]
        parts += [str(self._device), f"{SETTINGS}", f"{own.beam_size} {own.languages}"]
        parts += [f"{own.language_confidence} {own.other_language}", self._prompt.digest]
        return "whisper/3 " + " ".join(parts)

    @property
    def chunking(self) -> Chunking:
        """Full windows of 30 s."""
        return CHUNKING

    def transcribe(self, audio: Audio, chunk: Chunk, language: str | None) -> tuple[Segment, ...]:
        """Words of one chunk; without a language, the one the chunk sounds most like.

        Raises:
            LanguageRefused: When the model does not know the language.
            EngineError: When the model fails on this chunk.
        """
        return self.hear(audio, chunk, language).segments

    def hear(self, audio: Audio, chunk: Chunk, language: str | None) -> Heard:
        """As `transcribe`, with remarks on memory that ran out and on languages.

        Raises:
            LanguageRefused: When the model does not know the language.
            EngineError: When the model fails on this chunk.
        """
        decoder = self._decoder
        if decoder is None:
            raise EngineError("the Whisper model was closed")
        if language is not None and language not in decoder.languages:
            raise LanguageRefused(
                f"{self._setup.located.name} does not know {language}",
                hint="choose a multilingual model, such as small",
            )
        if not chunk.speech:
            return Heard(())
        sound = np.frombuffer(audio.read(chunk.span, chunk.track), "<i2").astype(np.float32)
        sound /= _FULL_SCALE
        error: Exception | None = None
        for less, others, how in self._tries(decoder):
            try:
                with self._gate():
                    decoded = others.decode(sound, chunk, language, how)
                return self._heard(decoded, chunk, language, less)
            except (RuntimeError, ValueError, MemoryError) as failure:
                error = failure
                if not out_of_memory(failure):
                    break
        raise _failed(chunk, error) from error

    def close(self) -> None:
        """Give the memory back."""
        if self._decoder is not None:
            self._decoder.close()
        self._decoder = None
        with self._lock:
            if self._smaller is not None:
                self._smaller.close()

    def _tries(self, decoder: Decoder) -> Iterator[tuple[str, Decoder, How]]:
        """Ways to decode a chunk, each needing less memory than the one before."""
        yield "", decoder, self._how
        if not self._gate.narrowed:
            self._gate.narrow()
        yield "", decoder, self._how
        narrow = replace(self._how, beam=1)
        if self._how.beam > 1:
            yield "a beam of 1", decoder, narrow
        smaller = self._open_smaller()
        if smaller is not None and smaller._decoder is not None:
            yield f"the model {smaller._setup.located.name}", smaller._decoder, smaller._how

    def _open_smaller(self) -> WhisperTranscriber | None:
        """A smaller model that is here, if that is allowed; loaded once."""
        setup = self._setup
        if not setup.own.allow_smaller:
            return None
        with self._lock:
            if self._smaller is not None:
                return self._smaller
            for located in smaller_than(setup.located):
                try:
                    self._smaller = WhisperTranscriber(
                        replace(setup, located=located, why=""), self._kind
                    )
                except EngineUnavailable:
                    continue
                return self._smaller
        return None

    def _heard(self, decoded: Decoded, chunk: Chunk, language: str | None, less: str) -> Heard:
        """The words with their language, and what readers must know."""
        remarks = []
        if self._setup.instead_of is not None:
            less = less or f"the model {self._setup.located.name}"
        if less:
            remarks.append(Remark(chunk.span, "fallback", less))
        own, spoken = self._setup.own, decoded.spoken
        shown: str | None = decoded.language
        if language is None and spoken is not None and spoken.confidence < own.language_confidence:
            shown = None
        speech_ms = sum(span.duration_ms for span in chunk.speech)
        if (
            language is not None
            and spoken is not None
            and spoken.code != language
            and spoken.confidence >= own.other_language
            and speech_ms >= PLAIN_MS
        ):
            remarks.append(Remark(chunk.span, "language", spoken.code))
        segments = tuple(replace(segment, language=shown) for segment in decoded.segments)
        return Heard(segments, tuple(remarks))


class WhisperFactory:
    """Opens faster-whisper."""

    name = "faster-whisper"
    ability = "transcribe"
    local = True
    form = WhisperOptions

    def languages(self, options: EngineOptions) -> frozenset[str] | None:
        """What the model knows that would be used; None when there is no such model."""
        try:
            return languages(_fitting(options).located)
        except EngineUnavailable:
            return None

    def ready(self, options: EngineOptions) -> Readiness:
        """Whether a model is here, or could be fetched; loads none."""
        try:
            fitting = _fitting(options)
        except EngineUnavailable as error:
            return Readiness(False, str(error), error.hint)
        located = fitting.located
        if options.device == "cuda" and not gpus():
            return Readiness(False, "no GPU that CUDA can use was found", "--device cpu")
        why = f"; {fitting.why}" if fitting.why else ""
        if located.path is not None:
            return Readiness(True, f"the Whisper model {located.name} is on this machine{why}")
        if options.offline or not whisper_hub.hub_answers(options.services):
            gone = whisper_hub.absent(located.name, offline=options.offline)
            return Readiness(False, str(gone), gone.hint)
        size = f" (about {located.size_mb} MB)" if located.size_mb else ""
        told = f"the Whisper model {located.name} would be fetched once{size}{why}"
        return Readiness(True, told)

    def open(self, options: EngineOptions) -> WhisperTranscriber:
        """Load the model, fetching it first when it is not here and that is allowed.

        Raises:
            EngineUnavailable: If the model, the hub or the device is not there.
            DiskFull: If a model to be fetched finds no room.
            UsageError: An option makes no sense.
        """
        own = read_options(WhisperOptions, options.own)
        fitting = _fitting(options)
        located = fitting.located
        if located.path is None:
            if options.offline:
                raise whisper_hub.absent(located.name, offline=True)
            name = located.repo or located.name
            located = replace(located, path=whisper_hub.pull(name, services=options.services))
        setup = Setup(located, options, own, why=fitting.why)
        try:
            return _on_a_device(setup)
        except NotEnoughMemory:
            for smaller in smaller_than(located) if own.allow_smaller else ():
                why = f"{located.name} found no memory"
                instead = replace(setup, located=smaller, instead_of=located.name, why=why)
                try:
                    return _on_a_device(instead)
                except NotEnoughMemory:
                    continue
            raise


def to_fetch(options: EngineOptions) -> Located | None:
    """The model that opening would fetch, for telling its size and showing progress; or None.

    Raises:
        EngineUnavailable: If there is no such model.
    """
    located = _fitting(options).located
    return located if located.path is None else None


def _fitting(options: EngineOptions) -> Fitting:
    if options.model is not None:
        return Fitting(locate(options.model), "")
    return choose(gpu=options.device != "cpu" and gpus() > 0)


def _on_a_device(setup: Setup) -> WhisperTranscriber:
    """On the GPU if there is one and it serves; what keeps it from serving is told."""
    device = setup.options.device
    if device != "cpu" and gpus():
        try:
            return WhisperTranscriber(setup, "cuda")
        except EngineUnavailable as error:
            if device == "cuda":
                raise
            why = "; ".join(part for part in (setup.why, str(error)) if part)
            return WhisperTranscriber(replace(setup, why=why), "cpu")
    if device == "cuda":
        raise EngineUnavailable("no GPU that CUDA can use was found", hint="--device cpu")
    return WhisperTranscriber(setup, "cpu")


def _told(prompt: Prompt) -> str:
    """How much of the vocabulary the model was given."""
    count = prompt.fitting + prompt.left_out
    if not count:
        return ""
    if prompt.left_out:
        return f"{prompt.fitting} of {count} names and terms fit its prompt"
    return f"{count} names and terms"


def _failed(chunk: Chunk, error: Exception | None) -> EngineError:
    """What went wrong, without what CTranslate2 said: that may name private folders."""
    if error is not None and out_of_memory(error):
        return EngineError(
            f"memory ran out on the chunk at {chunk.span.start_ms} ms",
            hint="--model with a smaller one, or --engine-option allow_smaller=yes",
        )
    return EngineError(
        f"faster-whisper failed on the chunk at {chunk.span.start_ms} ms ({type(error).__name__})",
        hint="a smaller model, or --device cpu, needs less memory",
    )
