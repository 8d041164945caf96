"""The Weibull distribution.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 21.
"""

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.family import family

__all__ = ["Weibull"]


@family("weibull", aliases=("weibull_min",))
class Weibull(GeneralizedGamma):
    title = "the smallest of many lifetimes"
    parameters = (Parameter("shape", POSITIVE, ("k", "c")), Parameter("scale", POSITIVE, ("lambda",)))
    shape: Ball
    scale: Ball

    def gamma_parameters(self) -> tuple[Ball, Ball, Ball]:
        return self.shape.constant(1.0), self.shape, self.scale
