"""Σ p·(exp(x) - 1 - x) over the outcomes of each of many rows, by the way that keeps its digits.

For small x it is Σ p·x²/2! + Σ p·x³/3! + …: the first two sums each by itself, the others from few products, such as
those of p·x³ and p·x⁸ with x, x², … x⁵. How many are taken is decided by the largest |x| of the row.
"""

from collections.abc import Callable
from itertools import pairwise
from math import factorial
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.parallel import Workspace
from klcli.core.arithmetic.summation import row_inner, row_products
from klcli.core.arithmetic.types import Array, Mask

__all__ = ["NEAR", "POWERS", "SERIES", "Form", "Terms", "by_both", "by_exponential"]

NEAR = 1.5  # |x| up to here takes the series
POWERS = 5  # of x that are held at once
_WEIGHTS = 2  # p·x³, …, that are held at once


class Terms(NamedTuple):
    """Arguments of a sum Σ p·(exp(x) - 1 - x), shape (n, columns).

    Attributes:
        mass: p up to its total. powers: of shape (POWERS, n, columns), x and room for its powers.
        product: p·x. second: Σ p·x², shape (n, 1). low: of x, in twice the digits; None where it does not matter.
    """

    mass: Array
    powers: Array
    product: Array
    second: Array
    low: Array | None
    workspace: Workspace

    @property
    def x(self) -> Array:
        return self.powers[0]

    def of(self, rows: Mask) -> "Terms":
        mass = self.mass[rows]
        powers = self.workspace.like("powers of some", mass, POWERS)
        powers[0] = self.x[rows]
        return Terms(mass, powers, self.product[rows], self.second[rows], None, self.workspace)


Form = Callable[[Terms], Array]  # the sum of each row, shape (n, 1)


def _series(columns: int, rows: int = 1) -> Form:
    """The sum up to x^j, j = 3 + columns·rows, for small x."""
    scale = np.array([1 / factorial(power) for power in range(4, 4 + columns * rows)]).reshape(rows, columns)

    def form(terms: Terms) -> Array:
        powers, x = terms.powers[:columns], terms.x
        square = np.multiply(x, x, out=terms.powers[1])
        for column in range(2, columns, 2):
            np.multiply(powers[column - 2 : columns - 2][:2], square, out=powers[column : column + 2])
        weights = terms.workspace.like("weights", x, min(rows, _WEIGHTS))
        np.multiply(terms.product, square, out=weights[0])
        third = np.add.reduce(weights[0], axis=-1, keepdims=True)
        rest = []
        for first in range(0, rows, _WEIGHTS):
            if first:
                np.multiply(weights[-1], powers[-1], out=weights[0])
            for before, weight in pairwise(weights):
                np.multiply(before, powers[-1], out=weight)
            products = row_products(weights, powers) * scale[first : first + _WEIGHTS]
            rest.append(np.add.reduce(products, axis=(-1, -2)))
        return terms.second / 2 + (third / 6 + np.add.reduce(rest[::-1])[:, np.newaxis])

    return form


# by the largest |x| for which what is left out after x^j, 2·|x|^(j - 1)/(j + 1)! of the first term, is at most 2^-55
SERIES = {
    1.1e-5: _series(1),
    3.2e-4: _series(2),
    0.0075: _series(4),
    0.15: _series(4, 2),
    0.32: _series(5, 2),
    NEAR: _series(5, 4),
}


def by_exponential(terms: Terms) -> Array:
    """By exp(x) - 1, for what is not small beside x."""
    return row_inner(terms.mass, _rise(terms.x, terms.low, terms.workspace.like("rise", terms.x)))


def by_both(terms: Terms) -> Array:
    """By the moments where x is small, by exp(x) - 1 elsewhere."""
    mass, x, low = terms.mass, terms.x, terms.low
    is_far = np.abs(x) > NEAR
    powers = terms.workspace.like("powers of both", x, POWERS)
    powers[0] = np.where(is_far, 0.0, x)
    product = mass * powers[0]
    near = SERIES[NEAR](Terms(mass, powers, product, row_inner(product, powers[0]), None, terms.workspace))
    far = np.zeros_like(x)
    rise = _rise(x[is_far], None if low is None else low[is_far], np.empty(np.count_nonzero(is_far)))
    far[is_far] = mass[is_far] * rise
    return near + np.add.reduce(far, axis=-1, keepdims=True)


def _rise(x: Array, low: Array | None, buffer: Array) -> Array:
    """exp(x + low) - 1 - x, without its last digits where x is small."""
    rise = np.expm1(x, out=buffer)
    if low is not None:
        rise += low * (1 + rise)
    rise -= x
    return rise
