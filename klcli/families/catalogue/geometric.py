"""The geometric distribution: failures before the first success, counted from 0.

Source: Johnson, Kemp & Kotz (2005), Univariate Discrete Distributions, chapter 5.
"""

from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import log, log1p, where
from klcli.families.closed_forms.bernoulli_kl import FORMULA_PER_TRIAL, bernoulli_kl
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.sources import KULLBACK
from klcli.families.family.discrete import SmoothDiscrete
from klcli.families.family.domain import PROPER_PROBABILITY, Parameter
from klcli.families.family.family import family

__all__ = ["Geometric"]


@family("geometric", aliases=("geom",))
class Geometric(SmoothDiscrete):
    title = "the number of failures before a success"
    parameters = (Parameter("prob", PROPER_PROBABILITY, ("p",)),)
    support = "0, 1, 2, …"
    prob: Ball

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, where(self.given["prob"] == 1, 0.0, inf)

    def log_density(self, x: Ball) -> Ball:
        return log(self.prob) + x.constant(0.0).where(x.value == 0, x * log1p(-self.prob))

    def quantile(self, u: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.maximum(np.ceil(np.log1p(-u) / np.log1p(-float(self.prob.value))) - 1, 0)


@closed_form(Geometric, Geometric, formula="[" + FORMULA_PER_TRIAL + "]/{p.prob}", source=KULLBACK, is_stable=True)
def _geometric(p: Any, q: Any) -> Ball:
    return bernoulli_kl(p, q) / p.prob
