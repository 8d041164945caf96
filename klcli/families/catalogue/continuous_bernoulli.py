"""The continuous Bernoulli distribution on (0, 1).

Source: Loaiza-Ganem & Cunningham (2019), NeurIPS 32.
"""

from math import nan
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import log_ratio
from klcli.families.ball_arithmetic.functions import constant, exp, expm1, log, log1p, where
from klcli.families.catalogue.beta import Beta
from klcli.families.catalogue.uniform import Uniform
from klcli.families.closed_forms.closed_form import closed_form, float64_form
from klcli.families.closed_forms.dirichlet_kl import dirichlet_kl_of_few
from klcli.families.closed_forms.tilt_kl import tilt_kl
from klcli.families.family.domain import OPEN_PROBABILITY, Parameter
from klcli.families.family.family import Family, family
from klcli.families.family.formula import Formula
from klcli.families.family.interval import FLAT
from klcli.families.family.tail import Growth

__all__ = ["ContinuousBernoulli"]


@family("continuous_bernoulli")
class ContinuousBernoulli(Family):
    title = "proportional to prob^x (1 - prob)^(1 - x) on (0, 1)"
    parameters = (Parameter("prob", OPEN_PROBABILITY, ("p", "lam")),)
    support = "0 < x < 1"
    needs = ("mean_x",)
    cross_formula = Formula("log((exp(η) - 1)/η) - η·{mean_x}", "η = log({q.prob}/(1 - {q.prob}))")
    prob: Ball

    @property
    def slope(self) -> Ball:
        return log_ratio(self.prob, 1.0 - self.prob)

    @property
    def divisor(self) -> Ball:
        """The slope, with zeros replaced by 1, for quotients that are discarded there."""
        return self.slope.constant(1.0).where(self._is_uniform(), self.slope)

    def _is_uniform(self) -> Any:
        return self.prob.value == 0.5

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, 1.0

    def _log_normaliser(self) -> Ball:
        """The logarithm of the integral of exp(slope·x) over (0, 1)."""
        slope = abs(self.divisor)
        upper = slope + log(-expm1(-slope) / slope)
        found = upper.where(self.prob.value > 0.5, upper - slope)
        return self.prob.constant(0.0).where(self._is_uniform(), found)

    def mean_x(self) -> Ball:
        return (self.prob * 0.0 + 0.5).where(self._is_uniform(), -1.0 / expm1(-self.divisor) - 1.0 / self.divisor)

    def variance(self) -> Ball:
        slope = self.divisor
        found = 1.0 / (slope * slope) + 1.0 / (expm1(slope) * expm1(-slope))
        return (self.prob * 0.0 + 1.0 / (self.prob.constant(12.0))).where(self._is_uniform(), found)

    def laplace_transform(self, t: Ball, m: Ball) -> Ball:
        tilted = self.slope - t
        one = self.prob.constant(1.0)
        divisor = one.where(tilted.value == 0, tilted)
        integral = one.where(tilted.value == 0, expm1(tilted) / divisor)
        return exp(t * m) * integral / exp(self._log_normaliser())

    def entropy(self) -> Ball:
        return self._log_normaliser() - self.slope * self.mean_x()

    def cross_entropy(self, p: Any) -> Ball:
        # relative to the midpoint of (0, 1), where less cancels
        slope = abs(self.divisor)
        normaliser = slope.constant(0.0).where(self._is_uniform(), log(-expm1(-slope) / slope) + slope / 2)
        return normaliser - self.slope * (p.mean_x() - 0.5)

    def log_density(self, x: Ball) -> Ball:
        return self.slope * x - self._log_normaliser()

    def quantile(self, u: Any) -> Any:
        slope = float(self.slope.value)
        if abs(slope) < 1e-9:
            return u
        return 1 + np.log(u + (1 - u) * np.exp(-slope)) / slope if slope > 0 else np.log1p(u * np.expm1(slope)) / slope

    def growth(self, end: str) -> Growth:
        return FLAT


@float64_form(ContinuousBernoulli, Uniform)
def _to_uniform(p: Any, q: Any) -> Any:
    slope = log_ratio(p.prob, 1.0 - p.prob)
    return tilt_kl(slope, -slope) + log1p((q.high - 1.0) - q.low)


def _continuous_bernoulli_in_float64(p: Any, q: Any) -> Any:
    other_p, other_q = 1.0 - p.prob, 1.0 - q.prob
    # the difference of log odds, accurate for near and for distant probabilities
    growth = (q.prob - p.prob) / (p.prob * other_q)
    near = (growth > -0.5) & (growth < 1)
    change = where(near, log1p(where(near, growth, 0.0)), log(q.prob / p.prob * (other_p / other_q)))
    return tilt_kl(log_ratio(p.prob, other_p), change)


@closed_form(
    ContinuousBernoulli, ContinuousBernoulli,
    formula="m·(η - θ) - log((exp(η) - 1)/η) + log((exp(θ) - 1)/θ)",
    where="m = E[x], η = log({p.prob}/(1 - {p.prob})), θ = log({q.prob}/(1 - {q.prob}))",
    source="Loaiza-Ganem & Cunningham (2019), NeurIPS 32", in_float64=_continuous_bernoulli_in_float64,
)  # fmt: skip
def _continuous_bernoulli(p: Any, q: Any) -> Ball:
    return q.cross_entropy(p) - p.entropy()


@float64_form(Beta, ContinuousBernoulli)
def _beta_to_continuous_bernoulli(p: Any, q: Any) -> Any:
    one = constant(1.0, p.a)
    to_uniform = dirichlet_kl_of_few((p.a, p.b), (one, one))
    # relative to the midpoint of (0, 1): log(sinh(s/2)/(s/2)) - s·(E[x] - 1/2)
    slope = log_ratio(q.prob, 1.0 - q.prob)
    size = abs(slope) + (slope == 0)
    normaliser = where(slope == 0, 0.0, log(-expm1(-size) / size) + size / 2)
    shift = slope * ((p.a - p.b) / (p.a + p.b)) / 2
    found = to_uniform + normaliser - shift
    return where(to_uniform + 1.0 + size + abs(shift) <= 4 * found, found, nan)
