"""Evaluation of a formula to full double accuracy, and the rules that accept a value.

A formula runs in doubles first. Its value is accepted if its bound is small enough and no intermediate result can have
left the range of a double; otherwise the formula runs with more and more digits.
"""

from collections.abc import Callable, Iterable
from math import inf, isinf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.precision import DOUBLES, digits, has_digits

__all__ = [
    "FLOAT64_ERROR",
    "LARGEST",
    "MAX_BOUND",
    "MAX_BOUND_OF_VECTORS",
    "SMALLEST",
    "in_safe_range",
    "is_accurate",
    "refine",
]

FLOAT64_ERROR = 3e-15  # relative error of a closed form in plain float64; tests hold each form to it
MAX_BOUND = 6.1e-15  # largest accepted relative bound: actual errors stay below 0.6 of such bounds, that is 3.6e-15
MAX_BOUND_OF_VECTORS = 1e-14  # of vectors: actual errors stay below 0.2 of such bounds, of matrices below 0.09
NEGLIGIBLE = 1e-300  # absolute values below count as 0
# a float64 form whose value lies between these lost nothing significant to underflow or overflow on the way
SMALLEST, LARGEST = 1e-280, 1e300
# products of up to five parameters within 1/SAFE_RANGE and SAFE_RANGE stay within the range of a double
SAFE_RANGE = 1e60
_LARGEST_DOUBLE = float(np.finfo(np.float64).max)
_STEPS = (40, 80, 160, 320, 640)  # decimal digits; parameters one double apart differ by 1e-32 in divergence


def in_safe_range(parameters: Iterable[Any], *, by_element: bool) -> Any:
    """Returns True if all numbers are 0, infinite, or between 1/SAFE_RANGE and SAFE_RANGE.

    Args:
        by_element: if True, the result is elementwise for arrays.
    """
    found: Any = True
    for number in parameters:
        if number.__class__ is float:
            if not 1 / SAFE_RANGE <= abs(number) <= SAFE_RANGE and number != 0 and abs(number) != inf:
                return False
            continue
        size = np.abs(number)
        if not (
            np.minimum.reduce(size, axis=None) >= 1 / SAFE_RANGE and np.maximum.reduce(size, axis=None) <= SAFE_RANGE
        ):
            is_one = (size >= 1 / SAFE_RANGE) & (size <= SAFE_RANGE) | (size == 0) | (size == inf)
            found = found & (is_one if by_element else bool(is_one.all()))
    return found


def refine(
    formula: Callable[[Any], Ball], *, in_doubles: bool = True, max_bound: float = MAX_BOUND
) -> tuple[float, float]:
    """Returns a formula's value as a double, and a bound on its absolute error.

    Evaluates the formula in doubles, then with more and more digits until the bound is small enough. Without mpmath
    the result is that of doubles, with its bound. A finite value beyond doubles becomes infinite, without an error.

    Args:
        formula: maps an arithmetic to a Ball.
        in_doubles: False if doubles cannot be accepted, because their bounds ignore underflow.
        max_bound: the largest bound, relative to the value, that is accepted in doubles.
    """
    with np.errstate(all="ignore"):
        value, error = _as_doubles(formula(DOUBLES))
        if not (in_doubles and is_accurate(value, error, max_bound)) and has_digits():
            for count in _STEPS:
                ball = formula(digits(count))
                value, error = _as_doubles(ball)
                if abs(ball.value) - ball.error > _LARGEST_DOUBLE:
                    return value, 0.0  # its bound, too, may be beyond doubles
                if is_accurate(value, error):
                    break
            else:
                value = 0.0 if abs(value) <= error else value
    return value, max(error, 0.0 if isinf(value) else abs(value) * 2 * DOUBLES.unit)


def _as_doubles(ball: Ball) -> tuple[float, float]:
    return float(ball.value), float(ball.error)


def is_accurate(value: Any, error: Any, max_bound: float = MAX_BOUND) -> Any:
    """Returns True where a bound is at most max_bound times the value, elementwise."""
    # a negative error results from division by a Ball that contains 0
    return (error >= 0) & ((error <= max_bound * abs(value)) & (abs(value) < inf) | (abs(value) + error < NEGLIGIBLE))
