"""The Gumbel distribution of maxima.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 22.
"""

from math import nan
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import expm1mx, kl_div
from klcli.families.ball_arithmetic.functions import Real, constant, euler_gamma, exp, gamma, log, value_of, where
from klcli.families.ball_arithmetic.stirling import shape_divergence
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.family.expectations import require
from klcli.families.family.family import family
from klcli.families.family.formula import Formula
from klcli.families.family.location_scale import LocationScale
from klcli.families.family.tail import Growth

__all__ = ["Gumbel"]


@family("gumbel", aliases=("gumbel_r",))
class Gumbel(LocationScale):
    title = "the largest of many light-tailed values"
    needs = ("mean_x", "laplace_transform")
    cross_formula = Formula(
        "log({q.scale}) + ({mean_x} - {q.loc})/{q.scale} + {laplace_transform:E[exp(-(x - {q.loc})/{q.scale})]}",
    )

    def entropy(self) -> Ball:
        return log(self.scale) + self.scale.euler + 1.0

    def mean_x(self) -> Ball:
        return self.loc + self.scale * self.scale.euler

    def variance(self) -> Ball:
        spread = self.scale * self.scale.pi
        return spread * spread / 6

    def laplace_transform(self, t: Ball, m: Ball) -> Ball:
        shifted = t * self.scale + 1.0
        require(shifted.value > 0, "E[exp(t·x)] of gumbel is infinite for t >= 1/scale")
        return exp(-(t * (self.loc - m))) * gamma(shifted)

    def cross_entropy(self, p: Any) -> Ball:
        return log(self.scale) + self.z(p.mean_x()) + p.laplace_transform(1.0 / self.scale, self.loc)

    def log_density(self, x: Ball) -> Ball:
        z = self.z(x)
        return -z - exp(-z) - log(self.scale)

    def standard_quantile(self, u: Any) -> Any:
        return -np.log(-np.log(u))

    def growth(self, end: str) -> Growth:
        scale = float(self.scale.value)
        return Growth("exponential", scale) if end == "low" else Growth("power", 1 / scale, 1.0)


@closed_form(
    Gumbel, Gumbel,
    formula="[log Γ(r) + γ·(r - 1)] + [exp(-y) - 1 + y]",
    where="r = {p.scale}/{q.scale}, y = ({p.loc} - {q.loc})/{q.scale} - log Γ(1 + r)",
    source="Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 22", is_stable=True,
)  # fmt: skip
def _gumbel(p: Any, q: Any) -> Real:
    ratio, change = p.scale / q.scale, (p.scale - q.scale) / q.scale
    shift = (p.loc - q.loc) / q.scale
    # log Γ(2 + change) = change·(1 - γ) + a remainder of second order
    linear = shift - change * (1.0 - euler_gamma(ratio))
    remainder = _lgamma_remainder(ratio + 1.0, constant(2.0, ratio), change, abs(value_of(linear)))
    y = linear - remainder
    of_shift = expm1mx(-y)
    found = _lgamma_remainder(ratio, constant(1.0, ratio), change, value_of(of_shift)) + of_shift
    if found.__class__ is Ball:
        return found
    # NaN where the rounding error of y, which is that of its parts, is significant
    return where((abs(shift) + abs(change) + remainder) * abs(of_shift - y) <= 4 * found, found, nan)


def _lgamma_remainder(x: Real, start: Real, change: Real, beside: Any) -> Real:
    """log Γ(x) - log Γ(start) - ψ(start)·change, with change = x - start; never negative."""
    of_logs = kl_div(x, start, -change)
    return of_logs + shape_divergence(x, start, change, beside + value_of(of_logs))
