"""Logarithms and exponentials in twice the digits: those of a double would hide how little two masses differ."""

from collections.abc import Callable, Iterable
from decimal import Decimal, localcontext
from functools import cache

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.double_double import DoubleDouble, over, plus, times, two_product, two_sum
from klcli.core.arithmetic.parallel import BLOCK, each_block
from klcli.core.arithmetic.types import Array

__all__ = ["exponential", "logarithm"]

_LOG_2 = DoubleDouble(np.asarray(0.6931471805599453), np.asarray(2.3190468138462996e-17))
_LOG_2_REST = 5.707708438416212e-34  # log 2 - _LOG_2
_STEPS = 128  # to 1 of the tables, so that s and t below are at most 2^-8
_AT_ONCE = BLOCK // 4  # numbers, of which some ten arrays stay in a cache
_MOST = 2.0**20  # of a logarithm whose exponential keeps these digits; beyond, only its size matters
_ONE = DoubleDouble(np.ones(1), np.zeros(1))


def logarithm(values: Array) -> DoubleDouble:
    """Returns log(values), wrong by less than 1e-31 of itself; -inf for 0."""
    flat = np.ascontiguousarray(values).ravel()
    found = _by_blocks(lambda where: _logarithm(flat[where]), len(flat), 2)
    return DoubleDouble(*(part.reshape(values.shape) for part in found))


def exponential(logarithms: DoubleDouble) -> tuple[DoubleDouble, NDArray[np.int64]]:
    """Returns x and e of exp(logarithms) = x·2^e, x from 1 to 2, wrong by less than 5e-31 of itself; 0 for -inf."""
    flat = [np.ascontiguousarray(part).ravel() for part in logarithms]
    found = _by_blocks(lambda where: _exponential(*(part[where] for part in flat)), len(flat[0]), 3)
    high, low, power = (part.reshape(logarithms.high.shape) for part in found)
    return DoubleDouble(high, low), power.astype(np.int64)


def _by_blocks(compute: Callable[[slice], Iterable[Array]], count: int, parts: int) -> Array:
    """Returns the `parts` arrays, shape (parts, count), that a function fills block by block."""
    found = np.empty((parts, count))

    def fill(where: slice) -> None:
        for part, new in zip(found, compute(where), strict=True):
            part[where] = new

    each_block(count, lambda: fill, size=_AT_ONCE)
    return found


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
    found = times(plus(total, _ONE), DoubleDouble(2 * s.high, 2 * s.low))
    found = plus(_at(_logarithms(), step), found)
    found = _plus_log_2(found, power)
    return DoubleDouble(np.where(values > 0, found.high, -np.inf), np.where(values > 0, found.low, 0.0))


def _exponential(high: Array, low: Array) -> tuple[Array, Array, Array]:
    """For x = (e + i/_STEPS)·log 2 + t, it is 2^e·2^(i/_STEPS)·exp(t), the last by its series."""
    own = np.clip(high, -_MOST, _MOST)
    step = np.rint(own * (_STEPS / _LOG_2.high))
    power = np.floor(step / _STEPS)
    t = _plus_log_2(DoubleDouble(own, np.where(own == high, low, 0.0)), -step / _STEPS)
    x = t.high
    small = x * (
        1 / 120 + x * (1 / 720 + x * (1 / 5040 + x * (1 / 40320 + x / 362880)))
    )  # 2^-48 beside 1: a double has its digits
    total = plus(_reciprocal(24), DoubleDouble(small, small * 0))
    for term in (_reciprocal(6), _reciprocal(2), _ONE):
        total = plus(times(total, t), term)
    found = _at(_powers_of_2(), step - power * _STEPS)
    found = plus(found, times(times(total, t), found))
    found = DoubleDouble(*(np.where(high > -np.inf, part, 0.0) for part in found))
    return found.high, found.low, power


def _plus_log_2(number: DoubleDouble, times: Array) -> DoubleDouble:
    """Returns number + times·log 2. The largest part of log 2 is added first, as it cancels without rounding."""
    found = plus(plus(number, two_product(times, _LOG_2.high)), two_product(times, _LOG_2.low))
    return two_sum(found.high, found.low + times * _LOG_2_REST)


def _at(table: DoubleDouble, step: Array) -> DoubleDouble:
    index = step.astype(np.intp)
    return DoubleDouble(*(part[index] for part in table))


@cache
def _logarithms() -> DoubleDouble:
    """Returns log(i/_STEPS) for i from 0 to 2·_STEPS; log 0 as 0."""
    return _table(lambda part: part.ln() if part else part, 2 * _STEPS)


@cache
def _powers_of_2() -> DoubleDouble:
    """Returns 2^(i/_STEPS) for i from 0 to _STEPS."""
    return _table(lambda part: 2**part, _STEPS)


def _table(function: Callable[[Decimal], Decimal], steps: int) -> DoubleDouble:
    with localcontext() as context:
        context.prec = 50
        exact = [function(Decimal(step) / _STEPS) for step in range(steps + 1)]
        high = [float(each) for each in exact]
        low = [float(each - Decimal(near)) for each, near in zip(exact, high, strict=True)]
    return DoubleDouble(np.array(high), np.array(low))


@cache
def _reciprocal(number: int) -> DoubleDouble:
    return over(_ONE, DoubleDouble(np.full(1, float(number)), np.zeros(1)))
