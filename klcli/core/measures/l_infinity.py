"""The largest difference between the masses of an outcome."""

import numpy as np

from klcli.core.arithmetic.split_product import ROUNDING
from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.distances import differences
from klcli.core.measures.forms.kernel_form import KernelForm
from klcli.core.measures.forms.matrix_form import Part
from klcli.core.measures.forms.pair_sums import PairSums
from klcli.core.measures.measure import Finite, Measure, declare

__all__ = ["l_infinity"]


def _largest(those: Array, this: Array, weights: Array, buffer: Array, other: Array) -> Array:
    """max |p - q|."""
    np.subtract(those, this, out=buffer)
    return np.maximum.reduce(np.abs(buffer, out=buffer), axis=-1)


def _largest_difference(found: Array, left: Part, right: Part) -> tuple[Array, Array]:
    """Returns the largest unchanged: each difference is right to 3 roundings of p and of q."""
    return found, ROUNDING * (3 * np.add.outer(left[2], right[2]) + found)


l_infinity = declare(
    Measure(
        name="l_infinity",
        title="largest difference",
        meaning="The largest difference between the probabilities that P and Q give one outcome.",
        template="L∞({p}, {q})",
        formula="max |p - q|",
        source="Rényi (1961), Proc. 4th Berkeley Symp. 1, 547-561",
        aliases=("chebyshev", "linf", "l_inf"),
        unit=UnitKind.NONE,
        symmetric=True,
        bound=1.0,
        finite_when=Finite.ALWAYS,
        terms=lambda pair: np.abs(pair.difference),
        reduce=np.maximum,
        kernel=KernelForm(("l_infinity",)),
        pair_sums=(PairSums(differences, _largest, _largest_difference),),
    )
)
