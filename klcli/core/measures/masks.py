"""Logits so low that only a mask is meant by them: -3.4e38 is a mass above 0, so a divergence is large, not infinite.

The value is right as it stands, but a user who wrote the lowest number of a float for "no mass" expects infinity. So
the result says it.
"""

from collections.abc import Sequence
from math import inf

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.note import Note
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.measure import Finite, Measure

__all__ = ["are_of_masks", "mask_note"]

_LARGE = 1e4  # nats; the logits of models span some hundreds, and the smallest usual mask is -1e4
_HINT = "a finite logit is a mass above 0, so where one such as -3.4e38 is a mask, write -inf for mass 0"


def are_of_masks(measure: Measure, nats: Array | float) -> Mask:
    """Returns where finite values of a measure are so large that a mask seems to make them so."""
    law = measure.finite_when
    is_asked = measure.unit is UnitKind.INFORMATION and law not in (Finite.ALWAYS, Finite.OVERLAP)
    return np.asarray(is_asked & (np.asarray(nats) > _LARGE) & (np.asarray(nats) < inf))


def mask_note(measures: Sequence[str], where: str = "") -> Note:
    """Returns the note that the values of these measures are made by masks."""
    verb = "is" if len(measures) == 1 else "are"
    return Note("mask", f"{' and '.join(measures)} {verb} above 10,000 nats{where}: {_HINT}")
