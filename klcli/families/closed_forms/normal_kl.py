"""KL of normals, and of the distributions that are normal after a transformation of x."""

from math import inf, log, nan
from typing import Any

import numpy as np

from klcli.core.arithmetic.series import atanh_remainder
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import itakura_saito_of_squares, log1pmx_of_float

__all__ = ["NORMAL_KL", "normal_kl", "normal_kl_in_float64"]

NORMAL_KL = "(({p.scale}/{q.scale})² - 1 - log(({p.scale}/{q.scale})²) + (({p.loc} - {q.loc})/{q.scale})²)/2"

_NEAR = 0.25  # |σp/σq - 1| up to which the series is used; beyond, the logarithm cancels less than a digit
_SMALL = 0.1  # nats; from here the direct sum has relative error 2.2e-15; below, σp/σq lies within 0.7 and 1.34
_LEAST = 1e-300  # σp/σq below which the quotient of two doubles loses digits to underflow


def normal_kl(p: Any, q: Any) -> Ball:
    """Returns KL in nats of families with a `loc` and a `scale`, from Balls."""
    z = (p.loc - q.loc) / q.scale
    return (itakura_saito_of_squares(p.scale, q.scale) + z * z) / 2


def normal_kl_in_float64(p: Any, q: Any) -> Any:
    """Returns KL in nats, elementwise; parameters are floats or arrays of one dimension.

    Its relative error is at most 3e-15 for parameters of any size, wherever it lies within SMALLEST and LARGEST of
    `refinement`, because neither part, that of the scales and that of the locations, is negative.
    """
    loc_p, scale_p, loc_q, scale_q = p.loc, p.scale, q.loc, q.scale
    if loc_p.__class__ is scale_p.__class__ is loc_q.__class__ is scale_q.__class__ is float:
        return _one(loc_p, scale_p, loc_q, scale_q)
    return _many(*np.broadcast_arrays(loc_p, scale_p, loc_q, scale_q))


def _one(loc_p: float, scale_p: float, loc_q: float, scale_q: float) -> float:
    ratio, z = scale_p / scale_q, (loc_p - loc_q) / scale_q
    if not _LEAST < ratio < inf or abs(z) > 1e150:
        return inf  # perhaps only an intermediate result overflows: outside the accepted range, so Balls decide
    if abs(ratio - 1) < _NEAR:
        return (z * z - log1pmx_of_float((scale_p - scale_q) / scale_q * (ratio + 1))) / 2
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
        found[near] = (x * x + z[near]) / 2 + s * (x - 2 * square * atanh_remainder(square))
    return found
