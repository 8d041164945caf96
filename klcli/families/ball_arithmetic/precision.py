"""The arithmetics of a Ball: doubles by numpy, doubles by Python's floats, and any number of digits by mpmath.

Special functions of doubles come from scipy.
"""

import math
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import numpy as np

from klcli.errors import MissingPackage
from klcli.families.ball_arithmetic.ball import Value
from klcli.families.ball_arithmetic.scipy_functions import PURPOSE, special
from klcli.support.optional_package import need

__all__ = [
    "DOUBLES",
    "FLOATS",
    "digits",
    "has_digits",
]

# functions that numpy lacks, by their names in scipy.special
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
    """Doubles by numpy, scalars or arrays; overflow gives inf."""

    unit = 2.0**-53
    least = 2.0**-1074
    pi = math.pi
    euler = float(np.euler_gamma)

    def __reduce__(self) -> str:
        return "DOUBLES"  # there is one

    @cached_property
    def function(self) -> Callable[[str], Callable[..., Value]]:
        return _FunctionTable(_numpy_function).__getitem__

    def make(self, number: Value) -> Value:
        if type(number) is np.float64:
            return number
        return np.float64(number) if np.ndim(number) == 0 else np.asarray(number, dtype=np.float64)


class _Floats(_Doubles):
    """Single numbers by Python floats, ten times faster; overflow and invalid operations raise ArithmeticError."""

    def __reduce__(self) -> str:
        return "FLOATS"

    @cached_property
    def function(self) -> Callable[[str], Callable[..., Value]]:
        return _FunctionTable(_float_function).__getitem__

    def make(self, number: Value) -> Value:
        if isinstance(number, np.ndarray):
            raise ValueError("one number, not an array")
        return float(number)


class _FunctionTable(dict[str, Callable[..., Value]]):
    """Functions by name, each looked up once."""

    def __init__(self, find: Callable[[str], Callable[..., Value]]) -> None:
        self.find = find

    def __missing__(self, name: str) -> Callable[..., Value]:
        self[name] = found = self.find(name)
        return found


def _numpy_function(name: str) -> Callable[..., Value]:
    if name == "erf":
        return _erf
    if name in _SPECIAL:
        return getattr(special(), _SPECIAL[name])
    return getattr(np, name)


_MATH: dict[str, Callable[..., float]] = {"arctan": math.atan, "power": math.pow, "erf": math.erf}


def _float_function(name: str) -> Callable[..., Value]:
    if name in _SPECIAL:
        function = _numpy_function(name)
        return lambda *numbers: float(function(*numbers))
    return _MATH.get(name) or getattr(math, name)


def _erf(x: Value) -> Value:
    """The error function, from the standard library for one number, so that normals need no scipy."""
    if np.ndim(x) == 0:
        return np.float64(math.erf(x))
    return special().erf(x)


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
    """A given number of decimal digits, by mpmath."""

    least = 0.0  # mpmath's exponents are unbounded

    def __init__(self, count: int) -> None:
        mpmath = need("mpmath", purpose=f"{PURPOSE} to its last digits", extra="families")
        self.context = mpmath.mp.clone()  # leaves the global precision of mpmath unchanged
        self.context.dps = count
        self.unit = self.context.mpf(2) ** (1 - self.context.prec)
        self.pi = +self.context.pi
        self.euler = +self.context.euler

    def __reduce__(self) -> tuple[Any, ...]:
        return digits, (self.context.dps,)

    @cached_property
    def function(self) -> Callable[[str], Callable[..., Value]]:
        return _FunctionTable(self._elementwise).__getitem__

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
    """Returns the arithmetic with `count` decimal digits.

    Raises:
        MissingPackage: mpmath is not installed.
    """
    return _Digits(count)


def has_digits() -> bool:
    """Returns True if mpmath is installed."""
    try:
        digits(40)
    except MissingPackage:
        return False
    return True
