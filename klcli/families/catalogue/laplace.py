"""The Laplace distribution.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 24.
"""

from typing import Any, ClassVar

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.differences import expm1mx, itakura_saito
from klcli.families.ball_arithmetic.functions import Real, exp, log, value_of, where
from klcli.families.catalogue.exponential import Exponential
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma, distance_image
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.sources import GIL
from klcli.families.family.expectations import require
from klcli.families.family.family import Family, family
from klcli.families.family.formula import Formula
from klcli.families.family.location_scale import LocationScale
from klcli.families.family.tail import Growth

__all__ = ["Laplace"]


@family("laplace", aliases=("double_exponential",))
class Laplace(LocationScale):
    title = "two exponentials back to back"
    image_families: ClassVar[dict[str, type[Family]]] = {"|x - loc|, at one loc": GeneralizedGamma}
    needs = ("mean_distance",)
    cross_formula = Formula("log(2·{q.scale}) + {mean_distance:E|x - {q.loc}|}/{q.scale}")

    def entropy(self) -> Ball:
        return log(2 * self.scale) + 1.0

    def mean_x(self) -> Ball:
        return self.loc

    def variance(self) -> Ball:
        return 2 * self.scale * self.scale

    def laplace_transform(self, t: Ball, m: Ball) -> Ball:
        spread = t * self.scale
        require(abs(spread.value) < 1, "E[exp(-t·x)] of laplace is infinite for t >= 1/scale")
        return exp(-(t * (self.loc - m))) / (1.0 - spread * spread)

    def mean_distance(self, m: Ball) -> Ball:
        distance = abs(self.loc - m)
        return distance + self.scale * exp(-distance / self.scale)

    def images(self) -> dict[str, Any]:
        one = self.scale.constant(1.0)
        return distance_image(self, one, one)

    def cross_entropy(self, p: Any) -> Ball:
        return log(2 * self.scale) + p.mean_distance(self.loc) / self.scale

    def log_density(self, x: Ball) -> Ball:
        return -abs(self.z(x)) - log(2 * self.scale)

    def standard_quantile(self, u: Any) -> Any:
        return np.where(u < 0.5, np.log(2 * u), -np.log(2 - 2 * u))

    def breakpoints(self) -> tuple[float, ...]:
        return (float(self.loc.value),)

    def growth(self, end: str) -> Growth:
        return Growth("power", 1 / float(self.scale.value), 1.0)


@closed_form(
    Laplace, Laplace,
    formula="[{p.scale}/{q.scale} - 1 - log({p.scale}/{q.scale})] + (exp(-d) - 1 + d)·{p.scale}/{q.scale}",
    where="d = |{p.loc} - {q.loc}|/{p.scale}",
    source=GIL, is_stable=True,
)  # fmt: skip
def _laplace(p: Any, q: Any) -> Ball:
    d = abs(p.loc - q.loc) / p.scale
    return itakura_saito(p.scale, q.scale) + expm1mx(-d) * p.scale / q.scale


@closed_form(
    Exponential, Laplace,
    formula="[c/r - 1 - log(c/r)] + log(2c)", where="r = {p.rate}·{q.scale}, c = E|x - {q.loc}|·{p.rate}",
    source=GIL, is_stable=True,
)  # fmt: skip
def _exponential_to_laplace(p: Any, q: Any) -> Real:
    d = p.rate * q.loc
    # the last term is 0 unless part of P lies below q.loc; c is smallest at d = log 2, where c = log 2
    c = 1.0 - d + 2 * expm1mx(-where(value_of(d) > 0, d, d * 0.0))
    return itakura_saito(c, p.rate * q.scale) + log(2 * c)
