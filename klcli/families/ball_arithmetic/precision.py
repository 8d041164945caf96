"""The arithmetics of a Ball: doubles, as numpy's or as Python's own floats, and digits (mpmath).

Special functions of doubles are scipy's.
"""

import math
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from math import inf, isinf
from typing import Any

import numpy as np

from klcli.errors import MissingPackage
from klcli.families.ball_arithmetic.ball import Ball, Value
from klcli.support.optional_package import need

__all__ = [
    "DOUBLES",
    "FLOATS",
    "LARGE",
    "NORMAL",
    "PURPOSE",
    "TIGHT",
    "WIDEST",
    "WIDEST_OF_VECTORS",
    "digits",
    "is_available",
    "is_tight",
    "modest",
    "refine",
]

PURPOSE = "this pair of families"
TIGHT = 3e-15  # relative: what a formula in doubles alone is right to, as its laws say
WIDEST = 6.1e-15  # relative: a bound is that of the worst case, 0.6 of which rounding was seen to make: 3.6e-15
WIDEST_OF_VECTORS = 1e-14  # where bounds are those of norms, and rounding was seen to make 0.09 of them
NOTHING = 1e-300  # absolute: what is smaller is 0
# a direct value within these had nothing of weight lost below, or above, the range of a double on its way
NORMAL, LARGE = 1e-280, 1e300
# parameters within 1/MODEST and MODEST have no product of five that a double does not hold
MODEST = 1e60
_STEPS = (40, 80, 160, 320, 640)  # decimal digits; parameters one double apart differ by 1e-32 in divergence

# names of functions of scipy.special, where numpy does not have them
_SPECIAL = {
    "lgamma": "gammaln",
    "gamma": "gamma",
    "digamma": "digamma",
    "polygamma": "polygamma",
    "erfc": "erfc",
    "log_ndtr": "log_ndtr",
    "bessel_i0e": "i0e",
    "bessel_i1e": "i1e",
    "expi": "expi",
}


class _Doubles:
    """Doubles by numpy, arrays or one: what is too large is inf, and right to 16 digits of the largest term."""

    unit = 2.0**-53
    least = 2.0**-1074
    pi = math.pi
    euler = float(np.euler_gamma)

    def __reduce__(self) -> str:
        return "DOUBLES"  # there is one

    @cached_property
    def function(self) -> Callable[[str], Callable[..., Value]]:
        return _Found(_of_numpy).__getitem__

    def make(self, number: Value) -> Value:
        if type(number) is np.float64:
            return number
        return np.float64(number) if np.ndim(number) == 0 else np.asarray(number, dtype=np.float64)


class _Floats(_Doubles):
    """One number by Python's own floats, a tenth of the time: what numpy has as inf or NaN is an exception."""

    def __reduce__(self) -> str:
        return "FLOATS"

    @cached_property
    def function(self) -> Callable[[str], Callable[..., Value]]:
        return _Found(_of_floats).__getitem__

    def make(self, number: Value) -> Value:
        if isinstance(number, np.ndarray):
            raise ValueError("one number, not an array")
        return float(number)


class _Found(dict[str, Callable[..., Value]]):
    """Functions by name, each looked for once."""

    def __init__(self, find: Callable[[str], Callable[..., Value]]) -> None:
        self.find = find

    def __missing__(self, name: str) -> Callable[..., Value]:
        self[name] = found = self.find(name)
        return found


def _of_numpy(name: str) -> Callable[..., Value]:
    if name == "erf":
        return _erf
    if name in _SPECIAL:
        return getattr(need("scipy.special", purpose=PURPOSE, extra="families"), _SPECIAL[name])
    return getattr(np, name)


_OF_MATH: dict[str, Callable[..., float]] = {"arctan": math.atan, "power": math.pow, "erf": math.erf}


def _of_floats(name: str) -> Callable[..., Value]:
    if name in _SPECIAL:
        special = _of_numpy(name)
        return lambda *numbers: float(special(*numbers))
    return _OF_MATH.get(name) or getattr(math, name)


def _erf(x: Value) -> Value:
    """By the standard library for one number, so that normals need no scipy."""
    if np.ndim(x) == 0:
        return np.float64(math.erf(x))
    return need("scipy.special", purpose=PURPOSE, extra="families").erf(x)


DOUBLES = _Doubles()
FLOATS = _Floats()

_MPMATH = {
    "lgamma": "loggamma",
    "bessel_i0e": "_bessel_i0e",
    "bessel_i1e": "_bessel_i1e",
    "expi": "ei",
    "arctan": "atan",
    "gamma": "gamma",
}


class _Digits:
    """As many decimal digits as are asked for, by mpmath."""

    least = 0.0  # its exponents have no end

    def __init__(self, count: int) -> None:
        mpmath = need("mpmath", purpose=f"{PURPOSE} to its last digits", extra="families")
        self.context = mpmath.mp.clone()  # so that nobody else's precision changes
        self.context.dps = count
        self.unit = self.context.mpf(2) ** (1 - self.context.prec)
        self.pi = +self.context.pi
        self.euler = +self.context.euler

    def __reduce__(self) -> tuple[Any, ...]:
        return digits, (self.context.dps,)

    @cached_property
    def function(self) -> Callable[[str], Callable[..., Value]]:
        return _Found(self._elementwise).__getitem__

    def _elementwise(self, name: str) -> Callable[..., Value]:
        single = getattr(self, name, None) or getattr(self.context, _MPMATH.get(name, name))
        return np.frompyfunc(single, _arguments(name), 1)

    def make(self, number: Value) -> Value:
        if isinstance(number, (int, float, self.context.mpf)):
            return self.context.mpf(number)
        if np.ndim(number) == 0:
            return self.context.mpf(float(number))
        made = np.empty(np.shape(number), dtype=object)
        made[...] = np.frompyfunc(lambda each: self.context.mpf(float(each)), 1, 1)(np.asarray(number))
        return made

    def polygamma(self, order: int, x: Any) -> Any:
        return self.context.psi(order, x)

    def lgamma(self, x: Any) -> Any:
        return self.context.loggamma(x).real

    def log_ndtr(self, x: Any) -> Any:
        return self.context.log(self.context.erfc(-x / self.context.sqrt(2)) / 2)

    def power(self, x: Any, y: Any) -> Any:
        return self.context.power(x, y)

    def bessel_i0e(self, x: Any) -> Any:
        return self.context.besseli(0, x) * self.context.exp(-x)

    def bessel_i1e(self, x: Any) -> Any:
        return self.context.besseli(1, x) * self.context.exp(-x)


def _arguments(name: str) -> int:
    return 2 if name in ("power", "polygamma") else 1


@cache
def digits(count: int) -> _Digits:
    """Returns the arithmetic of so many decimal digits.

    Raises:
        MissingPackage: mpmath is not installed.
    """
    return _Digits(count)


def is_available() -> bool:
    """Whether digits beyond doubles can be had."""
    try:
        digits(_STEPS[0])
    except MissingPackage:
        return False
    return True


def modest(parameters: Iterable[Any], *, by_element: bool) -> Any:
    """Whether numbers are 0, infinite, or within 1/MODEST and MODEST; arrays one by one, or all of them."""
    found: Any = True
    for number in parameters:
        if number.__class__ is float:
            if not 1 / MODEST <= abs(number) <= MODEST and number != 0 and abs(number) != inf:
                return False
            continue
        size = np.abs(number)
        if not (np.minimum.reduce(size, axis=None) >= 1 / MODEST and np.maximum.reduce(size, axis=None) <= MODEST):
            is_one = (size >= 1 / MODEST) & (size <= MODEST) | (size == 0) | (size == inf)
            found = found & (is_one if by_element else bool(is_one.all()))
    return found


def refine(formula: Callable[[Any], Ball], *, in_doubles: bool = True, widest: float = WIDEST) -> tuple[float, float]:
    """Returns a formula's value as a double, and a bound on its absolute error.

    Args:
        formula: maps an arithmetic to a Ball. It is evaluated in doubles, then in ever more digits, until the bound is
            narrow enough.
        in_doubles: whether doubles may do, as they know nothing of what they lose below their range.
        widest: of the value, that the bound may be in doubles.

    Without mpmath the doubles are what there is, with the bound that they have.
    """
    with np.errstate(all="ignore"):
        value, error = _as_doubles(formula(DOUBLES))
        if not (in_doubles and is_tight(value, error, widest)) and is_available():
            for count in _STEPS:
                value, error = _as_doubles(formula(digits(count)))
                if is_tight(value, error):
                    break
            else:
                value = 0.0 if abs(value) <= error else value
    return value, max(error, 0.0 if isinf(value) else abs(value) * 2 * DOUBLES.unit)


def _as_doubles(ball: Ball) -> tuple[float, float]:
    return float(ball.value), float(ball.error)


def is_tight(value: Any, error: Any, widest: float = WIDEST) -> Any:
    """Whether a bound is narrow enough for the last digits, one by one."""
    # below 0 comes of dividing by what may be 0 within its bound
    return (error >= 0) & ((error <= widest * abs(value)) & (abs(value) < inf) | (abs(value) + error < NOTHING))
