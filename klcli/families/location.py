"""Families on the whole line with a location and a scale: laplace, logistic, gumbel, moyal, cauchy, student_t.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapters 22 to 28;
of moyal: Walck (2007), Hand-book on Statistical Distributions, chapter 26.
"""

from math import inf
from typing import Any, ClassVar

import numpy as np

from klcli.extras import need
from klcli.families.ball import Ball
from klcli.families.domain import POSITIVE, REAL, Parameter
from klcli.families.family import Family, demand, family
from klcli.families.functions import digamma, exp, gamma, log, log1p, log_root_2pi, sin, sqrt
from klcli.families.gaussian import distance_image
from klcli.families.precision import PURPOSE
from klcli.families.stirling import lbeta
from klcli.families.tail import Growth

__all__ = ["Cauchy", "Gumbel", "HalfCauchy", "Laplace", "Logistic", "Moyal", "StudentT"]

LOC = Parameter("loc", REAL, ("mu",))
SCALE = Parameter("scale", POSITIVE, ("b", "beta", "s", "sigma"))


class _Located(Family):
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
class Laplace(_Located):
    title = "two exponentials back to back"
    image_names = ("|x - loc|, at one loc",)
    needs = ("mean_distance",)
    cross_formula = "log(2b) + E|x - μ|/b"

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
class Logistic(_Located):
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
class Gumbel(_Located):
    title = "the largest of many light-tailed values"
    needs = ("mean_x", "transform")
    cross_formula = "log β + (E[x] - μ)/β + E[exp(-(x - μ)/β)]"

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
class Moyal(_Located):
    title = "the energy that a fast particle loses in thin matter"
    needs = ("mean_x", "transform")
    cross_formula = "log(σ√(2π)) + ((E[x] - μ)/σ + E[exp(-(x - μ)/σ)])/2"

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


@family("cauchy", aliases=("lorentz",))
class Cauchy(_Located):
    title = "without a mean: a ratio of normals"
    needs = ("mean_log_quadratic",)
    cross_formula = "log(πγ) + E[log(1 + ((x - x₀)/γ)²)]"

    def entropy(self) -> Ball:
        return log(4 * self.scale * self.scale.pi)

    def mean_log_quadratic(self, loc: Ball, scale: Ball) -> Ball:
        offset, total = (self.loc - loc) / scale, (self.scale + scale) / scale
        return log(total * total + offset * offset)

    def cross_entropy(self, p: Any) -> Ball:
        return log(self.scale * self.scale.pi) + p.mean_log_quadratic(self.loc, self.scale)

    def log_density(self, x: Ball) -> Ball:
        return -_log1p_square(self.z(x)) - log(self.scale * self.scale.pi)

    def standard_quantile(self, u: Any) -> Any:
        return -1 / np.tan(np.pi * u)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", 2.0)


def _log1p_square(z: Ball) -> Ball:
    """log(1 + z²), without overflow."""
    size = abs(z)
    large = size.value > 1e100
    return (2 * log(size)).where(large, log1p(size * size))


@family("halfcauchy")
class HalfCauchy(Family):
    title = "the absolute value of a cauchy about 0"
    parameters = (SCALE,)
    support = "x > 0"
    scale: Ball

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, inf

    def entropy(self) -> Ball:
        return log(2 * self.scale * self.scale.pi)

    def log_density(self, x: Ball) -> Ball:
        return log(2.0 / (self.scale * self.scale.pi)) - _log1p_square(x / self.scale)

    def quantile(self, u: Any) -> Any:
        return float(self.scale.value) * np.tan(np.pi * u / 2)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", 2.0 if end == "high" else 0.0)


@family("student_t", aliases=("t", "students_t"))
class StudentT(_Located):
    title = "a mean of few normals over its own estimate of scale"
    parameters = (
        Parameter("df", POSITIVE, ("nu",)),
        Parameter("loc", REAL, ("mu",), default=0.0),
        Parameter("scale", POSITIVE, ("sigma",), default=1.0),
    )
    df: Ball

    def entropy(self) -> Ball:
        half = (self.df + 1.0) / 2
        spread = digamma(half) - digamma(self.df / 2)
        return half * spread + log(self.df) / 2 + lbeta(self.df / 2, self.df.constant(0.5)) + log(self.scale)

    def mean_x(self) -> Ball:
        demand(self.df.value > 1, "E[x] of student_t does not exist for df <= 1")
        return self.loc

    def variance(self) -> Ball:
        demand(self.df.value > 2, "Var[x] of student_t is infinite for df <= 2")
        return self.scale * self.scale * self.df / (self.df - 2.0)

    def log_density(self, x: Ball) -> Ball:
        half = (self.df + 1.0) / 2
        constant = lbeta(self.df / 2, self.df.constant(0.5)) + log(self.df) / 2 + log(self.scale)
        return -(half * _log1p_square(self.z(x) / sqrt(self.df))) - constant

    def standard_quantile(self, u: Any) -> Any:
        return need("scipy.special", purpose=PURPOSE, extra="families").stdtrit(float(self.df.value), u)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", float(self.df.value) + 1)
