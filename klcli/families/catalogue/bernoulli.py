"""The Bernoulli distribution, on 0 and 1.

Source: Johnson, Kemp & Kotz (2005), Univariate Discrete Distributions, chapter 3.
"""

from math import nan
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import kl_div
from klcli.families.ball_arithmetic.functions import log, log1p, where, x_log_x
from klcli.families.catalogue.poisson import Poisson
from klcli.families.closed_forms.bernoulli_kl import FORMULA_PER_TRIAL, bernoulli_kl
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.sources import KULLBACK
from klcli.families.family.discrete import Discrete
from klcli.families.family.domain import PROBABILITY, Parameter
from klcli.families.family.family import family

__all__ = ["Bernoulli"]


@family("bernoulli")
class Bernoulli(Discrete):
    title = "1 with a probability, else 0"
    parameters = (Parameter("prob", PROBABILITY, ("p",)),)
    support = "0, 1"
    prob: Ball

    def entropy(self) -> Ball:
        return -(x_log_x(self.prob) + x_log_x(1.0 - self.prob))

    def mean_x(self) -> Ball:
        return self.prob

    def mean_log_factorial(self) -> Ball:
        return self.prob * 0.0

    def bounds(self) -> tuple[Any, Any]:
        prob = self.given["prob"]
        return where(prob == 1, 1.0, 0.0), where(prob == 0, 0.0, 1.0)

    def log_density(self, x: Ball) -> Ball:
        return log(self.prob).where(x.value == 1, log1p(-self.prob))

    def quantile(self, u: Any) -> Any:
        return np.where(u > 1 - float(self.prob.value), 1.0, 0.0)


closed_form(Bernoulli, Bernoulli, formula=FORMULA_PER_TRIAL, source=KULLBACK, is_stable=True)(bernoulli_kl)


def _bernoulli_to_poisson_in_float64(p: Any, q: Any) -> Any:
    found = kl_div(p.prob, q.rate) + (p.prob + (1.0 - p.prob) * log1p(-p.prob))
    return where(p.prob <= found, found, nan)


@closed_form(
    Bernoulli, Poisson, formula="{p.prob}·log({p.prob}/{q.rate}) + (1 - {p.prob})·log(1 - {p.prob}) + {q.rate}",
    source=KULLBACK, in_float64=_bernoulli_to_poisson_in_float64,
)  # fmt: skip
def _bernoulli_to_poisson(p: Any, q: Any) -> Ball:
    return q.cross_entropy(p) - p.entropy()
