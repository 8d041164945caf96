"""The Fréchet distribution.

Source: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 22.
"""

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.family import family

__all__ = ["Frechet"]


@family("frechet", aliases=("invweibull",))
class Frechet(GeneralizedGamma):
    title = "the largest of many heavy-tailed values"
    parameters = (Parameter("shape", POSITIVE, ("alpha", "c")), Parameter("scale", POSITIVE, ("s",)))
    shape: Ball
    scale: Ball

    def gamma_parameters(self) -> tuple[Ball, Ball, Ball]:
        return self.shape.constant(1.0), -self.shape, self.scale
