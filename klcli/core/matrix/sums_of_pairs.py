"""Measures of all pairs that no multiplication gives: a sum over the outcomes for each, in blocks that stay in cache.

As in `separable`, all is relative to a reference r, such as the mean of all rows:

    total variation, largest difference    from (p - r) - (q - r), each with its own last digits
    JS(P, Q) = ½·KL(P‖r) + ½·KL(Q‖r) - KL(M‖r),   KL(M‖r) = Σ r·t·log t   for t = (p + q)/2r

so Jensen–Shannon takes one logarithm an outcome, not two. Where rows are much nearer to each other than to the
reference digits are lost, and the error that is returned beside the values says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from klcli.core.arithmetic.double_double import exact_sum
from klcli.core.arithmetic.parallel import BLOCK, each_block
from klcli.core.arithmetic.series import binary_entropy_series
from klcli.core.arithmetic.split_product import ROUNDING
from klcli.core.arithmetic.types import Array
from klcli.core.matrix.products_of_pairs import Part
from klcli.core.measures.divergences import forward_kl
from klcli.core.pairs.pair import Pair

__all__ = ["DIFFERING", "Differing"]

_ROOM = BLOCK // 2  # outcomes at a time: two arrays of them stay in the second-level cache
_ROWS = 8  # of a thread's turn
_NEAR = 1 / 3  # the contrast up to which its series are taken
_TINY = 1e-300  # instead of a 0 whose logarithm is multiplied by it


Finish = Callable[[Array, Part, Part], tuple[Array, Array]]


@dataclass(frozen=True, slots=True)
class Differing:
    """A measure by sums of differences.

    Attributes:
        brings: maps pairs of rows and the reference to values (n, k), and more of each row, (n,).
        sums: maps the values of some rows, those of one, the weights r, and two rooms to a number for each row.
        finish: maps the sums, and what the rows of either side bring, to values and their errors.
        is_hopeless: whether what the rows bring shows that the error of every value will be too large.
    """

    brings: Callable[[Pair], Part]
    sums: Callable[[Array, Array, Array, Array, Array], Array]
    finish: Finish
    is_hopeless: Callable[[Part, Part], bool] = lambda left, right: False
    one_by_one: bool = True

    def parts(self, pair: Pair) -> tuple[Part, Part]:
        """Returns what rows bring on the left, and on the right; the pairs are of rows and the reference."""
        part = self.brings(pair)
        return part, part

    def estimate(self, left: Part, right: Part, weights: Array, *, is_own: bool) -> tuple[Array, Array]:
        """Returns the value of each pair, shape (n, m), and what bounds its error, absolute.

        Args:
            weights: the reference, shape (k,), summing to 1.
            is_own: whether both sides are the same rows, so that those at and above the diagonal are enough.
        """
        these, those = left[0], right[0]
        if self.is_hopeless(left, right):
            return np.zeros((len(these), len(those))), np.full((len(these), len(those)), np.inf)
        found = np.ones((len(these), len(those)))
        width = max(1, _ROOM // len(weights))

        def begin() -> Callable[[slice], None]:
            workspace = np.empty((2, width, len(weights)))

            def fill(some: slice) -> None:
                for row in range(len(these))[some]:
                    for start in range(row if is_own else 0, len(those), width):
                        some_of_those = those[start : start + width]
                        buffer, other = workspace[:, : len(some_of_those)]
                        found[row, start : start + width] = self.sums(some_of_those, these[row], weights, buffer, other)

            return fill

        each_block(len(these), begin, size=_ROWS)
        return self.finish(found, left, right)


def _gaps(pair: Pair) -> Part:
    """p - r, the sum of its magnitudes, and the largest."""
    difference = -pair.difference
    magnitude = np.abs(difference)
    return difference, np.add.reduce(magnitude, axis=-1), np.maximum.reduce(magnitude, axis=-1)


def _halves(pair: Pair) -> Part:
    """p/2r, KL(P‖r), by how much the rounding of p/2r changes half of the total, and √Σp²."""
    half = np.divide(pair.p, 2 * pair.q, out=np.zeros_like(pair.p), where=pair.q > 0)
    total = exact_sum(half * pair.q)
    own = exact_sum(np.asarray(forward_kl.terms(pair))).high[..., 0]
    return half, own, ((total.high - 0.5) + total.low)[..., 0], np.sqrt(np.add.reduce(pair.p * pair.p, axis=-1))


def _near_gaps(pair: Pair) -> Part:
    """p - r, and the root of Σ (p - r)²/p, which is infinite where p lacks an outcome."""
    squares = np.where(pair.difference == 0, 0.0, pair.difference * pair.difference / pair.p)
    return -pair.difference, np.sqrt(np.add.reduce(squares, axis=-1))


def _absolute_sums(those: Array, this: Array, weights: Array, buffer: Array, other: Array) -> Array:
    """Σ |p - q|."""
    np.subtract(those, this, out=buffer)
    return np.add.reduce(np.abs(buffer, out=buffer), axis=-1)


def _largest(those: Array, this: Array, weights: Array, buffer: Array, other: Array) -> Array:
    """max |p - q|."""
    np.subtract(those, this, out=buffer)
    return np.maximum.reduce(np.abs(buffer, out=buffer), axis=-1)


def _entropy_of_mixture(those: Array, this: Array, weights: Array, buffer: Array, other: Array) -> Array:
    """Σ r·t·log t."""
    np.add(those, this, out=buffer)
    np.log(np.maximum(buffer, _TINY, out=other), out=other)
    np.multiply(buffer, other, out=buffer)
    return np.add.reduce(np.multiply(buffer, weights, out=buffer), axis=-1)


def _contrasts(those: Array, this: Array, weights: Array, buffer: Array, other: Array) -> Array:
    """Σ (p - q)·s·B(s²)/4 for s = (p - q)/(p + q), as in `divergences`; NaN where one is too large."""
    np.add(those, this, out=other)
    other += 2 * weights
    difference = np.subtract(those, this, out=buffer)
    contrast = np.divide(difference, other, out=other)
    difference *= contrast
    squares = np.multiply(contrast, contrast, out=other)
    is_far = np.maximum.reduce(squares, axis=-1) > _NEAR**2
    if is_far.all():
        return np.full(len(those), np.nan)
    difference *= binary_entropy_series(np.fmin(squares, _NEAR**2, out=squares))
    return np.where(is_far, np.nan, np.add.reduce(difference, axis=-1) / 4)


def _total_variation(found: Array, left: Part, right: Part) -> tuple[Array, Array]:
    """Returns half of the sums: a difference is accurate to 3 roundings, a sum of terms of one sign to a few."""
    value = found / 2
    return value, ROUNDING * (1.5 * np.add.outer(left[1], right[1]) + 8 * value)


def _largest_difference(found: Array, left: Part, right: Part) -> tuple[Array, Array]:
    """The largest, as it is."""
    return found, ROUNDING * (3 * np.add.outer(left[2], right[2]) + found)


def _jensen_shannon(found: Array, left: Part, right: Part) -> tuple[Array, Array]:
    """½·KL(P‖r) + ½·KL(Q‖r) - KL(M‖r).

    Σ m·|log t| is at most D + √(2D) for D = KL(M‖r) (the negative part is below the total variation, and that below
    √(D/2)). The roundings of the terms cancel, the better the more outcomes share the mass. What is allowed is twice
    the largest error that was found, for 2 outcomes to 1,000.
    """
    mean = np.add.outer(left[1], right[1]) / 2
    mixture = found - np.add.outer(left[2], right[2])
    error = np.abs(mixture)
    error += np.sqrt(2 * error)
    error *= 2
    error += 4 * mean
    error += 1
    error *= 0.6 + 5 * np.maximum.outer(left[3], right[3])
    return mean - mixture, ROUNDING * error


def _near_jensen_shannon(found: Array, left: Part, right: Part) -> tuple[Array, Array]:
    """The sums as they are. A difference is right to 3 roundings of itself, the rest of a term to 14.

    By how much the differences change a sum is at most 1.2·½·Σ |s|·3·(|p - r| + |q - r|), which Cauchy-Schwarz bounds.
    """
    error = np.sqrt(found)
    error *= 3.6 * np.add.outer(left[1], right[1])
    error += 14 * found
    return found, ROUNDING * error


def _rooted(finish: Finish) -> Finish:
    """Returns the values and errors of the square root."""

    def of_root(found: Array, left: Part, right: Part) -> tuple[Array, Array]:
        value, error = finish(found, left, right)
        root = np.sqrt(value)
        return root, error / (2 * root)

    return of_root


def _are_near(left: Part, right: Part) -> bool:
    """Returns True if Jensen–Shannon by logarithms is inaccurate for all pairs: it is at most the mean of both KL."""
    return bool(left[1].max() + right[1].max() < 0.03)


def _are_far(left: Part, right: Part) -> bool:
    """Returns True if hardly any pair is near enough for the series."""
    return bool(np.median(left[1]) + np.median(right[1]) > 1.5)


_BY_LOGARITHM = Differing(_halves, _entropy_of_mixture, _jensen_shannon, _are_near, one_by_one=False)
_BY_SERIES = Differing(_near_gaps, _contrasts, _near_jensen_shannon, _are_far)

DIFFERING = {
    "jensen_shannon": [_BY_LOGARITHM, _BY_SERIES],
    "jensen_shannon_distance": [replace(way, finish=_rooted(way.finish)) for way in (_BY_LOGARITHM, _BY_SERIES)],
    "total_variation": [Differing(_gaps, _absolute_sums, _total_variation)],
    "l_infinity": [Differing(_gaps, _largest, _largest_difference)],
}
