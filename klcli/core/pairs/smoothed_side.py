"""Smoothed masses of one side, in twice the digits of a double.

A smoothing is p + A, (1 - W)·p + W·P/k, or the larger of p and E·P, for P the total of p over k outcomes.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.double_double import DoubleDouble, over, plus, shifted, times, two_sum
from klcli.core.arithmetic.double_double_log import exponential
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.pairs.scaled_side import NOWHERE, Exponent, ScaledSide
from klcli.core.pairs.whole_numbers import Smooth

__all__ = ["METHODS", "ExactMethod", "SideOfLogarithms", "SmoothedSide"]

_LEAST_REST = 2.0**-80  # of 1 - W, which is 0 for W = 1; 2^-80 of a mass does not show beside the uniform mass
_LOWEST = -4000  # a power of 2 beside which a mass is nothing, of whatever is added


class ExactMethod(NamedTuple):
    """One way of smoothing, in double-double and in whole numbers.

    Attributes:
        added: maps the amount and the masses before to what is added to each, over a power of 2, and this power.
        joined: maps masses and what is added to them to smoothed masses, of any total. whole: see `Smooth`.
    """

    added: Callable[[DoubleDouble, ScaledSide], tuple[DoubleDouble, Exponent]]
    joined: Callable[[DoubleDouble, DoubleDouble], DoubleDouble]
    whole: Smooth


def _added_by_mixing(amount: DoubleDouble, before: ScaledSide) -> tuple[DoubleDouble, Exponent]:
    """Returns W·P/k over 1 - W, for masses that are not multiplied by 1 - W."""
    rest = two_sum(np.ones(1), -amount.high)
    rest = DoubleDouble(np.maximum(rest.high, _LEAST_REST), rest.low)
    return over(times(over(amount, rest), before.total), _number(before.masses.shape[-1])), before.exponent


def _larger(own: DoubleDouble, added: DoubleDouble) -> DoubleDouble:
    is_raised = (own.high - added.high) + (own.low - added.low) < 0
    return DoubleDouble(*(np.where(is_raised, new, old) for old, new in zip(own, added, strict=True)))


def _mixed_whole_numbers(masses: list[int], amount: int, parts: int, one: int) -> list[int]:
    share, added = (parts - amount) * len(masses), amount * sum(masses)
    return [share * mass + added for mass in masses]


def _larger_whole_numbers(masses: list[int], amount: int, parts: int, one: int) -> list[int]:
    least = amount * sum(masses)
    return [max(parts * mass, least) for mass in masses]


METHODS = {
    "add": ExactMethod(
        added=lambda amount, before: (amount, np.zeros(1, dtype=np.int64)),
        joined=plus,
        whole=lambda masses, amount, parts, one: [parts * mass + amount * one for mass in masses],
    ),
    "mix": ExactMethod(added=_added_by_mixing, joined=plus, whole=_mixed_whole_numbers),
    "floor": ExactMethod(
        added=lambda amount, before: (times(amount, before.total), before.exponent),
        joined=_larger,
        whole=_larger_whole_numbers,
    ),
}


class SideOfLogarithms(ScaledSide):
    """Masses known by their logarithms: those of logits over the largest."""

    def __init__(self, masses: Array, logarithms: Array) -> None:
        top = logarithms.argmax(axis=-1)[..., np.newaxis]
        is_shifted = np.take_along_axis(masses, top, -1) == 1  # as those of logits are, not of log-probabilities
        shift = np.where(is_shifted, np.take_along_axis(logarithms, top, -1), 0.0)
        mass, power = exponential(two_sum(logarithms, -shift))
        is_seen = power > _LOWEST
        self._mass = DoubleDouble(*(np.where(is_seen, part, 0.0) for part in mass))
        self._power = np.where(self._mass.high > 0, power, NOWHERE)
        super().__init__(masses)

    def scaled(self, some: Callable[[NDArray[Any]], NDArray[Any]], exponent: Exponent) -> DoubleDouble:
        return shifted(DoubleDouble(*map(some, self._mass)), some(self._power) + exponent)

    def has_mass(self, where: slice) -> Mask:
        return self._mass.high[..., where] > 0

    def powers(self, where: slice) -> Exponent:
        return self._power[..., where] + 1  # from 1 to 2


class SmoothedSide(ScaledSide):
    """The masses of a side, smoothed."""

    def __init__(self, before: ScaledSide, method: ExactMethod, amount: float) -> None:
        self._before, self._joined = before, method.joined
        self._added, self._added_power = method.added(_number(amount), before)
        super().__init__(before.masses)

    def scaled(self, some: Callable[[NDArray[Any]], NDArray[Any]], exponent: Exponent) -> DoubleDouble:
        added = shifted(self._added, self._added_power + exponent)
        return self._joined(self._before.scaled(some, exponent), added)

    def has_mass(self, where: slice) -> Mask:
        return np.ones(self.masses[..., where].shape, dtype=bool)

    def powers(self, where: slice) -> Exponent:
        return np.maximum(self._before.powers(where), np.frexp(self._added.high)[1] + self._added_power)


def _number(value: float) -> DoubleDouble:
    return DoubleDouble(np.full(1, float(value)), np.zeros(1))
