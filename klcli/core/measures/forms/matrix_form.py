"""The protocol of fast forms for all pairs of rows: numbers that each row brings, and values with a bound."""

from typing import Protocol

from klcli.core.arithmetic.types import Array
from klcli.core.pairs.pair import Pair

__all__ = ["MatrixForm", "Part"]

Part = tuple[Array, ...]  # what each row brings to its pairs; the first axis of each array is the rows


class MatrixForm(Protocol):
    """A fast form of one measure, for all pairs of rows at once."""

    @property
    def one_by_one(self) -> bool:
        """True if each difference from the reference must be accurate by itself, not only their sum."""

    def parts(self, pair: Pair) -> tuple[Part, Part]:
        """Returns what each row contributes as P, and as Q; the pairs are of rows and the reference, shape (n, k)."""

    def estimate(self, left: Part, right: Part, weights: Array, *, is_own: bool) -> tuple[Array, Array]:
        """Returns the value of each pair, shape (n, m), and a bound on its absolute error; NaN if unknown.

        Args:
            left, right: what the rows bring as P, and as Q.
            weights: the reference, shape (k,), summing to 1.
            is_own: True if both sides are the same rows, so that those at and above the diagonal are enough.
        """
