"""The binomial distribution.

Source: Johnson, Kemp & Kotz (2005), Univariate Discrete Distributions, chapter 3;
Loader (2000), Fast and accurate computation of binomial probabilities (the log probabilities).
"""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import kl_div
from klcli.families.ball_arithmetic.functions import where
from klcli.families.ball_arithmetic.scipy_functions import special
from klcli.families.closed_forms.bernoulli_kl import FORMULA_PER_TRIAL, bernoulli_kl, have_equal
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.sources import KULLBACK
from klcli.families.family.discrete import SmoothDiscrete, log_factorial_ratio, scipy_quantiles
from klcli.families.family.domain import COUNT, PROBABILITY, Parameter
from klcli.families.family.family import family

__all__ = ["Binomial"]

_MANY_TRIALS = 1e15  # beyond it scipy finds no quantile; with a moderate mean the Poisson distribution is as good
_LARGE_VARIANCE = 1e9  # beyond it the normal distribution says where to look


@family("binomial", aliases=("binom",))
class Binomial(SmoothDiscrete):
    title = "the number of successes in n trials"
    parameters = (Parameter("n", COUNT, ("trials",)), Parameter("prob", PROBABILITY, ("p",)))
    support = "0, 1, …, n"
    n: Ball
    prob: Ball

    def bounds(self) -> tuple[Any, Any]:
        n, prob = self.given["n"], self.given["prob"]
        return where(prob == 1, n, 0.0), where(prob == 0, 0.0, n)

    def log_density(self, x: Ball) -> Ball:
        rest, other = self.n - x, 1.0 - self.prob
        spread = log_factorial_ratio(self.n) - log_factorial_ratio(x) - log_factorial_ratio(rest)
        return spread - kl_div(x, self.n * self.prob) - kl_div(rest, self.n * other)

    def quantile(self, u: Any) -> Any:
        n, prob = float(self.n.value), float(self.prob.value)
        if n * prob * (1 - prob) > _LARGE_VARIANCE:
            spread = np.sqrt(n * prob) * np.sqrt(1 - prob)
            return np.clip(np.floor(n * prob + spread * special().ndtri(u)), 0.0, n)
        if n > _MANY_TRIALS and prob < 0.5:
            return scipy_quantiles("poisson", u, n * prob)
        if n > _MANY_TRIALS:
            return n - scipy_quantiles("poisson", 1 - u, n * (1 - prob))
        return scipy_quantiles("binom", u, n, prob)


@closed_form(
    Binomial, Binomial,
    formula="{n}·[" + FORMULA_PER_TRIAL + "]", where="n = {p.n} = {q.n}",
    symbols=lambda p, _: {"n": p.given["n"]},
    source=KULLBACK, applies=have_equal("n"), is_stable=True,
)  # fmt: skip
def _binomial(p: Any, q: Any) -> Ball:
    return p.n * bernoulli_kl(p, q)
