"""Sums of products over the outcomes of each of many rows, in one way through the factors.

BLAS takes a row in pieces, whose sums are taken in the same way: a piece is a short running sum, whose roundings do not
add up where outcomes are alike, and too short for BLAS to start threads of its own. It is all of whole registers, for
what is left over is summed one by one.
"""

import numpy as np

from klcli.core.error_free import Array

__all__ = ["ONES", "PIECE", "SHORT", "row_inner", "row_products", "row_sum", "sum_of_few"]

PIECE = 256  # products, of which 8 to 16 meet in one lane of a register,
SHORT = 64  # and fewer of these sums and of what is left over: the sum of a row is right to 1.2e-15
ONES = np.ones((PIECE, 1))


def row_inner(a: Array, b: Array) -> Array:
    """Σ a·b of each row, (n, k), (n, k) → (n, 1)."""
    rows, outcomes = a.shape
    if outcomes < PIECE:
        return sum_of_few(a * b)
    sums, pieces, rest = _room(rows, outcomes)
    left, right = (each[:, : outcomes - rest].reshape(rows, pieces, PIECE) for each in (a, b))
    np.matmul(left[..., np.newaxis, :], right[..., np.newaxis], out=sums[:, :pieces, np.newaxis, np.newaxis])
    if rest:
        np.multiply(a[:, -rest:], b[:, -rest:], out=sums[:, pieces : pieces + rest])
    return sum_of_few(sums)


def row_sum(a: Array) -> Array:
    """Σ a of each row, (n, k) → (n, 1)."""
    rows, outcomes = a.shape
    if outcomes < PIECE:
        return sum_of_few(a)
    sums, pieces, rest = _room(rows, outcomes)
    whole = a[:, : outcomes - rest].reshape(rows, pieces, 1, PIECE)
    np.matmul(whole, ONES, out=sums[:, :pieces, np.newaxis, np.newaxis])
    if rest:
        sums[:, pieces : pieces + rest] = a[:, -rest:]
    return sum_of_few(sums)


def _room(rows: int, outcomes: int) -> tuple[Array, int, int]:
    """Zeros for the sums of so many pieces, and what is left over, in whole pieces of the shorter length."""
    pieces, rest = divmod(outcomes, PIECE)
    return np.zeros((rows, -(-(pieces + rest) // SHORT) * SHORT)), pieces, rest


def sum_of_few(a: Array) -> Array:
    """Σ a of each row of few, (n, k) → (n, 1)."""
    rows, outcomes = a.shape
    rest = outcomes % SHORT
    if outcomes < SHORT:
        return np.asarray(np.add.reduce(a, axis=-1, keepdims=True))
    whole = a[:, : outcomes - rest].reshape(rows, -1, 1, SHORT)
    total = np.add.reduce(np.matmul(whole, ONES[:SHORT]), axis=1)[:, 0]
    return np.asarray(total + np.add.reduce(a[:, -rest:], axis=-1, keepdims=True) if rest else total)


def row_products(a: Array, b: Array) -> Array:
    """Σ a[i]·b[j] of each row, (r, n, k), (s, n, k) → (n, r, s); each factor is read once.

    A piece is one running sum here, 128 roundings wrong where outcomes are alike: for the smaller terms of a sum.
    """
    if a.shape[-1] < PIECE:
        return np.stack([np.stack([np.add.reduce(left * right, axis=-1) for right in b], -1) for left in a], -2)
    (left, left_rest), (right, right_rest) = _pieces(a, PIECE), _pieces(b, PIECE)
    products = np.matmul(left.transpose(1, 2, 0, 3), right.transpose(1, 2, 3, 0))
    sums = np.add.reduce(np.ascontiguousarray(products.transpose(0, 2, 3, 1)), axis=-1)
    if left_rest.size:
        sums += np.matmul(left_rest.transpose(1, 0, 2), right_rest.transpose(1, 2, 0))
    return np.asarray(sums)


def _pieces(values: Array, size: int) -> tuple[Array, Array]:
    """The last axis in pieces of this size, and the few values that are left over."""
    outcomes = values.shape[-1]
    whole = outcomes - outcomes % size
    return values[..., :whole].reshape(*values.shape[:-1], -1, size), values[..., whole:]
