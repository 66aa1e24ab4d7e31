"""Decoding: what a loaded Whisper model makes of one chunk, window by window.

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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict

import numpy as np
from numpy.typing import NDArray

from earwitness.core.ports import RATE_HZ, Chunking
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment, Word
from earwitness.engines.whisper_loading import Loaded
from earwitness.engines.whisper_models import ENGLISH

if TYPE_CHECKING:
    import ctranslate2
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
_PER_MS: Final = RATE_HZ // 1000
_LEAST_SAMPLES: Final = RATE_HZ // 20
SETTINGS: Final = (
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
class _Reading:
    """What the decoder made of one window."""

    tokens: list[int]
    repetition: float
    nothing: bool


@dataclass(frozen=True, slots=True)
class How:
    """How a chunk is decoded.

    Attributes:
        beam: Readings kept.
        prompt: Tokens given as if they had been said before.
        among: Languages that may be found; empty: any.
    """

    beam: int
    prompt: tuple[int, ...] = ()
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoken:
    """The language a chunk sounds most like, and how sure the model is, 0 to 1."""

    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a chunk says.

    Attributes:
        segments: Without a word about their language.
        language: In which it was read.
        spoken: What it sounds like; None: the model knows one language, or nothing was decoded.
    """

    segments: tuple[Segment, ...]
    language: str
    spoken: Spoken | None


class Decoder:
    """A loaded model at work; keeps nothing from chunk to chunk, so that threads may share it."""

    def __init__(self, loaded: Loaded, known: frozenset[str]) -> None:
        """Take a loaded model, and the languages its kind knows."""
        model = loaded.model
        known = known if model.model.is_multilingual else ENGLISH
        self._model = model
        self.languages = frozenset(
            code
            for code in known
            if known == ENGLISH or model.hf_tokenizer.token_to_id(f"<|{code}|>") is not None
        )
        self._mute = _mute(self._tokenizer("en"))

    @property
    def prompt_limit(self) -> int:
        """Tokens of what came before that the model reads."""
        return int(self._model.max_length) // 2 - 1

    def encode(self, text: str) -> list[int]:
        """Text as the model's tokens."""
        return list(self._tokenizer("en").encode(text))

    def close(self) -> None:
        """Give the memory back."""
        self._model.model.unload_model()

    def decode(
        self, samples: NDArray[np.float32], chunk: Chunk, language: str | None, how: How
    ) -> Decoded:
        """Decode the chunk, then what was left of it, as long as that brings words.

        Args:
            samples: Of the chunk, -1 to 1.
            chunk: Where it lies, and where in it anyone speaks.
            language: In which it is read; None: the one it sounds most like.
            how: Beam, prompt and languages.
        """
        segments: list[Segment] = []
        spoken: Spoken | None = None
        at_ms = 0
        while len(samples) - at_ms * _PER_MS >= _LEAST_SAMPLES:
            window = samples[at_ms * _PER_MS :]
            encoded, frames = self._encode(window)
            if at_ms == 0:
                spoken = self._spoken(encoded, how.among)
            language = language or (spoken.code if spoken else "en")
            placed = self._window(encoded, frames, len(window), language, how)
            start_ms = chunk.span.start_ms + at_ms
            words = _words(placed, start_ms, chunk, spaced=language not in _UNSPACED)
            if words:
                whole = Span(words[0].span.start_ms, max(word.span.end_ms for word in words))
                segments.append(Segment(whole, words, track=chunk.track))
            heard_ms = start_ms + (round(placed[-1]["end"] * 1000) if placed else 0)
            left = (span.end_ms - max(span.start_ms, heard_ms) for span in chunk.speech)
            if heard_ms - start_ms < ADVANCE_MS or sum(max(0, ms) for ms in left) < UNHEARD_MS:
                break
            at_ms = heard_ms - chunk.span.start_ms
        return Decoded(tuple(segments), language or "en", spoken)

    def _encode(self, samples: NDArray[np.float32]) -> tuple[ctranslate2.StorageView, int]:
        """At most 30 s as the decoder takes it, and how many frames of them are sound."""
        from faster_whisper.audio import pad_or_trim

        model = self._model
        features = model.feature_extractor(samples)[:, :-1]  # the last frame is padding
        frames = min(features.shape[-1], model.feature_extractor.nb_max_frames)
        return model.encode(pad_or_trim(features)), frames

    def _spoken(self, encoded: ctranslate2.StorageView, among: tuple[str, ...]) -> Spoken | None:
        if self.languages == ENGLISH:
            return None
        found = [
            (str(token).strip("<|>"), float(share))
            for token, share in self._model.model.detect_language(encoded)[0]
        ]
        if among:
            found = [each for each in found if each[0] in among] or found[:1]
            whole = sum(share for _, share in found) or 1.0
            found = [(code, share / whole) for code, share in found]
        code, share = max(found, key=lambda each: each[1])
        return Spoken(code, min(1.0, share))

    def _window(
        self,
        encoded: ctranslate2.StorageView,
        frames: int,
        samples: int,
        language: str,
        how: How,
    ) -> list[_Placed]:
        """The words of at most 30 s."""
        tokenizer = self._tokenizer(language)
        reading = self._read(encoded, tokenizer, how)
        if reading.nothing:
            return []
        whole = _Whole(seek=0, start=0.0, end=samples / RATE_HZ, tokens=reading.tokens, words=[])
        self._model.add_word_timestamps(
            [[whole]], tokenizer, encoded, frames, _OPENING, _CLOSING, last_speech_timestamp=0.0
        )
        return whole["words"]

    def _read(self, encoded: ctranslate2.StorageView, tokenizer: Tokenizer, how: How) -> _Reading:
        model = self._model
        prompt = model.get_prompt(tokenizer, list(how.prompt), without_timestamps=True)
        readings = []
        for no_repeat in (0, 3):
            (result,) = model.model.generate(
                encoded,
                [prompt],
                beam_size=how.beam,
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

    def _tokenizer(self, language: str) -> Tokenizer:
        from faster_whisper.tokenizer import Tokenizer

        multilingual = self._model.model.is_multilingual
        return Tokenizer(self._model.hf_tokenizer, multilingual, "transcribe", language)


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
