"""Silero: finds where anyone speaks, with the network that faster-whisper's wheel carries."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from earwitness.core.errors import EngineUnavailable
from earwitness.core.options import NoOptions
from earwitness.core.ports import RATE_HZ, Audio, EngineOptions, Readiness, Tick, silent_tick
from earwitness.core.span import Span, union
from earwitness.core.speech import Speech
from earwitness.engines.libraries import installed, version_of

if TYPE_CHECKING:
    import onnxruntime

Samples = NDArray[np.float32]

FRAME: Final = 512
"""Samples the network judges at once: 32 ms."""
FRAME_MS: Final = FRAME * 1000 // RATE_HZ
CONTEXT: Final = 64
"""Samples before each frame that it is shown again."""
BLOCK_FRAMES: Final = 960
"""Frames read at once: 30.72 s, about 1 MB."""
FULL_SCALE: Final = 32768.0
GAINS: Final = (1.0, 1 / 16)
"""The network listens twice, once 24 dB quieter, and the mean counts: at any one level it goes deaf
to some voice (up to 0.38 of a recording missed; with both 0.18), at another to another."""
_MEND: Final = "pip install --force-reinstall faster-whisper onnxruntime"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When speech begins and ends.

    Attributes:
        on: Probability at which speech begins.
        off: Probability below which it may end; between the two it goes on.
        pause_ms: How long it must stay below `off` to end.
        least_ms: Shorter speech is dropped.
        pad_ms: Added on both sides; spans that then touch are joined.
        sure: Probability of speech that is beyond doubt.
        sure_ms: A span is sure when it reaches `sure` for this long in all.
        reach_ms: A span that is not sure counts only this near to one that is: a weak voice in
            a conversation is speech, a weak trace in music or noise is not.
    """

    on: float = 0.3
    off: float = 0.15
    pause_ms: int = 400
    least_ms: int = 150
    pad_ms: int = 100
    sure: float = 0.85
    sure_ms: int = 250
    reach_ms: int = 30_000


class SileroDetector:
    """The opened network; knows no language, keeps nothing between two calls of `detect`."""

    def __init__(self, weights: Path, thresholds: Thresholds) -> None:
        """Load the network from `weights` for one thread."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        self._session: onnxruntime.InferenceSession | None = onnxruntime.InferenceSession(
            str(weights), providers=["CPUExecutionProvider"], sess_options=options
        )
        self._thresholds = thresholds
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:16]
        self._fingerprint = f"silero/4 {digest} {astuple(thresholds)}"

    @property
    def name(self) -> str:
        """For people."""
        return "silero VAD v6"

    @property
    def fingerprint(self) -> str:
        """Code version, weights digest and thresholds."""
        return self._fingerprint

    def detect(self, audio: Audio, track: int | None, tick: Tick = silent_tick) -> Speech:
        """Where anyone speaks on one track.

        Args:
            audio: Read in blocks of 30 s; memory does not grow with its length but for one
                number per 32 ms.
            track: One of `audio.tracks`, or None for the mix.
            tick: Told the share done after each block.
        """
        judged = self.probabilities(audio, track, tick)
        return Speech(track, speech_spans(judged, audio.duration_ms, self._thresholds))

    def probabilities(
        self, audio: Audio, track: int | None, tick: Tick = silent_tick
    ) -> NDArray[np.float32]:
        """Probability of speech of every 32 ms, the network's states carried over all blocks."""
        if self._session is None:
            raise EngineUnavailable("the speech detector was closed")
        state = np.zeros((1, 1, 128), np.float32)
        states = [(state, state)] * len(GAINS)
        before = np.zeros(CONTEXT, np.float32)
        block_ms = BLOCK_FRAMES * FRAME_MS
        parts: list[NDArray[np.float32]] = []
        for start in range(0, audio.duration_ms, block_ms):
            span = Span(start, min(start + block_ms, audio.duration_ms))
            frames, before = _frames(_samples(audio.read(span, track)), before)
            if len(frames):
                heard = np.zeros(len(frames), np.float32)
                for index, gain in enumerate(GAINS):
                    h, c = states[index]
                    given = {"input": frames * np.float32(gain), "h": h, "c": c}
                    found, h, c = self._session.run(None, given)
                    states[index] = h, c
                    heard += np.asarray(found, np.float32).reshape(-1) / len(GAINS)
                parts.append(heard)
            tick(span.end_ms / audio.duration_ms)
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def close(self) -> None:
        """Give the network's memory back."""
        self._session = None


class SileroFactory:
    """Registers the detector."""

    name = "silero"
    ability = "detect"
    local = True
    form = NoOptions

    def languages(self, options: EngineOptions) -> frozenset[str] | None:
        """None: language plays no part."""
        return None

    def ready(self, options: EngineOptions) -> Readiness:
        """Whether the network and onnxruntime are installed."""
        if weights_path() is None:
            return Readiness(False, "silero_vad_v6.onnx of faster-whisper is missing", _MEND)
        if not installed("onnxruntime"):
            return Readiness(False, "onnxruntime is not installed", _MEND)
        return Readiness(True, f"silero VAD v6 from faster-whisper {version_of('faster-whisper')}")

    def open(self, options: EngineOptions) -> SileroDetector:
        """Load it.

        Raises:
            EngineUnavailable: When the network or onnxruntime is not installed.
        """
        weights, readiness = weights_path(), self.ready(options)
        if weights is None or not readiness.ok:
            raise EngineUnavailable(readiness.why, hint=readiness.hint)
        return SileroDetector(weights, Thresholds())


def weights_path() -> Path | None:
    """The network inside faster-whisper's wheel, found without importing that package."""
    spec = importlib.util.find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "assets" / "silero_vad_v6.onnx"
        if path.is_file():
            return path
    return None


def speech_spans(
    probabilities: NDArray[np.float32], duration_ms: int, thresholds: Thresholds
) -> tuple[Span, ...]:
    """Spans of speech from one probability per 32 ms.

    Args:
        probabilities: Shape (frames,).
        duration_ms: Nothing reaches beyond it.
        thresholds: When speech begins and ends, and what is believed.
    """
    ends = np.array(_runs(probabilities, thresholds), np.int64).reshape(-1, 2)
    ends = ends[(ends[:, 1] - ends[:, 0]) * FRAME_MS >= thresholds.least_ms]
    ends = ends[_believed(ends, probabilities, thresholds)]
    pad = thresholds.pad_ms
    starts = np.maximum(0, ends[:, 0] * FRAME_MS - pad).tolist()
    stops = np.minimum(duration_ms, ends[:, 1] * FRAME_MS + pad).tolist()
    pairs = zip(starts, stops, strict=True)
    return tuple(union([Span(start, stop) for start, stop in pairs if start < stop]))


def _runs(probabilities: NDArray[np.float32], thresholds: Thresholds) -> list[tuple[int, int]]:
    """First frame and the frame after the last of each stretch, by the two thresholds."""
    runs: list[tuple[int, int]] = []
    start = quiet = None
    for index, value in enumerate(probabilities.tolist()):
        if value >= thresholds.on:
            start, quiet = index if start is None else start, None
        elif value >= thresholds.off:
            quiet = None
        elif start is not None:
            quiet = index if quiet is None else quiet
            if (index + 1 - quiet) * FRAME_MS >= thresholds.pause_ms:
                runs.append((start, quiet))
                start = quiet = None
    if start is not None:
        runs.append((start, len(probabilities) if quiet is None else quiet))
    return runs


def _believed(
    ends: NDArray[np.int64], probabilities: NDArray[np.float32], thresholds: Thresholds
) -> NDArray[np.bool_]:
    """Which runs are sure, or near enough to one that is."""
    before = np.concatenate([[0], np.cumsum(probabilities >= thresholds.sure)])
    certain = (before[ends[:, 1]] - before[ends[:, 0]]) * FRAME_MS >= thresholds.sure_ms
    sure = ends[certain]
    if not len(sure):
        return np.zeros(len(ends), np.bool_)
    reach = thresholds.reach_ms // FRAME_MS
    after = np.searchsorted(sure[:, 0], ends[:, 0])
    next_start = sure[np.minimum(after, len(sure) - 1), 0]
    last_end = sure[np.maximum(after - 1, 0), 1]
    near_next = (after < len(sure)) & (next_start - ends[:, 1] <= reach)
    near_last = (after > 0) & (ends[:, 0] - last_end <= reach)
    believed: NDArray[np.bool_] = near_next | near_last
    return believed


def _samples(sound: bytes) -> Samples:
    return np.frombuffer(sound, "<i2").astype(np.float32) / FULL_SCALE


def _frames(samples: Samples, before: Samples) -> tuple[Samples, Samples]:
    """Rows of context + frame, and the context of the next block; the last row is filled up."""
    count = -(-len(samples) // FRAME)
    padded = np.concatenate([before, samples, np.zeros(count * FRAME - len(samples), np.float32)])
    if not count:
        return np.zeros((0, CONTEXT + FRAME), np.float32), before
    windows = np.lib.stride_tricks.sliding_window_view(padded, CONTEXT + FRAME)[::FRAME]
    return np.ascontiguousarray(windows), padded[-CONTEXT:]
