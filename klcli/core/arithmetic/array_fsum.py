"""math.fsum of long arrays."""

from math import frexp, fsum, ldexp

import numpy as np

from klcli.core.arithmetic.parallel import blocks
from klcli.core.arithmetic.types import Array

__all__ = ["array_fsum"]

_FEW = 1024  # numbers; up to here Python's sum is as fast
_BITS = 15
_BLOCK = 2**_BITS  # numbers, which stay in a cache with the two arrays beside them
_LARGEST = 2.0**1000  # where the sum of a block and its constant stay finite
_PASSES = 6  # each takes 37 bits; what so many leave over is of very different sizes


def array_fsum(values: Array) -> float:
    """Returns the sum of float64 values, shape (n,), rounded once: that of math.fsum, 20 times as fast.

    Leading bits are split off a block of numbers at once, so few that their sum has no rounding (AccSum of Rump, Ogita
    & Oishi 2008, SIAM J. Sci. Comput. 31(1), 189-224, algorithm 4.1).

    Raises:
        OverflowError: the sum is beyond float64. ValueError: it is ∞ - ∞.
    """
    if len(values) <= _FEW:
        return fsum(values.tolist())
    parts: list[float] = []
    leading = np.empty(min(len(values), _BLOCK))
    for where in blocks(len(values), _BLOCK):
        parts += _exact_parts(values[where].copy(), leading[: len(values[where])])
    return fsum(parts)


def _exact_parts(rest: Array, leading: Array) -> list[float]:
    """Returns few numbers of the same exact sum; overwrites both arrays."""
    parts = []
    for _ in range(_PASSES):
        largest = max(float(rest.max()), -float(rest.min()))
        if not 0 < largest < _LARGEST:
            break
        constant = ldexp(1.0, frexp(largest)[1] + _BITS)  # above the sum of what is split off
        np.add(rest, constant, out=leading)
        leading -= constant
        rest -= leading
        parts.append(float(leading.sum()))
    return parts + rest[rest != 0].tolist()
