"""Expressions that lose their digits to cancellation if written as textbooks do, in forms that keep them.

Arguments are Balls, or plain doubles, one number or an array: see `functions`. Names are those of scipy.special and of
the literature on divergences.
"""

import math
from typing import Any

import numpy as np

from klcli.core.arithmetic.series import atanh_remainder
from klcli.core.arithmetic.series import expm1mx as expm1mx_of_array
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import Real, expm1, log, log1p, value_of, where, with_error

__all__ = [
    "expm1mx",
    "itakura_saito",
    "itakura_saito_of_squares",
    "kl_div",
    "log1pmx",
    "log1pmx_of_float",
    "log_ratio",
]


def log_ratio(a: Real, b: Real) -> Real:
    """Returns log(a/b), accurate also where a is nearly b."""
    near = abs(value_of(a) - value_of(b)) < abs(value_of(b)) / 2
    if not isinstance(near, np.ndarray):
        return log1p((a - b) / b) if near else log(a / b)
    return where(near, log1p((a - b) / b), log(a / b))


def itakura_saito(a: Real, b: Real, difference: Real | None = None) -> Real:
    """Returns a/b - 1 - log(a/b), which is never negative; accurate also where a is nearly b.

    Args:
        a, b: positive.
        difference: a - b, if it is known more accurately than by subtraction.
    """
    x = ((a - b) if difference is None else difference) / b
    value = value_of(x)
    near = (value >= -0.5) & (value <= 1)
    if not isinstance(near, np.ndarray):
        return -log1pmx(x) if near else x - log(a / b)
    return where(near, -log1pmx(where(near, x, x - x)), x - log(a / b))


def itakura_saito_of_squares(a: Real, b: Real) -> Real:
    """Returns (a/b)² - 1 - log((a/b)²), which is never negative; accurate also where a is nearly b."""
    ratio = a / b
    near = abs(value_of(ratio) - 1) < 0.25
    if not isinstance(near, np.ndarray):
        return -log1pmx((a - b) / b * (ratio + 1)) if near else ratio * ratio - 1 - 2 * log(ratio)
    return where(near, -log1pmx((a - b) / b * (ratio + 1)), ratio * ratio - 1 - 2 * log(ratio))


def kl_div(a: Real, b: Real, difference: Real | None = None) -> Real:
    """Returns a·log(a/b) - a + b, which is never negative; accurate also where a is nearly b.

    Args:
        a, b: a >= 0 and b > 0.
        difference: b - a, if it is known more accurately than by subtraction.
    """
    change = (b - a) if difference is None else difference
    if value_of(a).__class__ is value_of(b).__class__ is float:
        if value_of(a) == 0:
            return b
        x = change / a
        return a * -log1pmx(x) if -0.5 < value_of(x) < 0.5 else (b - a) - a * log(b / a)
    x = change / a
    value = where(abs(value_of(x)) < 0.5, a * -log1pmx(x), (b - a) - a * log(b / a))
    return where(value_of(a) == 0, b, value)


def log1pmx(x: Real) -> Real:
    """Returns log(1 + x) - x, which is never positive; accurate also near 0."""
    if x.__class__ is float:
        return log1pmx_of_float(x)
    if x.__class__ is not Ball:
        return _log1pmx_of_array(x)
    value = x.value
    if isinstance(x.arithmetic.unit, float):
        found = log1pmx_of_float(value) if value.__class__ is float else _log1pmx_of_array(value)
        return with_error(x, found, abs(value) / (1 + value - x.error) * x.error, 8)
    return log1p(x) - x


_FEW = 16  # up to this size a loop over floats takes a tenth of the time of array operations


def _log1pmx_of_array(x: Any) -> Any:
    if x.size <= _FEW and x.size and x.min() > -1:
        return np.array([log1pmx_of_float(float(each)) for each in x.flat]).reshape(x.shape)[()]
    near = np.nan_to_num(np.clip(x, -0.5, 1.0))
    s = near / (2 + near)  # log(1 + x) = 2·atanh(s), and x - 2s = x·s
    series = 2 * s * s * s * atanh_remainder(np.asarray(s * s, dtype=float)) - near * s
    return np.where(near == x, series, np.log1p(x) - x)[()]


_ATANH = tuple(1 / odd for odd in range(19, 1, -2))


def log1pmx_of_float(x: float) -> float:
    """Returns log(1 + x) - x of one float."""
    if not -0.2 <= x <= 0.25:  # outside, subtraction loses less than a digit
        return math.log1p(x) - x
    s = x / (2 + x)
    square, total = s * s, 0.0
    for coefficient in _ATANH:
        total = total * square + coefficient
    return 2 * s * square * total - x * s


_FACTORIALS = tuple(1 / math.factorial(n) for n in range(16, 1, -1))


def expm1mx(x: Real) -> Real:
    """Returns exp(x) - 1 - x, which is never negative; accurate also near 0."""
    if x.__class__ is not float:
        return expm1(x) - x if x.__class__ is Ball else expm1mx_of_array(x)
    if not -0.5 < x < 0.5:
        return math.expm1(x) - x
    total = 0.0
    for coefficient in _FACTORIALS:
        total = coefficient + total * x
    return total * x * x
