"""The error of Stirling's formula, and what it gives without cancellation: log B(a, b), the divergence of shapes.

Source: NIST DLMF 5.11.1; for small arguments, by the recurrence of log Γ.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from klcli.families.ball import Ball
from klcli.families.functions import bounded_by, digamma, lgamma, log, log1p

__all__ = ["lbeta", "shape_divergence", "stirling"]


def lbeta(a: Ball, b: Ball) -> Ball:
    """log B(a, b), for a, b > 0."""
    if not isinstance(a.arithmetic.unit, float):
        return lgamma(a) + lgamma(b) - lgamma(a + b)
    swap = a.value > b.value
    small, large = b.where(swap, a), a.where(swap, b)
    # log Γ(b) - log Γ(a + b) by Stirling's formula, in which what is large cancels on paper
    rest = small - (large - 0.5) * log1p(small / large) - small * log(small + large)
    return lgamma(small) + rest + stirling(large) - stirling(small + large)


def stirling(x: Ball) -> Ball:
    """log Γ(x) - (x - 1/2)·log x + x - log(2π)/2, the error of Stirling's formula, for x > 0; 1/(12x) where x is large.

    Source: NIST DLMF 5.11.1; for small x, by the recurrence of log Γ.
    """
    if isinstance(x.arithmetic.unit, float):
        value = _stirling(x.value)
        return bounded_by(x, value, (1 + 1 / x.value) / x.value * x.error, 16, abs(value) + 3.0 * (x.value < _LARGE))
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
