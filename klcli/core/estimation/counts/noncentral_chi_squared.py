"""The non-central chi-squared distribution: its tail, and the non-centrality that gives a tail.

With weights of Poisson(λ/2), P(χ²_ν(λ) > s) = Σ_j w_j·Q(ν/2 + j, s/2), and Q grows from j to j + 1 by a Poisson
probability of mean s/2 (Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2, chapter 29). Both factors
are products of ratios, summed where the weights are not negligible.
"""

from collections.abc import Callable
from math import erfc, log, sqrt

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.significance.chi_squared import chi_squared_sf, poisson_probability

__all__ = ["noncentral_chi_squared_cdf", "noncentrality_at"]

_DEVIATIONS = 9  # standard deviations of the Poisson weights, beyond which they sum to less than 1e-17
_PRECISION = 1e-14  # of a root, relative
_TINY = 1e-150  # a root, whose square is a double
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

    The error is about 1e-12, relative. The log-odds of the probability are nearly linear in √λ, so a secant needs few
    steps.
    """
    if noncentral_chi_squared_cdf(statistic, degrees_of_freedom, 0.0) <= probability:
        return 0.0
    wanted = log(probability / (1 - probability))

    def excess(root: float) -> float:
        found = noncentral_chi_squared_cdf(statistic, degrees_of_freedom, root * root)
        found = min(max(found, 1e-300), 1 - 1e-16)
        return log(found / (1 - found)) - wanted

    return _root(excess, _normal_root(statistic, degrees_of_freedom, wanted)) ** 2


def _normal_root(statistic: float, degrees_of_freedom: float, log_odds: float) -> float:
    """Returns a guess of √λ, right to about a tenth: treats the root of a χ²_ν(λ) as normal, and that as logistic."""
    noncentrality = max(statistic - degrees_of_freedom, 1.0)
    for _ in range(3):
        mean = degrees_of_freedom + noncentrality
        variance = (mean + noncentrality) / (2 * mean)
        root = max(sqrt(statistic) - log_odds / 1.7 * sqrt(variance), 0.0)
        noncentrality = max(root * root - degrees_of_freedom + variance, statistic / 1000)
    return sqrt(noncentrality)


def _root(function: Callable[[float], float], near: float) -> float:
    """Returns the root, above 0, of a decreasing function: false position, Illinois' variant, from a guess."""
    low = high = near
    at_low = at_high = function(near)
    step = 1.05
    while at_high > 0:
        low, at_low, high = high, at_high, high * step
        at_high, step = function(high), step * step
    while at_low < 0 and low > _TINY:
        high, at_high, low = low, at_low, low / step
        at_low, step = function(low), step * step
    side, middle = 0, high
    for _ in range(200):
        if not at_high:
            return high
        last, middle = middle, (low * at_high - high * at_low) / (at_high - at_low)
        if not low < middle < high:
            middle = (low + high) / 2
        if min(abs(middle - last), high - low) <= _PRECISION * middle:
            break
        value = function(middle)
        if value > 0:
            low, at_low = middle, value
            at_high = at_high / 2 if side == 1 else at_high
            side = 1
        else:
            high, at_high = middle, value
            at_low = at_low / 2 if side == -1 else at_low
            side = -1
    return middle


def _poisson_terms(first: float, count: int, mean: float) -> Array:
    """Returns meanᵏ·e^-mean/Γ(k + 1) for k = first, first + 1, …, shape (count,), from the largest outwards."""
    largest = min(max(int(mean - first), 0), count - 1)
    k = first + np.arange(count)
    terms = np.empty(count)
    terms[largest] = poisson_probability(first + largest, mean)
    terms[largest + 1 :] = terms[largest] * np.cumprod(mean / k[largest + 1 :])
    terms[:largest] = terms[largest] * np.cumprod(k[largest:0:-1] / mean)[::-1]
    return terms
