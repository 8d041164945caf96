"""The Kumaraswamy distribution on (0, 1).

Source of the moments: Jones (2009), Stat. Methodol. 6(1), 70-81.
"""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import digamma, exp, expm1, log, trigamma
from klcli.families.ball_arithmetic.stirling import lbeta
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.expectations import require
from klcli.families.family.family import family
from klcli.families.family.tail import Growth
from klcli.families.family.unit_interval import UnitInterval

__all__ = ["Kumaraswamy"]


@family("kumaraswamy")
class Kumaraswamy(UnitInterval):
    title = "similar to beta, with an elementary cumulative distribution function"
    parameters = (Parameter("a", POSITIVE), Parameter("b", POSITIVE))
    a: Ball
    b: Ball

    def _harmonic(self) -> Ball:
        return digamma(self.b + 1.0) + self.b.euler

    def entropy(self) -> Ball:
        return 1.0 - 1.0 / self.b + (1.0 - 1.0 / self.a) * self._harmonic() - log(self.a * self.b)

    def mean_log(self) -> Ball:
        return -(self._harmonic() / self.a)

    def variance_log(self) -> Ball:
        one = self.b.constant(1.0)
        return (trigamma(one) - trigamma(self.b + 1.0)) / (self.a * self.a)

    def power_mean(self, k: Ball) -> Ball:
        shifted = 1.0 + k / self.a
        require(shifted.value > 0, "E[x^k] of kumaraswamy is infinite at 0 for k <= -a")
        return self.b * exp(lbeta(shifted, self.b))

    def mean_x(self) -> Ball:
        return self.power_mean(self.a.constant(1.0))

    def variance(self) -> Ball:
        mean = self.mean_x()
        return self.power_mean(mean.constant(2.0)) - mean * mean

    def _log_density(self, log_x: Ball, log_rest: Ball) -> Ball:
        inner = log(-expm1(self.a * log_x))
        # where log x rounds to 0, 1 - x^a is a·(1 - x)
        near = log_x.value == 0
        inner = (log(self.a) + log_rest).where(near, inner)
        return log(self.a * self.b) + (self.a - 1.0) * log_x + (self.b - 1.0) * inner

    def quantile(self, u: Any) -> Any:
        a, b = float(self.a.value), float(self.b.value)
        return (-np.expm1(np.log1p(-u) / b)) ** (1 / a)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", float((self.a if end == "low" else self.b).value) - 1)
