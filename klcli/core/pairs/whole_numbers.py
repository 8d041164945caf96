"""Differences of smoothed masses as quotients of whole numbers, for the few pairs that cancel beyond double-double.

Every double is a whole number times a power of 2, and so is what a smoothing makes of it. Python's whole numbers have
any number of digits and their quotients are rounded once, so nothing can be lost: at about 2 µs an outcome.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.types import Array
from klcli.core.pairs.pair import MAGNIFICATION

__all__ = ["Parts", "Smooth", "differences"]

_DIGITS = 160  # after the point of a part; the double below one of 53 bits has 2^-53 of it at most
_MAGNIFICATION = int(MAGNIFICATION)

Parts = tuple[Array, Array, NDArray[np.int64]]  # high, low and exponent of masses (high + low)·2^exponent, shape (k,)
# Maps masses over a unit, the amount as a numerator and a denominator, and 1 over the unit to smoothed masses times a
# number of their own.
Smooth = Callable[[list[int], int, int, int], list[int]]


def differences(p: Parts, q: Parts, amount: float, smooth: Smooth) -> tuple[Array, Array]:
    """Returns (y - x)/(x + y) and y - x, both magnified and rounded once, shape (k,).

    Args:
        p, q: masses as given; x, y: these smoothed and normalised.
        smooth: maps masses, all times one power of 2, to smoothed masses times any number.
    """
    unit = min(0, *(int(exponent[high > 0].min()) for high, _, exponent in (p, q))) - _DIGITS
    x, y = (smooth(_whole(side, unit), *amount.as_integer_ratio(), 1 << -unit) for side in (p, q))
    total_x, total_y = sum(x), sum(y)
    both = total_x * total_y
    contrasts, found = [], []
    for of_p, of_q in zip(x, y, strict=True):
        ours, theirs = of_p * total_y, of_q * total_x
        difference = (theirs - ours) * _MAGNIFICATION
        contrasts.append(difference / (theirs + ours))
        found.append(difference / both)
    return np.array(contrasts), np.array(found)


def _whole(parts: Parts, unit: int) -> list[int]:
    """Returns masses over 2^unit."""
    high, low, exponents = parts
    shifts = np.maximum(exponents - _DIGITS - unit, 0).tolist()  # 0 has no exponent
    wholes = [np.ldexp(part, _DIGITS).tolist() for part in (high, low)]
    return [(int(first) + int(second)) << shift for first, second, shift in zip(*wholes, shifts, strict=True)]
