"""Average linkage against its definition, and what a cut promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.deep import examples

from earwitness.engines.clustering import average_linkage, cut, in_order

Floats = NDArray[np.float32]


def distances(points: Floats) -> Floats:
    found: Floats = np.abs(points[:, None] - points[None, :]).astype(np.float32)
    return found


def by_definition(matrix: Floats) -> list[float]:
    """Heights of all joins, the slow way."""
    groups = [[index] for index in range(len(matrix))]
    heights = []
    while len(groups) > 1:
        pairs = [
            (float(matrix[np.ix_(one, two)].mean()), first, second)
            for first, one in enumerate(groups)
            for second, two in enumerate(groups)
            if first < second
        ]
        height, first, second = min(pairs)
        heights.append(height)
        groups[first] = groups[first] + groups.pop(second)
    return heights


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=14, unique=True))
def test_heights_are_mean_distances(numbers: list[int]) -> None:
    # irregular places, so that no two distances are equal
    places = np.array([number**1.3 for number in numbers], np.float32)
    matrix = distances(places)
    found = average_linkage(matrix.copy())[:, 2]
    assert found == pytest.approx(by_definition(matrix), rel=1e-4)


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.floats(0, 100, width=32), min_size=1, max_size=20), st.integers(1, 25))
def test_a_cut_leaves_as_many_groups_as_asked(numbers: list[float], groups: int) -> None:
    merges = average_linkage(distances(np.array(numbers, np.float32)))
    labels = cut(merges, groups=groups)
    assert len(set(labels.tolist())) == min(groups, len(numbers))


def test_a_cut_by_height_joins_only_what_is_nearer() -> None:
    merges = average_linkage(distances(np.array([0, 1, 10, 11, 40], np.float32)))
    assert cut(merges, height=5.0).tolist() == [0, 0, 1, 1, 2]
    assert cut(merges, height=10.5).tolist() == [0, 0, 0, 0, 1]
    assert cut(merges, height=0.5).tolist() == [0, 1, 2, 3, 4]


def test_labels_count_in_order_of_first_appearance() -> None:
    assert in_order(np.array([7, 3, 7, 9, 3])).tolist() == [0, 1, 0, 2, 1]
