"""Distances between two samples of numbers that see their order, which no measure on cells does.

They are exact from the samples. From counts at some points each has an estimate and a bound: between two points, a
distribution function lies between its values there.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from klcli.core.arithmetic.types import Array, Index
from klcli.core.estimation.significance.order import area_p_value, ks_p_value

__all__ = [
    "Bounded", "Steps", "distances_of_counts", "distances_of_samples", "ks_distance", "ks_from_steps",
    "wasserstein_distance", "wasserstein_from_steps",
]  # fmt: skip

_LARGEST = 1 << 63  # products of counts below it are exact


class Bounded(NamedTuple):
    """An estimate, how far from it the value may be, and the p-value of P = Q, or an upper bound of it."""

    value: float
    error: float = 0.0
    p_value: float = 1.0


class Steps(NamedTuple):
    """An empirical distribution function at points that increase, which are the same for both samples.

    Attributes:
        below, at_most: Numbers of observations below, and at most, each point, shape (k,). lowest, highest: Extremes.
        number: Observations in the sample.
    """

    below: Index
    at_most: Index
    lowest: float
    highest: float
    number: int


def ks_distance(x: ArrayLike, y: ArrayLike) -> float:
    """Returns the largest difference between the two empirical distribution functions (Kolmogorov-Smirnov D).

    Args:
        x, y: samples, shape (n,) and (m,), not empty, without NaN.
    """
    _, below_x, below_y = _cumulative(x, y)
    return _largest_gap(below_x, below_y, np.size(x), np.size(y))


def wasserstein_distance(x: ArrayLike, y: ArrayLike) -> float:
    """Returns the area between the two empirical distribution functions, in the unit of the samples (W1).

    It is inf where the shares of an infinite value differ. Arguments as in `ks_distance`.
    """
    both, below_x, below_y = _cumulative(x, y)
    return _area(both, below_x / np.size(x), below_y / np.size(y))


def distances_of_samples(x: Array, y: Array, exponent: int = 0) -> tuple[Bounded, Bounded]:
    """Returns KS and W1 of two samples; W1 of the values divided by 2 to the power of `exponent`."""
    both, below_x, below_y = _cumulative(x, y)
    return _distances(np.ldexp(both, -exponent), below_x, below_y, x.size, y.size)


def distances_of_counts(values: Array, x: Array, y: Array) -> tuple[Bounded, Bounded]:
    """Returns KS and W1 of two samples, given how often each value occurs in them.

    Args:
        values: all different and increasing, shape (k,). x, y: counts, shape (k,), not all 0.
    """
    below_x, below_y = (np.cumsum(counts, dtype=np.int64) for counts in (x, y))
    return _distances(values, below_x, below_y, int(below_x[-1]), int(below_y[-1]))


def _distances(values: Array, counts_x: Index, counts_y: Index, n: int, m: int) -> tuple[Bounded, Bounded]:
    ks = _largest_gap(counts_x, counts_y, n, m)
    below_x, below_y = counts_x / n, counts_y / m
    pooled = ((n * below_x + m * below_y) / (n + m))[:-1]
    with np.errstate(invalid="ignore"):  # from one infinite value to the other of the same sign
        width = np.diff(values)
    p_value = area_p_value(pooled, pooled, np.abs(below_x - below_y)[:-1], width, n, m)
    return Bounded(ks, p_value=ks_p_value(ks, n, m)), Bounded(_area(values, below_x, below_y), p_value=p_value)


def _largest_gap(x: Index, y: Index, n: int, m: int) -> float:
    """Returns the largest |x/n - y/m|, rounded once, so that a limit which it equals is kept; of 3·10⁹ rows, thrice."""
    if n * m < _LARGEST:
        return int(np.abs(x * m - y * n).max(initial=0)) / (n * m)
    return float(np.abs(x / n - y / m).max(initial=0.0))


def _area(values: Array, below_x: Array, below_y: Array) -> float:
    """Returns the area between two functions that step at increasing values."""
    difference = np.abs(below_x - below_y)[:-1]
    apart = difference > 0  # where both functions agree, the distance to an infinite value counts for nothing
    return float(np.sum(difference[apart] * (values[1:][apart] - values[:-1][apart])))


def ks_from_steps(p: Steps, q: Steps) -> Bounded:
    """Returns the largest difference at the points; between two of them it may be larger by at most the error."""
    sides = ((p.below, q.below), (p.at_most, q.at_most))
    known = max(_largest_gap(a, b, p.number, q.number) for a, b in sides)
    (low_p, high_p), (low_q, high_q) = _between(p), _between(q)
    most = float(np.maximum(high_p - low_q, high_q - low_p).max(initial=0.0))
    return Bounded(known, max(0.0, most - known), ks_p_value(known, p.number, q.number))


def wasserstein_from_steps(p: Steps, q: Steps, points: Array) -> Bounded:
    """Returns the area between two distribution functions that are linear between points, and how far W1 may be.

    The distance of a sample to the linear function with its steps is at most half of width × share, summed over the
    cells. Neither function leaves its values at the ends of a cell, which bounds the area, too.

    Args:
        points: shape (k,), finite, as the extremes are.
    """
    ends = np.concatenate([[min(p.lowest, q.lowest, *points[:1])], points, [max(p.highest, q.highest, *points[-1:])]])
    width = np.diff(ends)
    (low_p, high_p), (low_q, high_q) = _between(p), _between(q)
    left, right = low_p - low_q, high_p - high_q
    size = np.abs(left) + np.abs(right)
    crosses = left * right < 0
    areas = np.where(crosses, (left**2 + right**2) / np.where(size > 0, size, 1.0), size) / 2
    slack = (high_p - low_p + high_q - low_q) / 2
    least = np.maximum(np.maximum(low_p - high_q, low_q - high_p), areas - slack).clip(0.0)
    most = np.minimum(np.maximum(high_p - low_q, high_q - low_p), areas + slack)
    value, low, high = (float(np.sum(each * width)) for each in (areas, least, most))
    n, m = p.number, q.number
    low_pooled, high_pooled = ((n * of_p + m * of_q) / (n + m) for of_p, of_q in ((low_p, low_q), (high_p, high_q)))
    apart = np.maximum(low_p - high_q, low_q - high_p).clip(0.0)
    p_value = area_p_value(low_pooled, high_pooled, apart, width, n, m)
    return Bounded(value, max(high - value, value - low, 0.0), p_value)


def _between(steps: Steps) -> tuple[Array, Array]:
    """Returns the values of a distribution function at both ends of each cell between points, shape (k + 1,)."""
    at_most, below = steps.at_most / steps.number, steps.below / steps.number
    return np.concatenate([[0.0], at_most]), np.concatenate([below, [1.0]])


def _cumulative(x: ArrayLike, y: ArrayLike) -> tuple[Array, Index, Index]:
    """Returns the distinct values of both, sorted, and how many of x and of y are at most each."""
    x, y = np.sort(np.asarray(x, dtype=np.float64)), np.sort(np.asarray(y, dtype=np.float64))
    both = np.unique(np.concatenate([x, y]))
    return both, np.searchsorted(x, both, "right"), np.searchsorted(y, both, "right")
