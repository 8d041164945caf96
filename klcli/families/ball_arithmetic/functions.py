"""Elementary and special functions of Balls.

Each function propagates the error of its argument with a bound on its derivative, and adds its own rounding error: 1
unit in the last place for numpy's functions, a few for scipy's. The constants below are safe bounds that tests check.

A function of `Real` arguments also accepts plain doubles, one number or an array, and returns plain doubles without a
bound. A formula in which no two large terms cancel needs no bound and runs ten times faster that way.
"""

import math
from functools import cache
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Arithmetic, Ball, exact

__all__ = [
    "Real",
    "atan",
    "bessel_ratio",
    "constant",
    "digamma",
    "erf",
    "euler_gamma",
    "exp",
    "expm1",
    "gamma",
    "lgamma",
    "log",
    "log1p",
    "log_bessel_i0",
    "log_ndtr",
    "log_root_2pi",
    "one_where_zero",
    "power",
    "sin",
    "sqrt",
    "trigamma",
    "value_of",
    "where",
    "with_error",
    "x_log_x",
]  # fmt: skip

# a Ball, a float or an array of float64; the result has the type of the argument
Real = Any

_NUMPY = 2.0  # bound on the error of numpy's functions, in units in the last place
_SPECIAL = 8.0  # of scipy's functions, except for these
_LGAMMA, _DIGAMMA, _TRIGAMMA = 5.0, 3.0, 12.0
DOUBLE_EULER = float(np.euler_gamma)


def with_error(x: Ball, value: Any, propagated: Any, units: float, scale: Any = None) -> Ball:
    """Returns a function's value at x as a Ball.

    Args:
        propagated: the error that the error of x causes.
        units: the rounding error in units in the last place.
        scale: the size that `units` refer to; by default that of the value.
    """
    size = abs(value) if scale is None else scale
    return Ball(value, propagated + size * (units * x.arithmetic.unit), x.arithmetic)


def _apply(name: str, x: Ball, *more: Any) -> Any:
    return x.arithmetic.function(name)(x.value, *more)


def log(x: Real) -> Real:
    """Returns the natural logarithm of x > 0."""
    if x.__class__ is Ball:
        return with_error(x, _apply("log", x), x.error / (x.value - x.error), _NUMPY)
    return math.log(x) if x.__class__ is float else np.log(x)


def log1p(x: Real) -> Real:
    """Returns log(1 + x), accurate near 0."""
    if x.__class__ is Ball:
        return with_error(x, _apply("log1p", x), x.error / (1 + x.value - x.error), _NUMPY)
    return math.log1p(x) if x.__class__ is float else np.log1p(x)


def exp(x: Ball) -> Ball:
    """Returns the exponential of x."""
    value = _apply("exp", x)
    return with_error(x, value, value * x.arithmetic.function("expm1")(x.error) + x.arithmetic.least, _NUMPY)


def expm1(x: Real) -> Real:
    """Returns exp(x) - 1, accurate near 0."""
    if x.__class__ is Ball:
        value = _apply("expm1", x)
        return with_error(x, value, (value + 1) * x.arithmetic.function("expm1")(x.error), _NUMPY)
    return math.expm1(x) if x.__class__ is float else np.expm1(x)


def sqrt(x: Ball) -> Ball:
    """Returns the square root of x >= 0."""
    value = _apply("sqrt", x)
    return with_error(x, value, x.error / value, _NUMPY)


def power(x: Ball, y: Ball) -> Ball:
    """Returns x to the power y, for x > 0."""
    value = _apply("power", x, y.value)
    slope = abs(y.value) * x.error / (x.value - x.error) + abs(_apply("log", x)) * y.error
    return with_error(x, value, value * x.arithmetic.function("expm1")(slope) + x.arithmetic.least, _NUMPY)


def lgamma(x: Ball) -> Ball:
    """Returns log Γ(x), for x > 0."""
    value = _apply("lgamma", x)
    slope = abs(_apply("log", x)) + 1 / (x.value - x.error)
    return with_error(x, value, slope * x.error, _LGAMMA, 1 + abs(value))


def gamma(x: Ball) -> Ball:
    """Returns the gamma function of x > 0."""
    value = _apply("gamma", x)
    slope = abs(_apply("log", x)) + 1 / (x.value - x.error)
    # the relative error of scipy's function grows as 1e-15·(1 + x)
    return with_error(x, value, value * slope * x.error, _SPECIAL, value * (1 + x.value))


def digamma(x: Ball) -> Ball:
    """Returns ψ(x), the derivative of log Γ, for x > 0."""
    value = _apply("digamma", x)
    low = x.value - x.error
    return with_error(x, value, (1 / low + 1 / (low * low)) * x.error, _DIGAMMA, 1 + abs(value))


def trigamma(x: Ball) -> Ball:
    """Returns ψ'(x), the second derivative of log Γ, for x > 0."""
    value = x.arithmetic.function("polygamma")(1, x.value)
    low = x.value - x.error
    return with_error(x, value, (1 / (low * low) + 2 / (low * low * low)) * x.error, _TRIGAMMA)


def erf(x: Ball) -> Ball:
    """Returns the error function of x."""
    return with_error(x, _apply("erf", x), 1.13 * x.error, _SPECIAL)


def atan(x: Ball) -> Ball:
    """Returns the inverse tangent of x, in radians."""
    return with_error(x, _apply("arctan", x), x.error, _NUMPY)


def sin(x: Ball) -> Ball:
    """Returns the sine of x in radians."""
    value = _apply("sin", x)
    # numpy's vectorised sine became less accurate in newer versions; above 1, argument reduction adds an absolute unit
    return with_error(x, value, x.error, _SPECIAL, abs(value) + 1.0 * (abs(x.value) > 1))


def log_ndtr(x: Ball) -> Ball:
    """Returns log Φ(x), where Φ is the cumulative distribution function of the standard normal."""
    value = _apply("log_ndtr", x)
    return with_error(x, value, (1 + abs(x.value)) * x.error, _SPECIAL * 4)


def log_bessel_i0(x: Ball) -> Ball:
    """Returns log I₀(x), for x >= 0."""
    scaled = x.arithmetic.function("bessel_i0e")(x.value)
    return log(with_error(x, scaled, scaled * 0, _SPECIAL)) + Ball(x.value, x.error, x.arithmetic)


def bessel_ratio(x: Ball) -> Ball:
    """Returns I₁(x)/I₀(x), for x >= 0: the mean resultant length of the von Mises distribution."""
    above, below = (x.arithmetic.function(name)(x.value) for name in ("bessel_i1e", "bessel_i0e"))
    return with_error(x, above / below, x.error, 2 * _SPECIAL)


def value_of(x: Real) -> Any:
    """Returns the value of a Ball, or plain doubles unchanged."""
    return x.value if x.__class__ is Ball else x


def constant(number: float, like: Real) -> Real:
    """Returns a number in the type of another: a Ball, a float or a numpy scalar."""
    if like.__class__ is float:
        return number
    return like.constant(number) if like.__class__ is Ball else np.float64(number)


def euler_gamma(like: Real) -> Real:
    """Returns Euler's constant γ in the type of another number."""
    return like.euler if like.__class__ is Ball else DOUBLE_EULER


def log_root_2pi(like: Ball) -> Ball:
    """Returns log √(2π) in the arithmetic of another Ball."""
    return _log_root_2pi(like.arithmetic)


@cache
def _log_root_2pi(arithmetic: Arithmetic) -> Ball:
    return log(exact(1.0, arithmetic).pi * 2) / 2


def where(condition: Any, x: Real, y: Real) -> Real:
    """Returns x where the condition holds, else y; np.where for Balls and doubles."""
    if not isinstance(condition, np.ndarray):
        return x if condition else y
    return x.where(condition, y) if x.__class__ is Ball else np.where(condition, x, y)


def one_where_zero(x: Ball) -> Ball:
    """Returns x with zeros replaced by 1, for results that the caller discards there."""
    return x.constant(1.0).where(x.value == 0, x)


def x_log_x(x: Ball) -> Ball:
    """Returns x·log x, which is 0 at x = 0."""
    return x.constant(0.0).where(x.value == 0, x * log(one_where_zero(x)))
