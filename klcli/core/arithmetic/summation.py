"""Sums of products over the outcomes of each of many rows, in one way through the factors.

BLAS takes a row in pieces, whose sums are taken in the same way: a piece is a short running sum, whose roundings do not
add up where outcomes are alike, and too short for BLAS to start threads of its own. It is all of whole registers, for
what is left over is summed one by one.
"""

from functools import cache

import numpy as np

from klcli.core.arithmetic.types import Array

__all__ = ["row_inner", "row_sum"]

_PIECE = 256  # products at most, of which 8 to 16 meet in one lane of a register,
_SHORT = 64  # at least; so few sums of these, and products left over, are added: the sum of a row is right to 1.2e-15
_REGISTERS = 32  # numbers that BLAS takes in one turn of its loop
_ONES = np.ones((_PIECE, 1))


def row_inner(a: Array, b: Array) -> Array:
    """Σ a·b of each row, (n, k), (n, k) → (n, 1)."""
    if a.shape[-1] < _SHORT:
        return np.asarray(np.add.reduce(a * b, axis=-1, keepdims=True))
    return _added(a, b)


def row_sum(a: Array) -> Array:
    """Σ a of each row, (n, k) → (n, 1)."""
    if a.shape[-1] < _SHORT:
        return np.asarray(np.add.reduce(a, axis=-1, keepdims=True))
    return _added(a, None)


def _added(a: Array, b: Array | None) -> Array:
    """Returns Σ a·b of each row that is not short; b is ones if it is None."""
    rows, outcomes = a.shape
    size = _size(outcomes)
    pieces, few = divmod(outcomes, size)
    whole = outcomes - few
    sums = np.zeros((rows, -(-(pieces + few) // _SHORT) * _SHORT))
    other = _ONES[:size] if b is None else b[:, :whole].reshape(rows, pieces, size, 1)
    np.matmul(a[:, :whole].reshape(rows, pieces, 1, size), other, out=sums[:, :pieces, np.newaxis, np.newaxis])
    if few:
        sums[:, pieces : pieces + few] = a[:, whole:] if b is None else a[:, whole:] * b[:, whole:]
    return _sum_of_few(sums)


@cache
def _size(outcomes: int) -> int:
    """Returns the size of pieces that leaves the fewest products over, the largest such size."""
    return min(range(_PIECE, _SHORT - 1, -_REGISTERS), key=lambda size: outcomes % size)


def _sum_of_few(sums: Array) -> Array:
    """Σ of each row of whole short pieces, (n, k) → (n, 1)."""
    pieces = sums.reshape(len(sums), -1, 1, _SHORT)
    return np.asarray(np.add.reduce(np.matmul(pieces, _ONES[:_SHORT]), axis=1)[:, 0])
