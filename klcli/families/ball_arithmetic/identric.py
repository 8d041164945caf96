"""The logarithm of the ratio of arithmetic to identric mean of two numbers, in doubles, without cancellation.

    log((low + high)/2) - E[log x], x uniform from low to high      = log(cosh y) + 1 - y·coth(y), y = log(high/low)/2

The function is smooth in y². Up to y² = 4/3 it is computed as y² times a polynomial in z = 3/2·y² - 1, accurate to 2
units in the last place; beyond, the lower number is so small that little cancels. The coefficients, lowest first, come
from the Chebyshev series in z, truncated where terms fall below 1e-17; a test recomputes them with 50 digits.

Source: Stolarsky (1975), Math. Mag. 48(2), 87-92 (the identric mean, exp of E[log x]).
"""

import math
from typing import Any

import numpy as np

__all__ = ["COEFFICIENTS", "log_mean_over_identric"]

COEFFICIENTS = (
    0.13327472889976605, -0.027345276201488352, 0.004977418249721448, -0.0008787386840942768,
    0.0001559670633731314, -2.8160396178877036e-05, 5.180441571618478e-06, -9.690954605031704e-07,
    1.83850575808668e-07, -3.528451311337563e-08, 6.836837889680194e-09, -1.3360205805113298e-09,
    2.627411386263292e-10, -5.1217868030859545e-11, 1.0156932335087304e-11, -2.4521001876362757e-12,
    4.969836331812884e-13,
)  # fmt: skip

# highest degree first, for Horner's rule
_REVERSED = COEFFICIENTS[::-1]
_NEAR = math.expm1(2 * (4 / 3) ** 0.5)  # width/low = exp(2y) - 1 at y² = 4/3
_LIMIT = 1 - math.log(2)  # the value for low = 0


def log_mean_over_identric(low: Any, width: Any) -> Any:
    """Returns log((a + b)/2) - E[log x], x uniform on (a, b), for a = low >= 0 and b = low + width > a.

    Args:
        low, width: floats or arrays.
    """
    if low.__class__ is width.__class__ is float:
        if low == 0:
            return _LIMIT
        growth = width / low
        return _near(math.log1p(growth)) if growth <= _NEAR else _far(low / (low + width), math)
    growth = width / low
    near = _near(np.log1p(np.minimum(growth, _NEAR)))
    ratio = low / (low + width)
    return np.where(growth <= _NEAR, near, _far(np.where(ratio == 0, np.finfo(float).tiny, ratio), np))


def _near(twice: Any) -> Any:
    square = twice * twice / 4
    z = 1.5 * square - 1
    total = _REVERSED[0] * z + _REVERSED[1]
    for coefficient in _REVERSED[2:]:
        total = total * z + coefficient
    return total * square


def _far(ratio: Any, functions: Any) -> Any:
    return _LIMIT + (functions.log1p(ratio) + ratio * functions.log(ratio) / (1 - ratio))
