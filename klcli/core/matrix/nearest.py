"""The few rows that are closest to each row, found block by block without the matrix of all pairs."""

import numpy as np

from klcli.core.arithmetic.types import Array, Index
from klcli.core.matrix.all_pairs import AllPairs

__all__ = ["nearest"]


def nearest(pairs: AllPairs, count: int) -> tuple[Index, Array]:
    """Returns which rows of y are closest to each row of x, the closest first, and their values in nats.

    A row is no neighbour of itself; of equal values the one of the first row goes first.

    Args:
        count: how many of each; fewer where y has fewer.

    Returns:
        indices and values, shape (n, count).
    """
    rows, columns = pairs.shape
    count = min(count, columns - pairs.is_own)
    indices, values = np.full((rows, count), columns), np.full((rows, count), np.nan)
    for block in pairs.blocks():
        found = block.values
        if pairs.is_own and block.rows == block.columns:
            found = found.copy()
            np.fill_diagonal(found, np.nan)  # which is behind all numbers
        of_block = _smallest(found, count)
        those = np.concatenate([indices[block.rows], of_block + block.columns.start], axis=1)
        theirs = np.concatenate([values[block.rows], np.take_along_axis(found, of_block, axis=1)], axis=1)
        order = np.lexsort((those, theirs), axis=-1)[:, :count]
        indices[block.rows] = np.take_along_axis(those, order, axis=1)
        values[block.rows] = np.take_along_axis(theirs, order, axis=1)
    return indices, values


def _smallest(values: Array, count: int) -> Index:
    """Returns the positions of the smallest values of each row, of equal ones the first; shape (n, count or fewer)."""
    if values.shape[1] <= count:
        return np.broadcast_to(np.arange(values.shape[1]), values.shape)
    found = np.argpartition(values, count - 1, axis=1)[:, :count]
    last = np.take_along_axis(values, found, axis=1).max(axis=1, keepdims=True)
    tied = np.flatnonzero(np.count_nonzero(values <= last, axis=1) > count)
    found[tied] = np.argsort(values[tied], axis=1, kind="stable")[:, :count]
    return found
