"""The functions that are integrated or summed over the support of P, with bounds on their rounding errors."""

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.ball_arithmetic.split_number import is_between

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


# error of a log density that has no bound: x is within rounding of an end, or the density is subnormal
_UNKNOWN = 64.0


def log_density_and_error(member: Any, x: Ball, one_minus_x: Any = None) -> tuple[Any, Any]:
    """Returns the log density at x, in nats, and its error; -inf outside the support.

    Args:
        one_minus_x: 1 - x, if x may be too near 1 to determine it.
    """
    low, high = member.bounds()
    inside = is_between(x, low, high)
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
    mass_p, mass_q = np.exp(log_p + shift), np.exp(log_q + shift)
    change_p, change_q = mass_p * _growth(error_p), mass_q * _growth(error_q)
    value = INTEGRANDS[name](log_p, log_q, shift)
    value = np.where(np.isnan(value), 0.0, value)
    rounded = mass_p
    if name in ("uncovered_mass", "mass"):
        error, rounded = value * _growth(error_p), value
    elif name in ("kl", "cross_entropy"):
        error = np.abs(value) * np.expm1(np.minimum(error_p, 1.0)) + mass_p * (error_p + error_q)
    elif name == "kl_to_mixture":
        # the derivative of p·log(p/m) in log q, and in log p apart from the factor p, is p·q/(p + q) in size
        error = np.abs(value) * _growth(error_p) + np.minimum(mass_p, mass_q) * (error_p + error_q)
    elif name == "positive_part":
        is_below = log_p + error_p <= log_q - error_q  # also where q is infinite
        error = np.where(is_below, 0.0, change_p + change_q)
    elif name == "affinity":
        error, rounded = value * _growth((error_p + error_q) / 2), value * (np.abs(log_p) + np.abs(log_q))
    else:
        change = np.sqrt(mass_p) * _growth(error_p / 2) + np.sqrt(mass_q) * _growth(error_q / 2)
        error, rounded = np.sqrt(2 * value) * change + change * change, mass_p + mass_q
    error = error + 4 * DOUBLES.unit * (np.abs(value) + np.where(np.isfinite(rounded), rounded, 0.0))
    # where p underflows, these integrands vanish, but the product of p and an infinite logarithm would not
    vanishes = (mass_p == 0) & (name not in ("squared_hellinger", "affinity"))
    return np.where(vanishes, 0.0, value), np.where(vanishes, 0.0, error)


def _growth(error: Any) -> Any:
    """A bound on the relative error of exp(x), given that of x, where that is small; linear in it where it is not."""
    return np.expm1(np.minimum(error, 1.0)) + np.maximum(error - 1, 0.0)
