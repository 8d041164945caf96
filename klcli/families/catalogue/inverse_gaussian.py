"""The inverse Gaussian distribution.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 15.
"""

from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import itakura_saito
from klcli.families.ball_arithmetic.functions import log
from klcli.families.ball_arithmetic.scipy_functions import stats
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.family import Family, family
from klcli.families.family.tail import Growth

__all__ = ["InverseGaussian"]

_NEARLY_NORMAL = 1e-9  # mean/shape below which quantiles are those of a normal, and scipy finds none


@family("inverse_gaussian", aliases=("invgauss", "wald"))
class InverseGaussian(Family):
    title = "the time at which a drifting Brownian motion first passes a level"
    parameters = (Parameter("mean", POSITIVE, ("mu",)), Parameter("shape", POSITIVE, ("lambda", "lam")))
    support = "x > 0"
    mean: Ball
    shape: Ball

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, inf

    def mean_x(self) -> Ball:
        return self.mean

    def variance(self) -> Ball:
        return self.mean * self.mean * self.mean / self.shape

    def log_density(self, x: Ball) -> Ball:
        offset = (x - self.mean) / self.mean
        return (log(self.shape / (x.pi * 2)) - 3 * log(x) - self.shape * offset * offset / x) / 2

    def quantile(self, u: Any) -> Any:
        mean, shape = float(self.mean.value), float(self.shape.value)
        if mean / shape < _NEARLY_NORMAL:
            return mean * (1 + np.sqrt(mean / shape) * stats().norm.ppf(u))
        return stats().invgauss.ppf(u, mean / shape, scale=shape)

    def growth(self, end: str) -> Growth:
        mean, shape = float(self.mean.value), float(self.shape.value)
        return Growth("power", shape / 2, 1.0) if end == "low" else Growth("power", shape / mean / mean / 2, 1.0)


@closed_form(
    InverseGaussian, InverseGaussian,
    formula="[{q.shape}/{p.shape} - 1 - log({q.shape}/{p.shape})]/2 + "
    "{q.shape}·({p.mean} - {q.mean})²/(2·{p.mean}·{q.mean}²)",
    source="Tweedie (1957), Ann. Math. Stat. 28(2), 362-377 (E[x], E[1/x])", is_stable=True,
)  # fmt: skip
def _inverse_gaussian(p: Any, q: Any) -> Ball:
    z = (p.mean - q.mean) / q.mean
    return itakura_saito(q.shape, p.shape) / 2 + q.shape / p.mean * z * z / 2
