"""faster-whisper: Whisper models on CTranslate2, one chunk at a time.

A chunk is encoded once and decoded without timestamps, as WhisperX does (Bain et al., 2023); words
are then placed by aligning them with the encoding. faster-whisper's own loop lets the model place
timestamps and encodes again from each of them, up to four times per chunk. If decoding stops
while seconds of speech are left, it goes on from there.

Decoding is deterministic: beam search alone. Whisper's own way out of a loop is to draw at random
at rising temperatures; CTranslate2 draws from one generator per thread, so that what a chunk says
would depend on what the thread did before. A chunk that loops is decoded once more, with repeated
runs of three tokens forbidden, and the less repetitive reading is kept. Nothing is carried from
chunk to chunk, and chunks are never batched together: neighbours in a batch change the sums, and
with one thread per chunk six together took only an eighth less processor time than one by one.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, TypedDict

import numpy as np
from numpy.typing import NDArray

from earwitness.core.errors import EngineError, EngineUnavailable, LanguageRefused, UsageError
from earwitness.core.options import read_options
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
    import ctranslate2
    import faster_whisper
    from faster_whisper.tokenizer import Tokenizer

CHUNKING: Final = Chunking(
    target_ms=28_000, limit_ms=30_000, join_gap_ms=2_000, pad_ms=300, overlap_ms=2_000
)
"""Whisper looks at 30 s whatever it is given, so chunks are filled; in a longer
silence it would invent words."""

LOOPING: Final = 2.4
"""Text that zlib packs better than this repeats itself (Radford et al., 2022, section 4.5)."""

ASTRAY_MS: Final = 500
"""A word this far from all detected speech was not said; Whisper's times are about this good."""

SHORTEST_MS: Final = 20
"""Whisper's step of time; it gives some words none."""

UNHEARD_MS: Final = 2_000
"""Decoding goes on when at least this much detected speech lies behind the last word."""

ADVANCE_MS: Final = 1_000
"""Each further look at a chunk begins at least this much later."""

NO_SPEECH: Final = 0.6
UNLIKELY: Final = -1.0
"""What is probably no speech, and reads less likely than this per token, is left out (ibid.)."""

_UNSPACED: Final = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
_OPENING: Final = "\"'“¿([{-"
_CLOSING: Final = "\"'.。,，!！?？:：”)]}、"
_FULL_SCALE: Final = 32768.0
_PER_MS: Final = RATE_HZ // 1000
_LEAST_SAMPLES: Final = RATE_HZ // 20
_SETTINGS: Final = (
    LOOPING,
    ASTRAY_MS,
    SHORTEST_MS,
    UNHEARD_MS,
    ADVANCE_MS,
    NO_SPEECH,
    UNLIKELY,
)


class _Placed(TypedDict):
    """A word as faster-whisper's alignment gives it, in seconds from the start of the window."""

    word: str
    start: float
    end: float
    probability: float


class _Whole(TypedDict):
    """One window as faster-whisper's alignment takes it, which fills in the words."""

    seek: int
    start: float
    end: float
    tokens: list[int]
    words: list[_Placed]


@dataclass(frozen=True, slots=True)
class WhisperOptions:
    """What can be said to faster-whisper alone."""

    beam_size: int = field(
        default=5, metadata={"help": "Readings kept while decoding; 1 is fastest"}
    )

    def __post_init__(self) -> None:
        """Refuse what no decoder could do."""
        if not 1 <= self.beam_size <= 20:
            raise UsageError("beam_size is 1 to 20", hint="--engine-option beam_size=5")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the decoder made of one window."""

    tokens: list[int]
    repetition: float
    nothing: bool


class WhisperTranscriber:
    """A loaded model. Threads may share it; they work at the same time up to `workers`."""

    def __init__(
        self, loaded: Loaded, located: Located, own: WhisperOptions, note: str = ""
    ) -> None:
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
        assert located.path is not None
        parts = [version("faster-whisper"), version("ctranslate2"), digest(located.path)]
        parts += [str(loaded.device), f"{_SETTINGS}", f"{astuple(own)}"]
        self._fingerprint = "whisper/2 " + " ".join(parts)
        self._own = own
        self._mute = _mute(self._tokenizer(model, "en"))

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
        if not chunk.speech:
            return ()
        try:
            return self._windows(self._model, samples / _FULL_SCALE, chunk, language)
        except (RuntimeError, ValueError, MemoryError) as error:
            raise EngineError(
                f"faster-whisper failed on the chunk at {chunk.span.start_ms} ms "
                f"({type(error).__name__})",
                hint="a smaller model, or --device cpu, needs less memory",
            ) from error

    def close(self) -> None:
        """Give the memory back."""
        if self._model is not None:
            self._model.model.unload_model()
        self._model = None

    def _windows(
        self,
        model: faster_whisper.WhisperModel,
        samples: NDArray[np.float32],
        chunk: Chunk,
        language: str | None,
    ) -> tuple[Segment, ...]:
        """Decode the chunk, then what was left of it, as long as that brings words."""
        segments: list[Segment] = []
        at_ms = 0
        while len(samples) - at_ms * _PER_MS >= _LEAST_SAMPLES:
            language, placed = self._window(model, samples[at_ms * _PER_MS :], language)
            start_ms = chunk.span.start_ms + at_ms
            words = _words(placed, start_ms, chunk, spaced=language not in _UNSPACED)
            if words:
                whole = Span(words[0].span.start_ms, max(word.span.end_ms for word in words))
                segments.append(Segment(whole, words, language, chunk.track))
            heard_ms = start_ms + (round(placed[-1]["end"] * 1000) if placed else 0)
            left = (span.end_ms - max(span.start_ms, heard_ms) for span in chunk.speech)
            if heard_ms - start_ms < ADVANCE_MS or sum(max(0, ms) for ms in left) < UNHEARD_MS:
                break
            at_ms = heard_ms - chunk.span.start_ms
        return tuple(segments)

    def _window(
        self, model: faster_whisper.WhisperModel, samples: NDArray[np.float32], language: str | None
    ) -> tuple[str, list[_Placed]]:
        """The language and the words of at most 30 s."""
        from faster_whisper.audio import pad_or_trim

        features = model.feature_extractor(samples)[:, :-1]  # the last frame is padding
        encoded = model.encode(pad_or_trim(features))
        if self._languages == ENGLISH:
            language = "en"
        elif language is None:
            language = str(model.model.detect_language(encoded)[0][0][0]).strip("<|>")
        tokenizer = self._tokenizer(model, language)
        reading = self._read(model, encoded, tokenizer)
        if reading.nothing:
            return language, []
        whole = _Whole(
            seek=0, start=0.0, end=len(samples) / RATE_HZ, tokens=reading.tokens, words=[]
        )
        frames = min(features.shape[-1], model.feature_extractor.nb_max_frames)
        model.add_word_timestamps(
            [[whole]], tokenizer, encoded, frames, _OPENING, _CLOSING, last_speech_timestamp=0.0
        )
        return language, whole["words"]

    def _read(
        self,
        model: faster_whisper.WhisperModel,
        encoded: ctranslate2.StorageView,
        tokenizer: Tokenizer,
    ) -> _Reading:
        prompt = model.get_prompt(tokenizer, [], without_timestamps=True)
        readings = []
        for no_repeat in (0, 3):
            (result,) = model.model.generate(
                encoded,
                [prompt],
                beam_size=self._own.beam_size,
                no_repeat_ngram_size=no_repeat,
                max_length=model.max_length,
                return_scores=True,
                return_no_speech_prob=True,
                suppress_tokens=self._mute,
            )
            tokens = list(result.sequences_ids[0])
            likely = result.scores[0] * len(tokens) / (len(tokens) + 1)
            nothing = not tokens or (result.no_speech_prob > NO_SPEECH and likely < UNLIKELY)
            readings.append(_Reading(tokens, _repetition(tokenizer.decode(tokens)), nothing))
            if readings[-1].repetition <= LOOPING:
                break
        return min(readings, key=lambda reading: reading.repetition)

    @staticmethod
    def _tokenizer(model: faster_whisper.WhisperModel, language: str) -> Tokenizer:
        from faster_whisper.tokenizer import Tokenizer

        multilingual = model.model.is_multilingual
        return Tokenizer(model.hf_tokenizer, multilingual, task="transcribe", language=language)


class WhisperFactory:
    """Opens faster-whisper."""

    name = "faster-whisper"
    ability = "transcribe"
    local = True
    form = WhisperOptions

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
                return _open(located, "cuda", options)
            except EngineUnavailable as error:
                if options.device == "cuda":
                    raise
                return _open(located, "cpu", options, f"; {error}")
        if options.device == "cuda":
            raise EngineUnavailable("no GPU that CUDA can use was found", hint="--device cpu")
        return _open(located, "cpu", options)


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


def _open(
    located: Located, kind: str, options: EngineOptions, note: str = ""
) -> WhisperTranscriber:
    own = read_options(WhisperOptions, options.own)
    assert located.path is not None
    loaded = load(located.path, located.name, kind=kind, workers=options.workers)
    return WhisperTranscriber(loaded, located, own, note)


def _mute(tokenizer: Tokenizer) -> list[int]:
    """Tokens that are never said: notes, brackets, marks of speakers, and the special ones."""
    from faster_whisper.transcribe import get_suppressed_tokens

    return list(get_suppressed_tokens(tokenizer, [-1]))


def _repetition(text: str) -> float:
    """How often zlib packs a text into its own length."""
    said = text.strip().encode()
    return len(said) / len(zlib.compress(said))


def _words(
    placed: Sequence[_Placed], start_ms: int, chunk: Chunk, *, spaced: bool
) -> tuple[Word, ...]:
    """Words in session time: in order, inside the chunk, none where nobody spoke."""
    words: list[Word] = []
    earliest_ms = start_ms
    for found in placed:
        text = " ".join(found["word"].replace("\ufffd", "").split())
        begin_ms = min(
            max(start_ms + round(found["start"] * 1000), earliest_ms), chunk.span.end_ms - 1
        )
        end_ms = max(start_ms + round(found["end"] * 1000), begin_ms + SHORTEST_MS)
        span = Span(begin_ms, min(end_ms, chunk.span.end_ms))
        if not text or all(span.gap_ms(speech) >= ASTRAY_MS for speech in chunk.speech):
            continue
        glued = not found["word"].startswith(" ") and not (spaced and not words)
        confidence = round(min(1.0, max(0.0, float(found["probability"]))), 3)
        words.append(Word(text, span, confidence, glued))
        earliest_ms = begin_ms
    return tuple(words)
