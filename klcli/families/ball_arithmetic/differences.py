"""Differences that a formula would lose to cancellation, each written so that it is never lost, and never negative.

They take Balls, or plain doubles, one or an array of them: see `functions`.
"""

import math
from typing import Any

import numpy as np

from klcli.core.arithmetic.series import atanh_excess
from klcli.core.arithmetic.series import expm1_excess as core_expm1_excess
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import Real, bounded_by, choose, expm1, log, log1p, value_of

__all__ = [
    "excess",
    "excess_of",
    "excess_of_one",
    "excess_of_squares",
    "expm1_excess",
    "log_ratio",
    "relative",
    "x_log_ratio",
]


def relative(a: Real, b: Real) -> Real:
    """(a - b)/b, exactly 0 for equal ones."""
    return (a - b) / b


def log_ratio(a: Real, b: Real) -> Real:
    """log(a/b), without loss where a is nearly b."""
    near = abs(value_of(a) - value_of(b)) < abs(value_of(b)) / 2
    if not isinstance(near, np.ndarray):
        return log1p((a - b) / b) if near else log(a / b)
    return choose(near, log1p((a - b) / b), log(a / b))


def excess(a: Real, b: Real, difference: Real | None = None) -> Real:
    """a/b - 1 - log(a/b), without loss where a is nearly b; never negative.

    Args:
        difference: a - b, where it is known better than by subtracting.
    """
    x = ((a - b) if difference is None else difference) / b
    value = value_of(x)
    near = (value >= -0.5) & (value <= 1)
    if not isinstance(near, np.ndarray):
        return excess_of(x) if near else x - log(a / b)
    return choose(near, excess_of(choose(near, x, x - x)), x - log(a / b))


def excess_of_squares(a: Real, b: Real) -> Real:
    """(a/b)² - 1 - log((a/b)²), without loss where a is nearly b; never negative."""
    ratio = a / b
    near = abs(value_of(ratio) - 1) < 0.25
    if not isinstance(near, np.ndarray):
        return excess_of((a - b) / b * (ratio + 1)) if near else ratio * ratio - 1 - 2 * log(ratio)
    return choose(near, excess_of((a - b) / b * (ratio + 1)), ratio * ratio - 1 - 2 * log(ratio))


def x_log_ratio(a: Real, b: Real, difference: Real | None = None) -> Real:
    """a·log(a/b) - a + b, without loss where a is nearly b, for a >= 0 and b > 0; never negative.

    Args:
        difference: b - a, where it is known better than by subtracting.
    """
    gap = (b - a) if difference is None else difference
    if value_of(a).__class__ is value_of(b).__class__ is float:
        if value_of(a) == 0:
            return b
        x = gap / a
        return a * excess_of(x) if -0.5 < value_of(x) < 0.5 else (b - a) - a * log(b / a)
    x = gap / a
    value = choose(abs(value_of(x)) < 0.5, a * excess_of(x), (b - a) - a * log(b / a))
    return choose(value_of(a) == 0, b, value)


def excess_of(x: Real) -> Real:
    """x - log(1 + x), without loss for x near 0; never negative."""
    if x.__class__ is float:
        return excess_of_one(x)
    if x.__class__ is not Ball:
        return _excess_of_many(x)
    value = x.value
    if isinstance(x.arithmetic.unit, float):
        found = excess_of_one(value) if value.__class__ is float else _excess_of_many(value)
        return bounded_by(x, found, abs(value) / (1 + value - x.error) * x.error, 8)
    return x - log1p(x)


_FEW = 16  # numbers that are taken one by one, in a tenth of the time of an array


def _excess_of_many(x: Any) -> Any:
    if x.size <= _FEW and x.size and x.min() > -1:
        return np.array([excess_of_one(float(each)) for each in x.flat]).reshape(x.shape)[()]
    near = np.nan_to_num(np.clip(x, -0.5, 1.0))
    s = near / (2 + near)  # log(1 + x) is 2·atanh(s), of which x - 2s = x·s
    series = near * s - 2 * s * s * s * atanh_excess(np.asarray(s * s, dtype=float))
    return np.where(near == x, series, x - np.log1p(x))[()]


_ATANH = tuple(1 / odd for odd in range(19, 1, -2))


def excess_of_one(x: float) -> float:
    """x - log(1 + x) of one double."""
    if not -0.2 <= x <= 0.25:  # up to there the difference of the two loses a digit, beyond it less
        return x - math.log1p(x)
    s = x / (2 + x)
    square, total = s * s, 0.0
    for coefficient in _ATANH:
        total = total * square + coefficient
    return x * s - 2 * s * square * total


_FACTORIALS = tuple(1 / math.factorial(n) for n in range(16, 1, -1))


def expm1_excess(x: Real) -> Real:
    """exp(-x) - 1 + x, without loss for x near 0; never negative."""
    if x.__class__ is not float:
        return expm1(-x) + x if x.__class__ is Ball else core_expm1_excess(-x)
    if not -0.5 < x < 0.5:
        return math.expm1(-x) + x
    total = 0.0
    for coefficient in _FACTORIALS:
        total = coefficient - total * x
    return total * x * x
