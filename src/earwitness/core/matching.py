"""Matching: who is who in two lists, so that the sum of all likenesses is as large as possible."""

from __future__ import annotations

from collections.abc import Sequence


def match(likeness: Sequence[Sequence[int]]) -> dict[int, int]:
    """The best matching of rows and columns: the Hungarian method with potentials.

    H. W. Kuhn (1955), in the form with shortest augmenting paths that R. Burkard, M. Dell'Amico
    and S. Martello describe in "Assignment Problems" (2009), chapter 4; O(n^3). Whole numbers,
    so that every machine finds the same matching.

    Args:
        likeness: One row per old thing, one number per new thing; 0: never match these two.

    Returns:
        Column by row, each at most once, only where the likeness is above 0. Of several equally
        good matchings it is always the same one.

    Raises:
        ValueError: Rows of different lengths, or a likeness below 0.
    """
    width = len(likeness[0]) if likeness else 0
    if any(len(row) != width or min(row, default=0) < 0 for row in likeness):
        raise ValueError("likenesses are at least 0, as many in each row")
    size = max(len(likeness), width)
    # Made square; what is missing costs as much as what never matches.
    cost = [
        [-likeness[row][column] if row < len(likeness) and column < width else 0
         for column in range(size)]
        for row in range(size)
    ]  # fmt: skip
    taken = _assign(cost)
    return {
        row: column
        for column, row in sorted(enumerate(taken), key=lambda pair: pair[1])
        if row < len(likeness) and column < width and likeness[row][column] > 0
    }


def _assign(cost: list[list[int]]) -> list[int]:
    """The row of each column at least cost; `cost` is square."""
    size = len(cost)
    potential = [0] * size
    price = [0] * (size + 1)
    row_of: list[int | None] = [None] * (size + 1)
    for row in range(size):
        # Column `size` stands for the row that looks for a place.
        row_of[size] = row
        came_from = [size] * size
        slack: list[int | None] = [None] * size
        done = [False] * (size + 1)
        here = size
        while (holder := row_of[here]) is not None:
            done[here] = True
            nearest, least = size, None
            for column in range(size):
                if done[column]:
                    continue
                left = cost[holder][column] - potential[holder] - price[column]
                known = slack[column]
                if known is None or left < known:
                    slack[column] = known = left
                    came_from[column] = here
                if least is None or known < least:
                    nearest, least = column, known
            _shift(least or 0, done, row_of, (potential, price, slack))
            here = nearest
        while here != size:
            row_of[here] = row_of[came_from[here]]
            here = came_from[here]
    return [row for row in row_of[:size] if row is not None]


def _shift(
    by: int,
    done: list[bool],
    row_of: list[int | None],
    state: tuple[list[int], list[int], list[int | None]],
) -> None:
    """Move the potentials so that the next cheapest edge becomes free."""
    potential, price, slack = state
    for column, reached in enumerate(done):
        holder = row_of[column]
        if reached and holder is not None:
            potential[holder] += by
            price[column] -= by
        elif not reached and column < len(slack):
            known = slack[column]
            slack[column] = None if known is None else known - by
