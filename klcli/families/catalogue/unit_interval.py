"""Families on 0 < x < 1: beta, kumaraswamy, continuous_bernoulli.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 25; Jones
(2009), Stat. Methodol. 6(1), 70-81 (kumaraswamy); Loaiza-Ganem & Cunningham (2019), NeurIPS 32 (continuous bernoulli).
"""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import log_ratio
from klcli.families.ball_arithmetic.functions import digamma, exp, expm1, log, log1p, trigamma
from klcli.families.ball_arithmetic.precision import PURPOSE
from klcli.families.ball_arithmetic.stirling import digamma_gap, lbeta
from klcli.families.catalogue.bounded import FLAT
from klcli.families.family.domain import OPEN_PROBABILITY, POSITIVE, Parameter
from klcli.families.family.family import Family, demand, family
from klcli.families.family.tail import Growth
from klcli.support.optional_package import need

__all__ = ["Beta", "ContinuousBernoulli", "Kumaraswamy"]


class Unit(Family):
    """On 0 < x < 1."""

    support = "0 < x < 1"

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, 1.0

    def log_density(self, x: Ball) -> Ball:
        return self._log_density(log(x), log1p(-x))

    def log_density_below_one(self, y: Ball) -> Ball:
        """log p(1 - y)."""
        return self._log_density(log1p(-y), log(y))

    def _log_density(self, log_x: Ball, log_rest: Ball) -> Ball:
        raise NotImplementedError


@family("beta")
class Beta(Unit):
    title = "a probability, after a successes and b failures"
    parameters = (Parameter("a", POSITIVE, ("alpha",)), Parameter("b", POSITIVE, ("beta",)))
    needs = ("mean_log", "mean_log1m")
    cross_formula = "log B(q.a, q.b) - (q.a - 1)·E[log x] - (q.b - 1)·E[log(1 - x)]"
    a: Ball
    b: Ball

    def entropy(self) -> Ball:
        return self.cross_entropy(self)

    def cross_entropy(self, p: Any) -> Ball:
        return lbeta(self.a, self.b) - (self.a - 1.0) * p.mean_log() - (self.b - 1.0) * p.mean_log1m()

    def mean_x(self) -> Ball:
        return self.a / (self.a + self.b)

    def variance(self) -> Ball:
        total = self.a + self.b
        return self.a * self.b / (total * total * (total + 1.0))

    def mean_log(self) -> Ball:
        return digamma_gap(self.a, self.b)

    def mean_log1m(self) -> Ball:
        return digamma_gap(self.b, self.a)

    def variance_log(self) -> Ball:
        return trigamma(self.a) - trigamma(self.a + self.b)

    def variance_logit(self) -> Ball:
        return trigamma(self.a) + trigamma(self.b)

    def power_mean(self, k: Ball) -> Ball:
        demand((self.a + k).value > 0, "E[x^k] of beta is infinite at 0 for k <= -a")
        return exp(lbeta(self.a + k, self.b) - lbeta(self.a, self.b))

    def _log_density(self, log_x: Ball, log_rest: Ball) -> Ball:
        return (self.a - 1.0) * log_x + (self.b - 1.0) * log_rest - lbeta(self.a, self.b)

    def quantile(self, u: Any) -> Any:
        special = need("scipy.special", purpose=PURPOSE, extra="families")
        return special.betaincinv(float(self.a.value), float(self.b.value), u)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", float((self.a if end == "low" else self.b).value) - 1)


@family("kumaraswamy")
class Kumaraswamy(Unit):
    title = "like beta, with a cumulative distribution that is elementary"
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
        demand(shifted.value > 0, "E[x^k] of kumaraswamy is infinite at 0 for k <= -a")
        return self.b * exp(lbeta(shifted, self.b))

    def mean_x(self) -> Ball:
        return self.power_mean(self.a.constant(1.0))

    def variance(self) -> Ball:
        mean = self.mean_x()
        return self.power_mean(mean.constant(2.0)) - mean * mean

    def _log_density(self, log_x: Ball, log_rest: Ball) -> Ball:
        inner = log(-expm1(self.a * log_x))
        # near 1, where log x is a rounding of 0, 1 - x^a is a·(1 - x)
        near = log_x.value == 0
        inner = (log(self.a) + log_rest).where(near, inner)
        return log(self.a * self.b) + (self.a - 1.0) * log_x + (self.b - 1.0) * inner

    def quantile(self, u: Any) -> Any:
        a, b = float(self.a.value), float(self.b.value)
        return (-np.expm1(np.log1p(-u) / b)) ** (1 / a)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", float((self.a if end == "low" else self.b).value) - 1)


@family("continuous_bernoulli")
class ContinuousBernoulli(Family):
    title = "proportional to prob^x (1 - prob)^(1 - x) on (0, 1)"
    parameters = (Parameter("prob", OPEN_PROBABILITY, ("p", "lam")),)
    support = "0 < x < 1"
    needs = ("mean_x",)
    cross_formula = "log((exp(η) - 1)/η) - η·E[x], η = log(q.prob/(1 - q.prob))"
    prob: Ball

    @property
    def slope(self) -> Ball:
        return log_ratio(self.prob, 1.0 - self.prob)

    @property
    def divisor(self) -> Ball:
        """The slope, or 1 where it is 0 and what is divided is not used."""
        return self.slope.constant(1.0).where(self._is_uniform(), self.slope)

    def _is_uniform(self) -> Any:
        return self.prob.value == 0.5

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, 1.0

    def _log_normaliser(self) -> Ball:
        """log of the integral of exp(slope·x)."""
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

    def transform(self, t: Ball, m: Ball) -> Ball:
        tilted = self.slope - t
        one = self.prob.constant(1.0)
        divisor = one.where(tilted.value == 0, tilted)
        integral = one.where(tilted.value == 0, expm1(tilted) / divisor)
        return exp(t * m) * integral / exp(self._log_normaliser())

    def entropy(self) -> Ball:
        return self._log_normaliser() - self.slope * self.mean_x()

    def cross_entropy(self, p: Any) -> Ball:
        # from the middle of (0, 1), where less cancels
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
