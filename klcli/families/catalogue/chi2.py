"""The chi-squared distribution.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 18.
"""

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import Real, constant
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.family import family

__all__ = ["ChiSquared"]


@family("chi2")
class ChiSquared(GeneralizedGamma):
    fixed_power = 1
    title = "the sum of df squared standard normals"
    parameters = (Parameter("df", POSITIVE, ("k", "nu")),)
    df: Ball

    def gamma_parameters(self) -> tuple[Ball, Ball, Ball]:
        return self.df / 2, self.df.constant(1.0), self.df.constant(2.0)

    def gamma_fraction(self) -> tuple[Real, Real, Real]:
        return self.df / 2, constant(2.0, self.df), 1.0
