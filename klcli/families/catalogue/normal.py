"""The normal distribution.

Source of the moments: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 13.
"""

from typing import Any, ClassVar

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import erf, exp, log, log_root_2pi, sqrt
from klcli.families.ball_arithmetic.scipy_functions import special
from klcli.families.ball_arithmetic.split_number import offset
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma, distance_image
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.normal_kl import NORMAL_KL, normal_kl, normal_kl_in_float64
from klcli.families.closed_forms.sources import KULLBACK
from klcli.families.family.domain import POSITIVE, REAL, Parameter
from klcli.families.family.family import Family, family
from klcli.families.family.formula import Formula
from klcli.families.family.tail import Growth

__all__ = ["LOC", "SCALE", "Normal"]

LOC = Parameter("loc", REAL, ("mean", "mu"))
SCALE = Parameter("scale", POSITIVE, ("sd", "std", "sigma"))
_SCALE_OR_VARIANCE = Parameter("scale", POSITIVE, ("sd", "std", "sigma"), {"variance": np.sqrt, "var": np.sqrt})


@family("normal", aliases=("norm", "gaussian", "gauss", "N"))
class Normal(Family):
    title = "the bell curve"
    image_families: ClassVar[dict[str, type[Family]]] = {"|x - loc|, at one loc": GeneralizedGamma}
    parameters = (LOC, _SCALE_OR_VARIANCE)
    support = "all x"
    needs = ("mean_x", "variance")
    cross_formula = Formula("log({q.scale}·√(2π)) + ({variance} + ({mean_x} - {q.loc})²)/(2·{q.scale}²)")
    loc: Ball
    scale: Ball

    def entropy(self) -> Ball:
        return log(self.scale) + log_root_2pi(self.scale) + 0.5

    def mean_x(self) -> Ball:
        return self.loc

    def variance(self) -> Ball:
        return self.scale * self.scale

    def laplace_transform(self, t: Ball, m: Ball) -> Ball:
        spread = t * self.scale
        return exp(spread * spread / 2 - t * (self.loc - m))

    def mean_distance(self, m: Ball) -> Ball:
        z = (self.loc - m) / self.scale
        return self.scale * (sqrt(2.0 / z.pi) * exp(-(z * z) / 2) + z * erf(z / sqrt(z.constant(2.0))))

    def cross_entropy(self, p: Any) -> Ball:
        offset = p.mean_x() - self.loc
        square = 2 * self.scale * self.scale
        return log(self.scale) + log_root_2pi(self.scale) + (p.variance() + offset * offset) / square

    def images(self) -> dict[str, Any]:
        return distance_image(self, self.scale.constant(0.5), self.scale.constant(2.0), 2.0)

    def log_density(self, x: Ball) -> Ball:
        z = offset(x, self.loc) / self.scale
        return -(z * z) / 2 - log(self.scale) - log_root_2pi(x)

    def quantile_around(self, u: Any) -> tuple[float, Any]:
        return float(self.loc.value), float(self.scale.value) * special().ndtri(u)

    def growth(self, end: str) -> Growth:
        return Growth("power", 1.0, 2.0)


closed_form(Normal, Normal, formula=NORMAL_KL, source=KULLBACK, in_float64=normal_kl_in_float64, is_for_any_size=True)(
    normal_kl
)
