"""A measure by its textbook sums: how the value follows from them, and from which value on it can be trusted."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.pairs.textbook_sums import Sum

__all__ = ["TextbookForm"]


class TextbookForm(NamedTuple):
    """A measure by its textbook sums.

    Attributes:
        value: maps P, Q and the sums to the value. sums: each maps a TextbookBlock to its partial sums.
        trusted: from this value on, the roundings of the terms are within 1e-15 of it, if their sizes add up to 1.
        is_log_ratio: whether it is one sum of terms m·log(q/p). These are wrong by the rounding of the ratio, a part of
            m, and by those of the logarithm and the product, parts of the term: where the sizes of the terms, which are
            seen where they are few, add up to less than 1, a smaller value is as good.
    """

    value: Callable[..., Any]
    sums: tuple[Sum, ...]
    trusted_above: float = 0.35
    is_log_ratio: bool = False

    def least_trusted(self, terms: Array, outcomes: int) -> float:
        """Returns from which value on this one is trusted.

        Args:
            terms: the first partial sums of the first of the sums, which are its terms if they are as many as outcomes.
        """
        if not self.is_log_ratio or terms.shape != (outcomes,):
            return self.trusted_above
        return self.trusted_above * min(1.0, (1 + 3 * float(np.add.reduce(np.abs(terms)))) / 4)
