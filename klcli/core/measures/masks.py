"""Logits so low that they must be masks: -3.4e38 is a mass above 0, so a divergence is large, not infinite.

The value is right as it stands, but a user who wrote the lowest number of a float for "no mass" expects infinity. So
the result says it.
"""

from math import inf

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.measure import Finite, Measure

__all__ = ["are_of_masks"]

_LARGE = 1e4  # nats; the logits of models span some hundreds, and the smallest usual mask is -1e4


def are_of_masks(measure: Measure, nats: Array | float) -> Mask:
    """Returns a mask of finite values so large that masked logits are their likely cause."""
    law = measure.support_law
    is_asked = measure.unit is UnitKind.INFORMATION and law not in (Finite.ALWAYS, Finite.OVERLAP)
    return np.asarray(is_asked & (np.asarray(nats) > _LARGE) & (np.asarray(nats) < inf))
