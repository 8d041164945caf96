"""KL of exponentially tilted uniform densities on (0, 1), in plain float64."""

from math import pi
from typing import Any

import numpy as np

__all__ = ["tilt_kl"]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


_MAX_CHANGE = 5.0  # of the slope, up to which 20 nodes integrate to full accuracy


# Taylor coefficients of 1/t² - 1/(4·sinh²(t/2)); that of t^(2n - 2) is B(2n)·(2n - 1)/(2n)!, B the Bernoulli numbers
_VARIANCE = (
    0.08333333333333333, -0.004166666666666667, 0.00016534391534391533, -5.787037037037037e-06,
    1.8789081289081288e-07, -5.812609152556243e-09, 1.7397297489890083e-10, -5.084520444483875e-12,
    1.4596305495672335e-13, -4.1322505272603176e-15, 1.1568905939556482e-16, -3.2095268777368804e-18,
    8.836767599073669e-20, -2.4174497053001377e-21,
)  # fmt: skip


# further ones from 2·ζ(2n)·(2n - 1)/(2π)^2n, where ζ(2n) is nearly 1 + 4⁻ⁿ
_VARIANCE += tuple((-1) ** (n + 1) * 2 * (2 * n - 1) * (1 + 4.0**-n) / (2 * pi) ** (2 * n) for n in range(15, 27))


def tilt_kl(slope: Any, change: Any) -> Any:
    """Returns KL in nats of the densities on (0, 1) proportional to exp(slope·x) and exp((slope + change)·x).

    It equals ∫ (change - s)·Var_{slope + s}[x] ds from 0 to change, whose integrand has one sign. NaN where |change|
    is above 5, too much for the quadrature rule.

    Source: Loaiza-Ganem & Cunningham (2019), NeurIPS 32 (the variance); Wainwright & Jordan (2008), Found. Trends Mach.
    Learn. 1(1-2), 5.2 (the divergence of an exponential family as a Bregman divergence).
    """
    part = (1 + _NODES) / 2
    with np.errstate(all="ignore"):
        t = np.asarray(slope)[..., np.newaxis] + np.asarray(change)[..., np.newaxis] * part
        found = (_variance(t) * (1 - part) * _WEIGHTS).sum(axis=-1) * change * change / 2
    value = np.where(np.abs(change) <= _MAX_CHANGE, found, np.nan)
    return value if value.ndim else float(value)


def _variance(t: Any) -> Any:
    """The variance of the density proportional to exp(t·x) on (0, 1)."""
    square = t * t
    series = np.full_like(t, _VARIANCE[-1])
    for coefficient in _VARIANCE[-2::-1]:
        series = series * square + coefficient
    half = 2 * np.sinh(t / 2)
    return np.where(square < 9, series, 1 / square - 1 / (half * half))
