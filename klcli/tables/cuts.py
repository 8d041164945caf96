"""Cuts between values of one type, carried over to columns of another, where the same numbers lie on their left."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from math import floor, inf, isfinite, isinf, nextafter
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.tables.column import Read, Storage
from klcli.tables.facts import Value

__all__ = ["Cut", "as_floats", "cut_for", "cuts_between", "nearest_float"]

_LARGEST = 2**63 - 1
_DECIMAL_DIGITS = 38  # of the widest decimal that engines have
_WIDE = Context(prec=60, rounding=ROUND_FLOOR)
_DOUBLE = 8
_FLOATS: dict[int, Any] = {2: np.float16, 4: np.float32, _DOUBLE: np.float64}  # by bytes


class Cut(NamedTuple):
    """A boundary of bins: the values at most `value`, or those below it, lie on its left."""

    value: Value
    is_below: bool = False


def cut_for(cut: Cut, read: Read) -> Cut | None:
    """Returns a cut in the values of a column, with the same values on its left; None if none lie there.

    A cut of 1.5 between integers is "at most 1"; 2⁵³ + 1 between doubles is "at most 2⁵³". A decimal and the double
    nearest to it are one value, though one is above the other: 9.99 of a database is the 9.99 of a file. So are
    a double and the narrower float nearest to it.
    """
    value, storage, scale, width = cut.value, read.storage, read.column.scale, read.column.width
    if storage is Storage.FLOAT:
        return _double_cut(cut) if width == _DOUBLE else Cut(nearest_float(value, width), cut.is_below)
    if storage is Storage.DECIMAL:
        beyond = Decimal(1).scaleb(_DECIMAL_DIGITS - scale)
        if not abs(Decimal(value)) < beyond:
            return None if value < 0 else Cut(_WIDE.subtract(beyond, Decimal(1).scaleb(-scale)))
        if isinstance(value, float):
            return _decimal_cut(value, scale, is_below=cut.is_below)
        found = _WIDE.quantize(Decimal(value), Decimal(1).scaleb(-scale))
        return Cut(found, cut.is_below and found == value)
    if isinstance(value, float) and isinf(value):
        return None if value < 0 else Cut(_LARGEST)
    whole = floor(value)
    if whole > _LARGEST:
        return Cut(_LARGEST)
    return None if whole < -_LARGEST - 1 else Cut(whole, cut.is_below and whole == value)


def _double_cut(cut: Cut) -> Cut:
    if isinstance(cut.value, float):
        return cut
    try:
        nearest = float(cut.value)
    except OverflowError:
        nearest = inf if cut.value > 0 else -inf
    if isinstance(cut.value, Decimal) and isfinite(nearest):
        return Cut(nearest, cut.is_below)
    if isinf(nearest) or Fraction(nearest) > Fraction(cut.value):
        nearest = nextafter(nearest, -inf)
    return Cut(nearest, cut.is_below and Fraction(nearest) == Fraction(cut.value))


def _decimal_cut(value: float, scale: int, *, is_below: bool) -> Cut:
    """Returns the cut right of the largest decimal whose nearest double lies on the left of a double."""
    beside = nextafter(value, -inf if is_below else inf)
    halfway = (Fraction(value) + Fraction(beside)) / 2
    found = _WIDE.scaleb(Decimal(floor(halfway * 10**scale)), -scale)
    is_right = float(found) >= value if is_below else float(found) > value  # as halfway itself may be, which is even
    return Cut(_WIDE.subtract(found, Decimal(1).scaleb(-scale)) if is_right else found)


def cuts_between(cuts: Sequence[Cut], width: int, read: Read) -> tuple[Cut, ...]:
    """Returns cuts between values of a column, from cuts between floats of `width` bytes.

    A value wider than these lies where the float that it rounds to lies.
    """
    if width >= read.column.width:
        return tuple(cuts)
    found = []
    for cut in cuts:
        value, kind = nearest_float(cut.value, width), _FLOATS[width]
        halfway = (value + float(np.nextafter(kind(value), kind(-inf if cut.is_below else inf)))) / 2
        rounded = nearest_float(halfway, width)
        found.append(Cut(halfway, is_below=not (rounded < value if cut.is_below else rounded <= value)))
    return tuple(found)


def as_floats(values: Array, width: int) -> Array:
    """Returns the floats of `width` bytes nearest to doubles, as doubles, shape (n,)."""
    with np.errstate(over="ignore"):
        return values if width == _DOUBLE else values.astype(_FLOATS[width]).astype(np.float64)


def nearest_float(value: Value, width: int) -> float:
    """Returns the float of `width` bytes nearest to a number, as a double."""
    with np.errstate(over="ignore"):
        return float(_FLOATS[width](value))
