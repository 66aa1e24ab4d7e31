"""Loading pyannote pipelines: where they lie, on which device, and what can go wrong."""

from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Final, Literal

from earwitness.core.errors import EngineUnavailable, UsageError
from earwitness.core.ports import EngineOptions
from earwitness.engines import model_hub
from earwitness.engines.libraries import broken
from earwitness.engines.machine import out_of_memory
from earwitness.engines.model_hub import HubModel

if TYPE_CHECKING:
    import torch
    from pyannote.audio import Pipeline

COMMUNITY: Final = HubModel(
    "pyannote/speaker-diarization-community-1",
    files=("config.yaml", "*.bin", "*.npz"),
    needed=("config.yaml", "segmentation/*.bin", "embedding/*.bin", "plda/*.npz"),
    gated=True,
    size_mb=35,
)
PARTS: Final = ("config.yaml", "**/*.bin", "**/*.npz", "**/*.ckpt", "**/*.safetensors")
"""The files of a pipeline that change what it hears."""

MEMORY_HINT: Final = "--engine-option pyannote.batch=1, or --device cpu"
BROKEN_HINT: Final = (
    "torch and torchaudio must be of one kind, for CUDA or without: in a fresh environment, "
    "pip install 'earwitness[pyannote]'"
)
CPU_HINT: Final = "--engine-option pyannote.device=cpu"

_LOG = logging.getLogger(__name__)
_HUB_ID: Final = re.compile(r"[\w-][\w.-]*/[\w.-]+")


@dataclass(frozen=True, slots=True)
class PyannoteOptions:
    """What can be said to pyannote.audio."""

    model: str = field(
        default=COMMUNITY.repo, metadata={"help": "Pipeline: an id on the hub, or a folder"}
    )
    device: Literal["cpu", "cuda", "mps"] | None = field(
        default=None, metadata={"help": "Where it computes; empty: as --device says, or the best"}
    )
    batch: int | None = field(
        default=None, metadata={"help": "Looks computed at once; empty: as the pipeline says"}
    )
    same: float = field(
        default=0.5, metadata={"help": "Distance below which voices of two parts are one"}
    )
    part_minutes: int = field(
        default=60, metadata={"help": "Longer recordings are diarized in parts of this length"}
    )

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if self.part_minutes < 1 or (self.batch is not None and self.batch < 1):
            raise UsageError("batch and part_minutes are at least 1", hint="leave them out")


def pipeline_of(own: PyannoteOptions) -> tuple[Path | None, HubModel | None]:
    """The folder of the pipeline when it is on this machine, and what it is on the hub.

    Raises:
        EngineUnavailable: It can be neither.
    """
    folder = Path(own.model).expanduser()
    if folder.is_dir():
        if not (folder / "config.yaml").is_file():
            raise EngineUnavailable(
                f"{folder.name} is no pyannote pipeline: config.yaml is missing",
                hint="name a folder with config.yaml and the models that it names",
            )
        return folder.resolve(), None
    if own.model == COMMUNITY.repo:
        return model_hub.here(COMMUNITY), COMMUNITY
    if not _HUB_ID.fullmatch(own.model):
        raise EngineUnavailable(
            f"there is no pipeline folder {folder.name!r}",
            hint=f"a folder, or an id on the hub such as {COMMUNITY.repo}",
        )
    hub = HubModel(own.model, COMMUNITY.files, ("config.yaml",), gated=True)
    return model_hub.here(hub), hub


def check_device(own: PyannoteOptions, options: EngineOptions) -> None:
    """Refuse what no machine of this kind has; whether this very one has it, torch must tell."""
    asked, apple = own.device or options.device, sys.platform == "darwin"
    if (asked == "mps" and not apple) or (asked == "cuda" and apple):
        raise EngineUnavailable(f"this machine has no device {asked}", hint=CPU_HINT)


def device_of(own: PyannoteOptions, options: EngineOptions) -> torch.device:
    """Where it computes: as asked for, never another one silently.

    Raises:
        EngineUnavailable: Torch cannot be loaded, or finds no such device.
    """
    try:
        import torch
    except (ImportError, OSError) as error:
        raise broken("torch", error, hint=BROKEN_HINT) from error
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    asked = own.device or options.device
    if asked is None:
        asked = next(kind for kind in ("cuda", "mps", "cpu") if there[kind])
    if not there[asked]:
        raise EngineUnavailable(f"torch finds no device {asked} on this machine", hint=CPU_HINT)
    return torch.device(asked)


def load(folder: Path, device: torch.device, own: PyannoteOptions) -> Pipeline:
    """The pipeline in memory.

    Raises:
        EngineUnavailable: The library, the files or the memory do not serve.
    """
    os.environ["PYANNOTE_METRICS_ENABLED"] = "false"  # read anew at each use; on by default
    # It warns of ways to read files that are not used here, and of its own settings of torch.
    warnings.filterwarnings("ignore", module=r"pyannote\.")
    warnings.filterwarnings("ignore", module=r"(lightning|torch)(\.|_)")
    try:
        from pyannote.audio import Pipeline
        from pyannote.audio.pipelines import clustering
        from pyannote.audio.utils import dependencies, vbx
        from yaml import YAMLError  # type: ignore[import-untyped]
    except (ImportError, OSError, RuntimeError) as error:
        raise broken("pyannote.audio", error, hint=BROKEN_HINT) from error
    _require_whole(folder)
    for talkative in (clustering, vbx):  # they print to where answers are written
        talkative.print = _LOG.debug
    try:
        pipeline = Pipeline.from_pretrained(folder)
        if own.batch is not None:
            pipeline.segmentation_batch_size = own.batch
            pipeline.embedding_batch_size = own.batch
        pipeline.to(device)
        if getattr(pipeline, "legacy", None) is not False:
            raise TypeError("no pipeline that diarizes and tells voices")
    except (
        RuntimeError, ValueError, KeyError, TypeError, AttributeError, ImportError, OSError,
        EOFError, MemoryError, UnpicklingError, YAMLError,
        dependencies.MissingDependency, dependencies.WrongDependencyVersion,
    ) as error:  # fmt: skip
        raise _unusable(error, folder.name) from error
    assert isinstance(pipeline, Pipeline)
    return pipeline


def _require_whole(folder: Path) -> None:
    """Refuse a pipeline whose models lie elsewhere: the library would fetch them by itself.

    Raises:
        EngineUnavailable: It names such a model, or its config.yaml is none.
    """
    import yaml

    broken_file = (yaml.YAMLError, OSError, KeyError, TypeError, ValueError, AttributeError)
    try:
        config = yaml.safe_load((folder / "config.yaml").read_bytes())
        params = dict(config["pipeline"].get("params") or {})
    except broken_file as error:
        raise _unusable(error, folder.name) from error
    for role in ("segmentation", "embedding", "plda"):
        said = str(params.get(role))  # what is not said, the library takes from the hub
        if not said.startswith("$model/") and not Path(said).exists():
            raise EngineUnavailable(
                f"the pipeline {folder.name} takes its {role} model from elsewhere",
                hint=f"use {COMMUNITY.repo}, or a folder that holds all of its models",
            )


def _unusable(error: Exception, name: str) -> EngineUnavailable:
    """Why a pipeline could not be loaded, as an error of ours; its own texts name folders."""
    if out_of_memory(error):
        return EngineUnavailable(
            f"there is not enough memory for the pipeline {name}", hint=MEMORY_HINT
        )
    return EngineUnavailable(
        f"the pipeline {name} cannot be loaded ({type(error).__name__}): its files are broken, "
        "or made for another version",
        hint="remove its folder and let it be fetched again",
    )
