"""The von Mises distribution on the circle.

Source: Mardia & Jupp (2000), Directional Statistics, 3.5.4.
"""

from math import pi
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import bessel_ratio, log, log_bessel_i0, sin
from klcli.families.ball_arithmetic.scipy_functions import stats
from klcli.families.ball_arithmetic.split_number import offset
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.family.domain import NON_NEGATIVE, REAL, Parameter
from klcli.families.family.family import Family, family
from klcli.families.family.tail import Growth

__all__ = ["VonMises"]


@family("von_mises", aliases=("vonmises",))
class VonMises(Family):
    title = "the normal of the circle, x an angle in radians"
    parameters = (Parameter("loc", REAL, ("mu",)), Parameter("kappa", NON_NEGATIVE, ("concentration",)))
    support = "-π < x <= π"
    loc: Ball
    kappa: Ball

    def bounds(self) -> tuple[Any, Any]:
        return -pi, pi

    def entropy(self) -> Ball:
        return log(self.kappa.pi * 2) + log_bessel_i0(self.kappa) - self.kappa * bessel_ratio(self.kappa)

    def log_density(self, x: Ball) -> Ball:
        half = sin(offset(x, self.loc) / 2)
        cosine = 1.0 - 2 * half * half
        return self.kappa * cosine - log(x.pi * 2) - log_bessel_i0(self.kappa)

    def draws(self, random: np.random.Generator, count: int) -> Any:
        centre = float(np.remainder(self.given["loc"] + pi, 2 * pi) - pi)
        return random.vonmises(centre, self.given["kappa"], count)

    def quantile(self, u: Any) -> Any:
        loc, kappa = float(self.loc.value), float(self.kappa.value)
        angle = loc + (stats().vonmises.ppf(u, kappa) if kappa > 0 else 2 * pi * u - pi)
        return np.sort(np.remainder(angle + pi, 2 * pi) - pi)

    def breakpoints(self) -> tuple[float, ...]:
        return (float(np.remainder(self.given["loc"] + pi, 2 * pi) - pi),)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", 0.0)


@closed_form(
    VonMises, VonMises,
    formula="A({p.kappa})·({p.kappa} - {q.kappa}·cos({p.loc} - {q.loc})) - log(I₀({p.kappa})/I₀({q.kappa}))",
    where="A = I₁/I₀",
    source="Mardia & Jupp (2000), Directional Statistics, 3.5.4",
)  # fmt: skip
def _von_mises(p: Any, q: Any) -> Ball:
    half = sin((p.loc - q.loc) / 2)
    mean = bessel_ratio(p.kappa)
    shift = 2 * q.kappa * half * half
    return mean * ((p.kappa - q.kappa) + shift) - log_bessel_i0(p.kappa) + log_bessel_i0(q.kappa)
