"""Functions of Balls: elementary and special ones, and the differences that a formula would lose to cancellation.

Each propagates the bound of its argument by a bound on its derivative, and adds its own rounding: numpy's are right
to 1 unit in the last place, scipy's to a few (4 are taken, and tests hold every function to its bound).
"""

from typing import Any

import numpy as np

from klcli.core.series import atanh_excess
from klcli.families.ball import Ball

__all__ = [
    "atan",
    "bessel_ratio",
    "bounded_by",
    "digamma",
    "erf",
    "excess",
    "excess_of",
    "excess_of_one",
    "excess_of_squares",
    "exp",
    "expm1",
    "gamma",
    "lgamma",
    "log",
    "log1p",
    "log_bessel_i0",
    "log_ndtr",
    "log_ratio",
    "power",
    "relative",
    "sin",
    "sqrt",
    "trigamma",
    "x_log_ratio",
]  # fmt: skip

_OWN = 2.0  # units in the last place, of numpy's functions
_SPECIAL = 8.0  # of scipy's


def bounded_by(x: Ball, value: Any, propagated: Any, units: float, scale: Any = None) -> Ball:
    """Returns a function's value as a ball, from what the error of x makes of it and the units that it rounds by."""
    size = abs(value) if scale is None else scale
    return Ball(value, propagated + size * (units * x.arithmetic.unit), x.arithmetic)


def _apply(name: str, x: Ball, *more: Any) -> Any:
    return x.arithmetic.function(name)(x.value, *more)


def log(x: Ball) -> Ball:
    """Natural logarithm, for x > 0."""
    return bounded_by(x, _apply("log", x), x.error / (x.value - x.error), _OWN)


def log1p(x: Ball) -> Ball:
    """log(1 + x)."""
    return bounded_by(x, _apply("log1p", x), x.error / (1 + x.value - x.error), _OWN)


def exp(x: Ball) -> Ball:
    """The exponential."""
    value = _apply("exp", x)
    return bounded_by(x, value, value * x.arithmetic.function("expm1")(x.error), _OWN)


def expm1(x: Ball) -> Ball:
    """exp(x) - 1."""
    value = _apply("expm1", x)
    return bounded_by(x, value, (value + 1) * x.arithmetic.function("expm1")(x.error), _OWN)


def sqrt(x: Ball) -> Ball:
    """The square root, for x >= 0."""
    value = _apply("sqrt", x)
    return bounded_by(x, value, x.error / value, _OWN)


def power(x: Ball, y: Ball) -> Ball:
    """x to the y, for x > 0."""
    value = _apply("power", x, y.value)
    slope = abs(y.value) * x.error / (x.value - x.error) + abs(_apply("log", x)) * y.error
    return bounded_by(x, value, value * x.arithmetic.function("expm1")(slope), _OWN)


def lgamma(x: Ball) -> Ball:
    """log Γ(x), for x > 0."""
    value = _apply("lgamma", x)
    slope = abs(_apply("log", x)) + 1 / (x.value - x.error)
    return bounded_by(x, value, slope * x.error, _SPECIAL, 1 + abs(value))


def gamma(x: Ball) -> Ball:
    """Γ(x), for x > 0."""
    value = _apply("gamma", x)
    slope = abs(_apply("log", x)) + 1 / (x.value - x.error)
    # scipy's is right to 1e-15·(1 + x)
    return bounded_by(x, value, value * slope * x.error, _SPECIAL * 2, value * (1 + x.value))


def digamma(x: Ball) -> Ball:
    """The derivative of log Γ, for x > 0."""
    value = _apply("digamma", x)
    low = x.value - x.error
    return bounded_by(x, value, (1 / low + 1 / (low * low)) * x.error, _SPECIAL, 1 + abs(value))


def trigamma(x: Ball) -> Ball:
    """The second derivative of log Γ, for x > 0."""
    value = x.arithmetic.function("polygamma")(1, x.value)
    low = x.value - x.error
    return bounded_by(x, value, (1 / (low * low) + 2 / (low * low * low)) * x.error, _SPECIAL)


def erf(x: Ball) -> Ball:
    """The error function."""
    return bounded_by(x, _apply("erf", x), 1.13 * x.error, _SPECIAL)


def atan(x: Ball) -> Ball:
    """The inverse tangent."""
    return bounded_by(x, _apply("arctan", x), x.error, _OWN)


def sin(x: Ball) -> Ball:
    """The sine, of radians."""
    value = _apply("sin", x)
    # numpy's vectorised sine has loosened with its versions; beyond 1 its argument is reduced, to a unit of 1
    return bounded_by(x, value, x.error, _SPECIAL, abs(value) + 1.0 * (abs(x.value) > 1))


def log_ndtr(x: Ball) -> Ball:
    """The logarithm of the cumulative distribution of the standard normal."""
    value = _apply("log_ndtr", x)
    return bounded_by(x, value, (1 + abs(x.value)) * x.error, _SPECIAL * 2)


def log_bessel_i0(x: Ball) -> Ball:
    """log I0(x), for x >= 0."""
    scaled = x.arithmetic.function("bessel_i0e")(x.value)
    return log(bounded_by(x, scaled, scaled * 0, _SPECIAL)) + Ball(x.value, x.error, x.arithmetic)


def bessel_ratio(x: Ball) -> Ball:
    """I1(x)/I0(x), for x >= 0: the mean resultant length of the von Mises distribution."""
    above, below = (x.arithmetic.function(name)(x.value) for name in ("bessel_i1e", "bessel_i0e"))
    return bounded_by(x, above / below, x.error, 2 * _SPECIAL)


def relative(a: Ball, b: Ball) -> Ball:
    """(a - b)/b, exactly 0 for equal ones."""
    return (a - b) / b


def log_ratio(a: Ball, b: Ball) -> Ball:
    """log(a/b), without loss where a is nearly b."""
    near = abs(a.value - b.value) < abs(b.value) / 2
    if not isinstance(near, np.ndarray):
        return log1p(relative(a, b)) if near else log(a / b)
    return log1p(relative(a, b)).where(near, log(a / b))


def excess(a: Ball, b: Ball) -> Ball:
    """a/b - 1 - log(a/b), without loss where a is nearly b; never negative."""
    x = relative(a, b)
    near = (x.value >= -0.5) & (x.value <= 1)
    if not isinstance(near, np.ndarray):
        return excess_of(x) if near else x - log(a / b)
    return excess_of(x.where(near, x - x)).where(near, x - log(a / b))


def excess_of_squares(a: Ball, b: Ball) -> Ball:
    """(a/b)² - 1 - log((a/b)²), without loss where a is nearly b; never negative."""
    ratio = a / b
    near = abs(ratio.value - 1) < 0.25
    return excess_of((a - b) / b * (ratio + 1)).where(near, ratio * ratio - 1 - 2 * log(ratio))


def x_log_ratio(a: Ball, b: Ball, difference: Ball | None = None) -> Ball:
    """a·log(a/b) - a + b, without loss where a is nearly b, for a >= 0 and b > 0; never negative.

    Args:
        difference: b - a, where it is known better than by subtracting.
    """
    gap = (b - a) if difference is None else difference
    ratio = b / a
    x = gap / a
    far = gap - a * log(ratio)
    value = (a * excess_of(x)).where(abs(x.value) < 0.5, far)
    return b.where(a.value == 0, value)


def excess_of(x: Ball) -> Ball:
    """x - log(1 + x), without loss for x near 0; never negative."""
    if isinstance(x.value, float):
        return bounded_by(x, excess_of_one(x.value), abs(x.value) / (1 + x.value - x.error) * x.error, 8)
    if isinstance(x.arithmetic.unit, float):
        near = np.nan_to_num(np.clip(x.value, -0.5, 1.0))
        s = near / (2 + near)  # log(1 + x) is 2·atanh(s), of which x - 2s = x·s
        series = near * s - 2 * s * s * s * atanh_excess(np.asarray(s * s, dtype=float))
        value = np.where(near == x.value, series, x.value - np.log1p(x.value))[()]
        return bounded_by(x, value, abs(x.value) / (1 + x.value - x.error) * x.error, 8)
    return x - log1p(x)


def excess_of_one(x: float) -> float:
    """x - log(1 + x) of one double."""
    if not -0.5 <= x <= 1:
        return x - float(np.log1p(x))
    s = x / (2 + x)
    square, total = s * s, 0.0
    for odd in range(39, 1, -2):
        total = total * square + 1 / odd
    return x * s - 2 * s * square * total
