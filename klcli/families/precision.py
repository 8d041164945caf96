"""The two arithmetics of a Ball, doubles (numpy, and scipy where a special function is met) and digits (mpmath)."""

from collections.abc import Callable
from functools import cache
from math import erf, inf, isinf
from typing import Any

import numpy as np

from klcli.errors import MissingPackage
from klcli.extras import need
from klcli.families.ball import Ball, Value

__all__ = ["DOUBLES", "PURPOSE", "digits", "is_available", "refine"]

PURPOSE = "this pair of families"
TIGHT = 3e-15  # relative: what a formula in doubles alone is right to, as its laws say
WIDEST = 1e-14  # relative: a bound is that of the worst case, a few times what rounding does, which is below 4e-15
NOTHING = 1e-300  # absolute: what is smaller is 0
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
    """Doubles: fast, and right to 16 digits of the largest term."""

    unit = 2.0**-53
    pi = float(np.pi)
    euler = float(np.euler_gamma)

    def function(self, name: str) -> Callable[..., Value]:
        if name == "erf":
            return _erf
        if name in _SPECIAL:
            return getattr(need("scipy.special", purpose=PURPOSE, extra="families"), _SPECIAL[name])
        return getattr(np, name)

    def make(self, number: Value) -> Value:
        if type(number) is np.float64:
            return number
        return np.float64(number) if np.ndim(number) == 0 else np.asarray(number, dtype=np.float64)


def _erf(x: Value) -> Value:
    """By the standard library for one number, so that normals need no scipy."""
    if np.ndim(x) == 0:
        return np.float64(erf(x))
    return need("scipy.special", purpose=PURPOSE, extra="families").erf(x)


DOUBLES = _Doubles()

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

    def __init__(self, count: int) -> None:
        mpmath = need("mpmath", purpose=f"{PURPOSE} to its last digits", extra="families")
        self.context = mpmath.mp.clone()  # so that nobody else's precision changes
        self.context.dps = count
        self.unit = self.context.mpf(2) ** (1 - self.context.prec)
        self.pi = +self.context.pi
        self.euler = +self.context.euler

    def function(self, name: str) -> Callable[..., Value]:
        single = getattr(self, name, None) or getattr(self.context, _MPMATH.get(name, name))
        return np.frompyfunc(single, single.nin if isinstance(single, np.ufunc) else _arguments(name), 1)

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


def refine(formula: Callable[[Any, Any], Ball], shape: tuple[int, ...] = ()) -> tuple[Value, Value]:
    """Returns a formula's value as doubles, and a bound on the absolute error of each.

    Args:
        formula: maps an arithmetic and an index to a Ball: of shape `shape` for the index `...`, and for a mask of that
            shape, of the elements where it holds. It is evaluated in doubles, then in digits where the bound is wider
            than WIDEST of the value.

    Without mpmath the doubles are what there is, with the bound that they have.
    """
    with np.errstate(all="ignore"):
        first = formula(DOUBLES, ...)
        if not shape:
            return _refined(first, formula)
        value = np.array(np.broadcast_to(first.value, shape), dtype=float)
        error = np.array(np.broadcast_to(first.error, shape), dtype=float)
        wide = ~_is_tight(value, error)
        if wide.any() and is_available():
            finer = formula(digits(_STEPS[0]), wide)
            value[wide], error[wide] = _as_doubles(finer)
            for index in zip(*np.nonzero(wide & ~_is_tight(value, error)), strict=True):
                one = np.zeros(shape, dtype=bool)
                one[index] = True
                value[index], error[index] = _refined(formula(digits(_STEPS[1]), one), _picked(formula, one))
        return value, np.maximum(error, abs(value) * 2 * DOUBLES.unit)


def _picked(formula: Callable[[Any, Any], Ball], mask: Value) -> Callable[[Any, Any], Ball]:
    return lambda arithmetic, index: formula(arithmetic, mask)


def _refined(first: Ball, formula: Callable[[Any, Any], Ball]) -> tuple[float, float]:
    """One value: that of `first`, or with more digits."""
    value, error = _as_doubles(first)
    if not _is_tight(value, error) and is_available():
        for count in _STEPS:
            value, error = _as_doubles(formula(digits(count), ...))
            if _is_tight(value, error):
                break
        else:
            value = 0.0 if abs(value) <= error else value
    return value, max(error, 0.0 if isinf(value) else abs(value) * 2 * DOUBLES.unit)


def _as_doubles(ball: Ball) -> tuple[Any, Any]:
    if isinstance(ball.value, np.ndarray):
        flat = ball.value.size == 1 and ball.value.ndim == 1
        value, error = ball.value.astype(float), np.asarray(ball.error).astype(float)
        return (float(value[0]), float(error[0])) if flat else (value, error)
    return float(ball.value), float(ball.error)


def _is_tight(value: Any, error: Any) -> Any:
    return (error <= WIDEST * abs(value)) & (abs(value) < inf) | (abs(value) + error < NOTHING)
