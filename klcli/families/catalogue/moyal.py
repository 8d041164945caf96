"""The Moyal distribution.

Source of the moments: Walck (2007), Hand-book on Statistical Distributions, chapter 26.
"""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import exp, gamma, log, log_root_2pi, sqrt
from klcli.families.ball_arithmetic.scipy_functions import special
from klcli.families.family.expectations import require
from klcli.families.family.family import family
from klcli.families.family.formula import Formula
from klcli.families.family.location_scale import LocationScale
from klcli.families.family.tail import Growth

__all__ = ["Moyal"]


@family("moyal")
class Moyal(LocationScale):
    title = "the energy that a fast particle loses in thin matter"
    needs = ("mean_x", "laplace_transform")
    cross_formula = Formula(
        "log({q.scale}·√(2π)) + (({mean_x} - {q.loc})/{q.scale} + "
        "{laplace_transform:E[exp(-(x - {q.loc})/{q.scale})]})/2",
    )

    def entropy(self) -> Ball:
        half = log_root_2pi(self.scale)
        return log(self.scale) + half + (self.scale.euler + log(self.scale.constant(2.0)) + 1.0) / 2

    def mean_x(self) -> Ball:
        return self.loc + self.scale * (self.scale.euler + log(self.scale.constant(2.0)))

    def variance(self) -> Ball:
        spread = self.scale * self.scale.pi
        return spread * spread / 2

    def laplace_transform(self, t: Ball, m: Ball) -> Ball:
        # exp(-z) is chi-squared with one degree of freedom
        exponent = t * self.scale
        shifted = exponent + 0.5
        require(shifted.value > 0, "E[exp(t·x)] of moyal is infinite for t >= 1/(2·scale)")
        return exp(exponent * log(t.constant(2.0)) - t * (self.loc - m)) * gamma(shifted) / sqrt(t.pi)

    def cross_entropy(self, p: Any) -> Ball:
        half = log_root_2pi(self.scale)
        return log(self.scale) + half + (self.z(p.mean_x()) + p.laplace_transform(1.0 / self.scale, self.loc)) / 2

    def log_density(self, x: Ball) -> Ball:
        z = self.z(x)
        return -(z + exp(-z)) / 2 - log(self.scale) - log_root_2pi(x)

    def standard_quantile(self, u: Any) -> Any:
        return -2 * np.log(special().erfcinv(u) * np.sqrt(2))

    def growth(self, end: str) -> Growth:
        scale = float(self.scale.value)
        return Growth("exponential", scale) if end == "low" else Growth("power", 0.5 / scale, 1.0)
