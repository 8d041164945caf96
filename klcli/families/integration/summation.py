"""Sums over the whole numbers in the support of P, with a bound on the terms left out.

Adds terms outwards from the median; many smooth terms are summed by panels of numbers (`panel_sum`).
"""

from math import inf, isfinite
from typing import Any

import numpy as np

from klcli.errors import NotComparable
from klcli.families.ball_arithmetic.ball import exact
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.integration.integrand import evaluate, log_density_and_error, missing_mass_error
from klcli.families.integration.panel_sum import is_wide, panel_sum

__all__ = ["MAX_TERMS", "sum_over_support", "sum_term_by_term"]

BLOCK = 4096
SMOOTH_MAX_TERMS = 2**17  # beyond this number of terms, smooth ones are summed by panels
POWER_LAW_TERMS = 2**21  # beyond this number of terms, a power law bounds the tail
_ENOUGH = 1e-10  # share of the sum that a bound by a power law may leave out before the last term
MAX_TERMS = 2**23  # two seconds
_LOG_UNDERFLOW = -745.0  # the exponential of a smaller number is 0


def sum_over_support(name: str, p: Any, q: Any) -> tuple[float, float]:
    """Returns the sum of the integrand `name` over the support of p, and a bound on its absolute error.

    Raises:
        NotComparable: the sum needs too many terms.
    """
    value, error = _unclipped_sum(name, p, q)
    return max(value, 0.0) if name == "kl" else value, error


def _unclipped_sum(name: str, p: Any, q: Any) -> tuple[float, float]:
    if not (p.is_smooth and q.is_smooth):
        return sum_term_by_term(name, p, q, MAX_TERMS)
    if is_wide(p):
        return panel_sum(name, p, q)
    try:
        return sum_term_by_term(name, p, q, SMOOTH_MAX_TERMS)
    except NotComparable:
        return panel_sum(name, p, q)


def sum_term_by_term(name: str, p: Any, q: Any, most: int) -> tuple[float, float]:
    """Returns the sum, outwards from the median of p, and a bound on its absolute error.

    Raises:
        NotComparable: the sum needs more than `most` terms on one side.
    """
    low, high = (float(end) for end in p.bounds())
    middle = float(np.clip(np.floor(np.ravel(p.quantile(np.array([0.5])))[0]), low, high))
    with np.errstate(all="ignore"):
        above, error_above, mass = _run(name, p, q, middle, high, 1.0, most)
        below, error_below, rest = _run(name, p, q, middle - 1, low, -1.0, most) if middle > low else (0.0, 0.0, 0.0)
    value = above + below
    if value == inf:
        return inf, 0.0
    error = error_above + error_below + missing_mass_error(abs(1 - mass - rest), value)
    return value, error + 2 * DOUBLES.unit * abs(value)


def _run(name: str, p: Any, q: Any, start: float, end: float, sign: float, most: int) -> tuple[float, float, float]:
    """The sum from `start` towards `end`, a bound on its error, and the mass of p over these numbers."""
    total = size = noise = mass = 0.0
    count = 0
    block = BLOCK
    while count < most:
        last = abs(end - start) - count + 1
        offsets = np.arange(min(float(block), last)) + count
        x = exact(start + sign * offsets, DOUBLES)
        log_p = log_density_and_error(p, x)
        value, error = evaluate(name, log_p, log_density_and_error(q, x))
        mass += float(np.exp(log_p[0]).sum())
        total += float(np.sum(value))
        size += float(np.abs(value).sum())
        noise += float(error.sum()) + DOUBLES.unit * size
        count += len(offsets)
        if not isfinite(total):
            return inf, 0.0, mass
        if last <= block:
            return total, noise, mass
        beyond = _beyond(np.abs(value))
        # if all terms so far are 0, the sum is complete only where the masses of p are 0 too
        if beyond <= DOUBLES.unit * size / 16 and (size > 0 or log_p[0][-1] < _LOG_UNDERFLOW):
            return total, noise + beyond, mass
        if count >= POWER_LAW_TERMS:
            beyond = min(beyond, _beyond_by_power(np.abs(value), float(offsets[-1] + 1)))
            if beyond < (size if count >= most else _ENOUGH * size):
                return total, noise + beyond, mass
            if isfinite(size) and count >= most:
                break
        block = min(2 * block, 2**18)
    raise NotComparable(
        f"the sum over the outcomes of {p} has not converged after {count} terms",
        hint="compare continuous families that approximate these, such as normal",
    )


def _beyond_by_power(terms: Any, index: float) -> float:
    """A bound on the terms beyond the last, if they fall as a power of their index."""
    half = len(terms) // 2
    if terms[-1] == 0 or terms[half] <= terms[-1]:
        return 0.0 if terms[-1] == 0 else inf
    power = np.log(terms[half] / terms[-1]) / np.log(index / (index - (len(terms) - 1 - half)))
    return float(2 * index * terms[-1] / (power - 1)) if power > 1 else inf


def _beyond(terms: Any) -> float:
    """A bound on the terms beyond the last, if they keep falling as fast as over the last half of the block."""
    if terms[-1] == 0:
        return 0.0
    half = len(terms) // 2
    if terms[half] <= terms[-1]:
        return inf
    ratio = (terms[-1] / terms[half]) ** (1 / (len(terms) - 1 - half))
    return float(terms[-1] * ratio / (1 - ratio)) * 2 if ratio < 1 else inf
