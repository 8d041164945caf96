"""Functions of Balls: elementary and special ones, and the differences that a formula would lose to cancellation.

Each propagates the bound of its argument by a bound on its derivative, and adds its own rounding: numpy's are right
to 1 unit in the last place, scipy's to a few (4 are taken, and tests hold every function to its bound).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from klcli.core.series import atanh_excess
from klcli.families.ball import Ball

__all__ = [
    "atan", "bessel_ratio", "digamma", "erf", "excess", "excess_of", "excess_of_squares", "exp", "expm1", "gamma",
    "lbeta", "lgamma", "log", "log1p", "log_bessel_i0", "log_ndtr", "log_ratio", "power", "relative",
    "shape_divergence", "sin", "sqrt", "stirling", "trigamma", "x_log_ratio",
]  # fmt: skip

_OWN = 2.0  # units in the last place, of numpy's functions
_SPECIAL = 8.0  # of scipy's


def _ball(x: Ball, value: Any, propagated: Any, units: float, scale: Any = None) -> Ball:
    size = abs(value) if scale is None else scale
    return Ball(value, propagated + size * (units * x.arithmetic.unit), x.arithmetic)


def _apply(name: str, x: Ball, *more: Any) -> Any:
    return x.arithmetic.function(name)(x.value, *more)


def log(x: Ball) -> Ball:
    """Natural logarithm, for x > 0."""
    return _ball(x, _apply("log", x), x.error / (x.value - x.error), _OWN)


def log1p(x: Ball) -> Ball:
    """log(1 + x)."""
    return _ball(x, _apply("log1p", x), x.error / (1 + x.value - x.error), _OWN)


def exp(x: Ball) -> Ball:
    """The exponential."""
    value = _apply("exp", x)
    return _ball(x, value, value * x.arithmetic.function("expm1")(x.error), _OWN)


def expm1(x: Ball) -> Ball:
    """exp(x) - 1."""
    value = _apply("expm1", x)
    return _ball(x, value, (value + 1) * x.arithmetic.function("expm1")(x.error), _OWN)


def sqrt(x: Ball) -> Ball:
    """The square root, for x >= 0."""
    value = _apply("sqrt", x)
    return _ball(x, value, x.error / value, _OWN)


def power(x: Ball, y: Ball) -> Ball:
    """x to the y, for x > 0."""
    value = _apply("power", x, y.value)
    slope = abs(y.value) * x.error / (x.value - x.error) + abs(_apply("log", x)) * y.error
    return _ball(x, value, value * x.arithmetic.function("expm1")(slope), _OWN)


def lgamma(x: Ball) -> Ball:
    """log Γ(x), for x > 0."""
    value = _apply("lgamma", x)
    slope = abs(_apply("log", x)) + 1 / (x.value - x.error)
    return _ball(x, value, slope * x.error, _SPECIAL, 1 + abs(value))


def gamma(x: Ball) -> Ball:
    """Γ(x), for x > 0."""
    value = _apply("gamma", x)
    slope = abs(_apply("log", x)) + 1 / (x.value - x.error)
    # scipy's is right to 1e-15·(1 + x)
    return _ball(x, value, value * slope * x.error, _SPECIAL * 2, value * (1 + x.value))


def lbeta(a: Ball, b: Ball) -> Ball:
    """log B(a, b), for a, b > 0."""
    if not isinstance(a.arithmetic.unit, float):
        return lgamma(a) + lgamma(b) - lgamma(a + b)
    swap = a.value > b.value
    small, large = b.where(swap, a), a.where(swap, b)
    # log Γ(b) - log Γ(a + b) by Stirling's formula, in which what is large cancels on paper
    rest = small - (large - 0.5) * log1p(small / large) - small * log(small + large)
    return lgamma(small) + rest + stirling(large) - stirling(small + large)


def digamma(x: Ball) -> Ball:
    """The derivative of log Γ, for x > 0."""
    value = _apply("digamma", x)
    low = x.value - x.error
    return _ball(x, value, (1 / low + 1 / (low * low)) * x.error, _SPECIAL, 1 + abs(value))


def trigamma(x: Ball) -> Ball:
    """The second derivative of log Γ, for x > 0."""
    value = x.arithmetic.function("polygamma")(1, x.value)
    low = x.value - x.error
    return _ball(x, value, (1 / (low * low) + 2 / (low * low * low)) * x.error, _SPECIAL)


def erf(x: Ball) -> Ball:
    """The error function."""
    return _ball(x, _apply("erf", x), 1.13 * x.error, _SPECIAL)


def atan(x: Ball) -> Ball:
    """The inverse tangent."""
    return _ball(x, _apply("arctan", x), x.error, _OWN)


def sin(x: Ball) -> Ball:
    """The sine, of radians."""
    value = _apply("sin", x)
    # numpy's vectorised sine has loosened with its versions; beyond 1 its argument is reduced, to a unit of 1
    return _ball(x, value, x.error, _SPECIAL, abs(value) + 1.0 * (abs(x.value) > 1))


def log_ndtr(x: Ball) -> Ball:
    """The logarithm of the cumulative distribution of the standard normal."""
    value = _apply("log_ndtr", x)
    return _ball(x, value, (1 + abs(x.value)) * x.error, _SPECIAL * 2)


def log_bessel_i0(x: Ball) -> Ball:
    """log I0(x), for x >= 0."""
    scaled = x.arithmetic.function("bessel_i0e")(x.value)
    return log(_ball(x, scaled, scaled * 0, _SPECIAL)) + Ball(x.value, x.error, x.arithmetic)


def bessel_ratio(x: Ball) -> Ball:
    """I1(x)/I0(x), for x >= 0: the mean resultant length of the von Mises distribution."""
    above, below = (x.arithmetic.function(name)(x.value) for name in ("bessel_i1e", "bessel_i0e"))
    return _ball(x, above / below, x.error, 2 * _SPECIAL)


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
        return _ball(x, excess_of_one(x.value), abs(x.value) / (1 + x.value - x.error) * x.error, 8)
    if isinstance(x.arithmetic.unit, float):
        near = np.nan_to_num(np.clip(x.value, -0.5, 1.0))
        s = near / (2 + near)  # log(1 + x) is 2·atanh(s), of which x - 2s = x·s
        series = near * s - 2 * s * s * s * atanh_excess(np.asarray(s * s, dtype=float))
        value = np.where(near == x.value, series, x.value - np.log1p(x.value))[()]
        return _ball(x, value, abs(x.value) / (1 + x.value - x.error) * x.error, 8)
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


def stirling(x: Ball) -> Ball:
    """log Γ(x) - (x - 1/2)·log x + x - log(2π)/2, the error of Stirling's formula, for x > 0; 1/(12x) where x is large.

    Source: NIST DLMF 5.11.1; for small x, by the recurrence of log Γ.
    """
    if isinstance(x.arithmetic.unit, float):
        value = _stirling(x.value)
        return _ball(x, value, (1 + 1 / x.value) / x.value * x.error, 16, abs(value) + 3.0 * (x.value < _LARGE))
    half_log = log(x.pi * 2) / 2
    return lgamma(x) - (x - 0.5) * log(x) + x - half_log


def shape_divergence(a: Ball, b: Ball) -> Ball:
    """μ(a) - μ(b) - μ'(b)·(a - b) for μ = `stirling`, which is convex; never negative, without loss where a is near b.

    That is ∫ (a - t)·μ''(t) dt from b to a, whose integrand has one sign.
    """
    if isinstance(a.arithmetic.unit, float):
        value, units = _shape_divergence(*np.broadcast_arrays(a.value, b.value))
        # both derivatives are at most |a - b|·μ'', and μ''(x) is below 1/x²
        least = np.minimum(a.value - a.error, b.value - b.error)
        inexact = (a.error + b.error) * abs(a.value - b.value) / (least * least)
        return Ball(value, units + inexact, a.arithmetic)
    slope = digamma(b) - log(b) + 0.5 / b
    return stirling(a) - stirling(b) - slope * (a - b)


_LARGE = 14.0  # from here the series below are right to 1e-17 of their own
# of Bernoulli, B2 to B22: NIST DLMF 24.2
_BERNOULLI = (1/6, -1/30, 1/42, -1/30, 5/66, -691/2730, 7/6, -3617/510, 43867/798, -174611/330, 854513/138)  # fmt: skip
_STEPS = np.arange(_LARGE)
_FEW = 4096  # numbers whose steps are taken all at once
_SERIES = tuple(b / (2 * n * (2 * n - 1)) for n, b in enumerate(_BERNOULLI, 1))
_SLOPE = tuple(-b / (2 * n) for n, b in enumerate(_BERNOULLI, 1))
_CURVATURE = _BERNOULLI
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_NEAR = 2.0  # of |log(a/b)|: up to here 20 nodes are exact to the last digits


def _asymptotic(x: Any, coefficients: tuple[float, ...]) -> Any:
    total, square = coefficients[-1], 1 / (x * x)
    for coefficient in coefficients[-2::-1]:
        total = total * square + coefficient
    return total


def _shifted(x: Any, step: Callable[[Any], Any], series: Callable[[Any], Any]) -> Any:
    """The sum of `step` at x, x + 1, …, and the series beyond; the series alone where x is large."""
    is_small = x < _LARGE
    if not np.any(is_small):
        return series(x)
    if np.size(x) <= _FEW:
        total: Any = step(np.asarray(x)[..., np.newaxis] + _STEPS).sum(axis=-1)
    else:
        total = sum(step(x + k) for k in _STEPS)
    return np.where(is_small, total, 0.0) + series(np.where(is_small, x + _LARGE, x))


def _stirling(x: Any) -> Any:
    return _shifted(x, lambda t: (t + 0.5) * np.log1p(1 / t) - 1, lambda t: _asymptotic(t, _SERIES) / t)


def _stirling_slope(x: Any) -> Any:
    return _shifted(
        x, lambda t: np.log1p(1 / t) - (t + 0.5) / (t * (t + 1)), lambda t: _asymptotic(t, _SLOPE) / (t * t)
    )


def _curvature(x: Any) -> Any:
    return _shifted(x, lambda t: 0.5 / (t * (t + 1)) ** 2, lambda t: _asymptotic(t, _CURVATURE) / (t * t * t))


def _shape_divergence(a: Any, b: Any) -> tuple[Any, Any]:
    """The value, and a bound on its error."""
    length = np.where(abs(a - b) < b / 2, np.log1p((a - b) / b), np.log(a / b))
    is_near = abs(length) <= _NEAR
    if not is_near.any():
        return _far_shape_divergence(a, b)
    s = np.asarray(length)[..., np.newaxis] * (1 + _NODES) / 2
    start = np.asarray(b)[..., np.newaxis]
    t = start * np.exp(s)
    # a - t, without loss near the start
    rest = start * np.expm1(np.asarray(length)[..., np.newaxis] - s) * np.exp(s)
    integral = (rest * _curvature(t) * t * _WEIGHTS).sum(axis=-1) * length / 2
    error = 40 * 2.0**-53 * integral
    if is_near.all():
        return integral[()], error[()]
    far, units = _far_shape_divergence(a, b)
    return np.where(is_near, integral, far)[()], np.where(is_near, error, units)[()]


def _far_shape_divergence(a: Any, b: Any) -> tuple[Any, Any]:
    first, second = _stirling(a), _stirling(b)
    units = 2.0**-53 * (16 * (2 + abs(first) + abs(second)) + 32 * abs(a - b) / b * (1 + 1 / b))
    return first - second - _stirling_slope(b) * (a - b), units
