"""The normal distribution and its relatives on the line and on (0, 1).

Source of the moments: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapters 13 and 14.
"""

from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import erf, exp, lgamma, log, log1p, log_root_2pi, power, sqrt
from klcli.families.ball_arithmetic.precision import PURPOSE
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma
from klcli.families.family.domain import POSITIVE, REAL, Parameter
from klcli.families.family.family import Family, family
from klcli.families.family.tail import Growth
from klcli.support.optional_package import need

__all__ = ["GeneralizedNormal", "LogNormal", "LogitNormal", "Normal", "distance_image"]

LOC = Parameter("loc", REAL, ("mean", "mu"))
SCALE = Parameter("scale", POSITIVE, ("sd", "std", "sigma"))
_SQUARED = Parameter("scale", POSITIVE, ("sd", "std", "sigma"), {"variance": np.sqrt, "var": np.sqrt})


def _ndtri(u: Any) -> Any:
    return need("scipy.special", purpose=PURPOSE, extra="families").ndtri(u)


@family("normal", aliases=("norm", "gaussian"))
class Normal(Family):
    title = "the bell curve"
    image_names = ("|x - loc|, at one loc",)
    parameters = (LOC, _SQUARED)
    support = "all x"
    needs = ("mean_x", "variance")
    cross_formula = "log(q.scale·√(2π)) + (Var[x] + (E[x] - q.loc)²)/(2·q.scale²)"
    loc: Ball
    scale: Ball

    def entropy(self) -> Ball:
        return log(self.scale) + log_root_2pi(self.scale) + 0.5

    def mean_x(self) -> Ball:
        return self.loc

    def variance(self) -> Ball:
        return self.scale * self.scale

    def transform(self, t: Ball, m: Ball) -> Ball:
        spread = t * self.scale
        return exp(spread * spread / 2 - t * (self.loc - m))

    def mean_distance(self, m: Ball) -> Ball:
        z = (self.loc - m) / self.scale
        return self.scale * (sqrt(2.0 / z.pi) * exp(-(z * z) / 2) + z * erf(z / sqrt(z.constant(2.0))))

    def cross_entropy(self, p: Any) -> Ball:
        offset = p.mean_x() - self.loc
        square = 2 * self.scale * self.scale
        return log(self.scale) + log_root_2pi(self.scale) + (p.variance() + offset * offset) / square

    def images(self) -> dict[str, Any]:
        return distance_image(self, self.scale.constant(0.5), self.scale.constant(2.0), 2.0)

    def log_density(self, x: Ball) -> Ball:
        z = (x - self.loc) / self.scale
        return -(z * z) / 2 - log(self.scale) - log_root_2pi(x)

    def quantile(self, u: Any) -> Any:
        return float(self.loc.value) + float(self.scale.value) * _ndtri(u)

    def growth(self, end: str) -> Growth:
        return Growth("power", 1.0, 2.0)


def distance_image(family_: Any, d: Ball, c: Ball, square: float = 1.0) -> dict[str, Any]:
    """|x - loc|, which says all of a distribution that is symmetric about loc, where that is one number."""
    if np.ndim(family_.loc.value):
        return {}
    scale = family_.scale * sqrt(d.constant(square))
    return {f"|x - {float(family_.loc.value)!r}|": family_.similar(GeneralizedGamma, d=d, c=c, scale=scale)}


@family("generalized_normal", aliases=("gennorm", "exponential_power"))
class GeneralizedNormal(Family):
    title = "normal for power 2, laplace for 1, uniform in the limit"
    image_names = ("|x - loc|, at one loc",)
    parameters = (LOC, Parameter("scale", POSITIVE, ("alpha",)), Parameter("power", POSITIVE, ("beta", "shape")))
    support = "all x"
    source = "Nadarajah (2005), J. Appl. Stat. 32(7), 685-694"
    loc: Ball
    scale: Ball
    power: Ball

    def entropy(self) -> Ball:
        reciprocal = 1.0 / self.power
        return reciprocal - log(self.power) + log(2 * self.scale) + lgamma(reciprocal)

    def mean_x(self) -> Ball:
        return self.loc

    def variance(self) -> Ball:
        reciprocal = 1.0 / self.power
        return self.scale * self.scale * exp(lgamma(3 * reciprocal) - lgamma(reciprocal))

    def images(self) -> dict[str, Any]:
        return distance_image(self, 1.0 / self.power, self.power)

    def log_density(self, x: Ball) -> Ball:
        reciprocal = 1.0 / self.power
        z = abs(x - self.loc) / self.scale
        return log(self.power / (2 * self.scale)) - lgamma(reciprocal) - power(z, self.power)

    def quantile(self, u: Any) -> Any:
        special = need("scipy.special", purpose=PURPOSE, extra="families")
        loc, scale, exponent = (float(each.value) for each in (self.loc, self.scale, self.power))
        side = special.gammaincinv(1 / exponent, np.abs(2 * u - 1)) ** (1 / exponent)
        return loc + scale * np.sign(u - 0.5) * side

    def breakpoints(self) -> tuple[float, ...]:
        return (float(self.loc.value),)

    def growth(self, end: str) -> Growth:
        exponent = float(self.power.value)
        with np.errstate(all="ignore"):
            return Growth("power", float(np.power(self.scale.value, -exponent)), exponent)


@family("lognormal", aliases=("lognorm",))
class LogNormal(Family):
    title = "exp of a normal"
    parameters = (LOC, SCALE)
    support = "x > 0"
    needs = ("mean_log", "variance_log")
    cross_formula = "log(q.scale·√(2π)) + E[log x] + (Var[log x] + (E[log x] - q.loc)²)/(2·q.scale²)"
    loc: Ball
    scale: Ball

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, inf

    def images(self) -> dict[str, Any]:
        return {"log x": self.similar(Normal, loc=self.loc, scale=self.scale)}

    def entropy(self) -> Ball:
        return self.loc + log(self.scale) + log_root_2pi(self.scale) + 0.5

    def mean_log(self) -> Ball:
        return self.loc

    def variance_log(self) -> Ball:
        return self.scale * self.scale

    def power_mean(self, k: Ball) -> Ball:
        spread = k * self.scale
        return exp(k * self.loc + spread * spread / 2)

    def mean_x(self) -> Ball:
        return self.power_mean(self.loc.constant(1.0))

    def variance(self) -> Ball:
        mean = self.mean_x()
        return self.power_mean(mean.constant(2.0)) - mean * mean

    def cross_entropy(self, p: Any) -> Ball:
        offset = p.mean_log() - self.loc
        square = 2 * self.scale * self.scale
        return log(self.scale) + log_root_2pi(self.scale) + p.mean_log() + (p.variance_log() + offset * offset) / square

    def log_density(self, x: Ball) -> Ball:
        logarithm = log(x)
        z = (logarithm - self.loc) / self.scale
        return -(z * z) / 2 - log(self.scale) - log_root_2pi(x) - logarithm

    def quantile(self, u: Any) -> Any:
        return np.exp(float(self.loc.value) + float(self.scale.value) * _ndtri(u))

    def growth(self, end: str) -> Growth:
        return Growth("log_squared", 1.0)


@family("logit_normal", aliases=("logitnormal",))
class LogitNormal(Family):
    title = "the logistic function of a normal"
    parameters = (LOC, SCALE)
    support = "0 < x < 1"
    needs = ("mean_log", "mean_log1m", "variance_logit")
    cross_formula = (
        "log(q.scale·√(2π)) + E[log x] + E[log(1 - x)] + "
        "(Var[logit x] + (E[log x] - E[log(1 - x)] - q.loc)²)/(2·q.scale²)"
    )
    loc: Ball
    scale: Ball

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, 1.0

    def images(self) -> dict[str, Any]:
        return {"logit x": self.similar(Normal, loc=self.loc, scale=self.scale)}

    def cross_entropy(self, p: Any) -> Ball:
        low, high = p.mean_log(), p.mean_log1m()
        offset = low - high - self.loc
        square = 2 * self.scale * self.scale
        spread = (p.variance_logit() + offset * offset) / square
        return log(self.scale) + log_root_2pi(self.scale) + low + high + spread

    def log_density(self, x: Ball) -> Ball:
        return self._log_density(log(x), log1p(-x))

    def log_density_below_one(self, y: Ball) -> Ball:
        """log p(1 - y)."""
        return self._log_density(log1p(-y), log(y))

    def _log_density(self, log_x: Ball, log_rest: Ball) -> Ball:
        z = (log_x - log_rest - self.loc) / self.scale
        return -(z * z) / 2 - log(self.scale) - log_root_2pi(z) - log_x - log_rest

    def quantile(self, u: Any) -> Any:
        with np.errstate(all="ignore"):
            return 1 / (1 + np.exp(-float(self.loc.value) - float(self.scale.value) * _ndtri(u)))

    def growth(self, end: str) -> Growth:
        return Growth("log_squared", 1.0)
