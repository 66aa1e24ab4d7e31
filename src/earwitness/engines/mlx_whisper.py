"""mlx-whisper: Whisper models on the GPU of Apple's own processors.

Written against mlx-whisper 0.4.3. The library runs on Apple silicon only, so outside of it no
more of this file can be run than what stands around the call of the library.
"""

from __future__ import annotations

import json
import platform
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from earwitness.core.errors import EngineError, EngineUnavailable, LanguageRefused, UsageError
from earwitness.core.language import KNOWN
from earwitness.core.options import read_options
from earwitness.core.ports import Audio, Chunking, EngineOptions, Readiness
from earwitness.core.speech import Chunk, Segment
from earwitness.engines import model_hub
from earwitness.engines.libraries import broken, missing, version_of
from earwitness.engines.machine import out_of_memory
from earwitness.engines.model_hub import HubModel
from earwitness.engines.placing import Found, segment

CODE_VERSION: Final = 1
"""Raised when this file changes what is heard."""
CHUNKING: Final = Chunking(
    target_ms=28_000, limit_ms=30_000, join_gap_ms=2_000, pad_ms=300, overlap_ms=2_000
)
ENGLISH: Final = frozenset({"en"})
MULTILINGUAL_TOKENS: Final = 51_865
"""A vocabulary of at least this many tokens holds languages; Whisper's English ones have fewer."""
SIZES: Final = {
    "tiny": ("mlx-community/whisper-tiny", 75),
    "base": ("mlx-community/whisper-base-mlx", 145),
    "small": ("mlx-community/whisper-small-mlx", 480),
    "small.en": ("mlx-community/whisper-small.en-mlx", 480),
    "medium": ("mlx-community/whisper-medium-mlx", 1_530),
    "medium.en": ("mlx-community/whisper-medium.en-mlx", 1_530),
    "large-v3": ("mlx-community/whisper-large-v3-mlx", 3_090),
    "large-v3-turbo": ("mlx-community/whisper-large-v3-turbo", 1_620),
}
"""Short names, where they lie on the hub, and about how many MB they take."""
DEFAULT: Final = "large-v3-turbo"
_FILES: Final = ("config.json", "weights.npz", "weights.safetensors")
_NEEDED: Final = ("config.json", "weights.*")
_UNSPACED: Final = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
_FULL_SCALE: Final = 32768.0
_BROKEN_HINT: Final = "pip install --force-reinstall 'earwitness[mlx]'"
_MEMORY_HINT: Final = "--model small, or --transcriber faster-whisper"


@dataclass(frozen=True, slots=True)
class MlxWhisperOptions:
    """What can be said to mlx-whisper."""

    prompt: bool = field(
        default=True, metadata={"help": "Show the vocabulary to the model before each chunk"}
    )


class _Word(TypedDict):
    """A word as mlx-whisper gives it, in seconds from the start of the chunk."""

    word: str
    start: float
    end: float
    probability: float


class _Segment(TypedDict):
    words: list[_Word]


class _Result(TypedDict):
    """What `mlx_whisper.transcribe` gives back, as far as it is used."""

    segments: list[_Segment]
    language: str


Hears = Callable[..., _Result]
"""`mlx_whisper.transcribe`."""


class MlxWhisperTranscriber:
    """A model on the GPU; threads may share it and take turns."""

    def __init__(
        self, hears: Hears, folder: Path, name: str, prompt: str | None, fingerprint: str
    ) -> None:
        """Take the library's function; it loads the model at the first chunk and keeps it."""
        self._hears: Hears | None = hears
        self._folder = folder
        self._languages = languages_of(folder)
        self._prompt = prompt
        self._fingerprint = fingerprint
        self._model_name = name
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """For people: version and model."""
        return f"mlx-whisper {version_of('mlx-whisper')} ({self._model_name}, untested here)"

    @property
    def fingerprint(self) -> str:
        """Versions, weights digest and prompt."""
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
        if language is not None and language not in self._languages:
            raise LanguageRefused(
                f"{self._model_name} does not know {language}",
                hint="choose a multilingual model, such as large-v3-turbo",
            )
        sound = audio.read(chunk.span, chunk.track) if chunk.speech else b""
        if not sound:
            return ()
        samples = np.frombuffer(sound, "<i2").astype(np.float32) / np.float32(_FULL_SCALE)
        with self._lock:
            if self._hears is None:
                raise EngineError("the Whisper model was closed")
            result = self._hear(self._hears, samples, chunk, language)
        spaced = result["language"] not in _UNSPACED
        return segment(_found(result, spaced=spaced), chunk, result["language"])

    def close(self) -> None:
        """Let go of the model; the library itself keeps the last one used."""
        self._hears = None

    def _hear(
        self, hears: Hears, samples: NDArray[np.float32], chunk: Chunk, language: str | None
    ) -> _Result:
        try:
            return hears(
                samples,
                path_or_hf_repo=str(self._folder),
                language="en" if self._languages == ENGLISH else language,
                # At higher temperatures it draws at random, and a chunk would change from run to
                # run; the text before a chunk must not change it either.
                temperature=0.0,
                condition_on_previous_text=False,
                word_timestamps=True,
                initial_prompt=self._prompt,
                verbose=None,
            )
        except (RuntimeError, ValueError, MemoryError) as error:
            raise failed(error, chunk) from error


class MlxWhisperFactory:
    """Registers mlx-whisper; imports nothing of it."""

    name = "mlx-whisper"
    ability = "transcribe"
    local = True
    form: type = MlxWhisperOptions
    needs = (
        "library: pip install 'earwitness[mlx]'",
        f"model: a Whisper model for MLX ({DEFAULT}: about 1,620 MB), fetched once; no token",
        "device: a Mac with Apple silicon",
    )

    def languages(self, options: EngineOptions) -> frozenset[str] | None:
        """What the model knows that would be used; None when there is no such model."""
        try:
            folder, hub = model_of(options.model)
            if folder is not None:
                return languages_of(folder)
        except EngineUnavailable:
            return None
        return ENGLISH if hub is not None and ".en" in hub.repo else KNOWN

    def ready(self, options: EngineOptions) -> Readiness:
        """Whether machine, library and model are there; loads nothing."""
        gone = unfit(sys.platform, platform.machine()) or missing("mlx_whisper", "mlx")
        if gone is not None:
            return gone
        try:
            read_options(MlxWhisperOptions, options.own)
            folder, hub = model_of(options.model)
        except (EngineUnavailable, UsageError) as error:
            return Readiness(False, str(error), error.hint)
        if options.device == "cuda":
            return Readiness(False, "a Mac has no device cuda", "leave --device away")
        if hub is None or folder is not None:
            return Readiness(True, "the Whisper model is on this machine")
        if options.offline:
            gone_model = model_hub.absent(hub, offline=True)
            return Readiness(False, str(gone_model), gone_model.hint)
        return Readiness(True, f"the model {hub.repo} would be fetched once")

    def open(self, options: EngineOptions) -> MlxWhisperTranscriber:
        """Fetch the model when it is not here and that is allowed; it is loaded when first used.

        Raises:
            EngineUnavailable: With the hint that mends it.
            DiskFull: If a model to be fetched finds no room.
        """
        readiness = self.ready(options)
        if not readiness.ok:
            raise EngineUnavailable(readiness.why, hint=readiness.hint)
        own = read_options(MlxWhisperOptions, options.own)
        folder, hub = model_of(options.model)
        if folder is None:
            assert hub is not None
            folder = model_hub.fetch(hub, token=options.hub_token, services=options.services)
        try:
            import mlx_whisper
        except (ImportError, OSError) as error:
            raise broken("mlx_whisper", error, hint=_BROKEN_HINT) from error
        prompt = ", ".join(options.vocabulary) if own.prompt and options.vocabulary else None
        weights = model_hub.digest({folder / n for n in _FILES if (folder / n).is_file()})
        versions = f"{version_of('mlx-whisper')} {version_of('mlx')}"
        name = hub.repo.partition("/")[2] if hub else folder.name
        return MlxWhisperTranscriber(
            cast(Hears, mlx_whisper.transcribe),
            folder,
            name,
            prompt,
            f"mlx-whisper/{CODE_VERSION} {versions} {weights} {prompt!r}",
        )


def unfit(system: str, processor: str) -> Readiness | None:
    """Why this machine cannot run MLX, or None when it can."""
    if (system, processor) == ("darwin", "arm64"):
        return None
    why = "mlx-whisper runs on Apple silicon only"
    return Readiness(False, why, "--transcriber faster-whisper")


def model_of(model: str | None) -> tuple[Path | None, HubModel | None]:
    """The folder of a model when it is on this machine, and what it is on the hub.

    Raises:
        EngineUnavailable: It can be neither.
    """
    folder = Path(model).expanduser() if model else None
    if folder is not None and folder.is_dir():
        if not model_hub.whole(folder, _NEEDED):
            raise EngineUnavailable(
                f"{folder.name} is no Whisper model for MLX: it needs config.json and weights",
                hint="convert it with convert.py of mlx-examples/whisper, or leave --model away",
            )
        return folder.resolve(), None
    name = model or DEFAULT
    repo, size_mb = SIZES.get(name, (name, None))
    if repo.count("/") != 1 or repo.startswith((".", "~", "/")):
        raise EngineUnavailable(
            f"no Whisper model for MLX is called {Path(name).name!r}",
            hint="a folder, an id on the model hub, or one of: " + ", ".join(SIZES),
        )
    hub = HubModel(repo, _FILES, _NEEDED, size_mb=size_mb)
    return model_hub.here(hub), hub


def languages_of(folder: Path) -> frozenset[str]:
    """What a model in a folder knows, told by the size of its vocabulary.

    Raises:
        EngineUnavailable: Its config.json is broken.
    """
    try:
        size = json.loads((folder / "config.json").read_bytes())["n_vocab"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineUnavailable(
            f"config.json of {folder.name} is broken or no Whisper model's", hint="fetch it again"
        ) from error
    return KNOWN if isinstance(size, int) and size >= MULTILINGUAL_TOKENS else ENGLISH


def failed(error: Exception, chunk: Chunk) -> EngineError:
    """What MLX said, as an error of ours."""
    why = "ran out of memory" if out_of_memory(error) else f"failed ({type(error).__name__})"
    return EngineError(
        f"mlx-whisper {why} on the chunk at {chunk.span.start_ms} ms", hint=_MEMORY_HINT
    )


def _found(result: _Result, *, spaced: bool) -> Iterator[Found]:
    for part in result["segments"]:
        for word in part["words"]:
            glued = not spaced and not word["word"].startswith(" ")
            yield Found(
                word["word"],
                float(word["start"]),
                float(word["end"]),
                float(word["probability"]),
                glued,
            )
