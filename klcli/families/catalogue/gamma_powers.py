"""The families on x > 0 that are powers of a gamma variable, x = σ·g^(1/c), each by its d, c and σ: see `stacy`.

Source of the moments: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapters 17 to 22.
"""

from typing import Any, ClassVar

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import Real, constant, exp, lgamma, log, power, sqrt
from klcli.families.catalogue.generalized_gamma import Stacy
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.family import demand, family

__all__ = [
    "Chi",
    "ChiSquared",
    "Exponential",
    "Frechet",
    "Gamma",
    "HalfNormal",
    "InverseGamma",
    "Maxwell",
    "Rayleigh",
    "Weibull",
]


def _reciprocal(value: Any) -> Any:
    return 1 / value


@family("exponential", aliases=("expon",))
class Exponential(Stacy):
    title = "the time to the first event, at a constant rate"
    parameters = (Parameter("rate", POSITIVE, ("lambda", "lam"), {"scale": _reciprocal, "mean": _reciprocal}),)
    power = 1
    needs = ("mean_x",)
    cross_formula = "q.rate·E[x] - log(q.rate)"
    rate: Ball

    def cross_entropy(self, p: Any) -> Ball:
        return self.rate * p.mean_x() - log(self.rate)

    def stacy(self) -> tuple[Ball, Ball, Ball]:
        one = self.rate.constant(1.0)
        return one, one, 1.0 / self.rate

    def fixed(self) -> tuple[Real, Real, Real]:
        return constant(1.0, self.rate), 1.0, self.rate

    def entropy(self) -> Ball:
        return 1.0 - log(self.rate)

    def mean_x(self) -> Ball:
        return 1.0 / self.rate

    def variance(self) -> Ball:
        return 1.0 / (self.rate * self.rate)

    def log_density(self, x: Ball) -> Ball:
        return log(self.rate) - self.rate * x

    def transform(self, t: Ball, m: Ball) -> Ball:
        total = self.rate + t
        demand(total.value > 0, "E[exp(t·x)] of exponential is infinite for t >= rate")
        return exp(t * m) * self.rate / total

    def mean_distance(self, m: Ball) -> Ball:
        inside = m.value > 0
        scale = 1.0 / self.rate
        within = m - scale + 2.0 * scale * exp(-(self.rate * m))
        return within.where(inside, scale - m)


@family("gamma")
class Gamma(Stacy):
    title = "the time to the event of number shape, at a constant rate"
    power = 1
    parameters = (
        Parameter("shape", POSITIVE, ("a", "k", "alpha")),
        Parameter("rate", POSITIVE, ("beta", "lambda"), {"scale": _reciprocal, "theta": _reciprocal}),
    )
    needs = ("mean_log", "mean_x")
    cross_formula = "log Γ(q.shape) - q.shape·log(q.rate) - (q.shape - 1)·E[log x] + q.rate·E[x]"
    shape: Ball
    rate: Ball

    def cross_entropy(self, p: Any) -> Ball:
        constant = lgamma(self.shape) - self.shape * log(self.rate)
        return constant - (self.shape - 1.0) * p.mean_log() + self.rate * p.mean_x()

    def stacy(self) -> tuple[Ball, Ball, Ball]:
        return self.shape, self.shape.constant(1.0), 1.0 / self.rate

    def fixed(self) -> tuple[Real, Real, Real]:
        return self.shape, 1.0, self.rate

    def mean_x(self) -> Ball:
        return self.shape / self.rate

    def variance(self) -> Ball:
        return self.shape / (self.rate * self.rate)

    def transform(self, t: Ball, m: Ball) -> Ball:
        total = self.rate + t
        demand(total.value > 0, "E[exp(t·x)] of gamma is infinite for t >= rate")
        return exp(t * m) * power(self.rate / total, self.shape)


@family("chi2")
class ChiSquared(Stacy):
    power = 1
    title = "the sum of df squared standard normals"
    parameters = (Parameter("df", POSITIVE, ("k", "nu")),)
    df: Ball

    def stacy(self) -> tuple[Ball, Ball, Ball]:
        return self.df / 2, self.df.constant(1.0), self.df.constant(2.0)

    def fixed(self) -> tuple[Real, Real, Real]:
        return self.df / 2, constant(2.0, self.df), 1.0


@family("chi")
class Chi(Stacy):
    power = 2
    title = "the length of a vector of df standard normals"
    parameters = (Parameter("df", POSITIVE, ("k", "nu")),)
    df: Ball

    def stacy(self) -> tuple[Ball, Ball, Ball]:
        return self.df / 2, self.df.constant(2.0), sqrt(self.df.constant(2.0))

    def fixed(self) -> tuple[Real, Real, Real]:
        return self.df / 2, constant(1.0, self.df), 1.0


class _Scaled(Stacy):
    """A fixed d and c, and a scale."""

    parameters = (Parameter("scale", POSITIVE, ("sigma", "s")),)
    power = 2
    scale: Ball
    d: ClassVar[float]

    def stacy(self) -> tuple[Ball, Ball, Ball]:
        root = sqrt(self.scale.constant(2.0))
        return self.scale.constant(self.d), self.scale.constant(2.0), self.scale * root

    def fixed(self) -> tuple[Real, Real, Real]:
        return constant(self.d, self.scale), self.scale, 1.0


@family("halfnormal", aliases=("halfnorm",))
class HalfNormal(_Scaled):
    title = "the absolute value of a normal with mean 0"
    d = 0.5


@family("rayleigh")
class Rayleigh(_Scaled):
    title = "the length of a vector of two normals"
    d = 1.0


@family("maxwell")
class Maxwell(_Scaled):
    title = "the length of a vector of three normals: the speed of a molecule"
    d = 1.5


@family("weibull", aliases=("weibull_min",))
class Weibull(Stacy):
    title = "the smallest of many lifetimes"
    parameters = (Parameter("shape", POSITIVE, ("k", "c")), Parameter("scale", POSITIVE, ("lambda",)))
    shape: Ball
    scale: Ball

    def stacy(self) -> tuple[Ball, Ball, Ball]:
        return self.shape.constant(1.0), self.shape, self.scale


@family("inverse_gamma", aliases=("invgamma",))
class InverseGamma(Stacy):
    title = "the reciprocal of a gamma variable"
    parameters = (Parameter("shape", POSITIVE, ("a", "alpha")), Parameter("scale", POSITIVE, ("beta",)))
    shape: Ball
    scale: Ball

    def stacy(self) -> tuple[Ball, Ball, Ball]:
        return self.shape, self.shape.constant(-1.0), self.scale


@family("frechet", aliases=("invweibull",))
class Frechet(Stacy):
    title = "the largest of many heavy-tailed values"
    parameters = (Parameter("shape", POSITIVE, ("alpha", "c")), Parameter("scale", POSITIVE, ("s",)))
    shape: Ball
    scale: Ball

    def stacy(self) -> tuple[Ball, Ball, Ball]:
        return self.shape.constant(1.0), -self.shape, self.scale
