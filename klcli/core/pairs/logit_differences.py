"""The differences of two rows' logits: what is known of log(q/p), up to a constant, from their first moments.

The difference of two logits is exact for float32, and one rounding for doubles. A constant is taken off only where the
mean is so far off that it would hide what the outcomes differ by.
"""

from collections.abc import Iterator
from math import inf

import numpy as np

from klcli.core.arithmetic.double_double import DoubleDouble, two_sum
from klcli.core.arithmetic.exp_remainder import POWERS, Terms
from klcli.core.arithmetic.parallel import Workspace
from klcli.core.arithmetic.softmax import Softmax
from klcli.core.arithmetic.summation import row_inner
from klcli.core.arithmetic.types import Array, Mask
from klcli.support.lazy import lazy

__all__ = ["OFF", "Differences"]

OFF = 0.25  # |Σ p·x| up to here, and its square up to a quarter of Σ p·x², leave what is of second order its digits


class Differences:
    """x of each row and its moments under p: the difference of the logits, less a shift where its mean is off.

    Attributes:
        shift: of each row, shape (n, 1), or None. least, most: the extremes of x, shape (n, 1).
        first, second: Σ p·x and Σ p·x².
        are_float32: whether both logits are.
    """

    def __init__(self, p: Softmax, q: Softmax, workspace: Workspace, name: str = "", *, powers: int = POWERS) -> None:
        self._p, self._q, self.workspace, self._name, self._powers = p, q, workspace, name, powers
        self.are_float32 = p.are_float32 and q.are_float32
        self.shift: Array | None = None
        self._measure()

    def centre(self, rows: Mask) -> None:
        """Shifts x where its mean is off, of these rows, shape (n, 1)."""
        is_off = rows & np.isfinite(self.first) & ~self.are_centred
        if is_off.any():
            # less its very value, what is level only by its rounding is level no more
            self.move(is_off, np.where(self.are_level, self.least, self.first))

    def move(self, rows: Mask, by: Array) -> None:
        """Takes this off the x of these rows, shape (n, 1)."""
        self.shift = np.where(rows, by, 0.0) + (0.0 if self.shift is None else self.shift)
        self._measure()

    @property
    def are_level(self) -> Mask:
        """True where x is equal in all outcomes."""
        return np.asarray(self.least == self.most)

    @property
    def are_centred(self) -> Mask:
        """True where the mean of a row is small enough, or x is equal in all outcomes."""
        is_small = (np.abs(self.first) <= OFF) & (4 * self.first * self.first <= self.second)
        is_level = self.are_level
        if not self.are_float32:
            # what was not shifted may be level only by its rounding
            return is_small if self.shift is None else is_small | (is_level & (self.shift != 0))
        needs_bits = is_level & (self.least != 0) if self.shift is None else is_level | (self.shift != 0)
        is_centred = is_small | is_level
        return is_centred & (~needs_bits | self.are_exact) if needs_bits.any() else is_centred

    @lazy
    def are_exact(self) -> Mask:
        """Returns True if differences of float32 are exact in float64: all lie within 53 bits."""
        sizes = [np.abs(each.logits) for each in (self._p, self._q)]
        largest = np.maximum(*(np.maximum.reduce(size, axis=-1, keepdims=True) for size in sizes))
        return np.logical_and(*(_least_above_0(size) >= largest * 2.0**-27 for size in sizes))

    def _measure(self) -> None:
        found = []
        for where in self._p.columns:
            terms = self._taken = self._take(where)
            least = np.minimum.reduce(terms.x, axis=-1, keepdims=True)
            most = np.maximum.reduce(terms.x, axis=-1, keepdims=True)
            found.append((least, most, np.add.reduce(terms.product, axis=-1, keepdims=True), terms.second))
        parts = found[0]
        if len(found) > 1:
            ways = (np.minimum, np.maximum, np.add, np.add)
            parts = tuple(way.reduce(each) for way, each in zip(ways, zip(*found, strict=True), strict=True))
        self.least, self.most, first, second = parts
        self.first, self.second = first / self._p.total, second / self._p.total

    def _take(self, where: slice) -> Terms:
        mass = self._p.mass[:, where]
        powers = self._differ(where)
        product = np.multiply(mass, powers[0], out=self.workspace.like("product", mass))
        return Terms(mass, powers, product, row_inner(product, powers[0]), None, self.workspace)

    def _differ(self, where: slice) -> Array:
        """x of these columns, before room for its powers."""
        powers = self.workspace.like(f"powers {self._name}", self._p.mass[:, where], self._powers)
        x = powers[0]
        if self.shift is None or self.are_float32:
            np.copyto(x, self._q.logits[:, where])
            x -= self._p.doubles[:, where]
            if self.shift is not None:
                x -= self.shift
        else:
            x[...] = self.exact(where, slice(None)).high
        return powers

    def x(self, where: slice) -> Array:
        """x of these columns."""
        return self._taken.x if len(self._p.columns) == 1 else self._differ(where)[0]

    def terms(self, at: Mask | slice, *, with_low: bool) -> Iterator[Terms]:
        """The terms of these rows, column by column."""
        columns = self._p.columns
        for where in columns:
            terms = self._taken if len(columns) == 1 else self._take(where)
            if not isinstance(at, slice):
                terms = terms.of(at)
            if with_low:
                high, low = self.exact(where, at)
                terms = terms._replace(powers=high[np.newaxis], low=low)
            yield terms

    def exact(self, where: slice, at: Mask | slice) -> DoubleDouble:
        """x of these columns and rows, in twice the digits where the shift all but cancels it."""
        ours, theirs = (side.logits[at, where] for side in (self._p, self._q))
        return _exact(ours, theirs, None if self.shift is None else self.shift[at])

    def lost(self, where: slice, at: Mask) -> Array:
        """Returns the rounding error of x for some outcomes of these columns, (n, columns) → (outcomes,)."""
        ours, theirs = (side.logits[:, where][at] for side in (self._p, self._q))
        high, low = _exact(ours, theirs, None if self.shift is None else np.broadcast_to(self.shift, at.shape)[at])
        return (high - self.x(where)[at]) + low


def _exact(ours: Array, theirs: Array, shift: Array | None) -> DoubleDouble:
    value = two_sum(theirs.astype(np.float64), -ours.astype(np.float64))
    if shift is None:
        return value
    part = two_sum(value.high, -shift)
    return two_sum(part.high, part.low + value.low)


def _least_above_0(sizes: Array) -> Array:
    """Returns the smallest positive size of each row, shape (n, 1); inf if all are 0."""
    least = np.minimum.reduce(sizes, axis=-1, keepdims=True)
    if least.all():
        return np.asarray(least)
    return np.asarray(np.minimum.reduce(sizes, axis=-1, keepdims=True, where=sizes > 0, initial=inf))
