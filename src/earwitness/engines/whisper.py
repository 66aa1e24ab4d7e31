"""faster-whisper: Whisper models on CTranslate2, one chunk at a time.

Decoding is deterministic: beam search alone. Whisper's own way out of a loop is to draw at random
at rising temperatures; CTranslate2 draws from one generator per thread, so that what a chunk says
would depend on what the thread did before. A chunk that loops is decoded once more, with repeated
runs of three tokens forbidden, and the less repetitive reading is kept. Nothing is carried from
chunk to chunk, and chunks are never batched together: neighbours in a batch change the sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from earwitness.core.errors import EngineError, EngineUnavailable, LanguageRefused
from earwitness.core.ports import RATE_HZ, Audio, Chunking, EngineOptions, Readiness
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment, Word
from earwitness.engines import whisper_hub
from earwitness.engines.whisper_loading import Loaded, gpus, load
from earwitness.engines.whisper_models import (
    ENGLISH,
    Located,
    digest,
    languages,
    locate,
    preferred,
)

if TYPE_CHECKING:
    import faster_whisper
    from faster_whisper.transcribe import TranscriptionOptions

CHUNKING: Final = Chunking(
    target_ms=28_000, limit_ms=30_000, join_gap_ms=2_000, pad_ms=300, overlap_ms=2_000
)
"""Whisper looks at 30 s whatever it is given, so chunks are filled; a longer silence invites it to
invent words."""

LOOPING: Final = 2.4
"""Text that zlib packs better than this repeats itself (Radford et al., 2022, section 4.5)."""

ASTRAY_MS: Final = 500
"""A word this far from all detected speech was not said; Whisper's times are about this good."""

SHORTEST_MS: Final = 20
"""Whisper's step of time; it gives some words none."""

_UNSPACED: Final = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
_FULL_SCALE: Final = 32768.0
_SETTINGS: Final = {
    "beam_size": 5,
    "temperature": [0.0],
    "condition_on_previous_text": False,
    "word_timestamps": True,
}


class _SaidWord(Protocol):
    word: str
    start: float
    end: float
    probability: float


class _Said(Protocol):
    words: Sequence[_SaidWord] | None
    compression_ratio: float


class WhisperTranscriber:
    """A loaded model. Threads may share it; they work at the same time up to `workers`."""

    def __init__(self, loaded: Loaded, located: Located, fingerprint: str, note: str = "") -> None:
        """Take over a loaded model; `note` is shown with its name."""
        model = loaded.model
        self._model: faster_whisper.WhisperModel | None = model
        known = languages(located) if model.model.is_multilingual else ENGLISH
        self._languages = frozenset(
            code
            for code in known
            if known == ENGLISH or model.hf_tokenizer.token_to_id(f"<|{code}|>") is not None
        )
        made = f"{located.name}, {loaded.device}{note}"
        self._name = f"faster-whisper {version('faster-whisper')} ({made})"
        self._fingerprint = fingerprint
        # Only the settings are wanted: nothing is decoded before the segments are asked for.
        _, about = model.transcribe(np.zeros(RATE_HZ, np.float32), language="en", **_SETTINGS)
        self._settings: TranscriptionOptions = about.transcription_options

    @property
    def name(self) -> str:
        """For people: version, model, compute type and device."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """Versions, weights digest, settings, device and compute type."""
        return self._fingerprint

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
        if self._model is None:
            raise EngineError("the Whisper model was closed")
        if language is not None and language not in self._languages:
            raise LanguageRefused(
                f"{self._name} does not know {language}",
                hint="choose a multilingual model, such as small",
            )
        samples = np.frombuffer(audio.read(chunk.span, chunk.track), "<i2").astype(np.float32)
        if not chunk.speech or not len(samples):
            return ()
        try:
            heard_in, said = self._decode(self._model, samples / _FULL_SCALE, language)
        except (RuntimeError, ValueError, MemoryError) as error:
            raise EngineError(
                f"faster-whisper failed on the chunk at {chunk.span.start_ms} ms "
                f"({type(error).__name__})",
                hint="a smaller model, or --device cpu, needs less memory",
            ) from error
        return tuple(_heard(said, chunk, heard_in))

    def close(self) -> None:
        """Give the memory back."""
        if self._model is not None:
            self._model.model.unload_model()
        self._model = None

    def _decode(
        self, model: faster_whisper.WhisperModel, samples: NDArray[np.float32], language: str | None
    ) -> tuple[str, list[_Said]]:
        from faster_whisper.audio import pad_or_trim
        from faster_whisper.tokenizer import Tokenizer

        features = model.feature_extractor(samples)
        # The last frame is padding. One encoding serves to name the language and to find words.
        encoded = model.encode(pad_or_trim(features[:, :-1]))
        if self._languages == ENGLISH:
            language = "en"
        elif language is None:
            language = str(model.model.detect_language(encoded)[0][0][0]).strip("<|>")
        tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
        )
        readings: list[list[_Said]] = []
        for no_repeat in (0, 3):
            settings = replace(self._settings, no_repeat_ngram_size=no_repeat)
            found = model.generate_segments(features, tokenizer, settings, False, encoded)
            readings.append(list(found))
            if _repetition(readings[-1]) <= LOOPING:
                break
        return language, min(readings, key=_repetition)


class WhisperFactory:
    """Opens faster-whisper."""

    name = "faster-whisper"
    ability = "transcribe"
    local = True

    def languages(self, options: EngineOptions) -> frozenset[str] | None:
        """What the model knows that would be used; None when there is no such model."""
        try:
            return languages(_located(options))
        except EngineUnavailable:
            return None

    def ready(self, options: EngineOptions) -> Readiness:
        """Whether a model is here, or could be fetched; loads none."""
        try:
            located = _located(options)
        except EngineUnavailable as error:
            return Readiness(False, str(error), error.hint)
        if options.device == "cuda" and not gpus():
            return Readiness(False, "no GPU that CUDA can use was found", "--device cpu")
        if located.path is not None:
            return Readiness(True, f"the Whisper model {located.name} is on this machine")
        if options.offline or not whisper_hub.hub_answers():
            gone = whisper_hub.absent(located.name, offline=options.offline)
            return Readiness(False, str(gone), gone.hint)
        size = f" (about {located.size_mb} MB)" if located.size_mb else ""
        return Readiness(True, f"the Whisper model {located.name} would be fetched once{size}")

    def open(self, options: EngineOptions) -> WhisperTranscriber:
        """Load the model, fetching it first when it is not here and that is allowed.

        Raises:
            EngineUnavailable: If the model, the hub or the device is not there.
            DiskFull: If a model to be fetched finds no room.
        """
        located = _located(options)
        if located.path is None:
            if options.offline:
                raise whisper_hub.absent(located.name, offline=True)
            located = replace(located, path=whisper_hub.pull(located.repo or located.name))
        if options.device != "cpu" and gpus():
            try:
                return _open(located, "cuda", options.workers)
            except EngineUnavailable as error:
                if options.device == "cuda":
                    raise
                return _open(located, "cpu", options.workers, f"; {error}")
        if options.device == "cuda":
            raise EngineUnavailable("no GPU that CUDA can use was found", hint="--device cpu")
        return _open(located, "cpu", options.workers)


def to_fetch(options: EngineOptions) -> Located | None:
    """The model that opening would fetch, for telling its size and showing progress; or None.

    Raises:
        EngineUnavailable: If there is no such model.
    """
    located = _located(options)
    return located if located.path is None else None


def _located(options: EngineOptions) -> Located:
    if options.model is not None:
        return locate(options.model)
    return preferred(gpu=options.device != "cpu" and gpus() > 0)


def _open(located: Located, kind: str, workers: int, note: str = "") -> WhisperTranscriber:
    assert located.path is not None
    loaded = load(located.path, located.name, kind=kind, workers=workers)
    parts = [version("faster-whisper"), version("ctranslate2"), digest(located.path)]
    parts += [str(loaded.device), f"{_SETTINGS} {LOOPING} {ASTRAY_MS}"]
    return WhisperTranscriber(loaded, located, "whisper/1 " + " ".join(parts), note)


def _repetition(segments: Iterable[_Said]) -> float:
    return max((segment.compression_ratio for segment in segments), default=0.0)


def _heard(segments: Iterable[_Said], chunk: Chunk, language: str) -> Iterable[Segment]:
    """Words in session time: in order, inside the chunk, none where nothing was heard."""
    earliest_ms = chunk.span.start_ms
    spaced = language not in _UNSPACED
    for segment in segments:
        words: list[Word] = []
        for found in segment.words or ():
            text = " ".join(found.word.replace("\ufffd", "").split())
            span = _placed(found.start, found.end, earliest_ms, chunk.span)
            if not text or all(span.gap_ms(speech) >= ASTRAY_MS for speech in chunk.speech):
                continue
            glued = not found.word.startswith(" ") and not (spaced and not words)
            confidence = round(min(1.0, max(0.0, float(found.probability))), 3)
            words.append(Word(text, span, confidence, glued))
            earliest_ms = span.start_ms
        if words:
            whole = Span(words[0].span.start_ms, max(word.span.end_ms for word in words))
            yield Segment(whole, tuple(words), language, chunk.track)


def _placed(start_s: float, end_s: float, earliest_ms: int, within: Span) -> Span:
    start_ms = within.start_ms + round(start_s * 1000)
    start_ms = min(max(start_ms, earliest_ms), within.end_ms - 1)
    end_ms = max(within.start_ms + round(end_s * 1000), start_ms + SHORTEST_MS)
    return Span(start_ms, min(end_ms, within.end_ms))
