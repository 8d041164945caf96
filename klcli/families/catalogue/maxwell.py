"""The Maxwell distribution.

Source: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 18.
"""

from klcli.families.catalogue.chi import ScaledChi
from klcli.families.family.family import family

__all__ = ["Maxwell"]


@family("maxwell")
class Maxwell(ScaledChi):
    title = "the length of a vector of three normals: the speed of a molecule"
    half_df = 1.5
