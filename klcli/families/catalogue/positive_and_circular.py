"""Families on a half-line that are no powers of a gamma variable, and one on the circle.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapters 13, 15 and 20; Ghitany,
Atieh & Nadarajah (2008), Math. Comput. Simul. 78(4), 493-506 (lindley); Mardia & Jupp (2000), Directional Statistics,
3.5.4 (von Mises).
"""

from math import inf, pi
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import log_ratio
from klcli.families.ball_arithmetic.functions import (
    bessel_ratio,
    log,
    log1p,
    log_bessel_i0,
    power,
    sin,
)
from klcli.families.ball_arithmetic.precision import PURPOSE
from klcli.families.family.domain import POSITIVE, RATE, REAL, Parameter
from klcli.families.family.family import Family, demand, family
from klcli.families.family.tail import Growth
from klcli.support.optional_package import need

__all__ = ["InverseGaussian", "Lindley", "Pareto", "VonMises"]


@family("pareto")
class Pareto(Family):
    title = "a power law above a least value"
    parameters = (Parameter("scale", POSITIVE, ("low", "xm")), Parameter("alpha", POSITIVE, ("shape", "b")))
    support = "x > scale"
    needs = ("mean_log",)
    cross_formula = "-log(q.alpha) - q.alpha·log(q.scale) + (q.alpha + 1)·E[log x]"
    scale: Ball
    alpha: Ball

    def bounds(self) -> tuple[Any, Any]:
        return self.given["scale"], inf

    def entropy(self) -> Ball:
        return log(self.scale / self.alpha) + 1.0 / self.alpha + 1.0

    def mean_log(self) -> Ball:
        return log(self.scale) + 1.0 / self.alpha

    def variance_log(self) -> Ball:
        return 1.0 / (self.alpha * self.alpha)

    def power_mean(self, k: Ball) -> Ball:
        rest = self.alpha - k
        demand(rest.value > 0, "E[x^k] of pareto is infinite for k >= alpha")
        return self.alpha * power(self.scale, k) / rest

    def mean_x(self) -> Ball:
        return self.power_mean(self.alpha.constant(1.0))

    def variance(self) -> Ball:
        rest = self.alpha - 2.0
        demand(rest.value > 0, "Var[x] of pareto is infinite for alpha <= 2")
        less = self.alpha - 1.0
        return self.scale * self.scale * self.alpha / (less * less * rest)

    def cross_entropy(self, p: Any) -> Ball:
        return (self.alpha + 1.0) * p.mean_log() - log(self.alpha) - self.alpha * log(self.scale)

    def log_density(self, x: Ball) -> Ball:
        return log(self.alpha) - log(x) - self.alpha * log_ratio(x, self.scale)

    def quantile(self, u: Any) -> Any:
        with np.errstate(all="ignore"):
            return float(self.scale.value) * np.exp(-np.log1p(-u) / float(self.alpha.value))

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", float(self.alpha.value) + 1 if end == "high" else 0.0)


_NORMAL = 1e-9  # of mean/shape, below which it is a normal but for the last digits, and scipy finds no quantile


@family("inverse_gaussian", aliases=("invgauss", "wald"))
class InverseGaussian(Family):
    title = "the time at which a drifting Brownian motion first passes a level"
    parameters = (Parameter("mean", POSITIVE, ("mu",)), Parameter("shape", POSITIVE, ("lambda", "lam")))
    support = "x > 0"
    mean: Ball
    shape: Ball

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, inf

    def mean_x(self) -> Ball:
        return self.mean

    def variance(self) -> Ball:
        return self.mean * self.mean * self.mean / self.shape

    def log_density(self, x: Ball) -> Ball:
        offset = (x - self.mean) / self.mean
        return (log(self.shape / (x.pi * 2)) - 3 * log(x) - self.shape * offset * offset / x) / 2

    def quantile(self, u: Any) -> Any:
        stats = need("scipy.stats", purpose=PURPOSE, extra="families")
        mean, shape = float(self.mean.value), float(self.shape.value)
        if mean / shape < _NORMAL:
            return mean * (1 + np.sqrt(mean / shape) * stats.norm.ppf(u))
        return stats.invgauss.ppf(u, mean / shape, scale=shape)

    def growth(self, end: str) -> Growth:
        mean, shape = float(self.mean.value), float(self.shape.value)
        return Growth("power", shape / 2, 1.0) if end == "low" else Growth("power", shape / mean / mean / 2, 1.0)


@family("lindley")
class Lindley(Family):
    title = "a mixture of an exponential and a gamma of shape 2"
    parameters = (Parameter("theta", POSITIVE, ("rate",)),)
    support = "x > 0"
    theta: Ball

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, inf

    def mean_x(self) -> Ball:
        return (self.theta + 2.0) / (self.theta * (self.theta + 1.0))

    def log_density(self, x: Ball) -> Ball:
        return 2 * log(self.theta) - log1p(self.theta) + log1p(x) - self.theta * x

    def quantile(self, u: Any) -> Any:
        theta = float(self.theta.value)
        special = need("scipy.special", purpose=PURPOSE, extra="families")
        # between those of its two parts, which is near enough to look at
        weight = theta / (1 + theta)
        return (-weight * np.log1p(-u) + (1 - weight) * special.gammaincinv(2.0, u)) / theta

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", 0.0) if end == "low" else Growth("power", float(self.theta.value), 1.0)


@family("von_mises", aliases=("vonmises",))
class VonMises(Family):
    title = "the normal of the circle, x an angle in radians"
    parameters = (Parameter("loc", REAL, ("mu",)), Parameter("kappa", RATE, ("concentration",)))
    support = "-π < x <= π"
    loc: Ball
    kappa: Ball

    def bounds(self) -> tuple[Any, Any]:
        return -pi, pi

    def entropy(self) -> Ball:
        return log(self.kappa.pi * 2) + log_bessel_i0(self.kappa) - self.kappa * bessel_ratio(self.kappa)

    def log_density(self, x: Ball) -> Ball:
        half = sin((x - self.loc) / 2)
        cosine = 1.0 - 2 * half * half
        return self.kappa * cosine - log(x.pi * 2) - log_bessel_i0(self.kappa)

    def quantile(self, u: Any) -> Any:
        loc, kappa = float(self.loc.value), float(self.kappa.value)
        stats = need("scipy.stats", purpose=PURPOSE, extra="families")
        angle = loc + (stats.vonmises.ppf(u, kappa) if kappa > 0 else 2 * pi * u - pi)
        return np.sort(np.remainder(angle + pi, 2 * pi) - pi)

    def breakpoints(self) -> tuple[float, ...]:
        return (float(np.remainder(self.given["loc"] + pi, 2 * pi) - pi),)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", 0.0)
