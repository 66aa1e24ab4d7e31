"""pyannote.audio: speaker diarization with torch, community-1 unless another pipeline is named.

The sound is handed over from memory, so none of the library's own ways to read files is used. Long
recordings are diarized in parts (see `stretches`): the library compares every pair of ten-second
looks, which at eight hours would take more than ten gigabytes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from earwitness.core.errors import EngineError, EngineUnavailable, UsageError
from earwitness.core.options import read_options
from earwitness.core.ports import RATE_HZ, Audio, EngineOptions, Readiness, Tick, silent_tick
from earwitness.core.span import Span
from earwitness.core.speech import Diarization, Speech, Turn
from earwitness.engines import model_hub
from earwitness.engines.libraries import missing, version_of
from earwitness.engines.machine import out_of_memory
from earwitness.engines.pyannote_loading import (
    COMMUNITY,
    MEMORY_HINT,
    PARTS,
    PyannoteOptions,
    check_device,
    device_of,
    load,
    pipeline_of,
)
from earwitness.engines.stretches import Part, joined, normal, parts

if TYPE_CHECKING:
    from pyannote.audio import Pipeline
    from pyannote.audio.pipelines.speaker_diarization import DiarizeOutput

CODE_VERSION: Final = 1
"""Raised when this file changes what is heard."""
STEPS: Final = {
    "segmentation": (0.0, 0.4),
    "speaker_counting": (0.4, 0.4),
    "embeddings": (0.4, 0.95),
}
"""Where the steps lie in the whole, for progress; what comes after them is quick."""

_FULL_SCALE: Final = 32768.0


class PyannoteDiarizer:
    """A loaded pipeline; one recording at a time."""

    def __init__(
        self, pipeline: Pipeline, options: PyannoteOptions, *, name: str, device: str, weights: str
    ) -> None:
        """Take over a pipeline."""
        self._pipeline: Pipeline | None = pipeline
        self._lock = threading.Lock()
        self._part_ms = options.part_minutes * 60_000
        self._same = options.same
        self._model = f"pyannote {weights}"
        library = version_of("pyannote.audio")
        self._name = f"pyannote.audio {library} ({name}, {device})"
        settings = (device, options.batch, options.same, self._part_ms)
        parts_of_it = (library, version_of("torch"), weights, *map(str, settings))
        self._fingerprint = f"pyannote/{CODE_VERSION} " + " ".join(parts_of_it)

    @property
    def name(self) -> str:
        """For people: version, pipeline and device."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """Versions, digest of the pipeline's files, device and options."""
        return self._fingerprint

    def diarize(
        self,
        audio: Audio,
        speech: tuple[Speech, ...],
        speakers: int | None,
        tick: Tick = silent_tick,
    ) -> Diarization:
        """Turns and voices of the mix; turns of several voices may overlap.

        Args:
            audio: The session's sound; the mix is read, a part at a time.
            speech: From the detector: a part without any is not listened to.
            speakers: Exactly this many voices; fewer only when the pipeline finds no moment for
                one. None: estimated.
            tick: Told the share done; stops the work when it raises.

        Raises:
            UsageError: Less than one speaker is asked for.
            EngineError: The pipeline failed.
        """
        if speakers is not None and speakers < 1:
            raise UsageError("a recording has at least one speaker")
        with self._lock:
            if self._pipeline is None:
                raise EngineError("the diarizer was closed")
            spans = parts(speech, audio.duration_ms, self._part_ms)
            alone = len(spans) == 1
            bounds = {"num_speakers": speakers} if alone else {"max_speakers": speakers}
            found = self._listen(self._pipeline, audio, spans, bounds, tick)
            heard = sum(len({turn.voice for turn in part.turns}) for part in found)
            if speakers is not None and not alone and heard < speakers:
                found = self._listen(self._pipeline, audio, spans, {"num_speakers": speakers}, tick)
        return joined(found, speakers, same=self._same, model=self._model)

    def close(self) -> None:
        """Give the memory back."""
        self._pipeline = None

    def _listen(
        self,
        pipeline: Pipeline,
        audio: Audio,
        spans: tuple[Span, ...],
        bounds: dict[str, int | None],
        tick: Tick,
    ) -> list[Part]:
        found = []
        for number, span in enumerate(spans):
            hook = _hook(tick, number, len(spans))
            try:
                output = pipeline(_file(audio.read(span)), hook=hook, **bounds)
            except (RuntimeError, ValueError, MemoryError, IndexError) as error:
                raise _failed(error) from error
            found.append(_part(output, span))
        return found


class PyannoteFactory:
    """Registers pyannote.audio; imports nothing of it."""

    name = "pyannote"
    ability = "diarize"
    local = True
    form: type = PyannoteOptions
    needs = (
        "library: pip install 'earwitness[pyannote]' (with torch: 1 GB on disk, more with CUDA)",
        f"model: {COMMUNITY.repo} (about 35 MB, CC BY 4.0), fetched once",
        f"token: accept the conditions at {COMMUNITY.page}, then {model_hub.TOKEN_HINT}",
        "device: a GPU (cuda, mps), or the processor: slow",
    )

    def languages(self, options: EngineOptions) -> frozenset[str] | None:
        """None: language plays no part."""
        del options
        return None

    def ready(self, options: EngineOptions) -> Readiness:
        """Whether library, pipeline and token are there; the GPU is looked for when it is opened.

        Asks no network and imports no torch.
        """
        gone = missing("pyannote.audio", "pyannote")
        if gone is not None:
            return gone
        try:
            own = read_options(PyannoteOptions, options.own)
            check_device(own, options)
            folder, hub = pipeline_of(own)
        except (EngineUnavailable, UsageError) as error:
            return Readiness(False, str(error), error.hint)
        if hub is None or folder is not None:
            return Readiness(True, f"the pipeline {own.model.rpartition('/')[2]} is here")
        if options.offline:
            gone_model = model_hub.absent(hub, offline=True)
            return Readiness(False, str(gone_model), gone_model.hint)
        if hub.gated and options.hub_token is None:
            refused = model_hub.gated(hub, None)
            return Readiness(False, str(refused), refused.hint)
        size = f" (about {hub.size_mb} MB)" if hub.size_mb else ""
        return Readiness(True, f"the pipeline {hub.repo} would be fetched once{size}")

    def open(self, options: EngineOptions) -> PyannoteDiarizer:
        """Load the pipeline, fetching it first when it is not here and that is allowed.

        Raises:
            EngineUnavailable: With the hint that mends it.
            DiskFull: If a pipeline to be fetched finds no room.
        """
        readiness = self.ready(options)
        if not readiness.ok:
            raise EngineUnavailable(readiness.why, hint=readiness.hint)
        own = read_options(PyannoteOptions, options.own)
        folder, hub = pipeline_of(own)
        if folder is None:
            assert hub is not None
            folder = model_hub.fetch(hub, token=options.hub_token, services=options.services)
        device = device_of(own, options)
        pipeline = load(folder, device, own)
        weights = model_hub.digest({path for kind in PARTS for path in folder.glob(kind)})
        name = hub.repo.partition("/")[2] if hub else folder.name
        return PyannoteDiarizer(pipeline, own, name=name, device=device.type, weights=weights)


def _file(sound: bytes) -> dict[str, object]:
    """Sound as pyannote takes it from memory: (channel, time), full scale 1."""
    import torch

    samples = np.frombuffer(sound, "<i2").astype(np.float32) / np.float32(_FULL_SCALE)
    return {"waveform": torch.from_numpy(samples)[None], "sample_rate": RATE_HZ, "uri": "session"}


def _hook(tick: Tick, number: int, of: int) -> Callable[..., None]:
    """What pyannote calls between steps; what it raises ends the work."""

    def told(
        step: str,
        artifact: object = None,
        *,
        file: object = None,
        total: int | None = None,
        completed: int | None = None,
    ) -> None:
        del artifact, file
        start, end = STEPS.get(step, (0.95, 0.95))
        share = min(1.0, float(completed or 0) / total) if total else 1.0
        tick((number + start + (end - start) * share) / of)

    return told


def _part(output: DiarizeOutput, span: Span) -> Part:
    """Seconds of a part as session time, cut to the part; overlap is kept."""
    annotation = output.speaker_diarization
    turns = []
    for heard, _, voice in annotation.itertracks(yield_label=True):
        start_ms = max(0, round(heard.start * 1000))
        end_ms = min(round(heard.end * 1000), span.duration_ms)
        if start_ms < end_ms:
            turns.append(Turn(Span(start_ms, end_ms).shift(span.start_ms), str(voice)))
    prints = {}
    if output.speaker_embeddings is not None:
        for voice, row in zip(annotation.labels(), output.speaker_embeddings, strict=False):
            vector = normal(row)
            if vector is not None:
                prints[str(voice)] = vector
    return Part(tuple(turns), prints)


def _failed(error: Exception) -> EngineError:
    why = "ran out of memory" if out_of_memory(error) else f"failed ({type(error).__name__})"
    return EngineError(f"pyannote.audio {why} on this recording", hint=MEMORY_HINT)
