"""The exponential distribution.

Source of the moments: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 19.
"""

from typing import Any

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import itakura_saito
from klcli.families.ball_arithmetic.functions import Real, constant, exp, log
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.sources import GIL
from klcli.families.family.domain import POSITIVE, Parameter, reciprocal
from klcli.families.family.expectations import require
from klcli.families.family.family import family
from klcli.families.family.formula import Formula

__all__ = ["Exponential"]


@family("exponential", aliases=("expon",))
class Exponential(GeneralizedGamma):
    title = "the waiting time to the first event, at a constant rate"
    parameters = (Parameter("rate", POSITIVE, ("lambda", "lam"), {"scale": reciprocal, "mean": reciprocal}),)
    fixed_power = 1
    needs = ("mean_x",)
    cross_formula = Formula("{q.rate}·{mean_x} - log({q.rate})")
    rate: Ball

    def cross_entropy(self, p: Any) -> Ball:
        return self.rate * p.mean_x() - log(self.rate)

    def gamma_parameters(self) -> tuple[Ball, Ball, Ball]:
        one = self.rate.constant(1.0)
        return one, one, 1.0 / self.rate

    def gamma_fraction(self) -> tuple[Real, Real, Real]:
        return constant(1.0, self.rate), 1.0, self.rate

    def entropy(self) -> Ball:
        return 1.0 - log(self.rate)

    def mean_x(self) -> Ball:
        return 1.0 / self.rate

    def variance(self) -> Ball:
        return 1.0 / (self.rate * self.rate)

    def log_density(self, x: Ball) -> Ball:
        return log(self.rate) - self.rate * x

    def laplace_transform(self, t: Ball, m: Ball) -> Ball:
        total = self.rate + t
        require(total.value > 0, "E[exp(t·x)] of exponential is infinite for t >= rate")
        return exp(t * m) * self.rate / total

    def mean_distance(self, m: Ball) -> Ball:
        inside = m.value > 0
        scale = 1.0 / self.rate
        within = m - scale + 2.0 * scale * exp(-(self.rate * m))
        return within.where(inside, scale - m)


@closed_form(
    Exponential, Exponential, formula="{q.rate}/{p.rate} - 1 - log({q.rate}/{p.rate})", source=GIL, is_stable=True
)
def _exponential(p: Any, q: Any) -> Ball:
    return itakura_saito(q.rate, p.rate)
