"""The entropy of a multinomial, from sums over the count of one category at a time, which is binomial.

H(P) = -log n! - n·Σ {p}ᵢ·log {p}ᵢ + Σᵢ E[log xᵢ!]
"""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball, exact
from klcli.families.ball_arithmetic.functions import lgamma, log
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.catalogue.binomial import Binomial
from klcli.families.catalogue.multinomial import Multinomial
from klcli.families.integration.summation import sum_over_support

__all__ = ["FORMULA", "SOURCE", "multinomial_entropy"]

SOURCE = "Cichoń & Gołębiewski (2012), 23rd AofA, DMTCS, 309-316"
FORMULA = "-log n! - n·Σ {p}ᵢ·log {p}ᵢ + Σᵢ E[log xᵢ!]"


class _Factorials:
    """Takes the place of Q with log q(x) = -log x!, so that the cross-entropy is E[log x!]."""

    is_smooth = True

    def quantile(self, u: Any) -> Any:
        return np.array([])

    def bounds(self) -> tuple[float, float]:
        return 0.0, np.inf

    def log_density(self, x: Ball) -> Ball:
        return -lgamma(x + 1.0)


def multinomial_entropy(p: Multinomial) -> tuple[float, float]:
    """Returns H(P) in nats, and a bound on its absolute error."""
    n, probs = p.given["n"], p.given["probs"]
    probs = probs[probs > 0] / probs.sum()
    balls = exact(probs, DOUBLES)
    # the first term: dividing by their sum leaves each probability with an error of half a unit
    total = (
        Ball(0.0, probs.size * n * DOUBLES.unit, DOUBLES)
        - lgamma(exact(n + 1, DOUBLES))
        - n * (balls * log(balls)).sum()
    )
    for prob, times in zip(*np.unique(probs, return_counts=True), strict=True):
        total = total + _mean_log_factorial(n, float(prob)) * float(times)
    return max(float(total.value), 0.0), float(total.error)


def _mean_log_factorial(n: float, prob: float) -> Ball:
    value, error = sum_over_support("cross_entropy", Binomial(n, min(prob, 1.0)), _Factorials())
    return Ball(value, error, DOUBLES)
