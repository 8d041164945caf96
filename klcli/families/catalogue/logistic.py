"""The logistic distribution.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 23.
"""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import exp, log, log1p, sin
from klcli.families.family.expectations import require
from klcli.families.family.family import family
from klcli.families.family.location_scale import LocationScale
from klcli.families.family.tail import Growth

__all__ = ["Logistic"]


@family("logistic")
class Logistic(LocationScale):
    title = "the logistic function as cumulative distribution function"

    def entropy(self) -> Ball:
        return log(self.scale) + 2.0

    def mean_x(self) -> Ball:
        return self.loc

    def variance(self) -> Ball:
        spread = self.scale * self.scale.pi
        return spread * spread / 3

    def laplace_transform(self, t: Ball, m: Ball) -> Ball:
        spread = t * self.scale
        require(abs(spread.value) < 1, "E[exp(-t·x)] of logistic is infinite for t >= 1/scale")
        angle = spread * spread.pi
        return exp(-(t * (self.loc - m))) * angle / sin(angle)

    def log_density(self, x: Ball) -> Ball:
        z = abs(self.z(x))
        return -z - 2 * log1p(exp(-z)) - log(self.scale)

    def standard_quantile(self, u: Any) -> Any:
        return np.log(u) - np.log1p(-u)

    def growth(self, end: str) -> Growth:
        return Growth("power", 1 / float(self.scale.value), 1.0)
