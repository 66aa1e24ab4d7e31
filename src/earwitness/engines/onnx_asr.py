"""onnx-asr: NVIDIA's Parakeet and Canary on ONNX Runtime, without torch; one chunk at a time.

A chunk is decoded alone and greedily, so that it depends on nothing else. Parakeet gives each
token the frame it was heard in (80 ms); words begin with their first token. Canary gives none, so
its words are laid along the detected speech: good for reading, poor for subtitles.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from earwitness.core.errors import EngineError, EngineUnavailable, LanguageRefused, UsageError
from earwitness.core.options import read_options
from earwitness.core.ports import RATE_HZ, Audio, Chunking, EngineOptions, Readiness
from earwitness.core.speech import Chunk, Segment
from earwitness.engines import model_hub
from earwitness.engines.libraries import broken, has, missing, version_of
from earwitness.engines.machine import out_of_memory, threads
from earwitness.engines.onnx_asr_models import ENGLISH, Chosen, Kind, choose, files_of
from earwitness.engines.placing import Found, segment, spread

if TYPE_CHECKING:
    from onnx_asr.adapters import TimestampedResultsAsrAdapter

CODE_VERSION: Final = 1
"""Raised when this file changes what is heard."""
TIMED: Final = Chunking(
    target_ms=24_000, limit_ms=30_000, join_gap_ms=2_000, pad_ms=300, overlap_ms=2_000
)
UNTIMED: Final = Chunking(
    target_ms=8_000, limit_ms=20_000, join_gap_ms=600, pad_ms=200, overlap_ms=2_000
)
"""Where words get estimated times, short chunks keep the error small."""
TAIL_S: Final = 0.24
"""A token is known by the frame it begins in; a word's last one lasts at most this long."""
_FULL_SCALE: Final = 32768.0
_LEAST_SAMPLES: Final = RATE_HZ // 10
_CPU: Final = "CPUExecutionProvider"
_CUDA: Final = "CUDAExecutionProvider"
_NO_CUDA: Final = "this ONNX Runtime computes on the processor only"
_CUDA_HINT: Final = "pip install onnxruntime-gpu in place of onnxruntime, or --device cpu"
_BROKEN_HINT: Final = "pip install --force-reinstall 'earwitness[onnx-asr]'"
_MEMORY_HINT: Final = "--engine-option onnx-asr.quantization=int8 needs a quarter, or --device cpu"


@dataclass(frozen=True, slots=True)
class OnnxAsrOptions:
    """What can be said to onnx-asr."""

    quantization: Literal["int8"] | None = field(
        default=None, metadata={"help": "Smaller and faster on a processor, a little worse"}
    )
    kind: Kind | None = field(
        default=None, metadata={"help": "Kind of a model in a folder of your own"}
    )
    languages: str | None = field(
        default=None, metadata={"help": "Codes that a model in a folder of your own knows"}
    )


class OnnxAsrTranscriber:
    """A loaded model; threads may share it."""

    def __init__(
        self, model: TimestampedResultsAsrAdapter, chosen: Chosen, device: str, fingerprint: str
    ) -> None:
        """Take over a loaded model."""
        self._model: TimestampedResultsAsrAdapter | None = model
        self._chosen = chosen
        self._fingerprint = fingerprint
        self._name = f"onnx-asr {version_of('onnx-asr')} ({chosen.name}, {device})"

    @property
    def name(self) -> str:
        """For people: version, model and device."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """Versions, weights digest, options and device."""
        return self._fingerprint

    @property
    def chunking(self) -> Chunking:
        """Long chunks where the model gives times, short ones where it does not."""
        return UNTIMED if self._chosen.kind == "nemo-conformer-aed" else TIMED

    def transcribe(self, audio: Audio, chunk: Chunk, language: str | None) -> tuple[Segment, ...]:
        """Words of one chunk.

        Raises:
            LanguageRefused: When the model does not know the language, or must be told it.
            EngineError: When the model fails on this chunk.
        """
        model, known = self._model, self._chosen.languages
        if model is None:
            raise EngineError("the onnx-asr model was closed")
        if language is not None and known is not None and language not in known:
            raise LanguageRefused(
                f"{self._chosen.name} does not know {language}",
                hint="--model parakeet-tdt-0.6b-v3 knows 25 languages; Whisper knows most",
            )
        if language is None and self._chosen.kind == "nemo-conformer-aed" and known != ENGLISH:
            raise LanguageRefused(
                f"{self._chosen.name} must be told the language", hint="e.g. --language nl"
            )
        sound = audio.read(chunk.span, chunk.track) if chunk.speech else b""
        samples = np.frombuffer(sound, "<i2").astype(np.float32) / _FULL_SCALE
        if len(samples) < _LEAST_SAMPLES:
            return ()
        told = {"language": language} if self._chosen.kind == "nemo-conformer-aed" else {}
        try:
            heard = model.recognize(samples, **told)
        except _errors() as error:
            raise _failed(error, chunk) from error
        likely = _likely(heard.logprobs)
        if heard.tokens is None or heard.timestamps is None:
            found = spread(heard.text, chunk, likely)
        else:
            found = list(_words(heard.tokens, heard.timestamps, heard.logprobs))
        return segment(found, chunk, "en" if known == ENGLISH else language)

    def close(self) -> None:
        """Give the memory back."""
        self._model = None


class OnnxAsrFactory:
    """Registers onnx-asr; imports nothing of it."""

    name = "onnx-asr"
    ability = "transcribe"
    local = True
    form: type = OnnxAsrOptions
    needs = (
        "library: pip install 'earwitness[onnx-asr]'",
        "model: Parakeet (2.5 GB, 0.6 GB as int8) or Canary (4 GB, 1 GB), fetched once; no token",
        "device: the processor, or a GPU with onnxruntime-gpu",
    )

    def languages(self, options: EngineOptions) -> frozenset[str] | None:
        """What the model knows that would be used; None when nobody knows."""
        try:
            return _chosen(options).languages
        except (EngineUnavailable, UsageError):
            return None

    def ready(self, options: EngineOptions) -> Readiness:
        """Whether library, model and device are there; loads nothing."""
        gone = missing("onnx_asr", "onnx-asr")
        if gone is not None:
            return gone
        try:
            chosen = _chosen(options)
        except (EngineUnavailable, UsageError) as error:
            return Readiness(False, str(error), error.hint)
        if options.device == "cuda" and not has("onnxruntime-gpu"):
            return Readiness(False, _NO_CUDA, _CUDA_HINT)
        if chosen.hub is None or model_hub.here(chosen.hub) is not None:
            return Readiness(True, f"the model {chosen.name} is on this machine")
        if options.offline:
            gone_model = model_hub.absent(chosen.hub, offline=True)
            return Readiness(False, str(gone_model), gone_model.hint)
        size = f"about {chosen.hub.size_mb} MB"
        return Readiness(True, f"the model {chosen.name} would be fetched once ({size})")

    def open(self, options: EngineOptions) -> OnnxAsrTranscriber:
        """Load the model, fetching it first when it is not here and that is allowed.

        Raises:
            EngineUnavailable: With the hint that mends it.
            DiskFull: If a model to be fetched finds no room.
        """
        readiness = self.ready(options)
        if not readiness.ok:
            raise EngineUnavailable(readiness.why, hint=readiness.hint)
        own = read_options(OnnxAsrOptions, options.own)
        chosen = _chosen(options)
        folder = chosen.folder
        if folder is None:
            assert chosen.hub is not None
            folder = model_hub.fetch(chosen.hub, token=options.hub_token, services=options.services)
        device = _device(options)
        model = _load(chosen, folder, own.quantization, device, threads(options.workers))
        kinds = (*files_of(chosen.kind, own.quantization), "config.json", "*.data")
        weights = model_hub.digest({path for kind in kinds for path in folder.glob(kind)})
        parts = [version_of("onnx-asr"), version_of("onnxruntime"), weights, chosen.kind, device]
        fingerprint = f"onnx-asr/{CODE_VERSION} " + " ".join(parts)
        return OnnxAsrTranscriber(model, replace(chosen, folder=folder), device, fingerprint)


def _chosen(options: EngineOptions) -> Chosen:
    own = read_options(OnnxAsrOptions, options.own)
    return choose(
        options.model, kind=own.kind, languages=own.languages, quantization=own.quantization
    )


def _device(options: EngineOptions) -> str:
    """`cpu` or `cuda`.

    Raises:
        EngineUnavailable: A GPU is asked for and ONNX Runtime cannot use one.
    """
    if options.device == "cpu":
        return "cpu"
    import onnxruntime

    if _CUDA in onnxruntime.get_available_providers():
        return "cuda"
    if options.device == "cuda":
        raise EngineUnavailable(_NO_CUDA, hint=_CUDA_HINT)
    return "cpu"


def _load(
    chosen: Chosen, folder: Path, quantization: str | None, device: str, at_once: int
) -> TimestampedResultsAsrAdapter:
    """The model in memory.

    Raises:
        EngineUnavailable: Its files, the device or the library do not serve.
    """
    try:
        import onnx_asr
        import onnxruntime
    except (ImportError, OSError) as error:
        raise broken("onnx_asr", error, hint=_BROKEN_HINT) from error
    session = onnxruntime.SessionOptions()
    session.intra_op_num_threads = at_once
    session.log_severity_level = 4
    providers = [_CUDA, _CPU] if device == "cuda" else [_CPU]
    try:
        model = onnx_asr.load_model(
            chosen.kind,
            folder,
            quantization=quantization,
            sess_options=session,
            providers=providers,
            # The model alone goes to the GPU: what is done before it is quick anywhere.
            preprocessor_config={"use_numpy_preprocessors": True},
        )
    except _errors() as error:
        raise _unusable(error, chosen.name) from error
    used = {
        part.get_providers()[0]
        for part in vars(model.asr).values()
        if isinstance(part, onnxruntime.InferenceSession)
    }
    if device == "cuda" and _CUDA not in used:  # ONNX Runtime falls back without a word
        raise EngineUnavailable(
            "ONNX Runtime could not start on the GPU: its CUDA libraries are missing or too old",
            hint=_CUDA_HINT,
        )
    return model.with_timestamps()


def _errors() -> tuple[type[Exception], ...]:
    """What ONNX Runtime and onnx-asr raise; ONNX Runtime's errors have no base of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    theirs: list[type[Exception]] = [
        kind
        for kind in vars(state).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    return (*theirs, RuntimeError, ValueError, KeyError, OSError, MemoryError, AssertionError)


def _unusable(error: Exception, name: str) -> EngineUnavailable:
    """What the libraries said, as an error of ours; their own texts name folders."""
    if out_of_memory(error):
        return EngineUnavailable(
            f"there is not enough memory for the model {name}", hint=_MEMORY_HINT
        )
    if "cuda" in str(error).lower():
        return EngineUnavailable(
            "ONNX Runtime could not start on the GPU: its CUDA libraries are missing or too old",
            hint=_CUDA_HINT,
        )
    return EngineUnavailable(
        f"the model {name} cannot be loaded: its files are broken or of another kind",
        hint="remove its folder and let it be fetched again; for one of your own: "
        "--engine-option onnx-asr.kind=...",
    )


def _failed(error: Exception, chunk: Chunk) -> EngineError:
    why = "ran out of memory" if out_of_memory(error) else f"failed ({type(error).__name__})"
    return EngineError(
        f"onnx-asr {why} on the chunk at {chunk.span.start_ms} ms", hint=_MEMORY_HINT
    )


def _words(
    tokens: Sequence[str], times_s: Sequence[float], logprobs: Sequence[float] | None
) -> Iterator[Found]:
    """Words of tokens: one begins where a token begins with a space."""
    groups: list[list[int]] = []
    fresh = True
    for index, token in enumerate(tokens):
        fresh = fresh or token[:1].isspace()
        if not token.strip():
            continue  # a space of its own: the next token begins a word
        if fresh:
            groups.append([])
        groups[-1].append(index)
        fresh = False
    for number, group in enumerate(groups):
        said = [index for index in group if any(map(str.isalnum, tokens[index]))] or group
        end_s = times_s[said[-1]] + TAIL_S
        if number + 1 < len(groups):
            end_s = min(end_s, times_s[groups[number + 1][0]])
        likely = _likely([logprobs[index] for index in group]) if logprobs else None
        text = "".join(tokens[index] for index in group)
        yield Found(text, times_s[group[0]], end_s, likely)


def _likely(logprobs: Sequence[float] | None) -> float | None:
    """The mean probability of tokens."""
    return math.exp(sum(logprobs) / len(logprobs)) if logprobs else None
