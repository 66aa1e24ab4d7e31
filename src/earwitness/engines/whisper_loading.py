"""Loading Whisper models: on which device, how it computes there, and what can go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from earwitness.core.errors import EngineUnavailable
from earwitness.engines.machine import cores, out_of_memory

if TYPE_CHECKING:
    import faster_whisper

GPU_WORKERS: Final = 4
"""More threads than this do not make one GPU faster, they only fill it."""


_MARKS: Final = ("<|startoftranscript|>", "<|notimestamps|>", "<|endoftext|>")


class NotEnoughMemory(EngineUnavailable):
    """The model does not fit into what memory there is."""


@dataclass(frozen=True, slots=True)
class Device:
    """Where a model runs and how it computes there."""

    kind: str
    compute: str

    def __str__(self) -> str:
        """For people."""
        return f"{self.compute} on {self.kind}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in memory, and where."""

    model: faster_whisper.WhisperModel
    device: Device


def gpus() -> int:
    """How many GPUs CTranslate2 can use."""
    import ctranslate2

    return int(ctranslate2.get_cuda_device_count())


def load(folder: Path, name: str, *, kind: str, workers: int, compute: str = "auto") -> Loaded:
    """Load a model.

    Args:
        folder: Of the model.
        name: To show in errors.
        kind: `cpu` or `cuda`.
        workers: How many threads will use it at the same time; the processors are shared out.
        compute: CTranslate2's name for how it computes, or `auto`.

    Raises:
        NotEnoughMemory: If it does not fit.
        EngineUnavailable: If the files, the device or its libraries do not serve.
    """
    import faster_whisper

    processors = cores()
    at_once = max(1, min(workers, GPU_WORKERS if kind == "cuda" else processors))
    try:
        device = device_for(kind, compute)
        model = faster_whisper.WhisperModel(
            str(folder),
            device=kind,
            compute_type=device.compute,
            cpu_threads=max(1, processors // at_once),
            num_workers=at_once,
            local_files_only=True,
        )
        if kind == "cuda":
            _warm_up(model)
    except (RuntimeError, ValueError, MemoryError) as error:
        raise _unavailable(error, name) from error
    if None in map(model.hf_tokenizer.token_to_id, _MARKS):
        raise EngineUnavailable(
            f"tokenizer.json of {name} is no Whisper model's",
            hint="take tokenizer.json from the model that was converted",
        )
    return Loaded(model, device)


def device_for(kind: str, compute: str = "auto") -> Device:
    """Half precision on a GPU and 8 bits on a processor, where they can do it.

    Raises:
        EngineUnavailable: It cannot compute the way that was asked for.
    """
    import ctranslate2

    able = ctranslate2.get_supported_compute_types(kind)
    if compute != "auto":
        if compute not in able:
            raise EngineUnavailable(
                f"this {kind} device cannot compute in {compute}",
                hint="--engine-option compute_type= auto or one of: " + ", ".join(sorted(able)),
            )
        return Device(kind, compute)
    wanted = ("float16", "int8_float32") if kind == "cuda" else ("int8",)
    return Device(kind, next((compute for compute in wanted if compute in able), "float32"))


def _warm_up(model: faster_whisper.WhisperModel) -> None:
    """Run the encoder once: CUDA's libraries are looked for no earlier, and may be missing."""
    bands = model.feature_extractor.mel_filters.shape[0]
    model.encode(np.zeros((bands, 3_000), np.float32))


def _unavailable(error: Exception, name: str) -> EngineUnavailable:
    """What CTranslate2 said, as an error of ours; its own texts may name private folders."""
    said = str(error).lower()
    if "cuda driver" in said or "no cuda" in said:
        return EngineUnavailable("CUDA's driver is missing or too old", hint="--device cpu")
    if any(library in said for library in ("cublas", "cudnn")):
        return EngineUnavailable(
            "CUDA's libraries cuBLAS and cuDNN were not found",
            hint="pip install nvidia-cublas-cu12 'nvidia-cudnn-cu12>=9', or --device cpu",
        )
    if out_of_memory(error):
        return NotEnoughMemory(
            f"there is not enough memory for the Whisper model {name}",
            hint="--model small, or --engine-option allow_smaller=yes",
        )
    if "compute type" in said:
        return EngineUnavailable(
            "this device cannot compute the way the model asks for", hint="--device cpu"
        )
    return EngineUnavailable(
        f"the Whisper model {name} cannot be loaded: its files are broken or of another version",
        hint="remove its folder and fetch or convert it again: earwitness models pull small",
    )
