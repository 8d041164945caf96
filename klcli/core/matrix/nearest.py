"""The few rows that are closest to each row, found block by block without the matrix of all pairs."""

from math import inf
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array, Index
from klcli.core.matrix.all_pairs import AllPairs, Block

__all__ = ["Largest", "Nearest", "nearest"]


class Largest(NamedTuple):
    """The largest value of all pairs, in nats, and its place; -inf if there is no pair of different rows."""

    value: float = -inf
    row: int = 0
    column: int = 0


class Nearest(NamedTuple):
    """The rows of y that are closest to each row of x: indices and values in nats, shape (n, count)."""

    indices: Index
    values: Array
    largest: Largest


def nearest(pairs: AllPairs, count: int) -> Nearest:
    """Returns which rows of y are closest to each row of x, the closest first, and the largest value of all pairs.

    A row is no neighbour of itself; of equal values the one of the first row goes first.

    Args:
        count: how many of each; fewer where y has fewer.
    """
    rows, columns = pairs.shape
    count = min(count, columns - pairs.is_own)
    indices, values = np.full((rows, count), columns), np.full((rows, count), np.nan)
    largest = Largest()
    for block in pairs.blocks():
        found = block.values
        is_diagonal = pairs.is_own and block.rows == block.columns
        if is_diagonal:
            found = found.copy()
            np.fill_diagonal(found, -inf)
        largest = max(largest, _largest(found, block), key=lambda each: each.value)
        if is_diagonal:
            np.fill_diagonal(found, np.nan)  # which is behind all numbers
        of_block = _smallest(found, count)
        those = np.concatenate([indices[block.rows], of_block + block.columns.start], axis=1)
        theirs = np.concatenate([values[block.rows], np.take_along_axis(found, of_block, axis=1)], axis=1)
        order = np.lexsort((those, theirs), axis=-1)[:, :count]
        indices[block.rows] = np.take_along_axis(those, order, axis=1)
        values[block.rows] = np.take_along_axis(theirs, order, axis=1)
    return Nearest(indices, values, largest)


def _largest(values: Array, block: Block) -> Largest:
    row, column = divmod(int(values.argmax()), values.shape[1])
    return Largest(float(values[row, column]), block.rows.start + row, block.columns.start + column)


def _smallest(values: Array, count: int) -> Index:
    """Returns the positions of the smallest values of each row, of equal ones the first; shape (n, count or fewer)."""
    if values.shape[1] <= count:
        return np.broadcast_to(np.arange(values.shape[1]), values.shape)
    found = np.argpartition(values, count - 1, axis=1)[:, :count]
    last = np.take_along_axis(values, found, axis=1).max(axis=1, keepdims=True)
    tied = np.flatnonzero(np.count_nonzero(values <= last, axis=1) > count)
    found[tied] = np.argsort(values[tied], axis=1, kind="stable")[:, :count]
    return found
