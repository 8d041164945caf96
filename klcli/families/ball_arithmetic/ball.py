"""Numbers with a bound on their error, in doubles or in any number of digits.

A formula is written once, in Balls, and evaluated in doubles first. If terms cancel, so that the resulting bound is too
wide, the same formula runs again with 40, 80, … digits (see `precision`). A closed form can therefore be written as in
a textbook and still keep its digits for nearly equal parameters.

The value is a float, an array, an mpf or an array of mpf; every operation is elementwise. The bound is first order in
the unit roundoff, with constants rounded up.

Source: Higham (2002), Accuracy and Stability of Numerical Algorithms, 3.3 (running error analysis).
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from klcli.core.arithmetic.array_fsum import array_fsum

__all__ = ["Arithmetic", "Ball", "Value"]

# a float, an array of float64, an mpf or an array of mpf; they have no common type
Value = Any
_PAIRWISE = 32  # roundings of the sum of 128 numbers by numpy: 16 and 7 in a row, 3 in pairs, and some to spare
_LARGEST = 1e300  # of Σ|x|, where no partial sum overflows


class Arithmetic(Protocol):
    """The arithmetic of a Ball: conversion of numbers, the unit roundoff, and elementary and special functions.

    Attributes:
        unit: the unit roundoff.
        least: the absolute error of an exponential that underflows.
        pi, euler: π, and Euler's constant γ.
    """

    unit: float
    least: float
    pi: Value
    euler: Value

    @property
    def function(self) -> Callable[[str], Callable[..., Value]]:
        """Returns an elementwise function by its name: log, log1p, exp, lgamma, digamma …"""

    def __hash__(self) -> int:
        """Returns a hash by identity: each arithmetic exists once."""

    def make(self, number: Value) -> Value:
        """Returns a float or an array as a value of this arithmetic, exactly."""


class Ball:
    """An immutable value with a bound on its absolute error.

    A plain class with its operations written out, because a frozen dataclass takes three times as long to create, and
    a formula creates some thirty.

    Attributes:
        rest: only of a `split_number`: what the value lacks, and a bound on the error of their sum.
    """

    __slots__ = ("arithmetic", "error", "rest", "value")

    rest: tuple[Value, Value]

    def __init__(self, value: Value, error: Value, arithmetic: Arithmetic) -> None:
        self.value = value
        self.error = error
        self.arithmetic = arithmetic

    # in a bound the array comes first: mpf.__mul__ would try to convert an array to a number, fail, and format an error

    def __add__(self, other: "Ball | float") -> "Ball":
        arithmetic = self.arithmetic
        if other.__class__ is Ball:
            value = self.value + other.value
            return Ball(value, self.error + other.error + abs(value) * arithmetic.unit, arithmetic)
        value = self.value + other
        return Ball(value, self.error + abs(value) * arithmetic.unit, arithmetic)

    def __sub__(self, other: "Ball | float") -> "Ball":
        arithmetic = self.arithmetic
        if other.__class__ is Ball:
            value = self.value - other.value
            return Ball(value, self.error + other.error + abs(value) * arithmetic.unit, arithmetic)
        value = self.value - other
        return Ball(value, self.error + abs(value) * arithmetic.unit, arithmetic)

    def __mul__(self, other: "Ball | float") -> "Ball":
        arithmetic = self.arithmetic
        if other.__class__ is Ball:
            value = self.value * other.value
            error = abs(self.value) * other.error + abs(other.value) * self.error + self.error * other.error
            return Ball(value, error + abs(value) * arithmetic.unit, arithmetic)
        value = self.value * other
        return Ball(value, self.error * abs(other) + abs(value) * arithmetic.unit, arithmetic)

    def __truediv__(self, other: "Ball | float") -> "Ball":
        arithmetic = self.arithmetic
        if other.__class__ is Ball:
            value = self.value / other.value
            error = (self.error + abs(value) * other.error) / (abs(other.value) - other.error)
            return Ball(value, error + abs(value) * arithmetic.unit, arithmetic)
        value = self.value / other
        return Ball(value, self.error / abs(other) + abs(value) * arithmetic.unit, arithmetic)

    def __radd__(self, other: float) -> "Ball":
        return self + other

    def __rmul__(self, other: float) -> "Ball":
        return self * other

    def __rsub__(self, other: float) -> "Ball":
        value = other - self.value
        return Ball(value, self.error + abs(value) * self.arithmetic.unit, self.arithmetic)

    def __rtruediv__(self, other: float) -> "Ball":
        value = other / self.value
        error = abs(value) * self.error / (abs(self.value) - self.error)
        return Ball(value, error + abs(value) * self.arithmetic.unit, self.arithmetic)

    def __neg__(self) -> "Ball":
        return Ball(-self.value, self.error, self.arithmetic)

    def __abs__(self) -> "Ball":
        return Ball(abs(self.value), self.error, self.arithmetic)

    def sum(self, _: int = -1) -> "Ball":
        """Returns the sum over the last axis; the argument makes it callable like ndarray.sum(-1)."""
        value, error, unit = self.value, self.error.sum(axis=-1), self.arithmetic.unit
        roundings = count = value.shape[-1]
        size = abs(value).sum(axis=-1)
        if count > _PAIRWISE and value.dtype == np.float64:
            if value.ndim == 1 and size < _LARGEST:
                total = np.float64(array_fsum(value))  # rounded once, or a total of many would show its roundings
                return Ball(total, error + abs(total) * unit, self.arithmetic)
            if value.flags.c_contiguous:
                roundings = _PAIRWISE + count.bit_length()  # numpy adds eight sums of up to 16 numbers, then pairs
        return Ball(value.sum(axis=-1), error + size * (roundings * unit), self.arithmetic)

    def constant(self, number: Value) -> "Ball":
        """Returns an exact number in the same arithmetic."""
        return exact(number, self.arithmetic)

    @property
    def pi(self) -> "Ball":
        return Ball(self.arithmetic.pi, self.arithmetic.unit * 4, self.arithmetic)

    @property
    def euler(self) -> "Ball":
        return Ball(self.arithmetic.euler, self.arithmetic.unit, self.arithmetic)

    def where(self, condition: Value, other: "Ball") -> "Ball":
        """Returns this Ball where the condition holds, else the other."""
        if not isinstance(condition, np.ndarray):
            return self if condition else other
        return Ball(
            np.where(condition, self.value, other.value), np.where(condition, self.error, other.error), self.arithmetic
        )


def exact(number: Value, arithmetic: Arithmetic) -> Ball:
    """Returns a number as a Ball without error."""
    value = arithmetic.make(number)
    return Ball(value, np.zeros(np.shape(value)) if isinstance(value, np.ndarray) else 0.0, arithmetic)
