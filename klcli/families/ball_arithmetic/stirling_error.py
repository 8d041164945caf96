"""The error μ of Stirling's formula and its first two derivatives, in doubles, each from one polynomial.

    μ(x) = log Γ(x) - (x - 1/2)·log x + x - log(2π)/2      12·x·μ(x), -12·x²·μ'(x) and 6·x³·μ''(x) tend to 1

These three are smooth in z = 3/(x + 1) - 1, which lies within -1 and 1 for x >= 1/2. There each is computed as a
polynomial in z, accurate to 4 units in the last place; for smaller x, the recurrence of log Γ leads there from x + 1.
The coefficients, lowest first, come from the Chebyshev series in z, truncated where terms fall below 1e-17; a test
recomputes them with 50 digits.

Source: NIST DLMF 5.11.1 and 5.5.1.
"""

import math
from typing import Any

import numpy as np

__all__ = ["CURVATURE", "ERROR", "SLOPE", "curvature", "error", "slope"]


ERROR = (
    0.9921767029298231, -0.02214018116830634, -0.024167909062881163, -0.014551747646249702,
    -0.006545888799673128, -0.002547917696939294, -0.000985972759832766, -0.0003988599707402418,
    -0.0001628867759366048, -6.715815847611969e-05, -2.8379278115963806e-05, -1.208689690339712e-05,
    -5.196532013330964e-06, -2.2688924049229245e-06, -9.94931908007453e-07, -4.4043008246869024e-07,
    -1.942963287111854e-07, -8.640755630602471e-08, -4.296248093661163e-08, -2.0017628192734123e-08,
    -4.348154182062279e-09, -1.4972662805966587e-09, -4.630588128652387e-09, -2.420503577792058e-09,
    1.0296756147726907e-09, 5.73661303884018e-10, -4.215037141987111e-10, -2.1052242454453164e-10,
)  # fmt: skip
SLOPE = (
    0.9774165821509522, -0.06174412030824964, -0.062003283341197285, -0.030447259383087125,
    -0.00921505187626276, -0.00201048649649982, -0.0005727353105697445, -0.00022631721894180582,
    -6.952725914826348e-05, -2.346277772292918e-05, -1.0139098561701797e-05, -3.382074824881048e-06,
    -1.3308343635684996e-06, -5.929692524443358e-07, -1.9871819961412684e-07, -9.341015189069222e-08,
    -3.844624873960221e-08, -1.4242656774467332e-08, -7.777587613888426e-09, -1.878798934051018e-09,
    -9.473236975940202e-10, -1.0731543010723002e-09, -3.8298612598705575e-10, 9.825205137317947e-11,
    7.745337028466254e-11, -7.269425151129092e-11, -4.3739159793746284e-11,
)  # fmt: skip
CURVATURE = (
    0.9568352087148689, -0.11337032925375608, -0.10282761711997614, -0.03728986379591924,
    -0.003485600929674078, 0.0013120053862781154, 1.8612805148643843e-06, -0.0001030246911264256,
    3.1418165653254754e-05, 2.491028362515179e-07, -4.24447532442976e-06, 1.9924224125883556e-06,
    -3.610893419674773e-07, -1.4261137607754943e-07, 1.5387103173131067e-07, -7.061321935366395e-08,
    1.4864458139553688e-08, 5.819974805120842e-09, -6.954374011143695e-09, 2.957373884404139e-09,
    -1.53877732674743e-09, 1.3008543405988966e-09, 1.6795794039247552e-10, -9.74107010559476e-10,
    3.236581109578673e-10, 1.5402893811736525e-10, -7.642029851128796e-11,
)  # fmt: skip


def _by_fours(coefficients: tuple[float, ...]) -> tuple[tuple[float, ...], ...]:
    """Coefficients in groups of four, highest first: a fifth faster than one at a time, for a single number."""
    padded = (0.0,) * (-len(coefficients) % 4) + coefficients[::-1]
    return tuple(padded[start : start + 4] for start in range(0, len(padded), 4))


_ERROR, _SLOPE, _CURVATURE = _by_fours(ERROR), _by_fours(SLOPE), _by_fours(CURVATURE)


def error(x: Any) -> Any:
    """Returns μ(x) = log Γ(x) - (x - 1/2)·log x + x - log(2π)/2, for a float or an array x > 0."""
    return _shifted(x, _error, _error_step)


def slope(x: Any) -> Any:
    """Returns μ'(x), which is negative, for a float or an array x > 0."""
    return _shifted(x, _slope, _slope_step)


def curvature(x: Any) -> Any:
    """Returns μ''(x), which is positive, for a float or an array x > 0."""
    return _shifted(x, _curvature, _curvature_step)


def _shifted(x: Any, function: Any, step: Any) -> Any:
    """The function for x >= 1/2; for smaller x, its value at x + 1 plus the step to x."""
    if x.__class__ is float:
        return function(x) if x >= 0.5 else function(x + 1) + step(x, math.log1p(1 / x))
    is_small = x < 0.5
    if not np.any(is_small):
        return function(x)
    found = function(np.where(is_small, x + 1, x))
    return np.where(is_small, found + step(x, np.log1p(1 / x)), found)


def _polynomial(fours: tuple[tuple[float, ...], ...], x: Any) -> Any:
    z = 3 / (x + 1) - 1
    a, b, c, d = fours[0]
    total = ((a * z + b) * z + c) * z + d
    for a, b, c, d in fours[1:]:
        total = (((total * z + a) * z + b) * z + c) * z + d
    return total


def _error(x: Any) -> Any:
    return _polynomial(_ERROR, x) / (12 * x)


def _error_step(x: Any, logarithm: Any) -> Any:
    return (x + 0.5) * logarithm - 1


def _slope(x: Any) -> Any:
    return _polynomial(_SLOPE, x) / x / (-12 * x)


def _slope_step(x: Any, logarithm: Any) -> Any:
    return logarithm - (x + 0.5) / x / (x + 1)


def _curvature(x: Any) -> Any:
    return _polynomial(_CURVATURE, x) / x / x / (6 * x)


def _curvature_step(x: Any, logarithm: Any) -> Any:
    return 0.5 / x / x / ((x + 1) * (x + 1))
