"""The Cauchy distribution.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 16.
"""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import log, log1p
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.family.family import family
from klcli.families.family.formula import Formula
from klcli.families.family.location_scale import LocationScale
from klcli.families.family.tail import Growth

__all__ = ["Cauchy", "log1p_square"]


@family("cauchy", aliases=("lorentz",))
class Cauchy(LocationScale):
    title = "the ratio of two normals, which has no mean"
    needs = ("mean_log_quadratic",)
    cross_formula = Formula("log(π·{q.scale}) + {mean_log_quadratic:E[log(1 + ((x - {q.loc})/{q.scale})²)]}")

    def entropy(self) -> Ball:
        return log(4 * self.scale * self.scale.pi)

    def mean_log_quadratic(self, loc: Ball, scale: Ball) -> Ball:
        offset, total = (self.loc - loc) / scale, (self.scale + scale) / scale
        return log(total * total + offset * offset)

    def cross_entropy(self, p: Any) -> Ball:
        return log(self.scale * self.scale.pi) + p.mean_log_quadratic(self.loc, self.scale)

    def log_density(self, x: Ball) -> Ball:
        return -log1p_square(self.z(x)) - log(self.scale * self.scale.pi)

    def standard_quantile(self, u: Any) -> Any:
        return -1 / np.tan(np.pi * u)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", 2.0)


def log1p_square(z: Ball) -> Ball:
    """Returns log(1 + z²), without overflow."""
    size = abs(z)
    large = size.value > 1e100
    return (2 * log(size)).where(large, log1p(size * size))


@closed_form(
    Cauchy, Cauchy,
    formula="log(1 + (({p.scale} - {q.scale})² + ({p.loc} - {q.loc})²)/(4·{p.scale}·{q.scale}))",
    source="Chyzak & Nielsen (2019), arXiv:1905.10965", is_stable=True,
)  # fmt: skip
def _cauchy(p: Any, q: Any) -> Ball:
    x, y = p.scale - q.scale, p.loc - q.loc
    return log1p(x / p.scale * (x / (4 * q.scale)) + y / p.scale * (y / (4 * q.scale)))
