"""Differences of smoothed masses as quotients of whole numbers, for the few pairs that cancel beyond double-double.

Every double is a whole number times a power of 2, and so is what a smoothing makes of it. Python's whole numbers have
any number of digits and their quotients are rounded once, so nothing can be lost: at about 2 µs an outcome.
"""

from collections.abc import Callable

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.pairs.pair import MAGNIFICATION

__all__ = ["Smooth", "differences"]

_DIGITS = 53
_MAGNIFICATION = int(MAGNIFICATION)

# Maps masses (a list) and the amount, all times one power of 2, to smoothed masses times a number of their own.
Smooth = Callable[[list[int], int, int], list[int]]


def differences(p: Array, q: Array, amount: float, smooth: Smooth) -> tuple[Array, Array]:
    """Returns (y - x)/(x + y) and the magnified y - x, each rounded once, shape (k,).

    Args:
        p, q: masses as given, shape (k,); x, y: these smoothed and normalised.
        smooth: maps masses, the amount and 1, all times one power of 2, to smoothed masses times any number.
    """
    unit = min(_lowest_exponent(side) for side in (p, q, np.array([amount, 1.0])))
    added, one = (_whole(np.array([each]), unit)[0] for each in (amount, 1.0))
    x, y = (smooth(_whole(side, unit), added, one) for side in (p, q))
    total_x, total_y = sum(x), sum(y)
    both = total_x * total_y
    contrasts, magnified = [], []
    for of_p, of_q in zip(x, y, strict=True):
        ours, theirs = of_p * total_y, of_q * total_x
        contrasts.append((theirs - ours) / (theirs + ours) if theirs + ours else 0.0)
        magnified.append((theirs - ours) * _MAGNIFICATION / both)
    return np.array(contrasts), np.array(magnified)


def _lowest_exponent(values: Array) -> int:
    """Returns an exponent of 2 of which all values are whole multiples."""
    return int(np.frexp(values[values > 0])[1].min()) - _DIGITS


def _whole(values: Array, unit: int) -> list[int]:
    """Returns values / 2^unit."""
    parts, exponents = np.frexp(values)
    wholes = np.ldexp(parts, _DIGITS).astype(np.int64).tolist()
    shifts = np.maximum(exponents - _DIGITS - unit, 0).tolist()  # 0 has no exponent
    return [whole << shift for whole, shift in zip(wholes, shifts, strict=True)]
