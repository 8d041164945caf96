"""Functions of Balls, elementary and special.

Each propagates the bound of its argument by a bound on its derivative, and adds its own rounding: numpy's are right
to 1 unit in the last place, scipy's to a few (8 are taken, and tests hold every function to its bound).

Those that are written for a `Real` also take plain doubles, one or an array, and give them back without a bound: a
formula in which no two large terms cancel is right as it stands, and is evaluated so in a tenth of the time.
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
    "bounded_by",
    "choose",
    "constant",
    "digamma",
    "erf",
    "euler_of",
    "exp",
    "expm1",
    "gamma",
    "lgamma",
    "log",
    "log1p",
    "log_bessel_i0",
    "log_ndtr",
    "log_root_2pi",
    "or_1",
    "power",
    "sin",
    "sqrt",
    "trigamma",
    "value_of",
    "x_log",
]  # fmt: skip

# a Ball, or plain doubles, one or an array of them: whatever goes in comes out
Real = Any

_OWN = 2.0  # units in the last place, of numpy's functions
_SPECIAL = 8.0  # of scipy's, but for these
_LGAMMA, _DIGAMMA, _TRIGAMMA = 5.0, 3.0, 12.0
DOUBLE_EULER = float(np.euler_gamma)


def bounded_by(x: Ball, value: Any, propagated: Any, units: float, scale: Any = None) -> Ball:
    """Returns a function's value as a ball, from what the error of x makes of it and the units that it rounds by."""
    size = abs(value) if scale is None else scale
    return Ball(value, propagated + size * (units * x.arithmetic.unit), x.arithmetic)


def _apply(name: str, x: Ball, *more: Any) -> Any:
    return x.arithmetic.function(name)(x.value, *more)


def log(x: Real) -> Real:
    """Natural logarithm, for x > 0."""
    if x.__class__ is Ball:
        return bounded_by(x, _apply("log", x), x.error / (x.value - x.error), _OWN)
    return math.log(x) if x.__class__ is float else np.log(x)


def log1p(x: Real) -> Real:
    """log(1 + x)."""
    if x.__class__ is Ball:
        return bounded_by(x, _apply("log1p", x), x.error / (1 + x.value - x.error), _OWN)
    return math.log1p(x) if x.__class__ is float else np.log1p(x)


def exp(x: Ball) -> Ball:
    """The exponential."""
    value = _apply("exp", x)
    return bounded_by(x, value, value * x.arithmetic.function("expm1")(x.error) + x.arithmetic.least, _OWN)


def expm1(x: Real) -> Real:
    """exp(x) - 1."""
    if x.__class__ is Ball:
        value = _apply("expm1", x)
        return bounded_by(x, value, (value + 1) * x.arithmetic.function("expm1")(x.error), _OWN)
    return math.expm1(x) if x.__class__ is float else np.expm1(x)


def sqrt(x: Ball) -> Ball:
    """The square root, for x >= 0."""
    value = _apply("sqrt", x)
    return bounded_by(x, value, x.error / value, _OWN)


def power(x: Ball, y: Ball) -> Ball:
    """x to the y, for x > 0."""
    value = _apply("power", x, y.value)
    slope = abs(y.value) * x.error / (x.value - x.error) + abs(_apply("log", x)) * y.error
    return bounded_by(x, value, value * x.arithmetic.function("expm1")(slope) + x.arithmetic.least, _OWN)


def lgamma(x: Ball) -> Ball:
    """log Γ(x), for x > 0."""
    value = _apply("lgamma", x)
    slope = abs(_apply("log", x)) + 1 / (x.value - x.error)
    return bounded_by(x, value, slope * x.error, _LGAMMA, 1 + abs(value))


def gamma(x: Ball) -> Ball:
    """Γ(x), for x > 0."""
    value = _apply("gamma", x)
    slope = abs(_apply("log", x)) + 1 / (x.value - x.error)
    # scipy's is right to 1e-15·(1 + x)
    return bounded_by(x, value, value * slope * x.error, _SPECIAL, value * (1 + x.value))


def digamma(x: Ball) -> Ball:
    """The derivative of log Γ, for x > 0."""
    value = _apply("digamma", x)
    low = x.value - x.error
    return bounded_by(x, value, (1 / low + 1 / (low * low)) * x.error, _DIGAMMA, 1 + abs(value))


def trigamma(x: Ball) -> Ball:
    """The second derivative of log Γ, for x > 0."""
    value = x.arithmetic.function("polygamma")(1, x.value)
    low = x.value - x.error
    return bounded_by(x, value, (1 / (low * low) + 2 / (low * low * low)) * x.error, _TRIGAMMA)


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
    return bounded_by(x, value, (1 + abs(x.value)) * x.error, _SPECIAL * 4)


def log_bessel_i0(x: Ball) -> Ball:
    """log I0(x), for x >= 0."""
    scaled = x.arithmetic.function("bessel_i0e")(x.value)
    return log(bounded_by(x, scaled, scaled * 0, _SPECIAL)) + Ball(x.value, x.error, x.arithmetic)


def bessel_ratio(x: Ball) -> Ball:
    """I1(x)/I0(x), for x >= 0: the mean resultant length of the von Mises distribution."""
    above, below = (x.arithmetic.function(name)(x.value) for name in ("bessel_i1e", "bessel_i0e"))
    return bounded_by(x, above / below, x.error, 2 * _SPECIAL)


def value_of(x: Real) -> Any:
    """The value of a Ball, or the number itself."""
    return x.value if x.__class__ is Ball else x


def constant(number: float, like: Real) -> Real:
    """A number as a Ball, a float, or a number of numpy's, as the other is."""
    if like.__class__ is float:
        return number
    return like.constant(number) if like.__class__ is Ball else np.float64(number)


def euler_of(like: Real) -> Real:
    """Euler's constant, in the arithmetic of another."""
    return like.euler if like.__class__ is Ball else DOUBLE_EULER


def log_root_2pi(like: Ball) -> Ball:
    """log √(2π), in the arithmetic of another."""
    return _log_root_2pi(like.arithmetic)


@cache
def _log_root_2pi(arithmetic: Arithmetic) -> Ball:
    return log(exact(1.0, arithmetic).pi * 2) / 2


def choose(condition: Any, x: Real, y: Real) -> Real:
    """x where the condition holds, else y."""
    if not isinstance(condition, np.ndarray):
        return x if condition else y
    return x.where(condition, y) if x.__class__ is Ball else np.where(condition, x, y)


def or_1(x: Ball) -> Ball:
    """x, or 1 where it is 0 and what comes of it is not used."""
    return x.constant(1.0).where(x.value == 0, x)


def x_log(x: Ball) -> Ball:
    """x·log x, 0 at 0."""
    return x.constant(0.0).where(x.value == 0, x * log(or_1(x)))
