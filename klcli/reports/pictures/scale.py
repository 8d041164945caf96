"""Scales from numbers to fractions of an axis, and their ticks."""

import re
from collections.abc import Callable
from math import ceil, floor, inf, isfinite, log10
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.reports.pictures.model import Tick
from klcli.support.text.safe_text import rounded

__all__ = ["Scale", "linear", "logarithmic", "number", "share", "times", "true_minus"]

# a sign of a number, of an exponent, or between the terms of a formula; no hyphen of a word
_MINUS = re.compile(r"(?<![\w.-])-(?=[\d.∞Σ]|inf\b|E\[)|(?<=\de)-(?=\d)|(?<= )-(?= )")

_LEAST, _LARGEST = 1e-300, 1e300  # beyond these, differences and ratios leave the range of a double


class Scale(NamedTuple):
    """Fractions of numbers, and ticks at round ones."""

    fraction: Callable[[Array], Array]
    ticks: tuple[Tick, ...]

    def at(self, value: float) -> float:
        """Returns the fraction of a number, between 0 and 1, rounded to 1e-5 so that output is the same everywhere."""
        return round(float(self.all(np.array([value]))[0]), 5) + 0.0

    def all(self, values: Array) -> Array:
        """Returns the fractions of numbers, clipped to the axis; shape as values."""
        with np.errstate(all="ignore"):
            return np.clip(np.nan_to_num(self.fraction(values), nan=0.0, posinf=1.0, neginf=0.0), 0.0, 1.0)


def linear(
    low: float, high: float, *, count: int = 5, margin: float = 0.0,
    written: Callable[[float], str] = lambda value: number(value, 5),
) -> Scale:  # fmt: skip
    """Returns a scale from low to high with about `count` round ticks; numbers that do not differ are in the middle.

    Args:
        margin: Fraction of the axis left free at each end. written: Makes the text of a tick.
    """
    low, high = _limited(low), _limited(high)
    width = high - low
    if not width > 0 or not isfinite(1 / width):
        return Scale(lambda values: np.where(values < low, 0.0, np.where(values > high, 1.0, 0.5)), ())

    def fraction(values: Array) -> Array:
        return margin + (1 - 2 * margin) * ((values - low) / width)

    bare = Scale(fraction, ())
    return Scale(fraction, tuple(Tick(bare.at(mark), written(mark)) for mark in _round_numbers(low, high, count)))


def logarithmic(
    low: float, high: float, *, count: int = 5, margin: float = 0.0,
    written: Callable[[float], str] = lambda value: number(value, 3),
) -> Scale:  # fmt: skip
    """Returns a scale of the logarithms from low to high, both above 0, with ticks at powers of ten; as `linear`."""
    start, end = (log10(min(max(end, _LEAST), _LARGEST)) for end in (low, high))
    if end - start < 1e-9:
        start, end = start - 0.5, end + 0.5
    scale = linear(start, end, margin=margin)
    gap = max(1, ceil((end - start) / count))
    powers = range(ceil(start - 1e-9), floor(end + 1e-9) + 1)
    marks = [float(f"1e{power}") for power in powers if power % gap == 0]
    if len(marks) < 2:
        marks = [each for each in _round_numbers(10**start, 10**end, count) if each > 0]

    def fraction(values: Array) -> Array:
        return scale.fraction(np.log10(np.maximum(values, 0.0)))

    return Scale(fraction, tuple(Tick(scale.at(log10(each)), written(each)) for each in marks))


def number(value: float, digits: int = 4) -> str:
    """Returns a number for a picture: rounded, with a true minus sign, ∞ for infinity."""
    if value in (inf, -inf):
        return "∞" if value > 0 else "−∞"
    return rounded(value + 0.0, digits).replace("-", "−").replace("e+", "e")


def share(fraction: float) -> str:
    """Returns a fraction in per cent, rounded: 0.0924 as "9.24 %"."""
    return f"{number(100 * float(fraction), 3)} %"


def times(factor: float) -> str:
    """Returns a factor, rounded: "2.5×"."""
    return f"{number(factor, 3)}×"


def true_minus(text: str) -> str:
    """Returns a text of ours, which holds no label of the data, with true minus signs."""
    return _MINUS.sub("−", text)


def _limited(value: float) -> float:
    return min(max(value, -_LARGEST), _LARGEST)


def _round_numbers(low: float, high: float, count: int) -> list[float]:
    """Returns about `count` round numbers from low to high; none where digits would not tell them apart."""
    if high - low < 1e-9 * max(abs(low), abs(high)):
        return []
    step = _round_step((high - low) / count)
    return [index * step for index in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def _round_step(step: float) -> float:
    """Returns the smallest of 1, 2, 2.5, 5, 10 times a power of ten that is not below a step."""
    power = 10.0 ** floor(log10(step))
    return next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= step * (1 - 1e-9))
