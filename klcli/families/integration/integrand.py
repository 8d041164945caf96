"""What is integrated, or summed, over the support of P, and what rounding does to it."""

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.precision import DOUBLES

__all__ = ["INTEGRANDS", "evaluate", "log_densities", "unseen"]

# of log p, log q, and a logarithm by which both densities are multiplied, so that p·dx/ds is there where p overflows
Integrand = Callable[[Any, Any, Any], Any]


def _cross(log_p: Any, log_q: Any, shift: Any) -> Any:
    return -np.exp(log_p + shift) * log_q


def _kl(log_p: Any, log_q: Any, shift: Any) -> Any:
    return np.exp(log_p + shift) * (log_p - log_q)


def _against_mixture(log_p: Any, log_q: Any, shift: Any) -> Any:
    """p·log(p/m) for m = (p + q)/2."""
    ratio = np.exp(-np.abs(log_q - log_p))
    larger = np.log1p((ratio - 1) / 2)  # log(m) less the larger of log p and log q
    return -np.exp(log_p + shift) * (larger + np.maximum(log_q - log_p, 0.0))


def _excess(log_p: Any, log_q: Any, shift: Any) -> Any:
    return np.maximum(np.exp(log_p + shift) - np.exp(log_q + shift), 0.0)


def _root(log_p: Any, log_q: Any, shift: Any) -> Any:
    return np.exp((log_p + log_q) / 2 + shift)


def _root_gap(log_p: Any, log_q: Any, shift: Any) -> Any:
    return (np.exp((log_p + shift) / 2) - np.exp((log_q + shift) / 2)) ** 2 / 2


def _outside(log_p: Any, log_q: Any, shift: Any) -> Any:
    """The mass of p where q has none."""
    return np.where(log_q == -inf, np.exp(log_p + shift), 0.0)


def _mass(log_p: Any, log_q: Any, shift: Any) -> Any:
    return np.exp(log_p + shift)


INTEGRANDS: dict[str, Integrand] = {
    "kl": _kl,
    "cross_entropy": _cross,
    "against_mixture": _against_mixture,
    "excess": _excess,
    "root": _root,
    "root_gap": _root_gap,
    "mass": _mass,
    "outside": _outside,
}


# those whose slope in log q, and in log p but for the factor p, is at most p
_LINEAR = frozenset({"kl", "cross_entropy", "against_mixture", "mass"})


# of the logarithm of what is no larger than its own rounding: that is within a few units of an end, or subnormal
_UNKNOWN = 64.0


def log_densities(member: Any, x: Ball, below_one: Any = None) -> tuple[Any, Any]:
    """log of the density at x and its error; -inf outside the support.

    Args:
        below_one: 1 - x, where x is so near to 1 that it does not say.
    """
    low, high = member.bounds()
    inside = (x.value >= low) & (x.value <= high)
    if below_one is not None and hasattr(member, "log_density_below_one"):
        near = member.log_density_below_one(Ball(below_one, below_one * 2 * DOUBLES.unit, DOUBLES))
        found = member.log_density(x).where(x.value < 0.5, near)
    else:
        found = member.log_density(x)
    value = np.where(inside & ~np.isnan(found.value), found.value, -inf)
    error = np.where((found.error >= 0) & (found.error < inf), found.error, _UNKNOWN)
    return value, np.where(np.isfinite(value), error, 0.0)


_UNSEEN = 1e-8  # of the mass of P: more than what 16 nodes miss where they see all of it


def unseen(missing: float, value: float) -> float:
    """What is to be added to the error where so much of the mass of P has not been met: it fell between the nodes."""
    if missing <= _UNSEEN:
        return 0.0
    # what is there may be far wider than what was seen
    return missing * (1 + abs(value)) / _UNSEEN if missing < 1e-3 else inf


def evaluate(name: str, p: tuple[Any, Any], q: tuple[Any, Any], shift: Any = 0.0) -> tuple[Any, Any]:
    """The integrand, times exp(shift), and a bound on its error.

    Args:
        p, q: log p and log q at the points, each with its error.
    """
    (log_p, error_p), (log_q, error_q) = p, q
    density = np.exp(log_p + shift)
    # but for the gap of the roots nothing is left where p underflows
    counts = (density > 0) | (name == "root_gap")
    value = np.where(counts, INTEGRANDS[name](log_p, log_q, shift), 0.0)
    value = np.where(np.isnan(value), 0.0, value)
    if name == "outside":
        return value, value * (np.expm1(np.minimum(error_p, 1.0)) + 4 * DOUBLES.unit)
    if name in _LINEAR:
        # against the mixture a change of log q counts with p·q/(p + q)
        slope = np.minimum(density, np.exp(log_q + shift)) if name == "against_mixture" else density
        error = np.abs(value) * np.expm1(np.minimum(error_p, 1.0)) + density * error_p + slope * error_q
    else:
        wide = np.abs(value) + density + np.exp((log_p + log_q) / 2 + shift)
        error = wide * (np.expm1(np.minimum(error_p, 1.0)) + np.expm1(np.minimum(error_q, 1.0)))
    error += 4 * DOUBLES.unit * (np.abs(value) + density)
    return value, np.where(counts, error, 0.0)
