"""Families whose tails fall as a power: cauchy, halfcauchy, student_t.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapters 16 and 28.
"""

from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import digamma, log, log1p, sqrt
from klcli.families.ball_arithmetic.precision import PURPOSE
from klcli.families.ball_arithmetic.stirling import lbeta
from klcli.families.catalogue.location import SCALE, Located
from klcli.families.family.domain import POSITIVE, REAL, Parameter
from klcli.families.family.family import Family, demand, family
from klcli.families.family.tail import Growth
from klcli.support.optional_package import need

__all__ = ["Cauchy", "HalfCauchy", "StudentT"]


@family("cauchy", aliases=("lorentz",))
class Cauchy(Located):
    title = "without a mean: a ratio of normals"
    needs = ("mean_log_quadratic",)
    cross_formula = "log(π·q.scale) + E[log(1 + ((x - q.loc)/q.scale)²)]"

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
class StudentT(Located):
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
