"""Student's t distribution, with a location and a scale.

Source of the moments: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 28.
"""

from typing import Any

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import digamma, log, sqrt
from klcli.families.ball_arithmetic.scipy_functions import special
from klcli.families.ball_arithmetic.stirling import lbeta
from klcli.families.catalogue.cauchy import log1p_square
from klcli.families.family.domain import POSITIVE, REAL, Parameter
from klcli.families.family.expectations import require
from klcli.families.family.family import family
from klcli.families.family.location_scale import LocationScale
from klcli.families.family.tail import Growth

__all__ = ["StudentT"]


@family("student_t", aliases=("t", "students_t"))
class StudentT(LocationScale):
    title = "the mean of few normals divided by its standard error"
    parameters = (
        Parameter("df", POSITIVE, ("nu",)),
        Parameter("loc", REAL, ("mu",), default=0.0),
        Parameter("scale", POSITIVE, ("sigma",), default=1.0),
    )
    df: Ball

    def entropy(self) -> Ball:
        half = (self.df + 1.0) / 2
        spread = digamma(half) - digamma(self.df / 2)
        return half * spread + log(self.df) / 2 + lbeta(self.df / 2, self.df.constant(0.5)) + log(self.scale)

    def mean_x(self) -> Ball:
        require(self.df.value > 1, "E[x] of student_t does not exist for df <= 1")
        return self.loc

    def variance(self) -> Ball:
        require(self.df.value > 2, "Var[x] of student_t is infinite for df <= 2")
        return self.scale * self.scale * self.df / (self.df - 2.0)

    def log_density(self, x: Ball) -> Ball:
        half = (self.df + 1.0) / 2
        constant = lbeta(self.df / 2, self.df.constant(0.5)) + log(self.df) / 2 + log(self.scale)
        return -(half * log1p_square(self.z(x) / sqrt(self.df))) - constant

    def standard_quantile(self, u: Any) -> Any:
        return special().stdtrit(float(self.df.value), u)

    def growth(self, end: str) -> Growth:
        return Growth("logarithmic", float(self.df.value) + 1)
