"""Decimal numbers to the nearest doubles, many at a time.

What a program writes has few layouts: so many digits before the point and after it, and in the exponent. Numbers of one
layout are read together. Eight digits are read at once from a word of eight bytes (Lemire's method); all digits make
one whole number M, and M·10^e is formed in twice the digits of a double, so that its rounding is right unless it lies
within 2^-100 of the middle between two doubles. What that leaves, and all that is not so written (fractions, more than
18 digits, huge exponents, nan), is read by `parse_numbers`, one at a time: the numbers are the same either way.

Source: Lemire (2021), Software: Practice and Experience 51(8), 1700-1727; Dekker (1971), see `core.error_free`.
"""

import re
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.double_double import Double2, two_product, two_sum
from klcli.core.arithmetic.parallel import blocks, each_block
from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.core.distributions.labels import PackedText, words_at
from klcli.sources.numbers import parse_numbers

__all__ = ["parse_decimals"]

Words = NDArray[np.uint64]

_LONGEST = 32  # bytes; longer ones are read one at a time
_DIGITS = 8e17  # M is below
_EXPONENT = 270  # of 10, either way
_UNSURE = 2.0**-100
_ROWS = 131_072  # at a time
_AT_ONCE = 1_000  # that are read one at a time, before it is asked whether all were numbers
_WRITTEN = re.compile(rb"([+-]?)([0-9]{0,16})(?:(\.)([0-9]{0,24}))?(?:([eE])([+-]?)([0-9]{1,8}))?")


def _repeated(byte: int) -> np.uint64:
    return np.uint64(byte * 0x0101010101010101)


_ZEROS, _TOPS = _repeated(ord("0")), _repeated(0x80)
_LAST = np.array([(2 ** (8 * count) - 1) << (64 - 8 * count) for count in range(9)], dtype=np.uint64)


class _Layout(NamedTuple):
    """How a number is written.

    Attributes:
        signs: the bytes that are no digits, and where they stand.
        is_negative, is_small: whether the number has a minus, and whether its exponent has one.
        whole, part, exponent: how many digits there are, and where they end.
    """

    signs: tuple[tuple[int, int], ...]
    is_negative: bool
    is_small: bool
    whole: tuple[int, int]
    part: tuple[int, int]
    exponent: tuple[int, int]

    @classmethod
    def of(cls, text: bytes) -> "_Layout | None":
        """The layout of a text; None where it is no number that is read together with others."""
        found = _WRITTEN.fullmatch(text)
        if found is None or not (found[2] or found[4]):
            return None
        signs = tuple((found.start(group), text[found.start(group)]) for group in (1, 3, 5, 6) if found[group])
        digits = ((len(found[group] or b""), max(found.end(group), 0)) for group in (2, 4, 7))
        return cls(signs, found[1] == b"-", found[6] == b"-", *digits)


def parse_decimals(texts: PackedText) -> tuple[Array, Mask]:
    """Returns the numbers and whether each is one, shape (k,)."""
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
            break  # one is enough for a refusal
    return values, are_numbers


def _read(texts: PackedText) -> tuple[Array, Mask]:
    """The numbers, and which were read."""
    values, are_read = np.zeros(len(texts)), np.zeros(len(texts), dtype=bool)
    starts, lengths = texts.starts, texts.lengths
    bytes_of, window = np.frombuffer(texts.data, dtype=np.uint8), words_at(texts.data)
    inside = (lengths <= _LONGEST) & (starts >= 8) & (starts + _LONGEST <= len(bytes_of))
    sizes = np.where(inside, lengths, 0).astype(np.uint8)
    ends = np.cumsum(np.bincount(sizes))
    for left in np.split(np.argsort(sizes, kind="stable"), ends)[1:]:  # those of each length
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
            left = np.concatenate([left[~fits], rows[~are_digits]])  # and not that one
    return values, are_read


def _read_together(window: Words, begin: Index, layout: _Layout) -> tuple[Array, Mask, Mask]:
    """The numbers of one layout, whether they are sure, and whether there are digits where there should."""
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
    """The whole number of so many digits that end so far after each beginning; sets top bits of `wrong` where not."""
    total = np.zeros(len(begin), dtype=np.uint64)
    for index in range(-(-count // 8)):
        word = window[begin + (end - 8 * index - 8)]
        kept = _LAST[min(count - 8 * index, 8)]
        word &= kept
        word |= _ZEROS & ~kept
        wrong |= (word + _repeated(0x46)) | (word - _ZEROS)
        digits = _eight_digits(word)
        if index == 2:  # only 18 digits fit
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
    """digits·10^power, rounded to the nearest double, and whether that is sure."""
    high = digits.astype(np.float64)
    low = (digits - high.astype(np.int64)).astype(np.float64)
    tens = Double2(*(table[power + _EXPONENT] for table in _powers()))
    product = two_product(high, tens.high)
    value, rest = two_sum(product.high, product.low + high * tens.low + low * tens.high)
    slack = np.abs(value) * _UNSURE
    return value, ((value + (rest + slack)) == value) & ((value + (rest - slack)) == value)


@cache
def _powers() -> Double2:
    """10^-270 … 10^270 in twice the digits of a double."""
    tens = [10**power for power in range(_EXPONENT + 1)]
    nearest = [float(ten) for ten in tens]
    inverse = [1 / ten for ten in tens[:0:-1]]  # whole numbers divide to the nearest double
    ratios = [each.as_integer_ratio() for each in inverse]
    rest_of_inverse = [
        (down - over * ten) / (down * ten) for (over, down), ten in zip(ratios, tens[:0:-1], strict=True)
    ]
    rest = [float(ten - int(near)) for ten, near in zip(tens, nearest, strict=True)]
    return Double2(np.array(inverse + nearest), np.array(rest_of_inverse + rest))
