"""Windows: short stretches of speech, each with an embedding of its voice and its timbre."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from earwitness.core.ports import Audio, Tick
from earwitness.core.span import Span
from earwitness.engines.ge2e import FRAMES, SIZE, Ge2e
from earwitness.engines.spectrum import cepstra, mel_powers

Floats = NDArray[np.float32]

WINDOW_MS: Final = 1_600
PIECE_MS: Final = 30_000
"""Longest stretch read at once: about 1 MB."""
LEVEL: Final = 0.37
"""Every window is brought to this mean sum of mel powers, that of speech at -30 dB full scale:
the network sees powers, not their logarithm, and was trained on that level."""
TIMBRE: Final = 38
_FRAME_MS: Final = 10
_BATCH: Final = 128
_LOUD: Final = 30
"""Timbre is measured without the quietest frames, this many of a hundred."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows in order of time; none reaches over the edge of its stretch of speech.

    Attributes:
        starts_ms: Shape (n,).
        ends_ms: Shape (n,).
        stretch: Which speech span each lies in, shape (n,).
        voices: GE2E embeddings, shape (n, 256); half precision, cosines keep to 0.0001.
        timbres: Mean and deviation of 19 cepstra, shape (n, 38).
    """

    starts_ms: NDArray[np.int64]
    ends_ms: NDArray[np.int64]
    stretch: NDArray[np.int64]
    voices: NDArray[np.float16]
    timbres: Floats

    def __len__(self) -> int:
        return len(self.starts_ms)


def listen(
    audio: Audio, spans: tuple[Span, ...], network: Ge2e, *, hop_ms: int, tick: Tick
) -> Windows:
    """Cut speech into windows and embed each; memory grows by 0.7 kB per window only.

    Args:
        audio: The mix is read, one stretch of speech at a time.
        spans: Where anyone speaks, disjoint and in order.
        network: Embeds mel powers.
        hop_ms: Distance of windows, at most.
        tick: Told the share done.
    """
    cuts: list[tuple[int, int, int]] = []
    voices: list[NDArray[np.float16]] = []
    timbres: list[Floats] = []
    waiting: list[Floats] = []
    # BLAS threads spin when the cores are busy with other stages: one thread costs half the time
    with threadpool_limits(1, user_api="blas"):
        for index, piece in _pieces(spans):
            samples = np.frombuffer(audio.read(piece), "<i2").astype(np.float32) / 32768.0
            mels = mel_powers(samples)
            if not len(samples):
                continue
            for start, end in _cuts(piece, hop_ms):
                cuts.append((start, end, index))
                first = (start - piece.start_ms) // _FRAME_MS
                seen = mels[first : first + (end - start) // _FRAME_MS + 1]
                waiting.append(_normal(seen))
                timbres.append(_timbre(seen))
            if len(waiting) >= _BATCH:
                voices.append(network.embed(np.stack(waiting)).astype(np.float16))
                waiting.clear()
            tick(piece.end_ms / spans[-1].end_ms)
        if waiting:
            voices.append(network.embed(np.stack(waiting)).astype(np.float16))
    table = np.array(cuts, np.int64).reshape(-1, 3)
    return Windows(
        table[:, 0],
        table[:, 1],
        table[:, 2],
        np.concatenate([np.zeros((0, SIZE), np.float16), *voices]),
        np.array(timbres, np.float32).reshape(-1, TIMBRE),
    )


def _pieces(spans: tuple[Span, ...]) -> Iterator[tuple[int, Span]]:
    """Spans, the long ones in parts of equal length."""
    for index, span in enumerate(spans):
        parts = -(-span.duration_ms // PIECE_MS)
        edges = [span.start_ms + span.duration_ms * part // parts for part in range(parts + 1)]
        for start, end in pairwise(edges):
            yield index, Span(start, end)


def _cuts(piece: Span, hop_ms: int) -> list[tuple[int, int]]:
    """Windows spread evenly over a piece; one that is shorter is its own window."""
    room = piece.duration_ms - WINDOW_MS
    if room <= 0:
        return [(piece.start_ms, piece.end_ms)]
    steps = -(-room // hop_ms)
    starts = [piece.start_ms + room * step // steps for step in range(steps + 1)]
    return [(start, start + WINDOW_MS) for start in starts]


def _normal(mels: Floats) -> Floats:
    """Exactly 160 frames (short ones repeated), at one level."""
    frames = mels[np.arange(FRAMES) % len(mels)]
    scaled: Floats = frames * np.float32(LEVEL / max(float(frames.sum()) / FRAMES, 1e-12))
    return scaled


def _timbre(mels: Floats) -> Floats:
    loudness = mels.sum(axis=1)
    kept = cepstra(mels[loudness >= np.percentile(loudness, _LOUD)])
    timbre: Floats = np.concatenate([kept.mean(axis=0), kept.std(axis=0)])
    return timbre
