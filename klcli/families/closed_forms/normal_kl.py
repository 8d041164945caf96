"""Divergences in plain doubles whose every step is right: of normals, many at once, and of exp(η·x) on (0, 1)."""

from math import inf, log, nan, pi
from typing import Any

import numpy as np

from klcli.core.arithmetic.series import atanh_excess
from klcli.families.ball_arithmetic.differences import excess_of_one

__all__ = ["normal_divergence", "tilt_divergence"]

_NEAR = 0.25  # |σp/σq - 1| up to here takes the series: beyond it, the logarithm cancels less than a digit
_SMALL = 0.1  # nats, from which the sum above keeps all but 2.2e-15; below it σp/σq is within 0.7 and 1.34
_LEAST = 1e-300  # of σp/σq: below it the ratio of two doubles is not right to its last digits


def normal_divergence(loc_p: Any, scale_p: Any, loc_q: Any, scale_q: Any) -> Any:
    """KL of normals in nats, elementwise; arrays of one dimension, or floats.

    Its relative error is at most 3e-15, of parameters of any size, wherever it is within NORMAL and LARGE of
    `precision`: the two parts, of the scales and of the locations, are not negative.
    """
    if loc_p.__class__ is scale_p.__class__ is loc_q.__class__ is scale_q.__class__ is float:
        return _one(loc_p, scale_p, loc_q, scale_q)
    return _many(*np.broadcast_arrays(loc_p, scale_p, loc_q, scale_q))


def _one(loc_p: float, scale_p: float, loc_q: float, scale_q: float) -> float:
    """The same for one pair."""
    ratio, z = scale_p / scale_q, (loc_p - loc_q) / scale_q
    if not _LEAST < ratio < inf or abs(z) > 1e150:
        return inf  # or it is beyond a double on the way, so it is for more digits to say
    if abs(ratio - 1) < _NEAR:
        return (excess_of_one((scale_p - scale_q) / scale_q * (ratio + 1)) + z * z) / 2
    return (ratio * ratio - 1 + z * z) / 2 - log(ratio)


def _many(loc_p: Any, scale_p: Any, loc_q: Any, scale_q: Any) -> Any:
    found = scale_p / scale_q
    logarithm = np.log(found)
    z = loc_p - loc_q
    z /= scale_q
    z *= z
    # (ratio² - 1 + z²)/2 - log(ratio)
    found *= found
    found -= 1
    found += z
    found *= 0.5
    found -= logarithm
    if np.minimum.reduce(logarithm, initial=0.0) < log(_LEAST):
        found[logarithm < log(_LEAST)] = nan
    near = np.flatnonzero(found < _SMALL)
    if near.size:
        x = (scale_p[near] - scale_q[near]) / scale_q[near]
        s = x / (2 + x)  # log(1 + x) is 2·atanh(s), and x - 2s is x·s
        square = s * s
        found[near] = (x * x + z[near]) / 2 + s * (x - 2 * square * atanh_excess(square))
    return found


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_FARTHEST = 5.0  # between two slopes: up to there 20 nodes are exact to the last digits
# of 1/t² - 1/(4·sinh²(t/2)): that of t^(2n - 2) is B(2n)·(2n - 1)/(2n)!, with the numbers of Bernoulli
_VARIANCE = (
    0.08333333333333333, -0.004166666666666667, 0.00016534391534391533, -5.787037037037037e-06,
    1.8789081289081288e-07, -5.812609152556243e-09, 1.7397297489890083e-10, -5.084520444483875e-12,
    1.4596305495672335e-13, -4.1322505272603176e-15, 1.1568905939556482e-16, -3.2095268777368804e-18,
    8.836767599073669e-20, -2.4174497053001377e-21,
)  # fmt: skip
# the rest by 2·ζ(2n)·(2n - 1)/(2π)^2n, where ζ is nearly 1
_VARIANCE += tuple((-1) ** (n + 1) * 2 * (2 * n - 1) * (1 + 4.0**-n) / (2 * pi) ** (2 * n) for n in range(15, 27))


def tilt_divergence(slope: Any, gap: Any) -> Any:
    """KL in nats of the densities on (0, 1) that are as exp(η·x) and exp((η + gap)·x); NaN where the gap is wide.

    It is ∫ (gap - s)·Var_{η + s}[x] ds from 0 to gap, whose integrand has one sign.

    Source: Loaiza-Ganem & Cunningham (2019), NeurIPS 32 (the variance); Wainwright & Jordan (2008), Found. Trends Mach.
    Learn. 1(1-2), 5.2 (the divergence of an exponential family as a Bregman divergence).
    """
    part = (1 + _NODES) / 2
    with np.errstate(all="ignore"):
        t = np.asarray(slope)[..., np.newaxis] + np.asarray(gap)[..., np.newaxis] * part
        found = (_variance(t) * (1 - part) * _WEIGHTS).sum(axis=-1) * gap * gap / 2
    value = np.where(np.abs(gap) <= _FARTHEST, found, np.nan)
    return value if value.ndim else float(value)


def _variance(t: Any) -> Any:
    """Of a density as exp(t·x) on (0, 1)."""
    square = t * t
    series = np.full_like(t, _VARIANCE[-1])
    for coefficient in _VARIANCE[-2::-1]:
        series = series * square + coefficient
    half = 2 * np.sinh(t / 2)
    return np.where(square < 9, series, 1 / square - 1 / (half * half))
