"""The functions that are integrated or summed over the support of P, with bounds on their rounding errors."""

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.precision import DOUBLES

__all__ = ["INTEGRANDS", "evaluate", "log_density_and_error", "missing_mass_error"]

# maps log p, log q and log(dx/ds) to the integrand; the last is added first, as p may overflow where p·dx/ds does not
Integrand = Callable[[Any, Any, Any], Any]


def _cross(log_p: Any, log_q: Any, shift: Any) -> Any:
    return -np.exp(log_p + shift) * log_q


def _kl(log_p: Any, log_q: Any, shift: Any) -> Any:
    return np.exp(log_p + shift) * (log_p - log_q)


def _kl_to_mixture(log_p: Any, log_q: Any, shift: Any) -> Any:
    """p·log(p/m) with m = (p + q)/2."""
    ratio = np.exp(-np.abs(log_q - log_p))
    larger = np.log1p((ratio - 1) / 2)  # log m minus the larger of log p and log q
    return -np.exp(log_p + shift) * (larger + np.maximum(log_q - log_p, 0.0))


def _positive_part(log_p: Any, log_q: Any, shift: Any) -> Any:
    return np.maximum(np.exp(log_p + shift) - np.exp(log_q + shift), 0.0)


def _affinity(log_p: Any, log_q: Any, shift: Any) -> Any:
    return np.exp((log_p + log_q) / 2 + shift)


def _squared_hellinger(log_p: Any, log_q: Any, shift: Any) -> Any:
    return (np.exp((log_p + shift) / 2) - np.exp((log_q + shift) / 2)) ** 2 / 2


def _uncovered_mass(log_p: Any, log_q: Any, shift: Any) -> Any:
    """p where q is 0."""
    return np.where(log_q == -inf, np.exp(log_p + shift), 0.0)


def _mass(log_p: Any, log_q: Any, shift: Any) -> Any:
    return np.exp(log_p + shift)


INTEGRANDS: dict[str, Integrand] = {
    "kl": _kl,
    "cross_entropy": _cross,
    "kl_to_mixture": _kl_to_mixture,
    "positive_part": _positive_part,
    "affinity": _affinity,
    "squared_hellinger": _squared_hellinger,
    "mass": _mass,
    "uncovered_mass": _uncovered_mass,
}


# integrands whose derivative in log q, and in log p apart from the factor p, is at most p
_LINEAR = frozenset({"kl", "cross_entropy", "kl_to_mixture", "mass"})


# error of a log density that has no bound: x is within rounding of an end, or the density is subnormal
_UNKNOWN = 64.0


def log_density_and_error(member: Any, x: Ball, one_minus_x: Any = None) -> tuple[Any, Any]:
    """Returns the log density at x, in nats, and its error; -inf outside the support.

    Args:
        one_minus_x: 1 - x, if x may be too near 1 to determine it.
    """
    low, high = member.bounds()
    inside = (x.value >= low) & (x.value <= high)
    if one_minus_x is not None and hasattr(member, "log_density_of_complement"):
        near = member.log_density_of_complement(Ball(one_minus_x, one_minus_x * 2 * DOUBLES.unit, DOUBLES))
        found = member.log_density(x).where(x.value < 0.5, near)
    else:
        found = member.log_density(x)
    value = np.where(inside & ~np.isnan(found.value), found.value, -inf)
    error = np.where((found.error >= 0) & (found.error < inf), found.error, _UNKNOWN)
    return value, np.where(np.isfinite(value), error, 0.0)


_UNSEEN = 1e-8  # share of P's mass; a correct rule with 16 nodes misses less


def missing_mass_error(missing: float, value: float) -> float:
    """Returns the error to add if a share `missing` of the mass of P fell between the nodes."""
    if missing <= _UNSEEN:
        return 0.0
    # log(p/q) there may be far larger than at the nodes
    return missing * (1 + abs(value)) / _UNSEEN if missing < 1e-3 else inf


def evaluate(name: str, p: tuple[Any, Any], q: tuple[Any, Any], shift: Any = 0.0) -> tuple[Any, Any]:
    """Returns the integrand times exp(shift), and a bound on its error.

    Args:
        name: a key of INTEGRANDS.
        p, q: log p and log q at the points, each with its error.
    """
    (log_p, error_p), (log_q, error_q) = p, q
    density = np.exp(log_p + shift)
    # where p underflows, every integrand vanishes except that of the squared Hellinger distance
    counts = (density > 0) | (name == "squared_hellinger")
    value = np.where(counts, INTEGRANDS[name](log_p, log_q, shift), 0.0)
    value = np.where(np.isnan(value), 0.0, value)
    if name == "uncovered_mass":
        return value, value * (np.expm1(np.minimum(error_p, 1.0)) + 4 * DOUBLES.unit)
    if name in _LINEAR:
        # the derivative of p·log(p/m) in log q is p·q/(p + q) in size
        slope = np.minimum(density, np.exp(log_q + shift)) if name == "kl_to_mixture" else density
        error = np.abs(value) * np.expm1(np.minimum(error_p, 1.0)) + density * error_p + slope * error_q
    else:
        wide = np.abs(value) + density + np.exp((log_p + log_q) / 2 + shift)
        error = wide * (np.expm1(np.minimum(error_p, 1.0)) + np.expm1(np.minimum(error_q, 1.0)))
    error += 4 * DOUBLES.unit * (np.abs(value) + density)
    return value, np.where(counts, error, 0.0)
