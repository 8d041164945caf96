"""The Lindley distribution.

Source: Ghitany, Atieh & Nadarajah (2008), Math. Comput. Simul. 78(4), 493-506.
"""

from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import itakura_saito
from klcli.families.ball_arithmetic.functions import log, log1p
from klcli.families.ball_arithmetic.scipy_functions import special
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.family import Family, family
from klcli.families.family.tail import Growth

__all__ = ["Lindley"]


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

    def draws(self, random: np.random.Generator, count: int) -> Any:
        theta = self.given["theta"]
        shapes = np.where(random.random(count) * (1 + theta) < theta, 1.0, 2.0)  # of the two parts of the mixture
        return random.standard_gamma(shapes) / theta

    def quantile(self, u: Any) -> Any:
        theta = float(self.theta.value)
        # between the quantiles of its two components, which is accurate enough to place panels
        weight = theta / (1 + theta)
        return (-weight * np.log1p(-u) + (1 - weight) * special().gammaincinv(2.0, u)) / theta

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", 0.0) if end == "low" else Growth("power", float(self.theta.value), 1.0)


@closed_form(
    Lindley, Lindley,
    formula="2·log({p.theta}/{q.theta}) - log((1 + {p.theta})/(1 + {q.theta})) + "
    "({q.theta} - {p.theta})·({p.theta} + 2)/({p.theta}·({p.theta} + 1))",
    source="Ghitany, Atieh & Nadarajah (2008), Math. Comput. Simul. 78(4), 493-506", is_stable=True,
)  # fmt: skip
def _lindley(p: Any, q: Any) -> Ball:
    change = q.theta - p.theta
    return 2 * itakura_saito(q.theta, p.theta, change) - itakura_saito(q.theta + 1.0, p.theta + 1.0, change)
