"""The non-central chi-squared distribution: its tail, and the non-centrality that gives a tail.

With weights of Poisson(λ/2), P(χ²_ν(λ) > s) = Σ_j w_j·Q(ν/2 + j, s/2), and Q grows from j to j + 1 by a Poisson
probability of mean s/2 (Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2, chapter 29). Both factors
are products of ratios, summed where the weights are not negligible.
"""

from collections.abc import Callable
from math import erfc, sqrt

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.significance.chi_squared import chi_squared_sf, poisson_probability

__all__ = ["noncentral_chi_squared_cdf", "noncentrality_at"]

_DEVIATIONS = 9  # standard deviations of the Poisson weights, beyond which they sum to less than 1e-17
_LARGE = 1e8  # where the normal approximation of the root is right to 1e-8


def noncentral_chi_squared_cdf(statistic: float, degrees_of_freedom: float, noncentrality: float) -> float:
    """Returns P(χ²_ν(λ) <= statistic), with an absolute error of about 1e-13 for λ up to 1e8."""
    if statistic <= 0:
        return 0.0
    if noncentrality <= 0:
        return 1 - chi_squared_sf(statistic, degrees_of_freedom)
    if noncentrality > _LARGE:
        mean = sqrt(max(noncentrality + degrees_of_freedom - 1, 0.0))
        return 0.5 * erfc((mean - sqrt(statistic)) / sqrt(2))
    half = noncentrality / 2
    reach = _DEVIATIONS * sqrt(half) + 40  # 40: where the weights are those of a small mean
    first = max(0, int(half - reach))
    count = int(half + reach) + 2 - first
    weights = _poisson_terms(float(first), count, half)
    a = degrees_of_freedom / 2 + first
    growth = _poisson_terms(a, count - 1, statistic / 2)
    tails = np.empty(count)
    tails[0] = chi_squared_sf(statistic, 2 * a)
    np.cumsum(growth, out=tails[1:])
    tails[1:] += tails[0]
    found = float(weights @ np.minimum(tails, 1.0)) / float(weights.sum())
    return min(max(1 - found, 0.0), 1.0)


def noncentrality_at(statistic: float, degrees_of_freedom: float, probability: float) -> float:
    """Returns the λ for which P(χ²_ν(λ) <= statistic) is `probability`; 0 if it is below that without λ.

    The error is about 1e-12, relative.
    """

    def excess(noncentrality: float) -> float:
        return noncentral_chi_squared_cdf(statistic, degrees_of_freedom, noncentrality) - probability

    if excess(0.0) <= 0:
        return 0.0
    high = max(statistic, 1.0)
    while excess(high) > 0:
        high *= 2
    return _root(excess, 0.0, high)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Returns the root of a decreasing function between two arguments: false position, Illinois' variant."""
    at_low, at_high = function(low), function(high)
    side = 0
    for _ in range(200):
        if high - low <= 1e-13 * high or not at_high:
            break
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        if not low < middle < high:
            middle = (low + high) / 2
        value = function(middle)
        if value > 0:
            low, at_low = middle, value
            at_high = at_high / 2 if side == 1 else at_high
            side = 1
        else:
            high, at_high = middle, value
            at_low = at_low / 2 if side == -1 else at_low
            side = -1
        if abs(value) < 1e-15:
            return middle
    return high


def _poisson_terms(first: float, count: int, mean: float) -> Array:
    """Returns meanᵏ·e^-mean/Γ(k + 1) for k = first, first + 1, …, shape (count,), from the largest outwards."""
    largest = min(max(int(mean - first), 0), count - 1)
    k = first + np.arange(count)
    terms = np.empty(count)
    terms[largest] = poisson_probability(first + largest, mean)
    terms[largest + 1 :] = terms[largest] * np.cumprod(mean / k[largest + 1 :])
    terms[:largest] = terms[largest] * np.cumprod(k[largest:0:-1] / mean)[::-1]
    return terms
