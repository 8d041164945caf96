"""The gamma distribution, by shape and rate.

Source of the moments: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 17.
"""

from typing import Any

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import Real, exp, lgamma, log, power
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma
from klcli.families.family.domain import POSITIVE, Parameter, reciprocal
from klcli.families.family.expectations import require
from klcli.families.family.family import family
from klcli.families.family.formula import Formula

__all__ = ["Gamma"]


@family("gamma")
class Gamma(GeneralizedGamma):
    title = "the waiting time to event number shape, at a constant rate"
    fixed_power = 1
    parameters = (
        Parameter("shape", POSITIVE, ("a", "k", "alpha")),
        Parameter("rate", POSITIVE, ("beta", "lambda"), {"scale": reciprocal, "theta": reciprocal}),
    )
    needs = ("mean_log", "mean_x")
    cross_formula = Formula(
        "log Γ({q.shape}) - {q.shape}·log({q.rate}) - ({q.shape} - 1)·{mean_log} + {q.rate}·{mean_x}",
    )
    shape: Ball
    rate: Ball

    def cross_entropy(self, p: Any) -> Ball:
        constant = lgamma(self.shape) - self.shape * log(self.rate)
        return constant - (self.shape - 1.0) * p.mean_log() + self.rate * p.mean_x()

    def gamma_parameters(self) -> tuple[Ball, Ball, Ball]:
        return self.shape, self.shape.constant(1.0), 1.0 / self.rate

    def gamma_fraction(self) -> tuple[Real, Real, Real]:
        return self.shape, 1.0, self.rate

    def mean_x(self) -> Ball:
        return self.shape / self.rate

    def variance(self) -> Ball:
        return self.shape / (self.rate * self.rate)

    def laplace_transform(self, t: Ball, m: Ball) -> Ball:
        total = self.rate + t
        require(total.value > 0, "E[exp(t·x)] of gamma is infinite for t >= rate")
        return exp(t * m) * power(self.rate / total, self.shape)
