"""Decimal numbers to the nearest doubles, many at a time.

A number is its digits as one whole number, M, times a power of 10. Eight digits are read at once from a word of eight
bytes (Lemire's method), and M·10^e is formed in twice the digits of a double, so that its rounding is right unless it
lies within 2^-100 of the middle between two doubles. What that leaves, and all that is not so written (fractions, more
than 18 digits, huge exponents, nan), is read by `parse_number`, one at a time: the numbers are the same either way.

Source: Lemire (2021), Software: Practice and Experience 51(8), 1700-1727; Dekker (1971), see `core.error_free`.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from klcli.core.blocks import each_block
from klcli.core.error_free import Array, Double2, two_product, two_sum
from klcli.core.labels import PackedText, words_at
from klcli.sources.numbers import parse_number

__all__ = ["parse_decimals"]

Words = NDArray[np.uint64]
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]

_LONGEST = 32  # bytes; longer ones are read one at a time
_DIGITS = 8e17  # M is below
_EXPONENT = 270  # of 10, either way
_UNSURE = 2.0**-100
_ROWS = 65_536  # at a time


def _repeated(byte: int) -> np.uint64:
    return np.uint64(byte * 0x0101010101010101)


_ZEROS, _TOPS, _CASE = _repeated(ord("0")), _repeated(0x80), _repeated(0x20)
_LAST = np.array([(2 ** (8 * count) - 1) << (64 - 8 * count) for count in range(9)], dtype=np.uint64)
_FIRST = np.array([2 ** (8 * count) - 1 for count in range(9)], dtype=np.uint64)
_WHOLE_POWERS = 10.0 ** np.arange(24)


def parse_decimals(texts: PackedText) -> tuple[Array, Mask]:
    """Returns the numbers and whether each is one, shape (k,)."""
    values, are_numbers = np.zeros(len(texts)), np.zeros(len(texts), dtype=bool)
    if len(texts.data) > 2 * _LONGEST:
        window = words_at(texts.data)

        def read(where: slice) -> None:
            values[where], are_numbers[where] = _read(window, texts.starts[where], texts.lengths[where])

        each_block(len(texts), lambda: read, size=_ROWS)
    for index in np.flatnonzero(~are_numbers).tolist():
        number = parse_number(texts[index])
        values[index], are_numbers[index] = (0.0, False) if number is None else (number, True)
        if number is None:
            break  # one is enough for a refusal
    return values, are_numbers


def _read(window: Words, starts: Index, lengths: Index) -> tuple[Array, Mask]:
    """The numbers, and which were read."""
    inside = (lengths > 0) & (lengths <= _LONGEST) & (starts >= 8) & (starts + _LONGEST <= len(window))
    begin = np.where(inside, starts, 8)
    end = begin + np.where(inside, lengths, 0)
    first = window[begin] & np.uint64(0xFF)
    is_negative = first == ord("-")
    begin = begin + (is_negative | (first == ord("+")))
    mark = _find(window, begin, end, "e")
    point = _find(window, begin, mark, ".")
    after = np.minimum(point + 1, mark)

    whole, whole_read = _digits(window, begin, point, words=2)
    part, part_read = _digits(window, after, mark, words=3)
    exponent, exponent_read = _exponents(window, mark, end)
    decimals = mark - after
    size = whole.astype(np.float64) * _WHOLE_POWERS[np.minimum(decimals, 23)] + part.astype(np.float64)
    digits = (whole * (10 ** np.minimum(decimals, 18)).astype(np.uint64) + part).astype(np.int64)
    power = exponent - decimals
    good = inside & whole_read & part_read & exponent_read & (size < _DIGITS)
    good &= ((decimals <= 18) | (whole == 0)) & (np.abs(power) <= _EXPONENT) & (point - begin + decimals > 0)
    values, sure = _scaled(np.where(good, digits, 0), np.where(good, power, 0))
    return np.where(is_negative, -values, values), good & sure


def _find(window: Words, begin: Index, end: Index, character: str) -> Index:
    """Where a small letter, or its capital, or a sign first stands in each text; `end` where it does not."""
    found = end
    case = _CASE if character.isalpha() else np.uint64(0)
    for offset in range(0, int((end - begin).max(initial=0)), 8):
        at = begin + offset
        word = ((window[at] | case) ^ _repeated(ord(character))) | ~_FIRST[np.clip(end - at, 0, 8)]
        zero = (word - _repeated(1)) & ~word & _TOPS
        is_new = (zero != 0) & (found == end)
        if is_new.any():
            lowest = (zero & (~zero + np.uint64(1))).astype(np.float64)  # the lowest bit, a power of 2
            found = np.where(is_new, at + ((lowest.view(np.int64) >> 52) - 1023) // 8, found)
            if (found < end).all():
                break
    return found


def _digits(window: Words, begin: Index, end: Index, *, words: int) -> tuple[Words, Mask]:
    """The whole number that each text writes, and whether it is all digits, and no more than fit."""
    count = end - begin
    total = np.zeros(len(begin), dtype=np.uint64)
    read = count <= 8 * words
    for index in range(words):
        wanted = np.clip(count - 8 * index, 0, 8)
        if not wanted.any():
            break
        kept = _LAST[wanted]
        word = (window[end - 8 * index - 8] & kept) | (_ZEROS & ~kept)
        read &= (((word + _repeated(0x46)) | (word - _ZEROS)) & _TOPS) == 0
        digits = _eight_digits(word)
        read &= digits < np.uint64(10 ** (18 - 8 * index))
        total += digits * np.uint64(10 ** (8 * index))
    return total, read


def _eight_digits(word: Words) -> Words:
    word = word - _ZEROS
    word = word * np.uint64(10) + (word >> np.uint64(8))
    pairs = np.uint64(0x000000FF000000FF)
    high = (word & pairs) * np.uint64(0x000F424000000064)
    low = ((word >> np.uint64(16)) & pairs) * np.uint64(0x0000271000000001)
    return (high + low) >> np.uint64(32)


def _exponents(window: Words, mark: Index, end: Index) -> tuple[Index, Mask]:
    """The exponents that stand after the mark, 0 where there is none, and whether they are numbers."""
    has_mark = mark < end
    if not has_mark.any():
        return np.zeros(len(mark), dtype=np.int64), np.ones(len(mark), dtype=bool)
    begin = np.minimum(mark + 1, end)
    sign = window[begin] & np.uint64(0xFF)
    has_sign = has_mark & (begin < end) & ((sign == ord("-")) | (sign == ord("+")))
    begin = begin + has_sign
    number, read = _digits(window, begin, end, words=1)
    number = np.minimum(number, np.uint64(10**6)).astype(np.int64)
    return np.where(has_sign & (sign == ord("-")), -number, number), ~has_mark | (read & (begin < end))


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
