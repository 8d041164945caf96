"""The half-normal distribution.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 13.
"""

from klcli.families.catalogue.chi import ScaledChi
from klcli.families.family.family import family

__all__ = ["HalfNormal"]


@family("halfnormal", aliases=("halfnorm",))
class HalfNormal(ScaledChi):
    title = "the absolute value of a normal with mean 0"
    half_df = 0.5
