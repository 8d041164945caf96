"""Families on the whole line with a location and a scale: laplace, logistic, gumbel, moyal.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapters 22 to 28;
of moyal: Walck (2007), Hand-book on Statistical Distributions, chapter 26.
"""

from typing import Any, ClassVar

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import exp, gamma, log, log1p, log_root_2pi, sin, sqrt
from klcli.families.ball_arithmetic.precision import PURPOSE
from klcli.families.catalogue.gaussian import distance_image
from klcli.families.family.domain import POSITIVE, REAL, Parameter
from klcli.families.family.family import Family, demand, family
from klcli.families.family.tail import Growth
from klcli.support.optional_package import need

__all__ = ["LOC", "SCALE", "Gumbel", "Laplace", "Located", "Logistic", "Moyal"]

LOC = Parameter("loc", REAL, ("mu",))
SCALE = Parameter("scale", POSITIVE, ("b", "beta", "s", "sigma"))


class Located(Family):
    parameters: ClassVar[tuple[Parameter, ...]] = (LOC, SCALE)
    support = "all x"
    loc: Ball
    scale: Ball

    def z(self, x: Ball) -> Ball:
        return (x - self.loc) / self.scale

    def quantile(self, u: Any) -> Any:
        with np.errstate(all="ignore"):
            return float(self.loc.value) + float(self.scale.value) * self.standard_quantile(u)

    def standard_quantile(self, u: Any) -> Any:
        raise NotImplementedError


@family("laplace", aliases=("double_exponential",))
class Laplace(Located):
    title = "two exponentials back to back"
    image_names = ("|x - loc|, at one loc",)
    needs = ("mean_distance",)
    cross_formula = "log(2·q.scale) + E|x - q.loc|/q.scale"

    def entropy(self) -> Ball:
        return log(2 * self.scale) + 1.0

    def mean_x(self) -> Ball:
        return self.loc

    def variance(self) -> Ball:
        return 2 * self.scale * self.scale

    def transform(self, t: Ball, m: Ball) -> Ball:
        spread = t * self.scale
        demand(abs(spread.value) < 1, "E[exp(-t·x)] of laplace is infinite for t >= 1/scale")
        return exp(-(t * (self.loc - m))) / (1.0 - spread * spread)

    def mean_distance(self, m: Ball) -> Ball:
        distance = abs(self.loc - m)
        return distance + self.scale * exp(-distance / self.scale)

    def images(self) -> dict[str, Any]:
        one = self.scale.constant(1.0)
        return distance_image(self, one, one)

    def cross_entropy(self, p: Any) -> Ball:
        return log(2 * self.scale) + p.mean_distance(self.loc) / self.scale

    def log_density(self, x: Ball) -> Ball:
        return -abs(self.z(x)) - log(2 * self.scale)

    def standard_quantile(self, u: Any) -> Any:
        return np.where(u < 0.5, np.log(2 * u), -np.log(2 - 2 * u))

    def breakpoints(self) -> tuple[float, ...]:
        return (float(self.loc.value),)

    def growth(self, end: str) -> Growth:
        return Growth("power", 1 / float(self.scale.value), 1.0)


@family("logistic")
class Logistic(Located):
    title = "whose cumulative distribution is the logistic function"

    def entropy(self) -> Ball:
        return log(self.scale) + 2.0

    def mean_x(self) -> Ball:
        return self.loc

    def variance(self) -> Ball:
        spread = self.scale * self.scale.pi
        return spread * spread / 3

    def transform(self, t: Ball, m: Ball) -> Ball:
        spread = t * self.scale
        demand(abs(spread.value) < 1, "E[exp(-t·x)] of logistic is infinite for t >= 1/scale")
        angle = spread * spread.pi
        return exp(-(t * (self.loc - m))) * angle / sin(angle)

    def log_density(self, x: Ball) -> Ball:
        z = abs(self.z(x))
        return -z - 2 * log1p(exp(-z)) - log(self.scale)

    def standard_quantile(self, u: Any) -> Any:
        return np.log(u) - np.log1p(-u)

    def growth(self, end: str) -> Growth:
        return Growth("power", 1 / float(self.scale.value), 1.0)


@family("gumbel", aliases=("gumbel_r",))
class Gumbel(Located):
    title = "the largest of many light-tailed values"
    needs = ("mean_x", "transform")
    cross_formula = "log(q.scale) + (E[x] - q.loc)/q.scale + E[exp(-(x - q.loc)/q.scale)]"

    def entropy(self) -> Ball:
        return log(self.scale) + self.scale.euler + 1.0

    def mean_x(self) -> Ball:
        return self.loc + self.scale * self.scale.euler

    def variance(self) -> Ball:
        spread = self.scale * self.scale.pi
        return spread * spread / 6

    def transform(self, t: Ball, m: Ball) -> Ball:
        shifted = t * self.scale + 1.0
        demand(shifted.value > 0, "E[exp(t·x)] of gumbel is infinite for t >= 1/scale")
        return exp(-(t * (self.loc - m))) * gamma(shifted)

    def cross_entropy(self, p: Any) -> Ball:
        return log(self.scale) + self.z(p.mean_x()) + p.transform(1.0 / self.scale, self.loc)

    def log_density(self, x: Ball) -> Ball:
        z = self.z(x)
        return -z - exp(-z) - log(self.scale)

    def standard_quantile(self, u: Any) -> Any:
        return -np.log(-np.log(u))

    def growth(self, end: str) -> Growth:
        scale = float(self.scale.value)
        return Growth("exponential", scale) if end == "low" else Growth("power", 1 / scale, 1.0)


@family("moyal")
class Moyal(Located):
    title = "the energy that a fast particle loses in thin matter"
    needs = ("mean_x", "transform")
    cross_formula = "log(q.scale·√(2π)) + ((E[x] - q.loc)/q.scale + E[exp(-(x - q.loc)/q.scale)])/2"

    def entropy(self) -> Ball:
        half = log_root_2pi(self.scale)
        return log(self.scale) + half + (self.scale.euler + log(self.scale.constant(2.0)) + 1.0) / 2

    def mean_x(self) -> Ball:
        return self.loc + self.scale * (self.scale.euler + log(self.scale.constant(2.0)))

    def variance(self) -> Ball:
        spread = self.scale * self.scale.pi
        return spread * spread / 2

    def transform(self, t: Ball, m: Ball) -> Ball:
        # exp(-z) is chi-squared with one degree of freedom
        exponent = t * self.scale
        shifted = exponent + 0.5
        demand(shifted.value > 0, "E[exp(t·x)] of moyal is infinite for t >= 1/(2·scale)")
        return exp(exponent * log(t.constant(2.0)) - t * (self.loc - m)) * gamma(shifted) / sqrt(t.pi)

    def cross_entropy(self, p: Any) -> Ball:
        half = log_root_2pi(self.scale)
        return log(self.scale) + half + (self.z(p.mean_x()) + p.transform(1.0 / self.scale, self.loc)) / 2

    def log_density(self, x: Ball) -> Ball:
        z = self.z(x)
        return -(z + exp(-z)) / 2 - log(self.scale) - log_root_2pi(x)

    def standard_quantile(self, u: Any) -> Any:
        return -2 * np.log(need("scipy.special", purpose=PURPOSE, extra="families").erfcinv(u) * np.sqrt(2))

    def growth(self, end: str) -> Growth:
        scale = float(self.scale.value)
        return Growth("exponential", scale) if end == "low" else Growth("power", 0.5 / scale, 1.0)
