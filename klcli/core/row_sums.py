"""Sums of products over the outcomes of each of many rows, in one way through the factors.

BLAS takes a row in pieces, which numpy adds: a piece is a short running sum, whose roundings do not add up where
outcomes are alike, and too short for BLAS to start threads of its own.
"""

import numpy as np

from klcli.core.error_free import Array

__all__ = ["row_inner", "row_products"]

_PIECE = 256  # products; as of a sum of numpy, 8 to 16 of them meet in one lane of a register


def row_inner(a: Array, b: Array) -> Array:
    """Σ a·b of each row, (n, k), (n, k) → (n, 1)."""
    outcomes = a.shape[-1]
    if outcomes < _PIECE:
        return np.asarray(np.add.reduce(a * b, axis=-1, keepdims=True))
    products = np.matmul(_pieces(a)[..., np.newaxis, :], _pieces(b)[..., np.newaxis])[..., 0, 0]
    sums = np.add.reduce(products, axis=-1, keepdims=True)
    rest = outcomes % _PIECE
    if rest:
        sums += np.matmul(a[:, np.newaxis, -rest:], b[:, -rest:, np.newaxis])[..., 0]
    return np.asarray(sums)


def row_products(a: Array, b: Array) -> Array:
    """Σ a[i]·b[j] of each row, (r, n, k), (s, n, k) → (n, r, s); each factor is read once.

    A piece is one running sum here, 128 roundings wrong where outcomes are alike: for the smaller terms of a sum.
    """
    outcomes = a.shape[-1]
    if outcomes < _PIECE:
        return np.stack([np.stack([np.add.reduce(left * right, axis=-1) for right in b], -1) for left in a], -2)
    pieces = np.matmul(_pieces(a).transpose(1, 2, 0, 3), _pieces(b).transpose(1, 2, 3, 0))
    sums = np.add.reduce(np.ascontiguousarray(pieces.transpose(0, 2, 3, 1)), axis=-1)
    rest = outcomes % _PIECE
    if rest:
        sums += np.matmul(a[..., -rest:].transpose(1, 0, 2), b[..., -rest:].transpose(1, 2, 0))
    return np.asarray(sums)


def _pieces(values: Array) -> Array:
    """The last axis in pieces, without what is left over."""
    return values[..., : values.shape[-1] // _PIECE * _PIECE].reshape(*values.shape[:-1], -1, _PIECE)
