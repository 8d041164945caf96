"""Functions that the error μ of Stirling's formula gives without cancellation: log B(a, b), divergences of shapes."""

import math
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic import stirling_error
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import itakura_saito, kl_div
from klcli.families.ball_arithmetic.functions import (
    Real,
    digamma,
    lgamma,
    log,
    log1p,
    log_root_2pi,
    value_of,
    where,
    with_error,
)

__all__ = ["digamma_difference", "lbeta", "rate_divergence", "shape_divergence", "stirling"]


def digamma_difference(a: Ball, b: Ball) -> Ball:
    """Returns ψ(a) - ψ(a + b), which is negative, for a, b > 0."""
    total = a + b
    if not isinstance(a.arithmetic.unit, float) or not np.all(a.value > 0.5):
        return digamma(a) - digamma(total)
    # ψ(x) = log x - 1/(2x) + μ'(x), whose large terms cancel symbolically
    slopes = stirling_derivative(a) - stirling_derivative(total)
    return slopes - log1p(b / a) - b / (2 * a * total)


def stirling_derivative(x: Ball) -> Ball:
    """Returns μ'(x), which is negative, for x > 0."""
    if not isinstance(x.arithmetic.unit, float):
        return digamma(x) - log(x) + 0.5 / x
    value = stirling_error.slope(x.value)
    size = abs(value) * (1 + 2.0 * (x.value < _SMALL))
    return with_error(x, value, x.error / (x.value * x.value * (1 + x.value)), 8, size)


def lbeta(a: Ball, b: Ball) -> Ball:
    """Returns log B(a, b), for a, b > 0."""
    if not isinstance(a.arithmetic.unit, float):
        return lgamma(a) + lgamma(b) - lgamma(a + b)
    total = a + b
    # Stirling's formula, whose large terms cancel symbolically
    powers = (a - 0.5) * log1p(b / a) + (b - 0.5) * log1p(a / b) + log(total) / 2
    return log_root_2pi(a) - powers + (stirling(a) + stirling(b) - stirling(total))


def stirling(x: Ball) -> Ball:
    """Returns μ(x) = log Γ(x) - (x - 1/2)·log x + x - log(2π)/2, the error of Stirling's formula, for x > 0.

    It tends to 1/(12x) for large x.

    Source: NIST DLMF 5.11.1.
    """
    if isinstance(x.arithmetic.unit, float):
        value = stirling_error.error(x.value)
        return with_error(x, value, x.error / (x.value * (2 + x.value)), 8, abs(value) + 1.0 * (x.value < 0.5))
    half_log = log_root_2pi(x)
    return lgamma(x) - (x - 0.5) * log(x) + x - half_log


def rate_divergence(dp: Real, dq: Real, ratio: Real, growth: Real, difference: Real | None = None) -> Real:
    """Returns the part of a divergence of gammas that their rates cause: dq·log(dq/(dp·r)) - dq + dp·r.

    It is never negative, and accurate also where dq is nearly dp·r.

    Args:
        ratio, growth: r and r - 1, each accurate.
        difference: dp·r - dq, if it is known more accurately than from these.
    """
    scaled = dp * ratio
    near = dp * growth - (dq - dp) if difference is None else difference
    return kl_div(dq, scaled, where(abs(value_of(growth)) < 0.5, near, scaled - dq))


def shape_divergence(a: Real, b: Real, difference: Real | None = None, beside: Any = 0.0) -> Real:
    """Returns the part of a divergence of gammas that their shapes cause, in nats: with μ the function `stirling`,

        [a/b - 1 - log(a/b)]/2 + [μ(a) - μ(b) - μ'(b)·(a - b)]

    This is the Bregman divergence of -log(x)/2 + μ(x). Both parts belong to convex functions, so neither is negative,
    and both are accurate where a is near b.

    Args:
        difference: a - b, if it is known more accurately than by subtraction.
        beside: a double that the caller adds the result to: digits far below it need not be accurate.
    """
    if a.__class__ is not Ball:
        return _in_doubles(a, b, a - b if difference is None else difference, beside)[0]
    change = a - b if difference is None else difference
    if isinstance(a.arithmetic.unit, float):
        value, bound = _in_doubles(a.value, b.value, change.value, beside)
        # both partial derivatives are at most |a - b|/x², x the smaller argument
        least = minimum(a.value - a.error, b.value - b.error)
        inexact = (a.error + b.error + change.error) * abs(change.value) / (least * least)
        return Ball(value, bound + inexact, a.arithmetic)
    slope = digamma(b) - log(b) + 0.5 / b
    return itakura_saito(a, b) / 2 + (stirling(a) - stirling(b) - slope * change)


def minimum(x: Any, y: Any) -> Any:
    """Returns the smaller of two doubles, elementwise."""
    return min(x, y) if x.__class__ is float else np.minimum(x, y)


_UNIT = 2.0**-53
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_NEAR = 2.0  # |log(a/b)| up to which 20 nodes integrate to full accuracy
_LOST = 3.0  # ratio of the terms of a difference to the result, up to which it loses at most 10 units
# below 1/2 `stirling_error` itself computes a difference, of terms up to 6 times as large
_SMALL, _STEPPED = 0.5, 3.0


def _in_doubles(a: Any, b: Any, change: Any, beside: Any) -> tuple[Any, Any]:
    """The shape divergence, and a bound on its error."""
    is_one = a.__class__ is float
    if is_one and change == 0:
        return 0.0, 0.0
    first = itakura_saito(a, b, change) / 2
    error_a, error_b, tangent = stirling_error.error(a), stirling_error.error(b), stirling_error.slope(b) * change
    terms = (error_a + error_b + abs(tangent)) * where(minimum(a, b) < _SMALL, _STEPPED, 1.0)
    plain, bound = first + (error_a - error_b - tangent), _UNIT * (12 * first + 8 * terms)
    is_lossy = terms > _LOST * (first + beside)
    if is_one:
        if not is_lossy or not abs(math.log(a / b)) <= _NEAR:
            return plain, bound
        curved = float(_integral(np.array(a), np.array(b), np.array(change)))
        return first + curved, _UNIT * (12 * first + 40 * curved)
    is_lossy &= abs(np.log(a / b)) <= _NEAR
    if not np.any(is_lossy):
        return plain, bound
    some_a, some_b, some_change, some_first = (
        np.broadcast_to(each, is_lossy.shape)[is_lossy] for each in (a, b, change, first)
    )
    curved = _integral(some_a, some_b, some_change)
    plain, bound = (np.array(np.broadcast_to(each, is_lossy.shape)) for each in (plain, bound))
    plain[is_lossy] = some_first + curved
    bound[is_lossy] = _UNIT * (12 * plain[is_lossy] + 28 * curved)
    return plain, bound


def _integral(a: Any, b: Any, change: Any) -> Any:
    """μ(a) - μ(b) - μ'(b)·(a - b), as ∫ (a - t)·μ''(t) dt from b to a, whose integrand has one sign."""
    length = np.where(abs(change) < b / 2, np.log1p(change / b), np.log(a / b))[..., np.newaxis]
    s = length * (1 + _NODES) / 2
    t = b[..., np.newaxis] * np.exp(s)
    a_minus_t = t * np.expm1(length - s)
    return (a_minus_t * stirling_error.curvature(t) * t * _WEIGHTS).sum(axis=-1) * length[..., 0] / 2
