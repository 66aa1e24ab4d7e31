"""Grouping: which windows are the same voice, and how many voices there are.

Two steps. Windows are joined by average linkage over voice and timbre, but only into small groups
that are surely one voice. Those are then joined by the angle between their mean voices, which a
mean over seconds tells far better than any two windows: on recordings with known voices, halves of
one voice lie below 0.2, 95 of 100 pairs of two above it. How many voices there are is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from earwitness.engines.clustering import average_linkage, cut, in_order
from earwitness.engines.windows import Windows

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Labels = NDArray[np.int64]

SAMPLE: Final = 3_000
"""Windows that are joined pair by pair (36 MB); the rest follow the voices these make."""
SEEDS: Final = 300
"""Small groups that may become voices, the longest: joining them takes the cube of their number."""
_BLOCK: Final = 2_000


@dataclass(frozen=True, slots=True)
class Closeness:
    """What counts as the same voice.

    Attributes:
        voice: Share of the embedding in the distance of windows; the rest is timbre.
        same: Cosine distance of two windows' embeddings that counts as 1.
        pure: Windows are joined while the mean distance of their groups is below this.
        one: Groups are one voice when the cosine distance of their means is below this.
        least_ms: Less is not a voice of its own when their number is free.
        least_share: Neither is less than this share of all speech.
    """

    voice: float = 0.7
    same: float = 0.35
    pure: float = 0.8
    one: float = 0.17
    least_ms: int = 2_000
    least_share: float = 0.003


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
    count = min(SAMPLE, len(windows))
    sample = np.unique(np.linspace(0, len(windows) - 1, count).astype(np.int64))
    timbres = windows.timbres - windows.timbres.mean(axis=0)
    timbres /= windows.timbres.std(axis=0) + 1e-6
    timbres /= np.linalg.norm(timbres, axis=1, keepdims=True) + 1e-9
    picked = _vectors(windows.voices[sample], timbres[sample], closeness)
    homes = _voices(picked, windows, sample, speakers, closeness)
    centres = np.stack([picked[homes == voice].mean(axis=0) for voice in range(homes.max() + 1)])
    labels = np.empty(len(windows), np.int64)
    for start in range(0, len(windows), _BLOCK):
        block = slice(start, start + _BLOCK)
        vectors = _vectors(windows.voices[block], timbres[block], closeness)
        labels[block] = np.argmax(vectors @ centres.T, axis=1)
    labels[sample] = np.where(homes >= 0, homes, labels[sample])
    return in_order(labels)


def _vectors(voices: NDArray[np.float16], timbres: Floats, closeness: Closeness) -> Floats:
    """Vectors whose inner product, taken from a constant, is the distance of two windows.

    The mean distance to a group is then the distance to the mean of its vectors.
    """
    voice = np.float32(np.sqrt(closeness.voice / closeness.same))
    timbre = np.float32(np.sqrt(1.0 - closeness.voice))
    return np.concatenate([voices.astype(np.float32) * voice, timbres * timbre], axis=1)


def _voices(
    picked: Floats,
    windows: Windows,
    sample: Labels,
    speakers: int | None,
    closeness: Closeness,
) -> Labels:
    """A voice for every window of the sample, -1 for those whose small group is not one."""
    distances = picked @ picked.T
    constant = closeness.voice / closeness.same + 1.0 - closeness.voice
    merges = average_linkage(np.subtract(np.float32(constant), distances, out=distances))
    del distances
    new = _new_ms(windows)
    # the sample stands for all windows, so the time heard in it is scaled up
    scale = float(new.sum()) / max(1.0, float(new[sample].sum()))
    heard = new[sample].astype(np.float64) * scale
    if speakers is None:
        least = max(closeness.least_ms, closeness.least_share * float(heard.sum()))
        found = cut(merges, height=closeness.pure)
        seeds = _lasting(found, heard, least)
    else:
        found, seeds = _enough(merges, heard, min(speakers, len(sample)), closeness)
    seeds = _longest(seeds, found, heard, max(SEEDS, speakers or 0))
    voices = windows.voices[sample].astype(np.float32)
    sums = np.stack([voices[found == seed].sum(axis=0) for seed in seeds]).astype(np.float64)
    counts = np.bincount(found)[seeds].astype(np.float64)
    joined = _joined(sums, counts, speakers, closeness)
    homes = np.full(found.max() + 1, -1, np.int64)
    homes[seeds] = joined
    return homes[found]


def _new_ms(windows: Windows) -> Labels:
    """How much of each window no earlier one covers."""
    before = np.concatenate([[0], np.maximum.accumulate(windows.ends_ms)[:-1]])
    new: Labels = np.maximum(windows.ends_ms - np.maximum(windows.starts_ms, before), 0)
    return new


def _lasting(found: Labels, heard: Doubles, least_ms: float) -> Labels:
    """Labels heard long enough; at least the longest."""
    lasting = np.bincount(found, weights=heard)
    kept = np.flatnonzero(lasting >= least_ms)
    return kept if len(kept) else np.array([int(np.argmax(lasting))])


def _longest(seeds: Labels, found: Labels, heard: Doubles, most: int) -> Labels:
    """So many of the labels, those heard longest, in the order they had."""
    lasting = np.bincount(found, weights=heard)[seeds]
    kept: Labels = seeds[np.sort(np.argsort(-lasting, kind="stable")[:most])]
    return kept


def _enough(
    merges: Doubles, heard: Doubles, speakers: int, closeness: Closeness
) -> tuple[Labels, Labels]:
    """Small groups of which at least `speakers` last: a lone cough is no voice if it can be helped.

    Returns:
        Labels of the sample, and those labels that last.
    """
    least = closeness.least_ms
    for least_ms in (max(1.5 * least, 0.02 * float(heard.sum())), 1.5 * least, 0.5 * least):
        for height in np.linspace(closeness.pure, 0.1, 8):
            found = cut(merges, height=float(height))
            seeds = _lasting(found, heard, least_ms)
            if len(seeds) >= speakers:
                return found, seeds
    found = cut(merges, groups=speakers)
    return found, np.arange(speakers)


def _joined(sums: Doubles, counts: Doubles, speakers: int | None, closeness: Closeness) -> Labels:
    """Join groups whose mean voices lie closest, until they lie apart or `speakers` are left.

    Args:
        sums: Sum of the unit vectors of each group, shape (groups, 256).
        counts: How many vectors each has.
        speakers: How many voices are left; None: free.
        closeness: How near is one voice.

    Returns:
        The voice of each group, from 0.
    """
    voice = np.arange(len(counts))
    while len(counts) > (speakers or 1):
        apart = _angles(sums, counts)
        first, second = sorted(divmod(int(np.argmin(apart)), len(counts)))
        if speakers is None and apart[first, second] >= closeness.one:
            break
        sums[first] += sums[second]
        counts[first] += counts[second]
        sums, counts = np.delete(sums, second, axis=0), np.delete(counts, second)
        voice[voice == second] = first
        voice[voice > second] -= 1
    return voice


def _angles(sums: Doubles, counts: Doubles) -> Doubles:
    """Cosine distance of the means, as if each were taken over endless speech.

    A mean of few vectors is too long, by what they scatter; without that it seems far from all.
    """
    means = sums / counts[:, None]
    dots = means @ means.T
    squares = np.diag(dots)
    several = np.maximum(1.5, counts)
    true = np.maximum((several * squares - 1.0) / (several - 1.0), 0.4 * squares)
    lengths = np.sqrt(np.maximum(true, 1e-9))
    apart: Doubles = 1.0 - dots / np.outer(lengths, lengths)
    np.fill_diagonal(apart, np.inf)
    return apart
