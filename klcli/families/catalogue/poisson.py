"""The Poisson distribution.

Source: Johnson, Kemp & Kotz (2005), Univariate Discrete Distributions, chapter 4;
Loader (2000), Fast and accurate computation of binomial probabilities (the log probabilities).
"""

from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import kl_div
from klcli.families.ball_arithmetic.functions import log, where
from klcli.families.ball_arithmetic.scipy_functions import special
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.sources import GIL
from klcli.families.family.discrete import LARGE_MEAN, SmoothDiscrete, log_factorial_ratio, scipy_quantiles
from klcli.families.family.domain import NON_NEGATIVE, Parameter
from klcli.families.family.family import family
from klcli.families.family.formula import Formula

__all__ = ["Poisson"]


@family("poisson")
class Poisson(SmoothDiscrete):
    title = "the number of events in a unit of time, at a constant rate"
    parameters = (Parameter("rate", NON_NEGATIVE, ("mu", "lambda", "mean")),)
    support = "0, 1, 2, …"
    needs = ("mean_x", "mean_log_factorial")
    cross_formula = Formula("{q.rate} - {mean_x}·log({q.rate}) + {mean_log_factorial}")
    rate: Ball

    def cross_entropy(self, p: Any) -> Ball:
        return self.rate - p.mean_x() * log(self.rate) + p.mean_log_factorial()

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, where(self.given["rate"] == 0, 0.0, inf)

    def log_density(self, x: Ball) -> Ball:
        return -kl_div(x, self.rate) - log_factorial_ratio(x)

    def quantile(self, u: Any) -> Any:
        rate = self.given["rate"]
        if rate > LARGE_MEAN:
            return np.floor(rate + np.sqrt(rate) * special().ndtri(u))
        return scipy_quantiles("poisson", u, rate)


@closed_form(
    Poisson, Poisson, formula="{p.rate}·log({p.rate}/{q.rate}) - {p.rate} + {q.rate}", source=GIL, is_stable=True
)  # fmt: skip
def _poisson(p: Any, q: Any) -> Ball:
    return kl_div(p.rate, q.rate)
