"""Tail and quantile of the chi-squared distribution, with `math` only, so that a test of counts needs no scipy.

The tail Q(a, x) is summed as 1 - P(a, x) by its power series below a + 1, and by Legendre's continued fraction above
(Numerical Recipes, section 6.2). The factor that both share, xᵃ·e⁻ˣ/Γ(a + 1), is written with Loader's deviance and
Stirling's error (Loader 2000, "Fast and accurate computation of binomial probabilities"), as a·log(x) - lgamma(a + 1)
would lose digits for large a.
"""

from functools import lru_cache
from math import exp, inf, lgamma, log, pi, sqrt

__all__ = ["chi_squared_isf", "chi_squared_sf", "deviance", "poisson_probability", "stirling_error"]

_EPSILON = 2.0**-53
_HALF_LOG_2PI = 0.5 * log(2 * pi)
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)


def chi_squared_sf(statistic: float, degrees_of_freedom: float) -> float:
    """Returns P(χ² > statistic), with a relative error of about 1e-13 down to 1e-300.

    Raises:
        ValueError: the degrees of freedom are not positive, or the statistic is NaN.
    """
    if not degrees_of_freedom > 0 or statistic != statistic:
        raise ValueError(f"no chi-squared tail at {statistic} with {degrees_of_freedom} degrees of freedom")
    if statistic <= 0:
        return 1.0
    if statistic == inf:
        return 0.0
    a, x = degrees_of_freedom / 2, statistic / 2
    return (
        1 - poisson_probability(a, x) * _series(a, x)
        if x < a + 1
        else poisson_probability(a, x) * a * _continued_fraction(a, x)
    )


@lru_cache(4096)  # the columns of two tables share levels and degrees of freedom
def chi_squared_isf(tail: float, degrees_of_freedom: float) -> float:
    """Returns the value that χ² exceeds with probability `tail`: the quantile at 1 - tail, also where that rounds to 1.

    Raises:
        ValueError: `tail` is not in (0, 1], or the degrees of freedom are not positive.
    """
    if not 0 < tail <= 1 or not degrees_of_freedom > 0:
        raise ValueError(f"no chi-squared quantile at {tail} with {degrees_of_freedom} degrees of freedom")
    low, high = 0.0, degrees_of_freedom + 1.0
    while chi_squared_sf(high, degrees_of_freedom) > tail:
        low, high = high, 2 * high
    while high - low > 4 * _EPSILON * high:
        middle = (low + high) / 2
        if chi_squared_sf(middle, degrees_of_freedom) > tail:
            low = middle
        else:
            high = middle
        if high < 1e-300:
            return 0.0
    return high


def deviance(x: float, mean: float) -> float:
    """Returns x·log(x/mean) - x + mean without cancellation, for x >= 0 and mean > 0."""
    if x == 0:
        return mean
    relative = (x - mean) / mean
    if abs(relative) > 0.5:
        return x * log(x / mean) - x + mean
    # With r = t/(2 + t): log(1 + t) = 2(r + r³/3 + …), so (1 + t)·log(1 + t) - t = t·r + 2(1 + t)·(r³/3 + r⁵/5 + …).
    r = relative / (2 + relative)
    total, power, k = 0.0, r * r * r, 3
    while abs(power) > _EPSILON * r * r:
        total += power / k
        power *= r * r
        k += 2
    return mean * (relative * r + 2 * (1 + relative) * total)


def stirling_error(n: float) -> float:
    """Returns log Γ(n + 1) - (n + 1/2)·log(n) + n - log(2π)/2, for n > 0."""
    if n < 16:
        return lgamma(n + 1) - (n + 0.5) * log(n) + n - _HALF_LOG_2PI
    square = 1 / (n * n)
    total = 0.0
    for coefficient in reversed(_STIRLING):
        total = total * square + coefficient
    return total / n


def poisson_probability(a: float, x: float) -> float:
    """Returns xᵃ·e⁻ˣ/Γ(a + 1), the Poisson probability of a at mean x, for a >= 0 and x > 0."""
    if a < 1:
        return exp(a * log(x) - x - lgamma(a + 1))
    return exp(-stirling_error(a) - deviance(a, x)) / sqrt(2 * pi * a)


def _series(a: float, x: float) -> float:
    """Returns Σ xᵏ/((a + 1)…(a + k)), which times the power is P(a, x)."""
    total = term = 1.0
    while term > _EPSILON * total:
        a += 1
        term *= x / a
        total += term
    return total


def _continued_fraction(a: float, x: float) -> float:
    """Returns 1/(x + 1 - a - 1·(1 - a)/(x + 3 - a - …)), which times xᵃ·e⁻ˣ/Γ(a) is Q(a, x), by Lentz's method."""
    b = x + 1 - a
    c = 1e300
    d = 1 / b
    total = d
    k = 0
    while True:
        k += 1
        factor = -k * (k - a)
        b += 2
        d = 1 / (factor * d + b)
        c = b + factor / c
        total *= c * d
        if abs(c * d - 1) < 4 * _EPSILON:
            return total
