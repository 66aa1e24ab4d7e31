"""Grouping: which windows are the same voice, and how many voices there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from earwitness.engines.clustering import average_linkage, cut, in_order
from earwitness.engines.windows import Windows

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

SAMPLE: Final = 3_000
"""Windows that are joined pair by pair; the rest follow the groups these make (36 MB)."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """What counts as the same voice.

    Attributes:
        voice: Share of the embedding in the distance; the rest is timbre.
        same: Cosine distance of embeddings that counts as 1.
        height: Groups are joined while their mean distance is below this.
        least_ms: A voice heard for less joins the nearest one, when their number is free.
    """

    voice: float = 0.7
    same: float = 0.35
    height: float = 1.05
    least_ms: int = 2_000


def group(windows: Windows, speakers: int | None, closeness: Closeness) -> Labels:
    """Give every window a voice.

    Args:
        windows: At least one.
        speakers: Exactly this many voices, or as many as there are windows when those are fewer;
            None: as many as `closeness` tells apart.
        closeness: What counts as the same voice.

    Returns:
        Shape (windows,), numbered from 0 in order of first appearance.
    """
    vectors, constant = _vectors(windows, closeness)
    sample = np.unique(np.linspace(0, len(windows) - 1, min(SAMPLE, len(windows))).astype(np.int64))
    picked = vectors[sample]
    distances = picked @ picked.T
    np.subtract(np.float32(constant), distances, out=distances)
    merges = average_linkage(distances)
    del distances
    heard = _new_ms(windows)
    # the sample stands for all windows, so a voice's time in it is scaled up
    scaled = heard[sample] * (heard.sum() / max(1, heard[sample].sum()))
    if speakers is None:
        found = cut(merges, height=closeness.height)
        kept = _long_enough(found, scaled, closeness.least_ms)
    else:
        found, kept = _exactly(merges, scaled, min(speakers, len(sample)), closeness.least_ms)
    centres = np.stack([picked[found == label].mean(axis=0) for label in kept])
    nearest = np.argmax(vectors @ centres.T, axis=1)
    home = {label: place for place, label in enumerate(kept)}
    nearest[sample] = [
        home.get(int(label), int(place))
        for label, place in zip(found, nearest[sample], strict=True)
    ]
    return in_order(nearest)


def _vectors(windows: Windows, closeness: Closeness) -> tuple[Floats, float]:
    """Vectors whose inner product, taken from the constant, is the distance of two windows.

    The mean distance to a group is then the distance to the mean of its vectors.
    """
    timbres = windows.timbres - windows.timbres.mean(axis=0)
    timbres /= windows.timbres.std(axis=0) + 1e-6
    timbres /= np.linalg.norm(timbres, axis=1, keepdims=True) + 1e-9
    voice, timbre = closeness.voice / closeness.same, 1.0 - closeness.voice
    parts = [windows.voices * np.sqrt(voice), timbres * np.sqrt(timbre)]
    return np.concatenate(parts, axis=1).astype(np.float32), voice + timbre


def _new_ms(windows: Windows) -> NDArray[np.int64]:
    """How much of each window no earlier one covers."""
    before = np.concatenate([[0], np.maximum.accumulate(windows.ends_ms)[:-1]])
    new: NDArray[np.int64] = windows.ends_ms - np.maximum(windows.starts_ms, before)
    return np.maximum(new, 0)


def _long_enough(found: Labels, heard: NDArray[np.float64], least_ms: int) -> list[int]:
    """Labels heard long enough; at least the longest."""
    lasting = np.bincount(found, weights=heard)
    kept = [label for label, ms in enumerate(lasting) if ms >= least_ms]
    return kept or [int(np.argmax(lasting))]


def _exactly(
    merges: NDArray[np.float64], heard: NDArray[np.float64], speakers: int, least_ms: int
) -> tuple[Labels, list[int]]:
    """The highest cut with `speakers` groups that last; what is over joins the nearest.

    A lone cough is otherwise the second voice, and both people the first.
    """
    for least in (least_ms, least_ms // 2, 0):
        for groups in range(speakers, min(len(heard), speakers * 4 + 20) + 1):
            found = cut(merges, groups=groups)
            lasting = np.bincount(found, weights=heard)
            if np.count_nonzero(lasting >= least) >= speakers:
                order = np.argsort(-lasting, kind="stable")[:speakers]
                return found, sorted(int(label) for label in order)
    raise AssertionError("with no least length the first cut always serves")
