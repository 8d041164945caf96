"""Forms of a measure by sums over the outcomes: how the value follows, and from which value on it is accurate."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.pairs.textbook_sums import Sum

__all__ = ["SumForm", "Tiny", "itself"]


def itself(total: Any, *order: float) -> Any:
    """Returns the total, which is the value of a measure that is a plain sum."""
    return total


class Tiny(NamedTuple):
    """A measure where it is tiny, times MAGNIFICATION, by terms that do not underflow.

    Attributes:
        terms: maps a Pair (and the order) to terms of shape (..., block). finish: maps their sum (and the order) on.
    """

    terms: Callable[..., Any]
    finish: Callable[..., Any] = itself


class SumForm(NamedTuple):
    """A measure by sums over the outcomes of the masses as they stand, whose totals are P and Q.

    Attributes:
        value: maps P, Q and the sums to the value.
        sums: each maps a TextbookBlock to its partial sums.
        trusted_above: the value from which on the roundings of the terms are within 1e-15 of it, if the sizes of the
            terms add up to 1.
        is_log_ratio: True for one sum of terms m·log(q/p). These are wrong by the rounding of the ratio, a part of m,
            and by those of the logarithm and the product, parts of the term. So where the sizes of the terms, which
            are known where they are few, add up to less than 1, a smaller value is as accurate.
    """

    value: Callable[..., Any]
    sums: tuple[Sum, ...]
    trusted_above: float = 0.35
    is_log_ratio: bool = False

    def least_trusted(self, terms: Array, outcomes: int) -> float:
        """Returns the smallest value that is trusted.

        Args:
            terms: the first partial sums of the first of the sums, which are its terms if they are as many as outcomes.
        """
        if not self.is_log_ratio or terms.shape != (outcomes,):
            return self.trusted_above
        return self.trusted_above * min(1.0, (1 + 3 * float(np.add.reduce(np.abs(terms)))) / 4)
