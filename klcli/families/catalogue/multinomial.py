"""The multinomial distribution; its outcomes are vectors of counts."""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball, exact
from klcli.families.ball_arithmetic.functions import lgamma
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.closed_forms.categorical_kl import FORMULA, kl_of_categories, kl_of_few_categories
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.sources import KULLBACK
from klcli.families.family.domain import COUNT, PROBABILITIES, Parameter
from klcli.families.family.family import family
from klcli.families.family.multivariate import Multivariate

__all__ = ["Multinomial"]


@family("multinomial")
class Multinomial(Multivariate):
    title = "how often each of k outcomes occurs in n trials"
    parameters = (Parameter("n", COUNT, ("trials",)), Parameter("probs", PROBABILITIES, ("p",)))
    support = "vectors of whole numbers that sum to n"
    n: Ball
    probs: Ball

    @property
    def dimension(self) -> int:
        return len(self.given["probs"])

    def draws(self, random: np.random.Generator, count: int) -> Any:
        probs = self.given["probs"]
        return random.multinomial(int(self.given["n"]), probs / probs.sum(), count)

    def log_densities(self, x: Any) -> Any:
        n, probs = self.given["n"], self.given["probs"]
        orders = lgamma(exact(np.append(n, x.ravel()) + 1.0, DOUBLES)).value
        surprise = x * np.log(np.where(x > 0, probs / probs.sum(), 1.0))
        found = orders[0] - orders[1:].reshape(x.shape).sum(axis=1) + surprise.sum(axis=1)
        return np.where(x.sum(axis=1) == n, found, -np.inf)


def _multinomial_in_float64(p: Any, q: Any) -> float:
    return p.n * kl_of_few_categories(p.probs, q.probs)


@closed_form(Multinomial, Multinomial, formula="n·" + FORMULA, source=KULLBACK, in_float64=_multinomial_in_float64)
def _multinomial(p: Any, q: Any) -> Ball:
    return p.n * kl_of_categories(p.probs, q.probs)
