"""Monte Carlo, for pairs of vectors that have nothing better: an estimate, its standard error, and an interval."""

from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

import numpy as np

__all__ = ["MEANS", "SAMPLES", "SEED", "Estimate", "estimate"]

SAMPLES = 200_000
SEED = 0
BLOCK = 20_000
_TWO_SIDED_95 = 1.959963984540054


# the quantity, and what it is the mean of
MEANS = {"kl": "log(p/q)", "cross_entropy": "-log q", "entropy": "-log p"}


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
    count, mean, spread = 0, 0.0, 0.0
    with np.errstate(all="ignore"):
        while count < samples:
            size = min(BLOCK, samples - count)
            x = p.sample(random, size)
            own, other = p.log_densities(x), q.log_densities(x)
            values = {"kl": own - other, "cross_entropy": -other, "entropy": -own}[name]
            if not np.isfinite(values).all():
                return Estimate(inf, 0.0, (inf, inf))
            delta = float(values.mean()) - mean
            total = count + size
            spread += float(((values - values.mean()) ** 2).sum()) + delta * delta * count * size / total
            mean += delta * size / total
            count = total
    error = sqrt(spread / (count * max(count - 1, 1)))
    reach = _TWO_SIDED_95 * error
    return Estimate(max(mean, least), error, (max(mean - reach, least), mean + reach))
