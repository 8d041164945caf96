"""Numbers x as an unevaluated sum of two doubles, so that x - a keeps its digits where a is huge.

At 1e17 adjacent doubles are 16 apart, while a density there may be 1 wide. An ordinary operation sees the nearest
double, with an error that encloses x; `offset` and `is_between` use both parts.
"""

from typing import Any

import numpy as np

from klcli.core.arithmetic.double_double import two_sum
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.precision import DOUBLES

__all__ = ["is_between", "offset", "split"]


def split(high: Any, rest: Any, error: Any) -> Ball:
    """Returns high + rest as a Ball that keeps both.

    Args:
        error: a bound on the error of their sum.
    """
    x = Ball(high, np.abs(rest) + error, DOUBLES)
    x.rest = rest, error
    return x


def offset(x: Ball, a: Ball) -> Ball:
    """Returns x - a, to the last digits of x."""
    if not hasattr(x, "rest"):
        return x - a
    rest, error = x.rest
    difference = two_sum(x.value, -a.value)
    low = difference.low + rest
    value = difference.high + low
    return Ball(value, a.error + error + (np.abs(value) + np.abs(low)) * DOUBLES.unit, DOUBLES)


def is_between(x: Ball, low: Any, high: Any) -> Any:
    """Returns True where low <= x <= high."""
    rest, _ = getattr(x, "rest", (0.0, 0.0))
    return (x.value - low + rest >= 0) & (x.value - high + rest <= 0)
