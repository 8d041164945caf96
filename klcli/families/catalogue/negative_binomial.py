"""The negative binomial distribution: failures before r successes, counted from 0; r need not be whole.

Source: Johnson, Kemp & Kotz (2005), Univariate Discrete Distributions, chapter 5.
"""

from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import log, log1p, where
from klcli.families.ball_arithmetic.scipy_functions import special
from klcli.families.ball_arithmetic.stirling import lbeta
from klcli.families.closed_forms.bernoulli_kl import FORMULA_PER_TRIAL, bernoulli_kl, have_equal
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.sources import KULLBACK
from klcli.families.family.discrete import LARGE_MEAN, SmoothDiscrete, scipy_quantiles
from klcli.families.family.domain import POSITIVE, PROPER_PROBABILITY, Parameter
from klcli.families.family.family import family

__all__ = ["NegativeBinomial"]


@family("negative_binomial", aliases=("nbinom",))
class NegativeBinomial(SmoothDiscrete):
    title = "the number of failures before r successes"
    parameters = (Parameter("r", POSITIVE, ("n",)), Parameter("prob", PROPER_PROBABILITY, ("p",)))
    support = "0, 1, 2, …"
    r: Ball
    prob: Ball

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, where(self.given["prob"] == 1, 0.0, inf)

    def log_density(self, x: Ball) -> Ball:
        log_orders = -log(x) - lbeta(x, self.r)  # of x failures among r successes, the last trial being a success
        log_orders = x.constant(0.0).where(x.value == 0, log_orders)
        return log_orders + self.r * log(self.prob) + x.constant(0.0).where(x.value == 0, x * log1p(-self.prob))

    def quantile(self, u: Any) -> Any:
        size, prob = float(self.r.value), float(self.prob.value)
        with np.errstate(all="ignore"):
            mean, deviation = size * (1 - prob) / prob, np.sqrt(size * (1 - prob)) / prob
        if not mean > LARGE_MEAN:
            return scipy_quantiles("nbinom", u, size, prob)
        with np.errstate(all="ignore"):
            if size < LARGE_MEAN:  # a gamma mixture of Poissons, whose quantiles are near those of the gamma
                return special().gammaincinv(size, u) * ((1 - prob) / prob)
            return np.maximum(mean + deviation * special().ndtri(u), 0.0)


@closed_form(
    NegativeBinomial, NegativeBinomial,
    formula="{r}/{p.prob}·[" + FORMULA_PER_TRIAL + "]", where="r = {p.r} = {q.r}",
    symbols=lambda p, _: {"r": p.given["r"]},
    source=KULLBACK, applies=have_equal("r"), is_stable=True,
)  # fmt: skip
def _negative_binomial(p: Any, q: Any) -> Ball:
    return p.r * bernoulli_kl(p, q) / p.prob
