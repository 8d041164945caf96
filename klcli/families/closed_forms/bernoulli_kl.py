"""KL of Bernoulli distributions, from which those of binomial, geometric and negative binomial follow."""

from collections.abc import Callable
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.differences import kl_div
from klcli.families.ball_arithmetic.functions import Real

__all__ = ["FORMULA_PER_TRIAL", "bernoulli_kl", "have_equal"]

FORMULA_PER_TRIAL = "{p.prob}·log({p.prob}/{q.prob}) + (1 - {p.prob})·log((1 - {p.prob})/(1 - {q.prob}))"


def have_equal(name: str) -> Callable[[Any, Any], bool]:
    """Returns a condition for `closed_form`: P and Q have the same value of a parameter."""

    def condition(p: Any, q: Any) -> bool:
        equal = p.given[name] == q.given[name]
        return equal if equal.__class__ is bool else bool(np.all(equal))

    return condition


def bernoulli_kl(p: Any, q: Any) -> Real:
    """Returns KL in nats per trial, for families with a parameter `prob`."""
    change = q.prob - p.prob
    return kl_div(p.prob, q.prob, change) + kl_div(1.0 - p.prob, 1.0 - q.prob, -change)
