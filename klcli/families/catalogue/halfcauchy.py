"""The half-Cauchy distribution.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 16.
"""

from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import Real, log, log1p
from klcli.families.catalogue.cauchy import log1p_square
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.family.family import Family, family
from klcli.families.family.location_scale import SCALE
from klcli.families.family.tail import Growth

__all__ = ["HalfCauchy"]


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
        return log(2.0 / (self.scale * self.scale.pi)) - log1p_square(x / self.scale)

    def quantile(self, u: Any) -> Any:
        return float(self.scale.value) * np.tan(np.pi * u / 2)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", 2.0 if end == "high" else 0.0)


@closed_form(
    HalfCauchy, HalfCauchy,
    formula="log(1 + ({p.scale} - {q.scale})²/(4·{p.scale}·{q.scale}))",
    source="Chyzak & Nielsen (2019), arXiv:1905.10965, as |x| says all of a cauchy about 0", is_stable=True,
)  # fmt: skip
def _halfcauchy(p: Any, q: Any) -> Real:
    x = p.scale - q.scale
    return log1p(x / p.scale * (x / (4 * q.scale)))
