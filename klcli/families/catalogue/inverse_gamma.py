"""The inverse gamma distribution.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 17.
"""

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.family import family

__all__ = ["InverseGamma"]


@family("inverse_gamma", aliases=("invgamma",))
class InverseGamma(GeneralizedGamma):
    title = "the reciprocal of a gamma variable"
    parameters = (Parameter("shape", POSITIVE, ("a", "alpha")), Parameter("scale", POSITIVE, ("beta",)))
    shape: Ball
    scale: Ball

    def gamma_parameters(self) -> tuple[Ball, Ball, Ball]:
        return self.shape, self.shape.constant(-1.0), self.scale
