"""Sums over the whole numbers of P's support, with a bound on what is left out.

Outwards from the median one by one; or as panels of numbers (`smooth_sum`) where they are many and the terms smooth.
"""

from math import inf, isfinite
from typing import Any

import numpy as np

from klcli.errors import NotComparable
from klcli.families.ball_arithmetic.ball import exact
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.integration.integrand import evaluate, log_densities, unseen
from klcli.families.integration.panel_sum import add_smooth, is_wide

__all__ = ["add"]

BLOCK = 4096
ENOUGH = 2**17  # terms, after which smooth ones are taken as panels
MANY = 2**21  # terms, after which a tail is bounded by a power law
MOST = 2**23  # terms: two seconds
_GONE = -745.0  # of a logarithm, whose exponential is 0


def add(name: str, p: Any, q: Any) -> tuple[float, float]:
    """Returns the sum of the integrand `name` over the support of p, and a bound on its absolute error.

    Raises:
        NotComparable: it would take too many terms.
    """
    value, error = _added(name, p, q)
    return max(value, 0.0) if name == "kl" else value, error


def _added(name: str, p: Any, q: Any) -> tuple[float, float]:
    if not (p.is_smooth and q.is_smooth):
        return _one_by_one(name, p, q, MOST)
    if is_wide(p):
        return add_smooth(name, p, q)
    try:
        return _one_by_one(name, p, q, ENOUGH)
    except NotComparable:
        return add_smooth(name, p, q)


def _one_by_one(name: str, p: Any, q: Any, most: int) -> tuple[float, float]:
    low, high = (float(end) for end in p.bounds())
    middle = float(np.clip(np.floor(np.ravel(p.quantile(np.array([0.5])))[0]), low, high))
    with np.errstate(all="ignore"):
        above, error_above, mass = _run(name, p, q, middle, high, 1.0, most)
        below, error_below, rest = _run(name, p, q, middle - 1, low, -1.0, most) if middle > low else (0.0, 0.0, 0.0)
    value = above + below
    if value == inf:
        return inf, 0.0
    error = error_above + error_below + unseen(abs(1 - mass - rest), value)
    return value, error + 2 * DOUBLES.unit * abs(value)


def _run(name: str, p: Any, q: Any, start: float, end: float, sign: float, most: int) -> tuple[float, float, float]:
    """The sum from a start towards an end, a bound on its error, and the mass of p on the way."""
    total = size = noise = mass = 0.0
    count = 0
    block = BLOCK
    while count < most:
        last = abs(end - start) - count + 1
        offsets = np.arange(min(float(block), last)) + count
        x = exact(start + sign * offsets, DOUBLES)
        own = log_densities(p, x)
        value, error = evaluate(name, own, log_densities(q, x))
        mass += float(np.exp(own[0]).sum())
        total += float(np.sum(value))
        size += float(np.abs(value).sum())
        noise += float(error.sum()) + DOUBLES.unit * size
        count += len(offsets)
        if not isfinite(total):
            return inf, 0.0, mass
        if last <= block:
            return total, noise, mass
        beyond = _beyond(np.abs(value))
        # where all terms so far are 0, the masses of p say whether that is all
        if beyond <= DOUBLES.unit * size / 16 and (size > 0 or own[0][-1] < _GONE):
            return total, noise + beyond, mass
        if count >= MANY:
            beyond = min(beyond, _beyond_by_power(np.abs(value), float(offsets[-1] + 1)))
            if beyond < size:
                return total, noise + beyond, mass
            if isfinite(size) and count >= most:
                break
        block = min(2 * block, 2**18)
    raise NotComparable(
        f"the sum over the outcomes of {p} has not converged after {count} terms",
        hint="compare the continuous families that are nearest, such as normal",
    )


def _beyond_by_power(terms: Any, reach: float) -> float:
    """A bound on the terms beyond the last, where they fall as a power of their number."""
    half = len(terms) // 2
    if terms[-1] == 0 or terms[half] <= terms[-1]:
        return 0.0 if terms[-1] == 0 else inf
    power = np.log(terms[half] / terms[-1]) / np.log(reach / (reach - (len(terms) - 1 - half)))
    return float(2 * reach * terms[-1] / (power - 1)) if power > 1 else inf


def _beyond(terms: Any) -> float:
    """A bound on the terms beyond the last: they fall at least as fast as over the last half of the block."""
    if terms[-1] == 0:
        return 0.0
    half = len(terms) // 2
    if terms[half] <= terms[-1]:
        return inf
    ratio = (terms[-1] / terms[half]) ** (1 / (len(terms) - 1 - half))
    return float(terms[-1] * ratio / (1 - ratio)) * 2 if ratio < 1 else inf
