"""Matching: the best one-to-one matching, always the same one, never what is not alike."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.matching import match

SIZES = st.integers(0, 5)


@st.composite
def likenesses(draw: st.DrawFn) -> list[list[int]]:
    rows, columns = draw(SIZES), draw(SIZES)
    number = st.integers(0, 9) | st.just(0)
    row = st.lists(number, min_size=columns, max_size=columns)
    return draw(st.lists(row, min_size=rows, max_size=rows))


def best_sum(likeness: list[list[int]]) -> int:
    """By trying all."""
    width = len(likeness[0]) if likeness else 0
    size = max(len(likeness), width)
    return max(
        sum(row[place] for row, place in zip(likeness, order, strict=False) if place < width)
        for order in permutations(range(size))
    )


@given(likenesses())
def test_no_other_matching_is_better(likeness: list[list[int]]) -> None:
    found = match(likeness)
    assert sum(likeness[row][column] for row, column in found.items()) == best_sum(likeness)
    assert len(set(found.values())) == len(found)
    assert all(likeness[row][column] > 0 for row, column in found.items())


@given(st.permutations(range(30)))
def test_a_permutation_is_found_among_many(order: list[int]) -> None:
    likeness = [[100 if order[row] == column else 1 for column in range(30)] for row in range(30)]
    assert match(likeness) == dict(enumerate(order))


def test_the_larger_sum_wins_over_the_larger_single() -> None:
    assert match([[10, 9], [9, 1]]) == {0: 1, 1: 0}


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="as many in each row"):
        match([[1, 2], [3]])
    with pytest.raises(ValueError, match="at least 0"):
        match([[-1]])
