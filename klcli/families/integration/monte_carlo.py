"""Monte Carlo estimates for pairs of vectors without a closed form: value, standard error and confidence interval.

A bounded quantity such as Jensen-Shannon is the mean of a bounded function of log(p/q) under M = (P + Q)/2. Half of the
outcomes are drawn from P and half from Q, so no single outcome dominates.
"""

from collections.abc import Callable
from math import inf, log, sqrt
from typing import Any, NamedTuple

import numpy as np

from klcli.core.estimation.record import Estimate

__all__ = ["BOUNDED", "LEVEL", "MEANS", "METHOD", "SAMPLES", "SEED", "estimate", "estimate_bounded", "samples_for"]

SAMPLES = 200_000
SEED = 0
_BLOCK = 2**22  # numbers in a block of outcomes: 32 MiB
_MOST_OUTCOMES = 20_000  # in a block
_MOST = 4_000_000  # numbers drawn from P unless a number of outcomes is asked for: about a third of a second
_LEAST = 200  # outcomes that are drawn in any case, unless fewer are asked for
METHOD = "monte carlo"
LEVEL = 0.95
_TWO_SIDED = 1.959963984540054  # of LEVEL


# quantities that are means under P, and the function whose mean each is, as a template of a Formula
MEANS = {"kl": "log({p}/{q})", "cross_entropy": "-log {q}", "entropy": "-log {p}"}


def _entropy_deficit(log_ratio: Any) -> Any:
    """log 2 minus the entropy of the probabilities p/(p + q) and q/(p + q)."""
    t = np.tanh(log_ratio / 2)
    return sum((1 + side) * np.where(side > -1, np.log1p(side), 0.0) for side in (t, -t)) / 2


def _squared_hellinger(log_ratio: Any) -> Any:
    t = np.tanh(log_ratio / 2)
    return t * t / (1 + 1 / np.cosh(log_ratio / 2))


class Bounded(NamedTuple):
    """A quantity that is the mean under M of a function of log(p/q).

    Attributes:
        function: maps log(p/q) to the function. text: the function, as a template of a Formula.
        largest: the largest value of the mean.
    """

    function: Callable[[Any], Any]
    text: str
    largest: float


BOUNDED: dict[str, Bounded] = {
    "jensen_shannon": Bounded(_entropy_deficit, "{p}·log({p}/m)/2m + {q}·log({q}/m)/2m", log(2)),
    "total_variation": Bounded(lambda log_ratio: np.abs(np.tanh(log_ratio / 2)), "|{p} - {q}|/2m", 1.0),
    "affinity": Bounded(lambda log_ratio: 1 / np.cosh(log_ratio / 2), "√({p}·{q})/m", 1.0),
    "squared_hellinger": Bounded(_squared_hellinger, "(√{p} - √{q})²/2m", 1.0),
}


def samples_for(numbers: int) -> int:
    """Returns how many outcomes to draw unless the user says: SAMPLES, or fewer if each consists of many numbers."""
    return min(SAMPLES, max(_LEAST, _MOST // max(numbers, 1)))


def estimate(name: str, p: Any, q: Any, *, samples: int = SAMPLES, seed: int = SEED) -> Estimate:
    """Returns an estimate of a quantity in MEANS from `samples` outcomes of P; the same seed gives the same result."""
    least = 0.0 if name == "kl" else -inf
    random = np.random.default_rng(seed)

    def values(x: Any) -> Any:
        log_p, log_q = p.log_densities(x), q.log_densities(x)
        return {"kl": lambda: log_p - log_q, "cross_entropy": lambda: -log_q, "entropy": lambda: -log_p}[name]()

    mean, variance = _moments(p, values, random, samples)
    return _estimate_from_moments(mean, sqrt(variance), (least, inf), samples)


def estimate_bounded(name: str, p: Any, q: Any, *, samples: int = SAMPLES, seed: int = SEED) -> Estimate:
    """Returns an estimate of a quantity in BOUNDED from `samples` outcomes of each of P and Q."""
    quantity = BOUNDED[name]
    random = np.random.default_rng(seed)

    def values(x: Any) -> Any:
        return quantity.function(p.log_densities(x) - q.log_densities(x))

    of_p, of_q = (_moments(member, values, random, samples) for member in (p, q))
    return _estimate_from_moments(
        (of_p[0] + of_q[0]) / 2, sqrt(of_p[1] + of_q[1]) / 2, (0.0, quantity.largest), 2 * samples
    )


def _moments(p: Any, values: Callable[[Any], Any], random: np.random.Generator, samples: int) -> tuple[float, float]:
    """The mean of a function of the outcomes of P, and the variance of that mean.

    The mean is infinite if the function is infinite at some outcome; the variance too, if the function is NaN there.
    """
    count, mean, spread = 0, 0.0, 0.0
    block = max(1, min(_MOST_OUTCOMES, _BLOCK // max(p.numbers, 1)))
    with np.errstate(all="ignore"):
        while count < samples:
            size = min(block, samples - count)
            found = values(p.draws(random, size))
            if not np.isfinite(found).all():
                return inf, inf if np.isnan(found).any() else 0.0
            delta = float(found.mean()) - mean
            total = count + size
            spread += float(((found - found.mean()) ** 2).sum()) + delta * delta * count * size / total
            mean += delta * size / total
            count = total
    return mean, spread / (count * max(count - 1, 1))


def _estimate_from_moments(mean: float, error: float, domain: tuple[float, float], count: int) -> Estimate:
    least, most = domain
    half_width = _TWO_SIDED * error
    low, high = (least, most) if error == inf else (max(mean - half_width, least), min(mean + half_width, most))
    return Estimate(min(max(mean, least), most), error, low, high, LEVEL, METHOD, count)
