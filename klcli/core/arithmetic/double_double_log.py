"""The logarithm in twice the digits of a double, where that of a double would hide how little two masses differ."""

from functools import cache

import numpy as np

from klcli.core.arithmetic.double_double import DoubleDouble, over, plus, times, two_product, two_sum
from klcli.core.arithmetic.parallel import each_block
from klcli.core.arithmetic.types import Array

__all__ = ["logarithm"]

_LOG_2 = DoubleDouble(np.asarray(0.6931471805599453), np.asarray(2.3190468138462996e-17))
_LOG_2_REST = 5.707708438416212e-34  # log 2 - _LOG_2
_STEPS = 128  # to 1 of the table, so that s below is at most 2^-8
_TERMS = 21  # of the series for the table: s^43/43 is below 1e-34 for s = 0.1716, at √2


def logarithm(values: Array) -> DoubleDouble:
    """Returns log(values), wrong by less than 1e-31 of itself; -inf for 0."""
    flat = np.ascontiguousarray(values).ravel()
    high, low = np.empty_like(flat), np.empty_like(flat)

    def fill(where: slice) -> None:
        high[where], low[where] = _logarithm(flat[where])

    with np.errstate(all="ignore"):
        each_block(len(flat), lambda: fill)
    return DoubleDouble(high.reshape(values.shape), low.reshape(values.shape))


def _logarithm(values: Array) -> DoubleDouble:
    """For x = 2^e·c·y, c in the table and y near 1, it is e·log 2 + log c + 2·atanh(s), s = (y - 1)/(y + 1)."""
    part, exponent = np.frexp(np.where(values > 0, values, 1.0))
    is_low = part < np.sqrt(0.5)  # so that values near 1 are taken as they are: log 1 is 0
    part, power = np.where(is_low, 2 * part, part), (exponent - is_low).astype(np.float64)
    step = np.rint(part * _STEPS)
    near = step / _STEPS
    s = over(DoubleDouble(part - near, np.zeros_like(part)), two_sum(part, near))
    square = times(s, s)
    x = square.high
    small = x * x * x * (1 / 7 + x * (1 / 9 + x * (1 / 11 + x / 13)))  # 2^-48 beside 1: a double has its digits
    total = plus(times(plus(times(square, _reciprocal(5)), _reciprocal(3)), square), DoubleDouble(small, small * 0))
    found = times(plus(total, DoubleDouble(np.ones(1), np.zeros(1))), DoubleDouble(2 * s.high, 2 * s.low))
    table = _table()
    found = plus(DoubleDouble(*(each[step.astype(np.intp)] for each in table)), found)
    whole = plus(two_product(power, _LOG_2.high), two_product(power, _LOG_2.low))
    found = plus(whole, found)
    found = two_sum(found.high, found.low + power * _LOG_2_REST)
    return DoubleDouble(np.where(values > 0, found.high, -np.inf), np.where(values > 0, found.low, 0.0))


@cache
def _table() -> DoubleDouble:
    """Returns log(i/_STEPS) for i from 0 on, right from √½ to √2."""
    part = np.arange(2 * _STEPS) / _STEPS
    s = over(DoubleDouble(part - 1, np.zeros_like(part)), two_sum(part, np.ones_like(part)))
    square = times(s, s)
    total = _reciprocal(2 * _TERMS + 1)
    for degree in range(2 * _TERMS - 1, 0, -2):
        total = plus(times(total, square), _reciprocal(degree))
    return times(total, DoubleDouble(2 * s.high, 2 * s.low))


def _reciprocal(number: int) -> DoubleDouble:
    return over(DoubleDouble(np.ones(1), np.zeros(1)), DoubleDouble(np.full(1, float(number)), np.zeros(1)))
