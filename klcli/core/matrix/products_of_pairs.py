"""Measures of all pairs by multiplication of matrices, with a bound on the error of every entry.

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
from dataclasses import dataclass
from math import inf
from typing import ClassVar, NamedTuple

import numpy as np

from klcli.core.arithmetic.double_double import exact_sum
from klcli.core.arithmetic.split_product import ROUNDING, Factor, product, product_error
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.measures.divergences import forward_kl, power_excess
from klcli.core.measures.entropies import entropy_p
from klcli.core.measures.measure import Measure
from klcli.core.pairs.pair import Pair

__all__ = ["Multiplied", "Part", "multiplied"]

# The error of an entry, in roundings of the sum of the magnitudes of its parts. The largest that was found, against 60
# digits: 5 for the sums of one row, 3 for p - r, 4.2 for log(r/q), and 3 for putting the parts together; of whole
# entries 9.3, of powers up to 2 as well. An order above 2 multiplies the rounding of the ratio.
_ROUNDINGS = 12
_ENOUGH = 3e-15  # an error below this, relative, need not be known better
_FEW = 0.02  # of the pairs of a block, for which the error is left as it is
_LOST = 1e-30  # more than all that underflows in a sum of magnitudes in single precision

Part = tuple[Array, ...]  # what each row brings to its pairs; the first axis of each array is the rows
Finish = Callable[[Array, Array, Array], tuple[Array, Array]]


class _Factors(NamedTuple):
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
    def of(cls, pair: Pair, terms: object, values: Array, weights: Array) -> "_Factors":
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


# maps pairs of rows and the reference, shape (n, k), to what the rows bring as p, and as q
Factoring = Callable[[Pair], tuple[_Factors, _Factors]]


@dataclass(frozen=True, slots=True)
class Multiplied:
    """A measure that multiplications give: the first, or the sum of both, and what is made of it.

    Attributes:
        factoring: of the rows. as_p: whether P is on the left, in each product.
        finish: maps the excess E, 1 + E, and the error of both, to values and their errors.
        is_overlap: whether it is 1 + E that is multiplied. times: what multiplies the roundings.
    """

    factoring: Factoring
    as_p: tuple[bool, ...]
    finish: Finish
    is_overlap: bool = False
    times: float = 1.0
    one_by_one: ClassVar[bool] = False

    def parts(self, pair: Pair) -> tuple[Part, Part]:
        """Returns what rows bring on the left, and on the right; the pairs are of rows and the reference."""
        p, q = self.factoring(pair)
        left, right = (
            tuple(array for forward in self.as_p for array in (p if forward is is_left else q))
            for is_left in (True, False)
        )
        return left, right

    def estimate(self, left: Part, right: Part, weights: Array, *, is_own: bool) -> tuple[Array, Array]:
        """Returns the value of each pair, shape (n, m), and what bounds its error, absolute; NaN where nothing does."""
        width = len(_Factors._fields)
        found = [
            self._separable(_Factors(*left[at : at + width]), _Factors(*right[at : at + width]))
            for at in range(0, len(left), width)
        ]
        value, error = found[0]
        for more, its_error in found[1:]:
            value += more
            error += its_error
        return self.finish(value - 1, value, error) if self.is_overlap else self.finish(value, value + 1, error)

    def _separable(self, left: _Factors, right: _Factors) -> tuple[Array, Array]:
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

    def _error(self, left: _Factors, right: _Factors, magnitude: Array) -> Array:
        rest, its_rest = product_error(left.factor, right.factor)
        error = np.add.outer(left.lost, right.lost)
        error += magnitude
        error *= _ROUNDINGS * self.times * ROUNDING
        error += rest @ its_rest
        return error


def multiplied(measure: Measure) -> list[Multiplied]:
    """Returns the ways to a measure by multiplication: the first, and one for what that leaves; none where none is."""
    stem, _, _ = measure.name.partition(":")
    if stem in _KL:
        return [_KL[stem]]
    if stem in _POWERS:
        forward, order, finish = _POWERS[stem]
    elif stem in ("renyi", "tsallis") and measure.order is not None and 0 < measure.order < inf:
        forward, order, finish = True, measure.order, _renyi if stem == "renyi" else _tsallis
        if order == 1:
            return [_KL["forward_kl"]]
    else:
        return []
    ended = _of_order(finish, order)
    ways = [Multiplied(_power_factoring(order), (forward,), ended, times=max(1.0, order / 2))]
    return ways + ([Multiplied(_overlap_factoring(order), (forward,), ended, is_overlap=True)] if order < 1 else [])


def _kl_factoring(pair: Pair) -> tuple[_Factors, _Factors]:
    """Returns the factors of KL(p‖q), for q with mass wherever p has mass."""
    q_is_0 = ~pair.in_p & pair.in_q
    as_q = _where(q_is_0, -pair.q, forward_kl.terms(pair.swapped))
    log_ratio = _where(q_is_0, np.zeros(()), pair.log_ratio)
    return (
        _Factors.of(pair, forward_kl.terms(pair), -pair.difference, 1 / pair.q),
        _Factors.of(pair, as_q, log_ratio, pair.q),
    )


def _cross_entropy_factoring(pair: Pair) -> tuple[_Factors, _Factors]:
    """Returns the factors of H(p) + KL(p‖q)."""
    as_p, as_q = _kl_factoring(pair)
    entropy = exact_sum(np.asarray(entropy_p.terms(pair))).high[..., 0]
    return as_p._replace(own=as_p.own + entropy, lost=as_p.lost + entropy), as_q


def _power_factoring(order: float) -> Factoring:
    """Returns the factors of Σ p^A·q^(1-A) - 1, for an order A above 0 other than 1, where it is finite."""

    def factoring(pair: Pair) -> tuple[_Factors, _Factors]:
        as_p, as_q = power_excess(pair, order), power_excess(pair.swapped, order)
        if order > 1:
            as_q = _where(~pair.in_p & pair.in_q, -order * pair.q, as_q)
        return (
            _Factors.of(pair, as_p, pair.q * _power_less_1(pair, order), 1 / pair.q),
            _Factors.of(pair, as_q, _power_less_1(pair, 1 - order), pair.q),
        )

    return factoring


def _overlap_factoring(order: float) -> Factoring:
    """Returns the factors of Σ p^A·q^(1-A), for an order A between 0 and 1; no term is negative, so none cancels."""

    def factoring(pair: Pair) -> tuple[_Factors, _Factors]:
        nothing = np.zeros((*pair.p.shape[:-1], 1))
        p, q = (_Factors.of(pair, nothing, np.power(pair.p, power), pair.q) for power in (order, 1 - order))
        return p, q

    return factoring


def _power_less_1(pair: Pair, power: float) -> Array:
    """(p/q)^power - 1, and -1 where p has no mass."""
    u = -pair.log_ratio
    if pair.is_far is None:
        return np.expm1(power * u)
    exponent = power * u
    far = np.where(pair.in_p, np.power(pair.p / pair.q, power), 0.0) - 1
    return np.where(pair.is_far & ~(np.abs(exponent) <= 1), far, np.expm1(exponent))


def _where(mask: Mask, value: Array, otherwise: object) -> Array:
    return np.where(mask, value, otherwise) if mask.any() else np.asarray(otherwise)  # type: ignore[call-overload]


def _as_it_is(excess: Array, total: Array, error: Array) -> tuple[Array, Array]:
    return excess, error


def _exponential(excess: Array, total: Array, error: Array) -> tuple[Array, Array]:
    """Returns the factors of exp H for a cross-entropy H; exp multiplies its error, so 1 + H times more is allowed."""
    value = np.exp(excess)
    return value, value * error / (1 + excess)


def _hellinger(excess: Array, total: Array, error: Array) -> tuple[Array, Array]:
    value = np.sqrt(-excess)
    return value, error / (2 * value)


def _bhattacharyya(excess: Array, total: Array, error: Array) -> tuple[Array, Array]:
    return -_log(excess, total), error / total


def _renyi(excess: Array, total: Array, error: Array, order: float) -> tuple[Array, Array]:
    return _log(excess, total) / (order - 1), error / (total * abs(order - 1))


def _tsallis(excess: Array, total: Array, error: Array, order: float) -> tuple[Array, Array]:
    return excess / (order - 1), error / abs(order - 1)


def _log(excess: Array, total: Array) -> Array:
    return np.where(np.abs(excess) <= 0.5, np.log1p(excess), np.log(total))


def _of_order(finish: Callable[..., tuple[Array, Array]], order: float) -> Finish:
    if finish not in (_renyi, _tsallis):
        return finish
    return lambda excess, total, error: finish(excess, total, error, order)


_KL = {
    "forward_kl": Multiplied(_kl_factoring, (True,), _as_it_is),
    "reverse_kl": Multiplied(_kl_factoring, (False,), _as_it_is),
    "jeffreys": Multiplied(_kl_factoring, (True, False), _as_it_is),
    "cross_entropy": Multiplied(_cross_entropy_factoring, (True,), _as_it_is),
    "reverse_cross_entropy": Multiplied(_cross_entropy_factoring, (False,), _as_it_is),
    "cross_perplexity": Multiplied(_cross_entropy_factoring, (True,), _exponential),
}

_POWERS: dict[str, tuple[bool, float, Callable[..., tuple[Array, Array]]]] = {
    "hellinger": (True, 0.5, _hellinger),
    "bhattacharyya": (True, 0.5, _bhattacharyya),
    "chi_squared": (True, 2.0, _as_it_is),
    "neyman_chi_squared": (False, 2.0, _as_it_is),
}
