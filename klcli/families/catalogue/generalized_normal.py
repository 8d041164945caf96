"""The generalized normal distribution.

Source of the moments: Nadarajah (2005), J. Appl. Stat. 32(7), 685-694.
"""

from typing import Any, ClassVar

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import exp, lgamma, log, power
from klcli.families.ball_arithmetic.scipy_functions import special
from klcli.families.ball_arithmetic.split_number import offset
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma, distance_image
from klcli.families.catalogue.normal import LOC
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.family import Family, family
from klcli.families.family.tail import Growth

__all__ = ["GeneralizedNormal"]


@family("generalized_normal", aliases=("gennorm", "exponential_power"))
class GeneralizedNormal(Family):
    title = "normal for power 2, laplace for 1, uniform in the limit"
    image_families: ClassVar[dict[str, type[Family]]] = {"|x - loc|, at one loc": GeneralizedGamma}
    parameters = (LOC, Parameter("scale", POSITIVE, ("alpha",)), Parameter("power", POSITIVE, ("beta", "shape")))
    support = "all x"
    source = "Nadarajah (2005), J. Appl. Stat. 32(7), 685-694"
    loc: Ball
    scale: Ball
    power: Ball

    def entropy(self) -> Ball:
        reciprocal = 1.0 / self.power
        return reciprocal - log(self.power) + log(2 * self.scale) + lgamma(reciprocal)

    def mean_x(self) -> Ball:
        return self.loc

    def variance(self) -> Ball:
        reciprocal = 1.0 / self.power
        return self.scale * self.scale * exp(lgamma(3 * reciprocal) - lgamma(reciprocal))

    def images(self) -> dict[str, Any]:
        return distance_image(self, 1.0 / self.power, self.power)

    def log_density(self, x: Ball) -> Ball:
        reciprocal = 1.0 / self.power
        z = abs(offset(x, self.loc)) / self.scale
        return log(self.power / (2 * self.scale)) - lgamma(reciprocal) - power(z, self.power)

    def quantile_around(self, u: Any) -> tuple[float, Any]:
        loc, scale, exponent = (float(each.value) for each in (self.loc, self.scale, self.power))
        side = special().gammaincinv(1 / exponent, np.abs(2 * u - 1)) ** (1 / exponent)
        return loc, scale * np.sign(u - 0.5) * side

    def breakpoints(self) -> tuple[float, ...]:
        return (float(self.loc.value),)

    def growth(self, end: str) -> Growth:
        exponent = float(self.power.value)
        with np.errstate(all="ignore"):
            return Growth("power", float(np.power(self.scale.value, -exponent)), exponent)
