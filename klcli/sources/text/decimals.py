"""Decimal numbers to the nearest doubles, many at a time.

The numbers that a program writes have few layouts: counts of digits before and after the point, and in the exponent.
Numbers of one layout are parsed together. Eight digits are parsed at once from a word of eight bytes (Lemire's method);
all digits make one integer M, and M·10^e is formed in double-double, so that its rounding is correct unless it lies
within 2^-100 of the midpoint of two doubles. Those numbers, and any in another notation (fractions, more than 18
digits, huge exponents, nan), are parsed by `parse_numbers`, one at a time, with the same result.

Source: Lemire (2021), Software: Practice and Experience 51(8), 1700-1727; Dekker (1971), see
`double_double`.
"""

import re
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.double_double import DoubleDouble, two_product, two_sum
from klcli.core.arithmetic.parallel import blocks, each_block
from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.core.distributions.label_texts import PackedText, words_at
from klcli.sources.columns.numbers import parse_numbers

__all__ = ["parse_decimals"]

Words = NDArray[np.uint64]

_LONGEST = 32  # bytes; longer numbers are parsed one at a time
_DIGITS = 8e17  # upper bound of M, so that it fits into int64
_EXPONENT = 270  # largest exponent of 10, of either sign
_UNSURE = 2.0**-100  # relative; the double-double product is more accurate than this
_ROWS = 131_072  # numbers in a block
_AT_ONCE = 1_000  # numbers parsed one at a time, before a look whether all were numbers
_WRITTEN = re.compile(rb"([+-]?)([0-9]{0,16})(?:(\.)([0-9]{0,24}))?(?:([eE])([+-]?)([0-9]{1,8}))?")


def _repeated(byte: int) -> np.uint64:
    return np.uint64(byte * 0x0101010101010101)


_ZEROS, _TOPS = _repeated(ord("0")), _repeated(0x80)
_LAST = np.array([(2 ** (8 * count) - 1) << (64 - 8 * count) for count in range(9)], dtype=np.uint64)


class _Layout(NamedTuple):
    """How a number is written.

    Attributes:
        signs: the offset and value of each byte that is not a digit.
        is_negative, is_small: True if the number, or its exponent, has a minus sign.
        whole, part, exponent: digits before and after the point, and in the exponent: their count, and the offset
            of their end.
    """

    signs: tuple[tuple[int, int], ...]
    is_negative: bool
    is_small: bool
    whole: tuple[int, int]
    part: tuple[int, int]
    exponent: tuple[int, int]

    @classmethod
    def of(cls, text: bytes) -> "_Layout | None":
        """Returns the layout of a text; None if it is not a number of such a notation."""
        found = _WRITTEN.fullmatch(text)
        if found is None or not (found[2] or found[4]):
            return None
        signs = tuple((found.start(group), text[found.start(group)]) for group in (1, 3, 5, 6) if found[group])
        digits = ((len(found[group] or b""), max(found.end(group), 0)) for group in (2, 4, 7))
        return cls(signs, found[1] == b"-", found[6] == b"-", *digits)


def parse_decimals(texts: PackedText) -> tuple[Array, Mask]:
    """Returns the numbers, and a mask of the texts that are numbers, each of shape (k,)."""
    values, are_numbers = np.zeros(len(texts)), np.zeros(len(texts), dtype=bool)
    if len(texts.data) > 2 * _LONGEST:

        def read(where: slice) -> None:
            values[where], are_numbers[where] = _read(texts[where])

        each_block(len(texts), lambda: read, size=_ROWS)
    rest = np.flatnonzero(~are_numbers)
    for some in (rest[where] for where in blocks(len(rest), _AT_ONCE)):
        numbers, are = parse_numbers([texts[index] for index in some.tolist()])
        values[some], are_numbers[some] = numbers, are is None or are
        if are is not None and not are.all():
            break  # one text that is not a number is enough for an error
    return values, are_numbers


def _read(texts: PackedText) -> tuple[Array, Mask]:
    """Returns the numbers, and a mask of those that were parsed."""
    values, are_read = np.zeros(len(texts)), np.zeros(len(texts), dtype=bool)
    starts, lengths = texts.starts, texts.lengths
    bytes_of, window = np.frombuffer(texts.data, dtype=np.uint8), words_at(texts.data)
    inside = (lengths <= _LONGEST) & (starts >= 8) & (starts + _LONGEST <= len(bytes_of))
    sizes = np.where(inside, lengths, 0).astype(np.uint8)
    ends = np.cumsum(np.bincount(sizes))
    for left in np.split(np.argsort(sizes, kind="stable"), ends)[1:]:  # numbers of equal length
        while left.size:
            first = int(starts[left[0]])
            layout = _Layout.of(bytes_of[first : first + int(lengths[left[0]])].tobytes())
            if layout is None:
                break
            fits = np.ones(len(left), dtype=bool)
            for at, sign in layout.signs:
                fits &= bytes_of[starts[left] + at] == sign
            rows = left[fits]
            values[rows], are_read[rows], are_digits = _read_together(window, starts[rows], layout)
            left = np.concatenate([left[~fits], rows[~are_digits]])  # leaves the first out, so the loop ends
    return values, are_read


def _read_together(window: Words, begin: Index, layout: _Layout) -> tuple[Array, Mask, Mask]:
    """Returns the numbers of one layout, a mask of those certain to be right, and one of those with digits in place."""
    wrong = np.zeros(len(begin), dtype=np.uint64)
    whole, part, exponent = (_digits(window, begin, *digits, wrong) for digits in layout[3:])
    are_digits = (wrong & _TOPS) == 0
    decimals = layout.part[0]
    digits = (whole * np.uint64(10 ** min(decimals, 18)) + part).astype(np.int64)
    power = exponent.astype(np.int64)
    power = (-power if layout.is_small else power) - decimals
    is_sure = are_digits & (np.abs(power) <= _EXPONENT)
    if layout.whole[0] + decimals > 17:
        is_sure &= whole.astype(np.float64) * 10.0**decimals + part.astype(np.float64) < _DIGITS
    values, is_rounded = _scaled(np.where(is_sure, digits, 0), np.where(is_sure, power, 0))
    return -values if layout.is_negative else values, is_sure & is_rounded, are_digits


def _digits(window: Words, begin: Index, count: int, end: int, wrong: Words) -> Words:
    """Returns the integers in `count` digits that end `end` bytes after each `begin`.

    Sets a top bit of `wrong` where a byte is not a digit.
    """
    total = np.zeros(len(begin), dtype=np.uint64)
    for index in range(-(-count // 8)):
        word = window[begin + (end - 8 * index - 8)]
        kept = _LAST[min(count - 8 * index, 8)]
        word &= kept
        word |= _ZEROS & ~kept
        wrong |= (word + _repeated(0x46)) | (word - _ZEROS)
        digits = _eight_digits(word)
        if index == 2:  # only 18 digits fit into M
            digits = np.minimum(digits, np.uint64(100))
        total += digits * np.uint64(10 ** (8 * index))
    return total


def _eight_digits(word: Words) -> Words:
    word = word - _ZEROS
    word = word * np.uint64(10) + (word >> np.uint64(8))
    pairs = np.uint64(0x000000FF000000FF)
    high = (word & pairs) * np.uint64(0x000F424000000064)
    low = ((word >> np.uint64(16)) & pairs) * np.uint64(0x0000271000000001)
    return (high + low) >> np.uint64(32)


def _scaled(digits: Index, power: Index) -> tuple[Array, Mask]:
    """Returns digits·10^power, rounded to the nearest double, and a mask of the roundings that are certain."""
    high = digits.astype(np.float64)
    low = (digits - high.astype(np.int64)).astype(np.float64)
    tens = DoubleDouble(*(table[power + _EXPONENT] for table in _powers()))
    product = two_product(high, tens.high)
    value, rest = two_sum(product.high, product.low + high * tens.low + low * tens.high)
    slack = np.abs(value) * _UNSURE
    return value, ((value + (rest + slack)) == value) & ((value + (rest - slack)) == value)


@cache
def _powers() -> DoubleDouble:
    """Returns 10^-270 … 10^270 in double-double."""
    tens = [10**power for power in range(_EXPONENT + 1)]
    nearest = [float(ten) for ten in tens]
    inverse = [1 / ten for ten in tens[:0:-1]]  # Python divides integers to the nearest double
    ratios = [each.as_integer_ratio() for each in inverse]
    rest_of_inverse = [
        (down - over * ten) / (down * ten) for (over, down), ten in zip(ratios, tens[:0:-1], strict=True)
    ]
    rest = [float(ten - int(near)) for ten, near in zip(tens, nearest, strict=True)]
    return DoubleDouble(np.array(inverse + nearest), np.array(rest_of_inverse + rest))
