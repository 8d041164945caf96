"""Sums of products over the outcomes of each of many rows, in one way through the factors.

BLAS takes a row in pieces, whose sums are taken in the same way: a piece is a short running sum, whose roundings do not
add up where outcomes are alike, and too short for BLAS to start threads of its own. It is all of whole registers, for
what is left over is summed one by one.
"""

import numpy as np

from klcli.core.error_free import Array

__all__ = ["row_inner", "row_products", "row_sum"]

_PIECE = 256  # products, of which 8 to 16 meet in one lane of a register,
_SHORT = 64  # and fewer of these sums and of what is left over: the sum of a row is right to 1.2e-15
_ONES = np.ones((_PIECE, 1))


def row_inner(a: Array, b: Array) -> Array:
    """Σ a·b of each row, (n, k), (n, k) → (n, 1)."""
    (left, left_rest), (right, right_rest) = _pieces(a, _PIECE), _pieces(b, _PIECE)
    if not left.size:
        return _short_sum(left_rest * right_rest)
    sums = _short_sum(np.matmul(left[..., np.newaxis, :], right[..., np.newaxis])[..., 0, 0])
    return sums + _short_sum(left_rest * right_rest) if left_rest.size else sums


def row_sum(a: Array) -> Array:
    """Σ a of each row, (n, k) → (n, 1)."""
    pieces, rest = _pieces(a, _PIECE)
    if not pieces.size:
        return _short_sum(rest)
    sums = _short_sum(np.matmul(pieces[..., np.newaxis, :], _ONES)[..., 0, 0])
    return sums + _short_sum(rest) if rest.size else sums


def _short_sum(a: Array) -> Array:
    """The same of fewer."""
    if a.shape[-1] < _SHORT:
        return np.asarray(np.add.reduce(a, axis=-1, keepdims=True))
    pieces, rest = _pieces(a, _SHORT)
    sums = np.add.reduce(np.matmul(pieces[..., np.newaxis, :], _ONES[:_SHORT])[..., 0, 0], axis=-1, keepdims=True)
    return np.asarray(sums + np.add.reduce(rest, axis=-1, keepdims=True) if rest.size else sums)


def row_products(a: Array, b: Array) -> Array:
    """Σ a[i]·b[j] of each row, (r, n, k), (s, n, k) → (n, r, s); each factor is read once.

    A piece is one running sum here, 128 roundings wrong where outcomes are alike: for the smaller terms of a sum.
    """
    if a.shape[-1] < _PIECE:
        return np.stack([np.stack([np.add.reduce(left * right, axis=-1) for right in b], -1) for left in a], -2)
    (left, left_rest), (right, right_rest) = _pieces(a, _PIECE), _pieces(b, _PIECE)
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
