"""Where P and Q have mass, which alone says whether a measure is infinite: each is so exactly where its law says it.

What is finite is the same if each outcome without mass has 1e-240 of the total (`Scaled.filled`), as that is too little
to be seen beside masses m above 1e-80: 1e-240·log(1e-240/m) is below 1e-237, and √(1e-240·m) below 1e-120. So the sums
that cannot take a mass of 0 serve all the same.
"""

from enum import Enum
from math import inf
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.parallel import each_block
from klcli.core.arithmetic.types import Array
from klcli.core.pairs.scaling import Scaled
from klcli.notes import Cause

__all__ = ["CAUSES", "Finite", "Supports"]

_LEAST = 1e-80


class Finite(Enum):
    """When a measure is finite; the value is the words for it."""

    ALWAYS = "always"
    Q_COVERS_P = "q > 0 wherever p > 0"
    P_COVERS_Q = "p > 0 wherever q > 0"
    SAME_SUPPORT = "p > 0 exactly where q > 0"
    OVERLAP = "p and q share an outcome"


# why a measure of each law is infinite, if it is
CAUSES: dict[Finite, tuple[Cause, ...]] = {
    Finite.ALWAYS: (),
    Finite.Q_COVERS_P: (Cause.Q_LACKS_P,),
    Finite.P_COVERS_Q: (Cause.P_LACKS_Q,),
    Finite.SAME_SUPPORT: (Cause.Q_LACKS_P, Cause.P_LACKS_Q),
    Finite.OVERLAP: (Cause.DISJOINT,),
}


class Supports(NamedTuple):
    """Facts about the supports of masses of shape (..., k); each has shape (...).

    Attributes:
        suffice: whether each mass above 0 is above 1e-80.
        only_p, only_q: whether an outcome has mass on one side alone. shared: whether one has mass on both.
    """

    are_accurate: Any
    only_p: Any
    only_q: Any
    shared: Any

    @classmethod
    def of(cls, masses: Scaled) -> "Supports":
        """Returns those of scaled masses."""

        def look(where: slice) -> tuple[Array, Array, Array, Array]:
            in_p, in_q = masses.p[..., where] > 0, masses.q[..., where] > 0  # a mass may underflow where it is scaled
            least = (
                np.minimum.reduce(np.where(has_mass, mass, inf), axis=-1)
                for has_mass, mass in zip((in_p, in_q), masses.block(where), strict=True)
            )
            sides = (in_p > in_q, in_q > in_p, in_p & in_q)
            return np.minimum(*least), *(np.logical_or.reduce(each, axis=-1) for each in sides)

        least, *sides = zip(*each_block(masses.p.shape[-1], lambda: look), strict=True)
        return cls(np.minimum.reduce(least) > _LEAST, *(np.logical_or.reduce(each) for each in sides))

    def is_infinite(self, law: Finite) -> Any:
        """Returns True where a measure with this law is infinite."""
        found = {
            Cause.Q_LACKS_P: self.only_p,
            Cause.P_LACKS_Q: self.only_q,
            Cause.DISJOINT: np.logical_not(self.shared),
        }
        return sum((found[cause] for cause in CAUSES[law]), np.zeros_like(self.shared))
