"""A measure of all pairs of rows by products of matrices, with a bound on the error of every entry.

A sum of f(p)·g(q) over the outcomes is a product of matrices. Taken as it stands it cancels where p and q are near, so
it is taken relative to a reference r, such as the mean of all rows, in quantities that shrink with the distance to it:

    KL(p‖q)  =  KL(p‖r) + KL(r‖q) + Σ (p - r)·log(r/q)
    E(p, q)  =  E(p, r) + E(r, q) + Σ r·((p/r)^A - 1)·((q/r)^(1-A) - 1)      for E(p, q) = Σ p^A·q^(1-A) - 1

Both are identities, and the powers are Hellinger, Bhattacharyya, chi-squared, Rényi and Tsallis. The first two parts
are of single rows, and are computed as those of any pair are; each factor of the product has its own last digits (see
`pair`), and is of the size of the distance. So an entry loses digits only where two rows are much nearer to each
other than to the reference; and how many it has lost is known, entry by entry.
"""

from collections.abc import Callable
from math import inf
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.double_double import exact_sum
from klcli.core.arithmetic.split_product import ROUNDING, Factor, product, product_error
from klcli.core.arithmetic.types import Array
from klcli.core.measures.forms.matrix_form import Part
from klcli.core.pairs.pair import Pair

__all__ = ["Factoring", "Factors", "Finish", "MatrixProduct", "as_it_is"]

# The error of an entry, in roundings of the sum of the magnitudes of its parts. The largest that was found, against 60
# digits: 5 for the sums of one row, 3 for p - r, 4.2 for log(r/q), and 3 for putting the parts together; of whole
# entries 9.3, of powers up to 2 as well. An order above 2 multiplies the rounding of the ratio.
_ROUNDINGS = 12
_ENOUGH = 3e-15  # an error below this, relative, need not be known better
_FEW = 0.02  # of the pairs of a block, for which the error is left as it is
_LOST = 1e-30  # more than all that underflows in a sum of magnitudes in single precision

# maps the excess E, 1 + E, and the error of both, to values and their errors
Finish = Callable[[Array, Array, Array], tuple[Array, Array]]


class Factors(NamedTuple):
    """Factors of rows in value = own (n,) + own (m,) + Σ factor (n, k)·factor (m, k).

    Attributes:
        own: of each row and the reference. lost: the sum of the magnitudes of its terms, inf where digits are lost.
        norm: the root of Σ factor²/r on the left, of Σ factor²·r on the right; their product bounds Σ |factor·factor|.
        values, unit, size: the factor; see `split_product`.
    """

    own: Array
    lost: Array
    norm: Array
    values: Array
    unit: Array
    size: Array

    @classmethod
    def of(cls, pair: Pair, terms: object, values: Array, weights: Array) -> "Factors":
        own = exact_sum(np.asarray(terms)).high[..., 0]
        lost = np.add.reduce(np.abs(terms), axis=-1)  # type: ignore[call-overload]
        for mask in (pair.is_lost, pair.is_extreme):
            if mask is not None:
                lost = np.where(mask.any(axis=-1), inf, lost)
        norm = np.sqrt(np.add.reduce(np.where(values == 0, 0.0, values * values * weights), axis=-1))
        return cls(own, lost, norm, *Factor.of(values))

    @property
    def factor(self) -> Factor:
        return Factor(self.values, self.unit, self.size)


def as_it_is(excess: Array, total: Array, error: Array) -> tuple[Array, Array]:
    """Returns the excess and its error."""
    return excess, error


# maps pairs of rows and the reference, shape (n, k), to what the rows bring as p, and as q
Factoring = Callable[[Pair], tuple[Factors, Factors]]


class MatrixProduct(NamedTuple):
    """A measure by one product of matrices, or the sum of two, and a function of it.

    Attributes:
        factoring: maps rows and a reference to their factors as P and as Q.
        as_p: for each product, True if P is on the left.
        finish: maps the excess E, 1 + E, and the error of both, to values and their errors.
        is_overlap: True if it is 1 + E that is multiplied.
        times: what multiplies the roundings.
    """

    factoring: Factoring
    as_p: tuple[bool, ...] = (True,)
    finish: Finish = as_it_is
    is_overlap: bool = False
    times: float = 1.0

    @property
    def one_by_one(self) -> bool:
        return False

    def parts(self, pair: Pair) -> tuple[Part, Part]:
        """Returns the numbers that rows contribute on the left, and on the right."""
        p, q = self.factoring(pair)
        left, right = (
            tuple(array for forward in self.as_p for array in (p if forward is is_left else q))
            for is_left in (True, False)
        )
        return left, right

    def estimate(self, left: Part, right: Part, weights: Array, *, is_own: bool) -> tuple[Array, Array]:
        """Returns the value of each pair and a bound on its absolute error; see MatrixForm."""
        width = len(Factors._fields)
        found = [
            self._product(Factors(*left[at : at + width]), Factors(*right[at : at + width]))
            for at in range(0, len(left), width)
        ]
        value, error = found[0]
        for more, its_error in found[1:]:
            value += more
            error += its_error
        return self.finish(value - 1, value, error) if self.is_overlap else self.finish(value, value + 1, error)

    def _product(self, left: Factors, right: Factors) -> tuple[Array, Array]:
        value = product(left.factor, right.factor)
        if self.is_overlap:  # all terms are of one sign
            return value, self._error(left, right, value)
        value += left.own[:, np.newaxis]
        value += right.own
        error = self._error(left, right, np.outer(left.norm, right.norm))
        if np.count_nonzero(error <= _ENOUGH * np.abs(value)) < (1 - _FEW) * error.size:
            magnitude = np.abs(left.values).astype(np.float32) @ np.abs(right.values).astype(np.float32).T
            error = self._error(left, right, magnitude.astype(np.float64) + _LOST)
        return value, error

    def _error(self, left: Factors, right: Factors, magnitude: Array) -> Array:
        rest, its_rest = product_error(left.factor, right.factor)
        error = np.add.outer(left.lost, right.lost)
        error += magnitude
        error *= _ROUNDINGS * self.times * ROUNDING
        error += rest @ its_rest
        return error
