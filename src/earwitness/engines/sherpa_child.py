"""The child process that holds sherpa-onnx's diarizer: sound in, turns and voices out.

sherpa-onnx 2.0 holds the interpreter lock for the whole of a recording, ends its process when a
model lacks a line of metadata, and cannot be stopped on the way, so it runs apart. Messages are
those of `pocketsphinx_child`: a 4-byte little-endian length and as many bytes.

    parent to child   JSON {"speakers": how many, or -1}, then int16 little-endian mono at 16 kHz
    child to parent   JSON: {"ready": version} or {"error": kind} once; then, for each sound,
                      {"done": pieces, "of": pieces} any number of times and one answer

An answer is {"turns": [[start_s, end_s, voice], ...], "prints": {voice: [...]}, "cpu_ms": total
since the start}, or {"error": kind}. The child ends when its parent closes the pipe or is gone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from earwitness.engines.pocketsphinx_child import die_with_parent, read_message, write_message

if TYPE_CHECKING:
    import sherpa_onnx

RATE_HZ: Final = 16_000
PRINT_S: Final = 120.0
"""A voice's print is made of at most this much of its speech: more does not move the mean."""
LEAST_S: Final = 0.5
"""Shorter stretches say little about a voice."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything the diarizer is made with.

    Attributes:
        segmentation: Model file that says how many speak when in ten seconds.
        embedding: Model file that tells voices apart.
        provider: `cpu`, `cuda` or `coreml`.
        threads: To compute with.
        threshold: Distance of voices below which they are one, when their number is free.
        shift: Step between two looks, as a share of ten seconds.
        least_on_s: Shorter turns are dropped.
        least_off_s: Shorter pauses are bridged.
    """

    segmentation: str
    embedding: str
    provider: str
    threads: int
    threshold: float
    shift: float
    least_on_s: float
    least_off_s: float

    def to_json(self) -> str:
        """As a command line argument."""
        return json.dumps(asdict(self))


class Diarizer:
    """sherpa-onnx, set up once; the number of speakers may change from sound to sound."""

    def __init__(self, setup: Setup) -> None:
        """Load both models.

        Raises:
            RuntimeError: A file is missing or no ONNX model. With wrong metadata, sherpa-onnx ends
                the process instead.
        """
        import sherpa_onnx

        self._setup = setup
        self.version = str(getattr(sherpa_onnx, "__version__", ""))
        config = self._config(-1)
        if not config.validate():
            raise RuntimeError("the models are not what they should be")
        self._voices = sherpa_onnx.SpeakerEmbeddingExtractor(config.embedding)
        self._engine = sherpa_onnx.OfflineSpeakerDiarization(config)

    def turns(self, samples: NDArray[np.float32], speakers: int, answers: IO[bytes]) -> object:
        """Turns of one sound, with a print for each voice."""
        self._engine.set_config(self._config(speakers))

        def told(done: int, of: int) -> int:
            write_message(answers, json.dumps({"done": done, "of": of}).encode())
            return 0

        found = self._engine.process(samples, callback=told).sort_by_start_time()
        turns = [(float(one.start), float(one.end), int(one.speaker)) for one in found]
        prints = {
            str(voice): self._print(samples, alone(turns, voice))
            for voice in sorted({voice for _, _, voice in turns})
        }
        return {"turns": turns, "prints": prints}

    def _print(
        self, samples: NDArray[np.float32], stretches: list[tuple[float, float]]
    ) -> list[float]:
        """The embedding of a voice; empty when there is too little of it."""
        stream = self._voices.create_stream()
        for start_s, end_s in stretches:
            piece = samples[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]
            stream.accept_waveform(RATE_HZ, piece)
        stream.input_finished()
        if not stretches or not self._voices.is_ready(stream):
            return []
        return [float(value) for value in self._voices.compute(stream)]

    def _config(self, speakers: int) -> sherpa_onnx.OfflineSpeakerDiarizationConfig:
        import sherpa_onnx as lib

        setup = self._setup
        pyannote = lib.OfflineSpeakerSegmentationPyannoteModelConfig(
            model=setup.segmentation, window_shift_ratio=setup.shift
        )
        return lib.OfflineSpeakerDiarizationConfig(
            segmentation=lib.OfflineSpeakerSegmentationModelConfig(
                pyannote=pyannote, num_threads=setup.threads, provider=setup.provider
            ),
            embedding=lib.SpeakerEmbeddingExtractorConfig(
                model=setup.embedding, num_threads=setup.threads, provider=setup.provider
            ),
            clustering=lib.FastClusteringConfig(num_clusters=speakers, threshold=setup.threshold),
            min_duration_on=setup.least_on_s,
            min_duration_off=setup.least_off_s,
        )


def alone(turns: list[tuple[float, float, int]], voice: int) -> list[tuple[float, float]]:
    """Where one voice speaks and nobody else does, the longest first, `PRINT_S` at most.

    Where that leaves nothing, all of the voice's turns.
    """
    mine = [(start, end) for start, end, other in turns if other == voice]
    pieces = mine
    for start, end, other in turns:
        if other != voice:
            pieces = [part for piece in pieces for part in _without(piece, start, end)]
    clear = [piece for piece in pieces if piece[1] - piece[0] >= LEAST_S] or mine
    kept: list[tuple[float, float]] = []
    left_s = PRINT_S
    for start, end in sorted(clear, key=lambda piece: piece[0] - piece[1]):
        if left_s > 0:
            kept.append((start, min(end, start + left_s)))
            left_s -= end - start
    return sorted(kept)


def _without(piece: tuple[float, float], start: float, end: float) -> list[tuple[float, float]]:
    parts = [(piece[0], min(piece[1], start)), (max(piece[0], end), piece[1])]
    return [part for part in parts if part[0] < part[1]]


def serve(setup: Setup, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the parent closes the pipe."""
    try:
        diarizer = Diarizer(setup)
    except (RuntimeError, ImportError, OSError, MemoryError) as error:
        write_message(answers, json.dumps({"error": kind_of(error)}).encode())
        return
    write_message(answers, json.dumps({"ready": diarizer.version}).encode())
    while (asked := read_message(requests)) is not None:
        sound = read_message(requests)
        if sound is None:
            return
        die_with_parent(requests, True)
        samples = np.frombuffer(sound, "<i2").astype(np.float32) / 32768.0
        try:
            answer = diarizer.turns(samples, int(json.loads(asked)["speakers"]), answers)
        except (RuntimeError, MemoryError) as error:
            answer = {"error": kind_of(error)}
        die_with_parent(requests, False)
        cpu_ms = int(time.process_time() * 1000)
        write_message(answers, json.dumps({"answer": answer, "cpu_ms": cpu_ms}).encode())


def kind_of(error: Exception) -> str:
    """A word for what went wrong; the library's own text may name folders and stays here."""
    said = str(error).lower()
    if isinstance(error, MemoryError) or "alloc" in said or "out of memory" in said:
        return "memory"
    if isinstance(error, ImportError):
        return "library"
    if "protobuf" in said or "exist" in said or "load" in said or "not what" in said:
        return "model"
    return "failed"


def main() -> None:
    """Serve over stdin and stdout; Ctrl-C is for the parent to decide."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What the library prints must not land between two messages.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        serve(Setup(**json.loads(sys.argv[1])), sys.stdin.buffer, answers)
    except OSError:
        sys.exit(1)  # the parent is gone


if __name__ == "__main__":
    main()
