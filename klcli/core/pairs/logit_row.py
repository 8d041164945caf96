"""KL(P‖Q) of one row of so many logits that it is taken by itself, in as few and as long calls as can be.

Two threads that call numpy wait for each other for all that Python does in between, and what it touches moves from one
processor to the other each time: 60 µs of it a row take as long as 40,000 outcomes. So the arrays and their parts are
made once, and what is decided of a row is decided by floats.

The formulas are those of `logit_pair` and `exp_remainder`.
"""

from math import exp, factorial, fsum, inf, isnan, log, log1p, nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.exp_remainder import NEAR, SERIES
from klcli.core.arithmetic.summation import ONES, PIECE, SHORT, sum_of_few
from klcli.core.arithmetic.types import Array
from klcli.core.pairs.logit_differences import OFF

__all__ = ["APART", "LogitRow"]

APART = 2.0  # variance of log(q/p) under p from which the textbook is tried
_LOOK = 400  # outcomes of which it is guessed; of 500 and more, numpy leaves the lock of Python
_ONE_POWER, _TWO_POWERS, _ONE_WEIGHT = list(SERIES)[:3]  # the largest |x| for which no more is held of x, and p·x³
_POWERS = 4
_NEGLIGIBLE = 2.0**-56  # of Σ p·x², that what is left out may be

Values = NDArray[np.floating[Any]]


class LogitRow:
    """Room for a row of so many outcomes, and what is taken in it.

    The logits are in -690 to 60, so that their exponentials are normal doubles, and so are the products of two.
    """

    def __init__(self, outcomes: int) -> None:
        pieces = -(-outcomes // PIECE)
        buffer = np.zeros((4 + _POWERS, pieces * PIECE))  # what is beyond the outcomes stays 0
        cut = buffer.reshape(len(buffer), pieces, PIECE)
        self._mass, self._other, self._weight, self._doubles, self._x = buffer[:5, :outcomes]
        self._both, self._both_masses = buffer[3:5, :outcomes], buffer[:2, :outcomes]
        self._powers, self._weights = buffer[4:, :outcomes], buffer[2:4, :outcomes]
        # as matrices: a row, or a column, is a piece
        self._rows = cut[:, :, np.newaxis]
        self._columns = cut[..., np.newaxis]
        self._lefts, self._rights = cut[2:4].transpose(1, 0, 2), cut[4:].transpose(1, 2, 0)
        self._sums = np.zeros((3, -(-pieces // SHORT) * SHORT))
        self._into = self._sums[:, :pieces, np.newaxis, np.newaxis]

    def divergence(self, p: Values, q: Values) -> float:
        """KL(P‖Q) of logits of shape (outcomes,), far, or near and centred as they stand; NaN of any others."""
        value = self._textbook(p, q) if _seem_apart(p, q) else nan
        return self._near(p, q) if isnan(value) else value

    def _textbook(self, p: Values, q: Values) -> float:
        """log(Σ exp(q)/Σ exp(p)) - Σ p·(q - p), NaN where its rounding might be seen."""
        np.copyto(self._doubles, p)
        np.copyto(self._x, q)
        np.exp(self._both, out=self._both_masses)
        np.matmul(self._rows[:2], ONES, out=self._into[:2])
        np.subtract(self._x, self._doubles, out=self._x)
        np.matmul(self._rows[0], self._columns[4], out=self._into[2])
        total, other, first = self._added(3)
        first, log_ratio = first / total, log(other / total)
        value = log_ratio - first
        return value if _is_above_rounding(value, first, log_ratio) else nan

    def _near(self, p: Values, q: Values) -> float:
        np.copyto(self._doubles, p)
        np.exp(self._doubles, out=self._mass)
        np.copyto(self._x, q)
        np.subtract(self._x, self._doubles, out=self._x)
        np.multiply(self._x, self._x, out=self._powers[1])
        reach = sqrt(np.maximum.reduce(self._powers[1]).item())
        if reach > NEAR:
            return nan
        product = np.multiply(self._mass, self._x, out=self._other)
        np.matmul(self._rows[:2], ONES, out=self._into[:2])
        np.matmul(self._rows[1], self._columns[4], out=self._into[2])
        total, first, second = self._added(3)
        mean = first / total
        if not (abs(mean) <= OFF and 4 * mean * first <= second):
            return nan
        excess = self._excess(product, second, reach) / total
        after = mean + excess
        return excess - _bend(after) if after <= 1 else log1p(after) - mean

    def _excess(self, product: Array, second: float, reach: float) -> float:
        """Σ p·(exp(x) - 1 - x), up to the total of p, given p·x and Σ p·x²."""
        powers = 1 if reach <= _ONE_POWER else 2 if reach <= _TWO_POWERS else _POWERS
        weights = 1 if reach <= _ONE_WEIGHT else 2
        if powers > 2:
            np.multiply(self._powers[:2], self._powers[1], out=self._powers[2:])
        np.multiply(product, self._powers[1], out=self._weight)
        np.matmul(self._rows[2], ONES, out=self._into[0])
        terms = [second / 2, self._added(1)[0] / 6]
        order = 4
        while True:
            if weights > 1:
                np.multiply(self._weight, self._powers[-1], out=self._weights[1])
            products = np.matmul(self._lefts[:, :weights], self._rights[..., :powers])
            # along the last axis numpy adds up by halves, along another one by one
            moments = np.add.reduce(np.ascontiguousarray(products.transpose(1, 2, 0)), axis=-1).reshape(-1).tolist()
            terms += [moment / factorial(order + after) for after, moment in enumerate(moments)]
            order += len(moments)
            if weights == 1 or moments[-2] * reach * reach * exp(reach) <= _NEGLIGIBLE * second * factorial(order):
                return fsum(terms)
            np.multiply(self._weights[1], self._powers[-1], out=self._weight)

    def _added(self, count: int) -> list[float]:
        """The first so many sums, of what their pieces came to."""
        return sum_of_few(self._sums[:count])[:, 0].tolist()


def _seem_apart(p: Values, q: Values) -> bool:
    """Returns True if the first logits suggest that the textbook sum will be accepted."""
    x = q[:_LOOK] - p[:_LOOK]
    mean = np.add.reduce(x).item() / len(x)
    return np.add.reduce(x * x).item() / len(x) - mean * mean >= APART


def _is_above_rounding(value: float, first: float, log_ratio: float) -> bool:
    """Returns True if a textbook value is far above the rounding errors of the terms it is a difference of."""
    return max(1.0, abs(first) / 4, abs(log_ratio) / 4) <= value < inf


def _bend(after: float) -> float:
    """t - log(1 + t), as exp(u) - 1 - u with u = log(1 + t), for -0.3 <= t <= 1."""
    log = log1p(after)
    term = log * log / 2
    parts, power = [term], 2
    while abs(term) > 2.0**-56 * parts[0]:
        power += 1
        term *= log / power
        parts.append(term)
    return fsum(parts)
