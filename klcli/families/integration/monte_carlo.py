"""Monte Carlo, for pairs of vectors that have nothing better: an estimate, its standard error, and an interval.

What is between P and Q, and bounded, is the mean of a bounded function of log(p/q) under M = (P + Q)/2, half of whose
outcomes are drawn from P and half from Q; so one far out weighs no more than another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log, sqrt
from typing import Any

import numpy as np

__all__ = ["BETWEEN", "MEANS", "SAMPLES", "SEED", "Estimate", "estimate", "estimate_between"]

SAMPLES = 200_000
SEED = 0
BLOCK = 20_000
_TWO_SIDED_95 = 1.959963984540054


# the quantity, and what it is the mean of
MEANS = {"kl": "log(p/q)", "cross_entropy": "-log q", "entropy": "-log p"}


def _entropy_gap(gap: Any) -> Any:
    """log 2 less the entropy of a coin whose sides are p/(p + q) and q/(p + q)."""
    t = np.tanh(gap / 2)
    return sum((1 + side) * np.where(side > -1, np.log1p(side), 0.0) for side in (t, -t)) / 2


def _root_gap(gap: Any) -> Any:
    t = np.tanh(gap / 2)
    return t * t / (1 + 1 / np.cosh(gap / 2))


# the quantity, the function of log(p/q) that it is the mean of under M, as text, and its largest value
BETWEEN: dict[str, tuple[Callable[[Any], Any], str, float]] = {
    "jensen_shannon": (_entropy_gap, "p·log(p/m)/2m + q·log(q/m)/2m", log(2)),
    "total_variation": (lambda gap: np.abs(np.tanh(gap / 2)), "|p - q|/2m", 1.0),
    "affinity": (lambda gap: 1 / np.cosh(gap / 2), "√(p·q)/m", 1.0),
    "root_gap": (_root_gap, "(√p - √q)²/2m", 1.0),
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, its standard error, and its interval of 95 % confidence."""

    value: float
    standard_error: float
    interval: tuple[float, float]


def estimate(name: str, p: Any, q: Any, *, samples: int = SAMPLES, seed: int = SEED) -> Estimate:
    """Returns an estimate of a quantity of MEANS, from that many outcomes of P; one seed gives one answer."""
    least = 0.0 if name == "kl" else -inf
    random = np.random.default_rng(seed)

    def values(x: Any) -> Any:
        own, other = p.log_densities(x), q.log_densities(x)
        return {"kl": lambda: own - other, "cross_entropy": lambda: -other, "entropy": lambda: -own}[name]()

    mean, variance = _moments(p, values, random, samples)
    return _of_moments(mean, sqrt(variance), least, inf)


def estimate_between(name: str, p: Any, q: Any, *, samples: int = SAMPLES, seed: int = SEED) -> Estimate:
    """Returns an estimate of a quantity of BETWEEN, from that many outcomes of P, and of Q."""
    function, _, most = BETWEEN[name]
    random = np.random.default_rng(seed)

    def values(x: Any) -> Any:
        return function(p.log_densities(x) - q.log_densities(x))

    of_p, of_q = (_moments(member, values, random, samples) for member in (p, q))
    return _of_moments((of_p[0] + of_q[0]) / 2, sqrt(of_p[1] + of_q[1]) / 2, 0.0, most)


def _moments(p: Any, values: Callable[[Any], Any], random: np.random.Generator, samples: int) -> tuple[float, float]:
    """The mean of a function of the outcomes of P, and the variance of that mean.

    The mean is infinite if the function is, somewhere; and so is the variance, if it is not known somewhere.
    """
    count, mean, spread = 0, 0.0, 0.0
    with np.errstate(all="ignore"):
        while count < samples:
            size = min(BLOCK, samples - count)
            found = values(p.sample(random, size))
            if not np.isfinite(found).all():
                return inf, inf if np.isnan(found).any() else 0.0
            delta = float(found.mean()) - mean
            total = count + size
            spread += float(((found - found.mean()) ** 2).sum()) + delta * delta * count * size / total
            mean += delta * size / total
            count = total
    return mean, spread / (count * max(count - 1, 1))


def _of_moments(mean: float, error: float, least: float, most: float) -> Estimate:
    reach = _TWO_SIDED_95 * error
    low, high = (least, most) if error == inf else (max(mean - reach, least), min(mean + reach, most))
    return Estimate(min(max(mean, least), most), error, (low, high))
