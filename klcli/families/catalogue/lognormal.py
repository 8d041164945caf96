"""The lognormal distribution.

Source of the moments: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 14.
"""

from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import exp, log, log_root_2pi
from klcli.families.ball_arithmetic.scipy_functions import special
from klcli.families.catalogue.normal import LOC, SCALE, Normal
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.normal_kl import NORMAL_KL, normal_kl, normal_kl_in_float64
from klcli.families.closed_forms.sources import GIL, KULLBACK
from klcli.families.family.family import Family, family
from klcli.families.family.formula import Formula
from klcli.families.family.tail import Growth

__all__ = ["LogNormal"]


@family("lognormal", aliases=("lognorm",))
class LogNormal(Family):
    title = "exp of a normal"
    parameters = (LOC, SCALE)
    support = "x > 0"
    needs = ("mean_log", "variance_log")
    cross_formula = Formula(
        "log({q.scale}·√(2π)) + {mean_log} + ({variance_log} + ({mean_log} - {q.loc})²)/(2·{q.scale}²)",
    )
    loc: Ball
    scale: Ball

    def bounds(self) -> tuple[Any, Any]:
        return 0.0, inf

    def images(self) -> dict[str, Any]:
        return {"log x": self.member_of(Normal, loc=self.loc, scale=self.scale)}

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
        return np.exp(float(self.loc.value) + float(self.scale.value) * special().ndtri(u))

    def growth(self, end: str) -> Growth:
        return Growth("log_squared", 1.0)


closed_form(
    LogNormal,
    LogNormal,
    formula=NORMAL_KL,
    source=f"{KULLBACK}; {GIL}",
    in_float64=normal_kl_in_float64,
    is_for_any_size=True,
)(normal_kl)
