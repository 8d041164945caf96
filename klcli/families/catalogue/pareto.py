"""The Pareto distribution.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 20.
"""

from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import itakura_saito, log_ratio
from klcli.families.ball_arithmetic.functions import log, power
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.sources import GIL
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.expectations import require
from klcli.families.family.family import Family, family
from klcli.families.family.formula import Formula
from klcli.families.family.tail import Growth

__all__ = ["Pareto"]


@family("pareto")
class Pareto(Family):
    title = "a power law above a smallest value"
    parameters = (Parameter("scale", POSITIVE, ("low", "xm")), Parameter("alpha", POSITIVE, ("shape", "b")))
    support = "x > scale"
    needs = ("mean_log",)
    cross_formula = Formula("-log({q.alpha}) - {q.alpha}·log({q.scale}) + ({q.alpha} + 1)·{mean_log}")
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
        require(rest.value > 0, "E[x^k] of pareto is infinite for k >= alpha")
        return self.alpha * power(self.scale, k) / rest

    def mean_x(self) -> Ball:
        return self.power_mean(self.alpha.constant(1.0))

    def variance(self) -> Ball:
        rest = self.alpha - 2.0
        require(rest.value > 0, "Var[x] of pareto is infinite for alpha <= 2")
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


@closed_form(
    Pareto, Pareto,
    formula="{q.alpha}/{p.alpha} - 1 - log({q.alpha}/{p.alpha}) + {q.alpha}·log({p.scale}/{q.scale})",
    source=GIL, is_stable=True,
)  # fmt: skip
def _pareto(p: Any, q: Any) -> Ball:
    return itakura_saito(q.alpha, p.alpha) + q.alpha * log_ratio(p.scale, q.scale)
