"""Tests of P = Q by the distances between two empirical distribution functions, which see the order of values."""

from math import erfc, exp, log, pi, sqrt

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.significance.homogeneity import LEAST_EXPECTED

__all__ = ["area_p_value", "ks_p_value", "ks_quantile", "ks_rows"]

_TERMS = 40  # of Smirnov's series, at the smallest λ for which it is summed
_SMALLEST = 0.2  # λ below which p is 1, to 1e-12
_LARGEST = 37.0  # z beyond which the tail of the normal distribution underflows
_HALVINGS = 60


def ks_p_value(distance: float, n: int, m: int) -> float:
    """Returns P(D >= distance) of two samples of one continuous population, by Smirnov's limit (1939).

    It is not below the exact p by more than a few per cent for 50 observations, and above it where values repeat.
    """
    scaled = distance * sqrt(n * (m / (n + m)))
    if scaled < _SMALLEST:
        return 1.0
    total = sum((-1) ** (k - 1) * exp(-2 * (k * scaled) ** 2) for k in range(1, _TERMS))
    return min(1.0, max(0.0, 2 * total))


def ks_quantile(tail: float, n: int, m: int) -> float:
    """Returns the distance that D exceeds with a probability of at most 0.05, `tail`: to 1e-5, by the first term."""
    return sqrt(log(2 / tail) / 2 * (1 / n + 1 / m))


def ks_rows(distance: float, tail: float) -> int:
    """Returns the observations on each side with which D exceeds a distance with probability `tail`."""
    return int(log(2 / tail) / distance**2) + 1


def area_p_value(low: Array, high: Array, least: Array, width: Array, n: int, m: int) -> float:
    """Returns an upper bound of the p-value of the area between two distribution functions (W1).

    If P = Q, the difference at each value is normal about 0, with the variance of the pooled observations dealt out at
    random; so the area is a mean of half-normal variables of any dependence. It lies below one of them in convex order,
    as does its mean beyond a quantile (Meilijson & Nádas 1979, J. Appl. Probab. 16:671): the area exceeds h(z) · Σ
    deviation · width with at most the probability of |Z| > z, where h(z) is the mean of |Z| beyond z. Ends of the range
    where fewer than 5 observations of the smaller sample are expected are left out of both sides, as they are not
    normal.

    Args:
        low, high: bounds of the pooled distribution function in each cell between values, shape (k,).
        least: least difference of both functions in each cell. width: of the cells. n, m: observations.
    """
    near = LEAST_EXPECTED / min(n, m)
    inner = (low >= near) & (1 - high >= near) & np.isfinite(width)
    share = np.clip(0.5, low[inner], high[inner])
    deviation = np.sqrt(share * (1 - share) * ((1 / n + 1 / m) * ((n + m) / (n + m - 1))))
    scale = float(np.sum(deviation * width[inner]))
    area = float(np.sum(least[inner] * width[inner]))
    return erfc(_mean_beyond(area / scale) / sqrt(2)) if scale > 0 else 1.0


def _mean_beyond(mean: float) -> float:
    """Returns the z beyond which the mean of |Z| is `mean`, 0 if that of all is no smaller."""
    low, high = 0.0, min(mean, _LARGEST)
    for _ in range(_HALVINGS):
        z = (low + high) / 2
        beyond = sqrt(2 / pi) * exp(-z * z / 2) / erfc(z / sqrt(2))
        low, high = (z, high) if beyond < mean else (low, z)
    return low
