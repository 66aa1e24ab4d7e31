"""Average linkage: which of many sounds belong together, and where to stop joining them.

The nearest-neighbour chain (Murtagh: "A survey of recent advances in hierarchical clustering
algorithms", The Computer Journal 1983) needs one square matrix and time in its size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]


def average_linkage(distances: Floats, weights: Floats | None = None) -> NDArray[np.float64]:
    """Join the closest groups until one is left, by the mean distance between their members.

    Args:
        distances: Symmetric, shape (n, n); used up as work space, so hand in a copy to keep it.
        weights: How many members each row stands for, shape (n,); None: one each.

    Returns:
        Shape (n - 1, 3), lowest first: one member of each of the two groups, and their distance.
    """
    count = len(distances)
    sizes = np.ones(count) if weights is None else weights.astype(np.float64)
    np.fill_diagonal(distances, np.inf)
    merges = np.empty((max(0, count - 1), 3))
    chain: list[int] = []
    alive = np.ones(count, dtype=bool)
    for step in range(count - 1):
        if not chain:
            chain.append(int(np.argmax(alive)))
        first, second = _closest_pair(distances, chain)
        merges[step] = first, second, distances[first, second]
        total = sizes[first] + sizes[second]
        row = distances[first] * (sizes[first] / total) + distances[second] * (
            sizes[second] / total
        )
        row[first] = np.inf
        distances[first] = distances[:, first] = row
        distances[second] = distances[:, second] = np.inf
        sizes[first], alive[second] = total, False
    return merges[np.argsort(merges[:, 2], kind="stable")]


def _closest_pair(distances: Floats, chain: list[int]) -> tuple[int, int]:
    """Follow nearest neighbours until two point at each other; takes both off the chain."""
    while True:
        here = chain[-1]
        row = distances[here]
        nearest = int(np.argmin(row))
        if len(chain) > 1 and row[chain[-2]] <= row[nearest]:
            chain.pop()
            return chain.pop(), here
        chain.append(nearest)


def cut(merges: NDArray[np.float64], *, height: float | None = None, groups: int = 1) -> Labels:
    """Group labels after the lowest joins.

    Args:
        merges: From `average_linkage`.
        height: Join while closer than this; None: join until `groups` are left.
        groups: How many groups are left at least.

    Returns:
        Shape (n,), labels from 0 in order of first appearance.
    """
    count = len(merges) + 1
    parent = np.arange(count)

    def root(member: int) -> int:
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = int(parent[member])
        return member

    for first, second, distance in merges[: max(0, count - max(1, groups))]:
        if height is not None and distance >= height:
            break
        one, other = root(int(first)), root(int(second))
        parent[max(one, other)] = min(one, other)
    return in_order(np.array([root(member) for member in range(count)]))


def in_order(labels: Labels) -> Labels:
    """The same groups, numbered 0, 1, ... in order of first appearance."""
    _, first, back = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    found: Labels = rank[back.reshape(-1)]
    return found
