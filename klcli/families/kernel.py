"""The divergence of normals for many pairs at once: no Ball, as every step is right to the last digits."""

from math import inf, log
from typing import Any

import numpy as np

from klcli.core.series import atanh_excess
from klcli.families.functions import excess_of_one

__all__ = ["normal_divergence"]

BLOCK = 16_384  # pairs a block: its arrays stay in the second-level cache
_NEAR = 0.25  # |σp/σq - 1| up to here takes the series: beyond it, the logarithm cancels less than a digit


def normal_divergence(loc_p: Any, scale_p: Any, loc_q: Any, scale_q: Any) -> Any:
    """KL of normals in nats, elementwise; arrays that broadcast, or floats.

    Its relative error is at most 4e-15: the two parts, of the scales and of the locations, are not negative.
    """
    if all(isinstance(each, float) for each in (loc_p, scale_p, loc_q, scale_q)):
        return _one(float(loc_p), float(scale_p), float(loc_q), float(scale_q))
    shape = np.broadcast_shapes(*(np.shape(each) for each in (loc_p, scale_p, loc_q, scale_q)))
    flat = [np.broadcast_to(each, shape).reshape(-1) for each in (loc_p, scale_p, loc_q, scale_q)]
    found = np.empty(int(np.prod(shape)))
    with np.errstate(all="ignore"):
        for start in range(0, len(found), BLOCK):
            where = slice(start, start + BLOCK)
            found[where] = _block(*(each[where] for each in flat))
    return found.reshape(shape)[()]


def _one(loc_p: float, scale_p: float, loc_q: float, scale_q: float) -> float:
    """The same for one pair."""
    ratio, z = scale_p / scale_q, (loc_p - loc_q) / scale_q
    if not 0 < ratio < inf or abs(z) > 1e150:
        return inf  # or it is beyond a double on the way, so it is for more digits to say
    if abs(ratio - 1) < _NEAR:
        return (excess_of_one((scale_p - scale_q) / scale_q * (ratio + 1)) + z * z) / 2
    return (ratio * ratio - 1 + z * z) / 2 - log(ratio)


def _block(loc_p: Any, scale_p: Any, loc_q: Any, scale_q: Any) -> Any:
    ratio = scale_p / scale_q
    logarithm = np.log(ratio)
    z = loc_p - loc_q
    z /= scale_q
    z *= z
    # (ratio² - 1 + z²)/2 - log(ratio)
    square = ratio * ratio
    square -= 1
    square += z
    square *= 0.5
    square -= logarithm
    near = np.flatnonzero(np.abs(ratio - 1) < _NEAR)
    if near.size:
        x = (scale_p[near] - scale_q[near]) / scale_q[near]
        x *= ratio[near] + 1  # ratio² - 1
        s = x / (2 + x)
        square[near] = (x * s - 2 * s * s * s * atanh_excess(s * s) + z[near]) / 2
    return square
