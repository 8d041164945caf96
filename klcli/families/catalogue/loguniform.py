"""The loguniform distribution, whose logarithm is uniform.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 26.
"""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import log_ratio
from klcli.families.ball_arithmetic.functions import log, log1p, power
from klcli.families.catalogue.uniform import Uniform
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.sources import GIL
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.family import family
from klcli.families.family.formula import Formula
from klcli.families.family.interval import Interval

__all__ = ["LogUniform"]


@family("loguniform", aliases=("reciprocal", "log_uniform"))
class LogUniform(Interval):
    title = "exp of a uniform"
    parameters = (Parameter("low", POSITIVE, ("a",)), Parameter("high", POSITIVE, ("b",)))
    needs = ("mean_log",)
    cross_formula = Formula("{mean_log} + log(log({q.high}/{q.low}))")

    @property
    def width(self) -> Ball:
        return log_ratio(self.high, self.low)

    def images(self) -> dict[str, Any]:
        return {"log x": self.member_of(Uniform, low=log(self.low), high=log(self.high))}

    def entropy(self) -> Ball:
        return self.mean_log() + log(self.width)

    def cross_entropy(self, p: Any) -> Ball:
        return p.mean_log() + log(self.width)

    def mean_log(self) -> Ball:
        return (log(self.low) + log(self.high)) / 2

    def variance_log(self) -> Ball:
        return self.width * self.width / 12

    def power_mean(self, k: Ball) -> Ball:
        return (power(self.high, k) - power(self.low, k)) / (k * self.width)

    def mean_x(self) -> Ball:
        return (self.high - self.low) / self.width

    def variance(self) -> Ball:
        mean = self.mean_x()
        return self.power_mean(mean.constant(2.0)) - mean * mean

    def log_density(self, x: Ball) -> Ball:
        return -log(x) - log(self.width)

    def quantile(self, u: Any) -> Any:
        low, high = self.bounds()
        return np.exp(np.log(low) * (1 - u) + np.log(high) * u)


@closed_form(
    LogUniform, LogUniform, formula="log(log({q.high}/{q.low})/log({p.high}/{p.low}))", source=GIL, is_stable=True
)  # fmt: skip
def _loguniform(p: Any, q: Any) -> Ball:
    return log1p((log_ratio(p.low, q.low) + log_ratio(q.high, p.high)) / p.width)
