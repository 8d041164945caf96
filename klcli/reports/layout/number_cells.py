"""Cells of a matrix for people, 30 times as fast as texts: the digits of a block of numbers, as bytes, by tables.

Numbers have at most six significant digits, so each is a whole number below 10^6 and a fraction in units of 10^-9, both
of which tables of three digits spell. A number that needs an exponent, or lies within 1e-4 of the middle of two texts,
is formatted as any other.
"""

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.reports.layout.decimal_points import Places, aligned
from klcli.support.text.safe_text import rounded_texts

__all__ = ["MOST_DIGITS", "NumberCells"]

MOST_DIGITS = 6
_UNIT = np.int32(10**9)  # of which fractions are counted: 1e-4 with six digits has nine places
_LEAST = 1e-4  # below, numbers have an exponent
_NEAR = 1e-4  # of half a unit of the last digit: nearer, the product that is rounded may lie on the wrong side
_BEFORE, _AFTER = 7, 14  # characters before the point and from it on, of which the longest text, 1.23457e-100, has 11
_WIDTH = 24  # bytes of a cell: 6 slots of 4
# where these characters stand: the last byte of a slot of a fraction is blank
_PLACES = np.array([*range(11), *range(12, 15), *range(16, 19), *range(20, 24)])
_BLANK = 11
_INFINITE = 4000  # in the table of whole numbers


Whole = NDArray[np.int32]


class NumberCells:
    """The numbers of a matrix, at least 0: the places of each column, then the lines.

    Args:
        count: Number of columns. digits: Significant digits, at most MOST_DIGITS.
    """

    def __init__(self, count: int, digits: int) -> None:
        self._digits = digits
        self._steps = 10.0 ** np.arange(-3, digits)
        # that make a whole number of one below a step; 32 bits, as their division takes half the time
        self._powers = (10 ** np.arange(digits + 3, -1, -1)).astype(np.int32)
        self._largest = np.zeros(count, dtype=np.int32)
        self._unit = np.full(count, _UNIT, dtype=np.int32)
        self._before, self._after = np.ones(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        self._bytes: Index = np.empty(0, dtype=np.intp)
        self._tables = _tables()

    def measure(self, values: Array) -> None:
        """Takes the next rows, shape (rows, count)."""
        whole, fraction, others = self._split(values)
        self._largest = np.maximum(self._largest, whole.max(axis=0))
        while (longer := (fraction % self._unit != 0).any(axis=0)).any():
            self._unit[longer] //= 10
        self._before[(values == inf).any(axis=0)] = 3
        for column, text in zip(np.nonzero(others)[1].tolist(), self._texts(values[others]), strict=True):
            before = len(text.partition(".")[0])
            self._before[column] = max(self._before[column], before)
            self._after[column] = max(self._after[column], len(text) - before)

    @property
    def places(self) -> list[Places]:
        """The places of each column, of all rows that were measured."""
        digits = np.array([len(str(number)) for number in self._largest.tolist()])
        decimals = np.array([len(str(_UNIT // unit)) for unit in self._unit.tolist()])  # and one for the point
        after = np.where(self._unit < _UNIT, decimals, 0)
        return list(
            zip(np.maximum(self._before, digits).tolist(), np.maximum(self._after, after).tolist(), strict=True)
        )

    def set_widths(self, places: Sequence[Places], widths: Sequence[int], gap: int) -> None:
        """Sets the places and the width of each column, and the blanks before it."""
        found: list[int] = []
        for number, (own, wanted, width) in enumerate(zip(self.places, places, widths, strict=True)):
            cell = number * _WIDTH
            found += [_BLANK] * (gap + wanted[0] - own[0])
            found += (cell + _PLACES[_BEFORE - own[0] : _BEFORE + own[1]]).tolist()
            found += [_BLANK] * (width - wanted[0] - own[1])
        self._bytes = np.array(found, dtype=np.intp)

    def lines(self, values: Array) -> list[str]:
        """Returns rows as lines, all of one length."""
        whole, fraction, others = self._split(values)
        wholes, fractions = self._tables
        thousands, units = np.divmod(whole, np.int32(1000))
        first, rest = np.divmod(fraction, np.int32(1_000_000))
        second, third = np.divmod(rest, np.int32(1000))
        units += 1000 * (thousands > 0) + 2000 * (fraction > 0)
        units[values == inf] = _INFINITE
        slots = np.empty((*values.shape, _WIDTH // 4), dtype=np.uint32)
        slots[..., 0] = wholes[thousands + 5000]
        slots[..., 1] = wholes[units]
        slots[..., 2] = fractions[first + 1000 * (rest > 0)]
        slots[..., 3] = fractions[second + 1000 * (third > 0)]
        slots[..., 4] = fractions[third]
        slots[..., 5] = fractions[0]
        cells = slots.view(np.uint8).reshape(*values.shape, _WIDTH)
        if others.any():
            texts = np.array(aligned(self._texts(values[others]), (_BEFORE, _AFTER)), dtype=f"S{_BEFORE + _AFTER}")
            odd = np.full((len(texts), _WIDTH), ord(" "), dtype=np.uint8)
            odd[:, _PLACES] = texts.view(np.uint8).reshape(len(texts), -1)
            cells[others] = odd
        text = cells.reshape(len(values), -1).take(self._bytes, axis=1).tobytes().decode("ascii")
        width = len(self._bytes)
        return [text[start : start + width] for start in range(0, len(text), width)]

    def _split(self, values: Array) -> tuple[Whole, Whole, Mask]:
        """Returns the whole part and the fraction of each number, rounded, and which numbers are not such; 0 there."""
        step = np.zeros(values.shape, dtype=np.int8)  # in a third of the time of np.searchsorted
        for start in self._steps.tolist():
            step += values >= start
        power = self._powers[step]
        with np.errstate(invalid="ignore"):
            scaled = values * power
            rounded = np.rint(scaled)
            is_near = np.abs(np.abs(scaled - rounded) - 0.5) < _NEAR
        others = is_near | (values < _LEAST) & (values > 0) | (values >= 10**self._digits - 0.5) & (values < inf)
        rounded[others | (values == inf)] = 0
        whole, rest = np.divmod(rounded.astype(np.int32), power)
        return whole, rest * (_UNIT // self._powers)[step], others

    def _texts(self, values: Array) -> list[str]:
        return rounded_texts(values.tolist(), self._digits)


def _tables() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Returns what three digits look like, as four bytes.

    The first is of whole numbers: below 1,000, after thousands, both before a fraction, infinity, thousands. The second
    is of three digits at the end of a fraction, and before others.
    """
    number = np.arange(1000)[:, np.newaxis]
    digits = number // np.array([100, 10, 1]) % 10 + ord("0")
    units = np.where(number < np.array([100, 10, 0]), ord(" "), digits)
    last = np.where(number % np.array([1000, 100, 10]) == 0, ord(" "), digits)
    thousands = np.where(number == 0, ord(" "), units)
    infinity = np.broadcast_to(np.frombuffer(b"inf", np.uint8), (1000, 3))
    blank, point = (np.full((1000, 1), ord(each)) for each in " .")
    pieces = [(units, blank), (digits, blank), (units, point), (digits, point), (infinity, blank)]
    wholes = [np.hstack(each) for each in pieces] + [np.hstack((blank, thousands))]
    fractions = [np.hstack((each, blank)) for each in (last, digits)]
    of_wholes, of_fractions = (np.vstack(each).astype(np.uint8).view(np.uint32).ravel() for each in (wholes, fractions))
    return of_wholes, of_fractions
