"""The chi distribution, and the base of scaled chi distributions with fixed degrees of freedom.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 18.
"""

from typing import ClassVar

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import Real, constant, sqrt
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.family import family

__all__ = ["Chi", "ScaledChi"]


@family("chi")
class Chi(GeneralizedGamma):
    fixed_power = 2
    title = "the length of a vector of df standard normals"
    parameters = (Parameter("df", POSITIVE, ("k", "nu")),)
    df: Ball

    def gamma_parameters(self) -> tuple[Ball, Ball, Ball]:
        return self.df / 2, self.df.constant(2.0), sqrt(self.df.constant(2.0))

    def gamma_fraction(self) -> tuple[Real, Real, Real]:
        return self.df / 2, constant(1.0, self.df), 1.0


class ScaledChi(GeneralizedGamma):
    """A chi variable with 2·half_df degrees of freedom, times a scale."""

    parameters = (Parameter("scale", POSITIVE, ("sigma", "s")),)
    fixed_power = 2
    scale: Ball
    half_df: ClassVar[float]

    def gamma_parameters(self) -> tuple[Ball, Ball, Ball]:
        root = sqrt(self.scale.constant(2.0))
        return self.scale.constant(self.half_df), self.scale.constant(2.0), self.scale * root

    def gamma_fraction(self) -> tuple[Real, Real, Real]:
        return constant(self.half_df, self.scale), self.scale, 1.0
