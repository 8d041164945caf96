"""Two functions on the elements of arrays, one where a condition holds and the other elsewhere."""

from collections.abc import Callable

import numpy as np

from klcli.core.arithmetic.types import Array, Mask

__all__ = ["by_either"]


def by_either(condition: Mask, function: Callable[..., Array], other: Callable[..., Array], *arrays: Array) -> Array:
    """Returns function(*arrays) where the condition holds, and other(*arrays) elsewhere, all of one shape.

    One runs on all elements, and the other on those it is for, which are gathered: np.where of an irregular mask alone
    takes as long as a logarithm. Both must give an element the same value whatever the others are.
    """
    count = np.count_nonzero(condition)
    if 2 * count < condition.size:
        condition, function, other, count = ~condition, other, function, condition.size - count
    found = function(*arrays)
    if count < condition.size:
        at = np.flatnonzero(~condition)
        np.put(found, at, other(*(np.take(each, at) for each in arrays)))
    return found
