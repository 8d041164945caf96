"""The Rayleigh distribution.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 18.
"""

from klcli.families.catalogue.chi import ScaledChi
from klcli.families.family.family import family

__all__ = ["Rayleigh"]


@family("rayleigh")
class Rayleigh(ScaledChi):
    title = "the length of a vector of two normals"
    half_df = 1.0
